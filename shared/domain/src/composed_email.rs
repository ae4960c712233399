//! What a person wrote to an applicant.

use crate::{FieldError, SanitizedHtml, SingleLine, unresolved};

/// The longest body, in bytes of HTML: with its text form, encoded for mail, it stays below the 400 KB of a table item.
pub const MAX_BODY_BYTES: usize = 100_000;

/// A mail that may be sent: with a subject of one line, with a body a reader sees, with nothing left to fill in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComposedEmail {
    subject: SingleLine,
    body: SanitizedHtml,
}

impl ComposedEmail {
    /// Checks both fields and names everything that is wrong with them.
    pub fn parse(subject: &str, body_html: &str) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let subject = SingleLine::parse(subject)
            .map_err(|error| errors.push(FieldError::new("/subject", error)))
            .ok();
        if let Some(subject) = &subject {
            errors.extend(unresolved("/subject", subject.as_str()));
        }
        let body = SanitizedHtml::sanitize_within(body_html, MAX_BODY_BYTES)
            .map_err(|error| errors.push(FieldError::new("/bodyHtml", error)))
            .ok();
        if let Some(body) = &body {
            if body.is_blank() {
                errors.push(FieldError::new("/bodyHtml", "must not be empty"));
            }
            // In the text form a placeholder is whole even where an editor has put tags inside it.
            errors.extend(unresolved("/bodyHtml", &body.text()));
        }
        match (subject, body) {
            (Some(subject), Some(body)) if errors.is_empty() => Ok(Self { subject, body }),
            _ => Err(errors),
        }
    }

    /// The subject.
    pub fn subject(&self) -> &SingleLine {
        &self.subject
    }

    /// The body without the signature.
    pub fn body(&self) -> &SanitizedHtml {
        &self.body
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(subject: &str, body: &str) -> Vec<String> {
        ComposedEmail::parse(subject, body)
            .unwrap_err()
            .into_iter()
            .map(|error| format!("{} {}", error.pointer, error.detail))
            .collect()
    }

    #[test]
    fn everything_wrong_is_named_at_once() {
        assert_eq!(
            refused("", "<p></p>"),
            ["/subject must not be empty", "/bodyHtml must not be empty"]
        );
        assert_eq!(
            refused(
                "a\r\nBcc: x",
                "$Applicant.<b>LastName</b>$ und <a href='https://example.com'>$Job.Title$</a>"
            ),
            [
                "/subject must not contain line breaks or other control characters",
                "/bodyHtml the placeholder $Applicant.LastName$ has not been filled",
                "/bodyHtml the placeholder $Job.Title$ has not been filled",
            ]
        );
        assert_eq!(
            refused("Betreff", &"x".repeat(MAX_BODY_BYTES + 1)),
            ["/bodyHtml must have at most 100000 bytes"]
        );
    }

    #[test]
    fn what_is_sent_is_sanitised() {
        let email = ComposedEmail::parse(" Ihre Bewerbung ", "<p>Grüße<script>x</script></p>").unwrap();
        assert_eq!(email.subject().as_str(), "Ihre Bewerbung");
        assert_eq!(email.body().as_str(), "<p>Grüße</p>");
    }
}
