//! HTML that is safe to mail and to show.

use std::{borrow::Cow, collections::HashSet, sync::LazyLock};

use crate::{
    Placeholder,
    visible::{is_visible, turns_the_text},
};

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

static ALLOWED: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| allowed(ammonia::UrlRelative::Deny));

/// The same for a template, whose link to an online interview has no address yet.
static ALLOWED_IN_TEMPLATES: LazyLock<ammonia::Builder<'static>> =
    LazyLock::new(|| allowed(ammonia::UrlRelative::Custom(Box::new(meeting_link))));

fn allowed(relative: ammonia::UrlRelative<'static>) -> ammonia::Builder<'static> {
    let mut builder = ammonia::Builder::default();
    builder
        .tags(HashSet::from(TAGS))
        .tag_attributes([("a", HashSet::from(["href"]))].into())
        .generic_attributes(HashSet::new())
        .url_schemes(HashSet::from(["https", "http", "mailto", "tel"]))
        .url_relative(relative)
        .attribute_filter(|_, attribute, value| match attribute {
            "href" => Some(on_one_line(value)),
            _ => Some(value.into()),
        })
        .link_rel(Some("noopener noreferrer"));
    builder
}

/// A link's address as browsers read it, so that mail programs that take it literally follow it to the same place:
/// without the white space around it and the line breaks and tabs in it (WHATWG URL, basic URL parser).
fn on_one_line(address: &str) -> Cow<'_, str> {
    let trimmed = address.trim_matches(|character: char| character <= ' ');
    let breaks = ['\t', '\n', '\r'];
    if trimmed.contains(breaks) {
        trimmed.replace(breaks, "").into()
    } else {
        trimmed.into()
    }
}

/// A link that is nothing but a placeholder for an address.
fn meeting_link(url: &str) -> Option<Cow<'_, str>> {
    let name = url.trim().strip_prefix('$')?.strip_suffix('$')?;
    let is_address =
        Placeholder::find(name).is_some_and(|placeholder| placeholder.name == "Interview.OnlineMeetingUrl");
    is_address.then_some(Cow::Borrowed(url))
}

/// Links whose target a reader of the text needs; a number or an address stands in the text itself.
static TEXT_LINKS: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut builder = ammonia::Builder::default();
    builder
        .tags(HashSet::from(TAGS))
        .tag_attributes([("a", HashSet::from(["href"]))].into())
        .generic_attributes(HashSet::new())
        .url_schemes(HashSet::from(["https", "http"]))
        .link_rel(None);
    builder
});

/// HTML that went through the allow-list: text, emphasis, lists, headings and links.
/// Only what was sanitised is stored, so that reading it back needs no second pass.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct SanitizedHtml(String);

impl SanitizedHtml {
    /// Drops everything that is not on the allow-list; cannot fail.
    pub fn sanitize(html: &str) -> Self {
        Self::clean(html, &ALLOWED)
    }

    /// Plain text as a paragraph; each line stays one.
    pub fn paragraph(text: &str) -> Self {
        Self::sanitize(&format!("<p>{}</p>", escape(text).replace('\n', "<br>")))
    }

    /// Sanitises what a person wrote, if neither it nor what comes of it, as HTML or as text, is longer than that
    /// many bytes: links gain their `rel`, `&` becomes `&amp;`, and each line of a quotation its mark.
    pub fn sanitize_within(html: &str, bytes: usize) -> Result<Self, HtmlError> {
        Self::clean_within(html, bytes, &ALLOWED)
    }

    /// The same for a template: links may be a placeholder for the address of an online interview. What is filled in
    /// later is sanitised as what it is then.
    pub(crate) fn sanitize_template_within(html: &str, bytes: usize) -> Result<Self, HtmlError> {
        Self::clean_within(html, bytes, &ALLOWED_IN_TEMPLATES)
    }

    fn clean_within(html: &str, bytes: usize, allowed: &ammonia::Builder<'_>) -> Result<Self, HtmlError> {
        if html.len() > bytes {
            return Err(HtmlError::TooLong(bytes));
        }
        if html
            .chars()
            .any(|character| character.is_control() && !matches!(character, '\n' | '\r' | '\t'))
        {
            return Err(HtmlError::ControlCharacter);
        }
        let sanitized = Self::clean(html, allowed);
        if sanitized.depth() > DEEPEST {
            return Err(HtmlError::TooDeep);
        }
        if sanitized.0.len() > bytes || sanitized.text().len() > bytes {
            return Err(HtmlError::TooLong(bytes));
        }
        Ok(sanitized)
    }

