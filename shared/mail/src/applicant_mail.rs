//! The mail a person gets from the contact who decided.

use domain::{ComposedEmail, EmailAddress, MailId, SanitizedHtml, SingleLine};
use jiff::Timestamp;
use mail_builder::mime::MimePart;

use crate::letter::{Letter, RenderError, multipart};

/// A mail to an applicant. Its parts have been checked: one-line headers, sanitised HTML, nothing left to fill in.
#[derive(Debug, Clone, Copy)]
pub struct ApplicantMail<'a> {
    /// Its id.
    pub id: &'a MailId,
    /// The portal's verified address.
    pub sender_address: &'a EmailAddress,
    /// The name of the user who writes.
    pub sender_name: &'a SingleLine,
    /// Where answers go: that user.
    pub reply_to: &'a EmailAddress,
    /// The applicant's address.
    pub to: &'a EmailAddress,
    /// The applicant's name.
    pub to_name: &'a str,
    /// What the user wrote.
    pub email: &'a ComposedEmail,
    /// The user's signature; may be blank.
    pub signature: &'a SanitizedHtml,
    /// When it was ordered.
    pub ordered_at: Timestamp,
}

impl ApplicantMail<'_> {
    /// The MIME bytes: `multipart/alternative` of text and HTML. The same mail always gives the same bytes.
    pub fn render(&self) -> Result<Vec<u8>, RenderError> {
        let id = self.id.to_string();
        let letter = Letter {
            id: &id,
            sender_address: self.sender_address,
            sender_name: self.sender_name,
            reply_to: Some(self.reply_to),
            to: self.to,
            to_name: self.to_name,
            subject: self.email.subject(),
            body: self.email.body(),
            signature: self.signature,
            ordered_at: self.ordered_at,
        };
        let [text, html] = letter.alternatives();
        letter.render(MimePart::new(
            multipart("alternative", &[&text, &html]),
            vec![MimePart::new("text/plain", text), MimePart::new("text/html", html)],
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mail_parser::MessageParser;
    use proptest::prelude::*;

    struct Given {
        id: MailId,
        portal: EmailAddress,
        contact: EmailAddress,
        applicant: EmailAddress,
    }

    impl Given {
        fn new() -> Self {
            Self {
                id: MailId {
                    application_id: "job1-app1".parse().unwrap(),
                    sequence: 2,
                    number: 1,
                },
                portal: EmailAddress::parse("portal@example.com").unwrap(),
                contact: EmailAddress::parse("m.gruber@example.com").unwrap(),
                applicant: EmailAddress::parse("anna@müller.at").unwrap(),
            }
        }

        fn render(&self, sender: &str, to_name: &str, subject: &str, body: &str, signature: &str) -> Vec<u8> {
            ApplicantMail {
                id: &self.id,
                sender_address: &self.portal,
                sender_name: &SingleLine::parse(sender).unwrap(),
                reply_to: &self.contact,
                to: &self.applicant,
                to_name,
                email: &ComposedEmail::parse(subject, body).unwrap(),
                signature: &SanitizedHtml::sanitize(signature),
                ordered_at: "2026-11-24T08:00:00Z".parse().unwrap(),
            }
            .render()
            .unwrap()
        }
    }

    #[test]
    fn a_rejection_as_it_leaves() {
        let mail = Given::new().render(
            "Dr. Maria Gruber, MBA",
            "Anna Müller, MSc",
            "Ihre Bewerbung als Köchin – vielen Dank für das Gespräch in unserem Haus in Österreich",
            "<p>Sehr geehrte Frau Müller,</p><p>leider müssen wir Ihnen absagen.</p>",
            "<p>Mit freundlichen Grüßen<br>Maria Gruber</p>",
        );
        insta::assert_snapshot!(String::from_utf8(mail).unwrap().replace("\r\n", "\n"));
    }

    #[test]
    fn the_same_mail_has_the_same_bytes() {
        let render = || Given::new().render("Maria Gruber", "Anna Müller", "Betreff", "<p>Grüße</p>", "");
        assert_eq!(render(), render());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]
        #[test]
        fn two_parsers_read_back_exactly_what_was_written(
            sender in "[A-ZÄÖÜa-zäöüß.,\"\\\\ '<>@;:()-]{1,60}x",
            name in "[A-ZÄÖÜa-zäöüß.,\"\\\\ '<>@;:()-]{1,60}x",
            subject in "x[\\PC]{0,150}x",
            body in "[A-ZÄÖÜa-zäöüß .,😀]{1,300}x",
        ) {
            let subject: String = subject.chars().filter(|letter| *letter != '$').collect();
            let Ok(line) = SingleLine::parse(&subject) else { return Ok(()) };
            let Ok(sender) = SingleLine::parse(&sender) else { return Ok(()) };
            let given = Given::new();
            let bytes = given.render(sender.as_str(), name.trim(), line.as_str(), &format!("<p>{body}</p>"), "");

            let parsed = MessageParser::new().parse(&bytes).unwrap();
            prop_assert_eq!(parsed.subject(), Some(line.as_str()));
            let from = parsed.from().unwrap().clone();
            let from = from.first().unwrap();
            prop_assert_eq!((from.name(), from.address()), (Some(sender.as_str()), Some("portal@example.com")));
            let to = parsed.to().unwrap().clone();
            prop_assert_eq!(to.as_list().map(<[_]>::len), Some(1));
            prop_assert_eq!(to.first().unwrap().address(), Some("anna@xn--mller-kva.at"));
            let names: Vec<_> = parsed.headers().iter().map(|header| header.name().to_owned()).collect();
            prop_assert_eq!(names, ["Message-ID", "Date", "From", "Reply-To", "To", "Subject", "MIME-Version", "Content-Type"]);

            let other = mailparse::parse_mail(&bytes).unwrap();
            let headers = other.get_headers();
            prop_assert_eq!(mailparse::MailHeaderMap::get_first_value(&headers, "Subject"), Some(line.as_str().to_owned()));
            prop_assert_eq!(other.subparts.len(), 2);
            let text = other.subparts[0].get_body().unwrap();
            prop_assert_eq!(text.trim_end(), body.split_whitespace().collect::<Vec<_>>().join(" "));
            prop_assert!(bytes.split(|byte| *byte == b'\n').all(|line| line.len() <= 998));
        }
    }
}
