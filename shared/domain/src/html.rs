//! HTML that is safe to mail and to show.

use std::{collections::HashSet, sync::LazyLock};

/// What an editor for letters needs, and nothing that loads, runs or hides anything.
const TAGS: [&str; 21] = [
    "a",
    "b",
    "blockquote",
    "br",
    "code",
    "div",
    "em",
    "h1",
    "h2",
    "h3",
    "i",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "span",
    "strong",
    "sub",
    "u",
    "ul",
];

static ALLOWED: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut builder = ammonia::Builder::default();
    builder
        .tags(HashSet::from(TAGS))
        .tag_attributes([("a", HashSet::from(["href"]))].into())
        .generic_attributes(HashSet::new())
        .url_schemes(HashSet::from(["https", "http", "mailto", "tel"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer"));
    builder
});

/// HTML that went through the allow-list: text, emphasis, lists, headings and links.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
#[serde(transparent)]
pub struct SanitizedHtml(String);

impl SanitizedHtml {
    /// Drops everything that is not on the allow-list; cannot fail.
    pub fn sanitize(html: &str) -> Self {
        Self(ALLOWED.clean(html).to_string())
    }

    /// Plain text as HTML.
    pub fn from_text(text: &str) -> Self {
        Self::sanitize(&format!("<p>{}</p>", escape(text).replace('\n', "<br>")))
    }

    /// The HTML, a fragment without `<html>`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What a reader without HTML gets: one line per paragraph or list item, links as numbered footnotes.
    ///
    /// Lines are not wrapped; the reader's mail program does that.
    pub fn text(&self) -> String {
        html2text::config::plain_no_decorate()
            .link_footnotes(true)
            .string_from_read(self.0.as_bytes(), WIDEST_LINE)
            .unwrap_or_else(|_| ammonia::Builder::empty().clean(&self.0).to_string())
            .trim_end()
            .to_owned()
    }

    /// Whether a reader would see nothing.
    pub fn is_blank(&self) -> bool {
        self.text()
            .chars()
            .all(|character| character.is_whitespace() || INVISIBLE.contains(&character))
    }
}

/// Wider than any paragraph someone writes in a letter.
const WIDEST_LINE: usize = 20_000;

/// Zero-width characters, which an editor may leave behind in an empty paragraph.
const INVISIBLE: [char; 5] = ['\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}'];

/// Text for use inside HTML.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

// What is stored was sanitised by an older allow-list, perhaps; sanitising again is idempotent and keeps the promise.
impl<'de> serde::Deserialize<'de> for SanitizedHtml {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|html| Self::sanitize(&html))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_styles_images_and_handlers_are_gone() {
        let html = SanitizedHtml::sanitize(
            r#"<p onclick="x()" style="color:red">Hallo <script>alert(1)</script><img src="https://t.example/p.gif">
            <a href="javascript:alert(1)">eins</a> <a href="https://example.com/?a=1&b=2" target="_blank">zwei</a></p>
            <style>p{}</style><iframe src="//x"></iframe><svg><script>1</script></svg>"#,
        );
        for gone in [
            "script",
            "alert",
            "onclick",
            "style",
            "img",
            "iframe",
            "svg",
            "javascript",
            "target",
        ] {
            assert!(!html.as_str().contains(gone), "{gone} in {}", html.as_str());
        }
        assert!(
            html.as_str()
                .contains(r#"<a href="https://example.com/?a=1&amp;b=2" rel="noopener noreferrer">zwei</a>"#)
        );
    }

    #[test]
    fn the_text_keeps_paragraphs_lists_links_and_umlauts() {
        let html = SanitizedHtml::sanitize(
            "<p>Sehr geehrte Frau Müller,</p><p>danke für Ihre <b>Bewerbung</b>.<br>Mehr <a href=\"https://example.com\">hier</a>.</p><ul><li>eins</li><li>zwei</li></ul><p>Grüße</p>",
        );
        insta::assert_snapshot!(html.text());
    }

    #[test]
    fn an_editor_s_empty_document_is_blank() {
        for html in [
            "",
            "<p></p>",
            "<p><br></p>",
            "<p>&nbsp;</p>",
            "<p>\u{200b}</p>",
            "<script>x</script>",
            "<ul><li></li></ul>",
        ] {
            assert!(SanitizedHtml::sanitize(html).is_blank(), "{html}");
        }
        assert!(!SanitizedHtml::sanitize("<p>.</p>").is_blank());
    }

    proptest::proptest! {
        #[test]
        fn sanitising_twice_changes_nothing(html in "[a-zA-Zäöü<>/=\"'& ;!-]{0,200}") {
            let once = SanitizedHtml::sanitize(&html);
            proptest::prop_assert_eq!(&SanitizedHtml::sanitize(once.as_str()), &once);
        }
    }
}
