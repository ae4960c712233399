//! Text that can stand in a mail header, a calendar property or a list.

use std::fmt;

use crate::visible::{is_visible, turns_the_text};

/// A trimmed line of 1 to 200 characters, not all of them invisible, without control characters, so that nothing can
/// break out of a header.
///
/// Line and paragraph separators (U+2028, U+2029) and bidirectional overrides count as control characters:
/// they change what the reader sees of the rest of the line. `=?`, too, is refused: mail programs read `=?utf-8?q?=0D?=` as
/// what it encodes (RFC 2047), some even inside a word or quotes, and so as something else than was checked here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SingleLine(String);

/// Why a text is not a [`SingleLine`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SingleLineError {
    /// Nothing that a reader sees.
    #[error("must not be empty")]
    Empty,
    /// More than [`SingleLine::MAX_CHARACTERS`].
    #[error("must have at most 200 characters")]
    TooLong,
    /// CR, LF, NUL and the like.
    #[error("must not contain line breaks or other control characters")]
    ControlCharacter,
    /// `=?`.
    #[error("must not contain =?")]
    EncodedWord,
}

impl SingleLine {
    /// The longest line, in characters.
    pub const MAX_CHARACTERS: usize = 200;

    /// Checks and trims the text.
    pub fn parse(text: &str) -> Result<Self, SingleLineError> {
        if text.chars().any(breaks_the_line) {
            return Err(SingleLineError::ControlCharacter);
        }
        if text.contains("=?") {
            return Err(SingleLineError::EncodedWord);
        }
        let text = text.trim();
        if !is_visible(text) {
            return Err(SingleLineError::Empty);
        }
        if text.chars().count() > Self::MAX_CHARACTERS {
            return Err(SingleLineError::TooLong);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn breaks_the_line(character: char) -> bool {
    character.is_control() || turns_the_text(character) || matches!(character, '\u{2028}' | '\u{2029}')
}

impl TryFrom<String> for SingleLine {
    type Error = SingleLineError;
    fn try_from(text: String) -> Result<Self, SingleLineError> {
        Self::parse(&text)
    }
}

impl From<&crate::StatusId> for SingleLine {
    fn from(id: &crate::StatusId) -> Self {
        Self(id.to_string())
    }
}

impl From<SingleLine> for String {
    fn from(line: SingleLine) -> String {
        line.0
    }
}

impl fmt::Display for SingleLine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_cannot_become_two_headers() {
        for text in [
            "a\r\nBcc: b@example.com",
            "a\nb",
            "a\0b",
            "a\u{2028}b",
            "abc\u{202e}fed",
        ] {
            assert_eq!(
                SingleLine::parse(text),
                Err(SingleLineError::ControlCharacter),
                "{text:?}"
            );
        }
        assert_eq!(
            SingleLine::parse("a =?utf-8?q?=0D=0ABcc:_b@example.com?="),
            Err(SingleLineError::EncodedWord)
        );
        for unseen in ["  \u{a0} ", "\u{200b}", "\u{ad}", "\u{3164}", "\u{2800} \u{feff}"] {
            assert_eq!(SingleLine::parse(unseen), Err(SingleLineError::Empty), "{unseen:?}");
        }
        assert_eq!(SingleLine::parse(&"ä".repeat(201)), Err(SingleLineError::TooLong));
        assert_eq!(
            SingleLine::parse(" Zu Ihrer Bewerbung – Österreich ").unwrap().as_str(),
            "Zu Ihrer Bewerbung – Österreich"
        );
    }
}