    /// What turns the text goes last of all, since it may have been written as an entity.
    fn clean(html: &str, allowed: &ammonia::Builder<'_>) -> Self {
        Self(allowed.clean(html).to_string().replace(turns_the_text, ""))
    }

    /// How many elements stand inside each other. What is sanitised is well-formed.
    fn depth(&self) -> usize {
        let (mut depth, mut deepest) = (0_usize, 0);
        for (index, _) in self.0.match_indices('<') {
            let rest = &self.0[index + 1..];
            if rest.starts_with('/') {
                depth = depth.saturating_sub(1);
            } else if !rest.starts_with("br>") {
                depth += 1;
                deepest = deepest.max(depth);
            }
        }
        deepest
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
            .string_from_read(TEXT_LINKS.clean(&self.0).to_string().as_bytes(), WIDEST_LINE)
            .unwrap_or_else(|_| ammonia::Builder::empty().clean(&self.0).to_string())
            .trim_end()
            .to_owned()
    }

    /// Whether a reader would see nothing.
    pub fn is_blank(&self) -> bool {
        !is_visible(&self.text())
    }
}

/// Why HTML that a person wrote is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HtmlError {
    /// Longer than that many bytes.
    #[error("must have at most {0} bytes")]
    TooLong(usize),
    /// Quotations in quotations in quotations.
    #[error("must not be nested so deeply")]
    TooDeep,
    /// NUL and the like.
    #[error("must not contain control characters")]
    ControlCharacter,
}

/// Deeper than anybody writes a letter.
const DEEPEST: usize = 30;

/// Wider than any paragraph someone writes in a letter.
const WIDEST_LINE: usize = 20_000;

/// Text for use inside HTML.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
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
            "<p>Sehr geehrte Frau Müller,</p><p>danke für Ihre <b>Bewerbung</b>.<br>Mehr <a href=\"https://example.com\">hier</a>, <a href=\"tel:+4312345\">+43 1 2345</a>.</p><ul><li>eins</li><li>zwei</li></ul><p>Grüße</p>",
        );
        insta::assert_snapshot!(html.text());
    }

    #[test]
    fn an_address_stands_on_one_line() {
        let html = SanitizedHtml::sanitize("<a href=' htt\n\nps://a.example/\t?b=c\r\n'>hier</a>");
        assert_eq!(
            html.as_str(),
            "<a href=\"https://a.example/?b=c\" rel=\"noopener noreferrer\">hier</a>"
        );
        assert_eq!(html.text(), "[hier][1]\n\n[1]: https://a.example/?b=c");
        assert!(
            !SanitizedHtml::sanitize("<a href='java\nscript:alert(1)'>x</a>")
                .as_str()
                .contains("href")
        );
    }

    #[test]
    fn nothing_turns_the_text() {
        let html =
            SanitizedHtml::sanitize("<p>a\u{202e}b&#8238;c&#x2066;d <a href='https://x.example/\u{202d}e'>f</a></p>");
        assert_eq!(html.text(), "abcd [f][1]\n\n[1]: https://x.example/e");
        assert_eq!(SanitizedHtml::sanitize("<\u{202e}b>").as_str(), "&lt;b&gt;");
    }

    #[test]
    fn what_would_grow_beyond_its_bounds_is_refused() {
        let refused = |html: &str| SanitizedHtml::sanitize_within(html, 1_000).err();
        assert_eq!(refused(&"x".repeat(1_001)), Some(HtmlError::TooLong(1_000)));
        assert_eq!(refused(&"&".repeat(900)), Some(HtmlError::TooLong(1_000)));
        assert_eq!(refused(&"<blockquote>".repeat(40)), Some(HtmlError::TooDeep));
        let quoted = format!("{}{}", "<blockquote>".repeat(20), "<br>x".repeat(100));
        assert_eq!(refused(&quoted), Some(HtmlError::TooLong(1_000)));
        assert_eq!(refused("a\u{1}b"), Some(HtmlError::ControlCharacter));
        assert_eq!(refused("<ul><li>eins<br>zwei</li></ul>\n<p>drei</p>"), None);
    }

    #[test]
    fn an_editor_s_empty_document_is_blank() {
        for html in [
            "",
            "<p></p>",
            "<p><br></p>",
            "<p>&nbsp;</p>",
            "<p>\u{200b}</p>",
            "<p>\u{ad}&shy;\u{2800}<b>\u{3164}</b></p>",
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
