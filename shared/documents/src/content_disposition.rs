//! The header that saves a file under its name, whatever letters it has.

use domain::FileName;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but `attr-char` of RFC 8187.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// `attachment` with the name in UTF-8 (RFC 8187), and in ASCII for whoever does not read that.
pub(crate) fn attachment(name: &FileName) -> String {
    let fallback: String = name.as_str().chars().map(ascii).collect();
    let encoded = utf8_percent_encode(name.as_str(), ENCODED);
    format!("attachment; filename=\"{fallback}\"; filename*=UTF-8''{encoded}")
}

/// How German writes the letter without umlauts; what would end or confuse the quoted name becomes `_`.
fn ascii(letter: char) -> String {
    let text = match letter {
        'ä' => "ae",
        'ö' => "oe",
        'ü' => "ue",
        'Ä' => "Ae",
        'Ö' => "Oe",
        'Ü' => "Ue",
        'ß' => "ss",
        '"' | '%' => "_",
        ' '..='~' => return letter.to_string(),
        _ => "_",
    };
    text.to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn every_name_comes_in_ascii_and_whole() {
        for (name, fallback, encoded) in [
            (
                "Interviewleitfaden für Führungskräfte.pdf",
                "Interviewleitfaden fuer Fuehrungskraefte.pdf",
                "Interviewleitfaden%20f%C3%BCr%20F%C3%BChrungskr%C3%A4fte.pdf",
            ),
            (
                "Plan \"B\"; 100%.pdf",
                "Plan _B_; 100_.pdf",
                "Plan%20%22B%22%3B%20100%25.pdf",
            ),
            (
                "O'Brien (neu)*.pdf",
                "O'Brien (neu)*.pdf",
                "O%27Brien%20%28neu%29%2A.pdf",
            ),
            ("Größe 😀.pdf", "Groesse _.pdf", "Gr%C3%B6%C3%9Fe%20%F0%9F%98%80.pdf"),
        ] {
            let header = attachment(&FileName::parse(name).unwrap());
            assert_eq!(
                header,
                format!("attachment; filename=\"{fallback}\"; filename*=UTF-8''{encoded}")
            );
            assert!(header.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
        }
    }
}
