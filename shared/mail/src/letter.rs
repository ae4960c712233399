//! What every mail of the portal has in common: its headers, and the letter as text and as HTML.

use std::fmt::Write as _;

use domain::{EmailAddress, SanitizedHtml, SingleLine};
use jiff::Timestamp;
use mail_builder::{
    MessageBuilder,
    headers::{address::Address, content_type::ContentType},
    mime::MimePart,
};
use sha2::{Digest, Sha256};

/// The mail could not be written; it never happens while writing to memory.
#[derive(Debug, thiserror::Error)]
#[error("the mail cannot be rendered")]
pub struct RenderError(#[from] std::io::Error);

/// The content type of a multipart. Its boundary is made from everything that stands inside, so that nobody who writes any
/// of it can end the part there: a text would have to hold its own hash.
pub(crate) fn multipart(kind: &'static str, contents: &[&str]) -> ContentType<'static> {
    let mut hash = Sha256::new();
    for content in contents {
        hash.update(content.len().to_be_bytes());
        hash.update(content);
    }
    let mut mark = String::new();
    for byte in hash.finalize().iter().take(12) {
        // Writing to a string cannot fail.
        let _ = write!(mark, "{byte:02x}");
    }
    ContentType::new(format!("multipart/{kind}")).attribute("boundary", format!("=_{kind}_{mark}"))
}

/// A letter to one person, whatever else its mail carries.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Letter<'a> {
    pub(crate) id: &'a str,
    pub(crate) sender_address: &'a EmailAddress,
    pub(crate) sender_name: &'a SingleLine,
    /// Where answers go; none where nobody reads them.
    pub(crate) reply_to: Option<&'a EmailAddress>,
    pub(crate) to: &'a EmailAddress,
    pub(crate) to_name: &'a str,
    pub(crate) subject: &'a SingleLine,
    pub(crate) body: &'a SanitizedHtml,
    pub(crate) signature: &'a SanitizedHtml,
    pub(crate) ordered_at: Timestamp,
}

impl Letter<'_> {
    /// The letter twice, as text and as HTML, the better form last (RFC 2046 §5.1.4).
    pub(crate) fn alternatives(&self) -> [String; 2] {
        [self.text(), self.html()]
    }

    /// The mail's bytes: its headers and this content. SES sets `Date` and `Message-ID` anew.
    pub(crate) fn render(&self, content: MimePart<'_>) -> Result<Vec<u8>, RenderError> {
        let builder = MessageBuilder::new()
            .message_id(format!(
                "{}@{}",
                self.id,
                self.sender_address.as_str().rsplit('@').next().unwrap_or_default()
            ))
            .date(self.ordered_at.as_second())
            .from(Address::new_address(
                Some(self.sender_name.as_str()),
                self.sender_address.as_str(),
            ));
        let builder = match self.reply_to {
            None => builder,
            Some(address) => builder.reply_to(Address::new_address(Some(self.sender_name.as_str()), address.as_str())),
        };
        let builder = builder
            .to(Address::new_address(Some(self.to_name), self.to.as_str()))
            .subject(self.subject.as_str())
            .body(content);
        Ok(builder.write_to_vec()?)
    }

    fn text(&self) -> String {
        let body = self.body.text();
        // "-- " alone on a line is how mail programs know a signature (RFC 3676).
        if self.signature.is_blank() {
            format!("{body}\n")
        } else {
            format!("{body}\n\n-- \n{}\n", self.signature.text())
        }
    }

    fn html(&self) -> String {
        let signature = if self.signature.is_blank() {
            String::new()
        } else {
            format!("\n<div class=\"signature\">\n{}\n</div>", self.signature.as_str())
        };
        format!(
            "<!DOCTYPE html>\n<html>\n<head><meta charset=\"utf-8\"></head>\n<body>\n{}{signature}\n</body>\n</html>\n",
            self.body.as_str(),
        )
    }
}
