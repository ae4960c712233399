//! The mail that lets a user set a password.

use domain::{EmailAddress, Language, PasswordLinkKind, SanitizedHtml, SingleLine};
use jiff::{SignedDuration, Timestamp};
use mail_builder::mime::MimePart;

use crate::letter::{Letter, RenderError, multipart};

/// A mail from the portal itself to one of its users. Its link is where the reader goes and nowhere else: nothing in it
/// tells anybody that it was read.
#[derive(Debug, Clone, Copy)]
pub struct AccountMail<'a> {
    /// Its name in headers: ASCII letters, digits, `-` and `_`.
    pub id: &'a str,
    /// The portal's verified address.
    pub sender_address: &'a EmailAddress,
    /// Whose portal it is.
    pub company: &'a SingleLine,
    /// The user's address.
    pub to: &'a EmailAddress,
    /// The user's name.
    pub to_name: &'a SingleLine,
    /// What the user reads.
    pub language: Language,
    /// Why it is sent.
    pub kind: PasswordLinkKind,
    /// The address of the page with the link's secret.
    pub link: &'a str,
    /// How long the link can wait.
    pub valid_for: SignedDuration,
    /// When it was ordered.
    pub ordered_at: Timestamp,
}

impl AccountMail<'_> {
    /// The MIME bytes: `multipart/alternative` of text and HTML. The same mail always gives the same bytes.
    pub fn render(&self) -> Result<Vec<u8>, RenderError> {
        let subject = self.subject();
        let letter = Letter {
            id: self.id,
            sender_address: self.sender_address,
            sender_name: self.company,
            reply_to: None,
            to: self.to,
            to_name: self.to_name.as_str(),
            subject: &subject,
            body: &self.body(),
            signature: &SanitizedHtml::default(),
            ordered_at: self.ordered_at,
        };
        let [text, html] = letter.alternatives();
        letter.render(MimePart::new(
            multipart("alternative", &[&text, &html]),
            vec![MimePart::new("text/plain", text), MimePart::new("text/html", html)],
        ))
    }

    fn english(&self) -> bool {
        self.language == Language::English
    }

    fn subject(&self) -> SingleLine {
        let text = match (self.kind, self.english()) {
            (PasswordLinkKind::Invitation, false) => format!("Ihr Zugang zum Bewerbungsportal von {}", self.company),
            (PasswordLinkKind::Invitation, true) => format!("Your access to the hiring portal of {}", self.company),
            (PasswordLinkKind::Reset, false) => "Neues Passwort für das Bewerbungsportal".to_owned(),
            (PasswordLinkKind::Reset, true) => "New password for the hiring portal".to_owned(),
        };
        let short: String = text.chars().take(SingleLine::MAX_CHARACTERS).collect();
        SingleLine::parse(&short).unwrap_or_else(|_| self.company.clone())
    }

    fn body(&self) -> SanitizedHtml {
        let (name, company) = (self.to_name, self.company);
        let time = self.spoken_time();
        let (before, label, after) = match (self.kind, self.english()) {
            (PasswordLinkKind::Invitation, false) => (
                [
                    format!("Guten Tag {name},"),
                    format!(
                        "für Sie ist ein Zugang zum Bewerbungsportal von {company} eingerichtet. Legen Sie bitte hier Ihr Passwort fest:"
                    ),
                ],
                "Passwort festlegen",
                format!(
                    "Der Link gilt {time} und nur einmal. Danach bekommen Sie auf der Anmeldeseite über „Passwort vergessen“ einen neuen."
                ),
            ),
            (PasswordLinkKind::Invitation, true) => (
                [
                    format!("Hello {name},"),
                    format!(
                        "you have been given access to the hiring portal of {company}. Please set your password here:"
                    ),
                ],
                "Set your password",
                format!(
                    "The link works once and for {time}. After that, “Forgot your password?” on the sign-in page gets you a new one."
                ),
            ),
            (PasswordLinkKind::Reset, false) => (
                [
                    format!("Guten Tag {name},"),
                    format!(
                        "für Ihren Zugang zum Bewerbungsportal von {company} wurde ein neues Passwort angefordert. Hier legen Sie es fest:"
                    ),
                ],
                "Neues Passwort festlegen",
                format!(
                    "Der Link gilt {time} und nur einmal. Waren das nicht Sie? Dann brauchen Sie nichts zu tun: Ihr Passwort bleibt, wie es ist."
                ),
            ),
            (PasswordLinkKind::Reset, true) => (
                [
                    format!("Hello {name},"),
                    format!(
                        "a new password was requested for your access to the hiring portal of {company}. Set it here:"
                    ),
                ],
                "Set a new password",
                format!(
                    "The link works once and for {time}. If this wasn’t you, there is nothing to do: your password stays as it is."
                ),
            ),
        };
        let greeting = if self.english() {
            "Kind regards"
        } else {
            "Freundliche Grüße"
        };
        let [hello, reason] = before.map(|text| SanitizedHtml::paragraph(&text));
        let [after, greeting] = [after, format!("{greeting}\n{company}")].map(|text| SanitizedHtml::paragraph(&text));
        SanitizedHtml::sanitize(&format!(
            "{}{}<p><a href=\"{}\">{label}</a></p>{}{}",
            hello.as_str(),
            reason.as_str(),
            self.link,
            after.as_str(),
            greeting.as_str(),
        ))
    }

    /// In days if it is that long.
    fn spoken_time(&self) -> String {
        let (days, minutes) = (self.valid_for.as_hours() / 24, self.valid_for.as_mins());
        match (days, self.english()) {
            (0, false) => format!("{minutes} Minuten"),
            (0, true) => format!("{minutes} minutes"),
            (_, false) => format!("{days} Tage"),
            (_, true) => format!("{days} days"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::PasswordLink;
    use mail_parser::MessageParser;

    fn render(kind: PasswordLinkKind, language: Language, company: &str, name: &str) -> Vec<u8> {
        AccountMail {
            id: "maria_1795507200000",
            sender_address: &EmailAddress::parse("portal@example.com").unwrap(),
            company: &SingleLine::parse(company).unwrap(),
            to: &EmailAddress::parse("m.gruber@example.com").unwrap(),
            to_name: &SingleLine::parse(name).unwrap(),
            language,
            kind,
            link: "https://portal.example.com/set-password#maria.dGhlIHNlY3JldCBvZiB0aGlzIGxpbmsgaXMgbG9uZw",
            valid_for: match kind {
                PasswordLinkKind::Invitation => PasswordLink::INVITED_FOR,
                PasswordLinkKind::Reset => PasswordLink::REQUESTED_FOR,
            },
            ordered_at: "2026-11-24T08:00:00Z".parse().unwrap(),
        }
        .render()
        .unwrap()
    }

    /// As it leaves, but with its text as people read it.
    fn readable(kind: PasswordLinkKind, language: Language) -> String {
        let bytes = render(kind, language, "Traunfels Feinkost GmbH", "Mag. Maria Größl");
        let mail = MessageParser::new().parse(&bytes).unwrap();
        let headers = mail
            .headers_raw()
            .map(|(name, value)| format!("{name}:{}", value.replace("\r\n", "\n")));
        let headers: String = headers.collect();
        let text = mail.body_text(0).unwrap().replace("\r\n", "\n");
        let html = mail.body_html(0).unwrap().replace("\r\n", "\n");
        format!("{headers}\n{text}\n{html}")
    }

    #[test]
    fn a_german_invitation() {
        insta::assert_snapshot!(readable(PasswordLinkKind::Invitation, Language::GermanAustria));
    }

    #[test]
    fn an_english_invitation() {
        insta::assert_snapshot!(readable(PasswordLinkKind::Invitation, Language::English));
    }

    #[test]
    fn a_german_reset() {
        insta::assert_snapshot!(readable(PasswordLinkKind::Reset, Language::GermanGermany));
    }

    #[test]
    fn an_english_reset() {
        insta::assert_snapshot!(readable(PasswordLinkKind::Reset, Language::English));
    }

    #[test]
    fn names_are_text_whatever_they_look_like() {
        let bytes = render(
            PasswordLinkKind::Invitation,
            Language::GermanAustria,
            &"Ö".repeat(200),
            "<a href=\"https://evil.example\">Maria</a> & Co",
        );
        let mail = MessageParser::new().parse(&bytes).unwrap();
        let html = mail.body_html(0).unwrap();
        assert_eq!(html.matches("<a ").count(), 1, "{html}");
        assert!(html.contains("&lt;a href"), "{html}");
        assert_eq!(mail.subject().map(|subject| subject.chars().count()), Some(200));
    }
}
