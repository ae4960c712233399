use std::collections::BTreeMap;

use mail_parser::{MessageParser, MimeHeaders, PartType};
use mailparse::{DispositionType, MailHeaderMap, ParsedMail};
use proptest::prelude::*;

use super::*;

struct Given {
    id: MailId,
    portal: EmailAddress,
    contact: EmailAddress,
    interviews: EmailAddress,
    applicant: EmailAddress,
}

impl Given {
    fn new() -> Self {
        Self {
            id: MailId {
                application_id: "job1-app1".parse().unwrap(),
                sequence: 3,
                number: 1,
            },
            portal: EmailAddress::parse("portal@example.com").unwrap(),
            contact: EmailAddress::parse("m.gruber@example.com").unwrap(),
            interviews: EmailAddress::parse("interviews@example.com").unwrap(),
            applicant: EmailAddress::parse("anna@müller.at").unwrap(),
        }
    }

    fn event(&self, method: CalendarMethod) -> CalendarEvent<'_> {
        CalendarEvent {
            method,
            uid: "k3m9x2p4@example.com",
            sequence: u32::from(method == CalendarMethod::Cancel),
            starts_at: "2027-01-14T13:00:00Z".parse().unwrap(),
            ends_at: "2027-01-14T14:00:00Z".parse().unwrap(),
            stamped_at: "2026-11-24T08:00:00Z".parse().unwrap(),
            summary: "Gespräch: Köchin",
            description: "Donnerstag, 14. Jänner 2027, 14:00 Uhr (Wien)",
            location: Some("Mariahilfer Straße 1, 1060 Wien"),
            online_meeting_url: None,
            organizer: &self.interviews,
            organizer_name: "Beispiel GmbH",
            attendee: &self.applicant,
            attendee_name: "Anna Müller, MSc",
        }
    }

    fn render(&self, event: CalendarEvent<'_>, to_name: &str, subject: &str, body: &str) -> Vec<u8> {
        CalendarMail {
            id: &self.id,
            sender_address: &self.portal,
            sender_name: &SingleLine::parse("Dr. Maria Gruber, MBA").unwrap(),
            reply_to: &self.contact,
            to: &self.applicant,
            to_name,
            subject: &SingleLine::parse(subject).unwrap(),
            body: &SanitizedHtml::sanitize(body),
            signature: &SanitizedHtml::sanitize("<p>Mit freundlichen Grüßen<br>Maria Gruber</p>"),
            ordered_at: "2026-11-24T08:00:00Z".parse().unwrap(),
            event,
        }
        .render()
        .unwrap()
    }
}

/// Type, parameters, disposition and file name of each part, outside in.
fn structure(part: &ParsedMail<'_>, found: &mut Vec<String>) {
    let disposition = part.get_content_disposition();
    let mut line = part.ctype.mimetype.clone();
    for (name, value) in part.ctype.params.iter().collect::<BTreeMap<_, _>>() {
        line.extend(["; ", name, "=", value]);
    }
    if disposition.disposition == DispositionType::Attachment {
        line += " attached as ";
        line += &disposition.params["filename"];
    }
    found.push(line);
    part.subparts.iter().for_each(|part| structure(part, found));
}

#[test]
fn an_invitation_mail_as_it_leaves() {
    let given = Given::new();
    let mail = given.render(
        given.event(CalendarMethod::Request),
        "Anna Müller, MSc",
        "Einladung zum Gespräch",
        "<p>Sehr geehrte Frau Müller,</p><p>wir laden Sie ein.</p>",
    );
    insta::assert_snapshot!(String::from_utf8(mail).unwrap().replace("\r\n", "\n"));
}

#[test]
fn the_calendar_is_an_alternative_and_an_attachment() {
    let given = Given::new();
    for (method, name, file) in [
        (CalendarMethod::Request, "REQUEST", "invite.ics"),
        (CalendarMethod::Cancel, "CANCEL", "cancel.ics"),
    ] {
        let event = given.event(method);
        let mail = given.render(event, "Anna Müller", "Ihr Termin", "<p>Grüße</p>");
        let parsed = mailparse::parse_mail(&mail).unwrap();
        let mut found = Vec::new();
        structure(&parsed, &mut found);
        let boundaries = [0, 1].map(|part| found[part].rsplit_once('_').map(|(_, mark)| mark.to_owned()).unwrap());
        assert!(boundaries[0].len() == 24 && boundaries[0] == boundaries[1], "{found:?}");
        let mark = &boundaries[0];
        assert_eq!(
            found,
            [
                format!("multipart/mixed; boundary==_mixed_{mark}"),
                format!("multipart/alternative; boundary==_alternative_{mark}"),
                "text/plain; charset=utf-8".to_owned(),
                "text/html; charset=utf-8".to_owned(),
                format!("text/calendar; charset=utf-8; method={name}"),
                format!("application/ics; name={file} attached as {file}"),
            ]
        );
        assert!(event.render().contains(&format!("\r\nMETHOD:{name}\r\n")));
    }
}

#[test]
fn the_same_mail_has_the_same_bytes() {
    let given = Given::new();
    let render = || given.render(given.event(CalendarMethod::Cancel), "Anna", "Betreff", "<p>Grüße</p>");
    assert_eq!(render(), render());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn two_parsers_read_back_exactly_what_was_written(
        cancel: bool,
        name in "[A-ZÄÖÜa-zäöüß.,\"\\\\ '<>@;:()\r\n-]{1,60}x",
        subject in "x[\\PC]{0,150}x",
        body in "[A-ZÄÖÜa-zäöüß .,😀]{1,300}x",
        summary in "[A-ZÄÖÜa-zäöüß.,;:\"\\\\\r\n😀=-]{1,300}",
    ) {
        let Ok(line) = SingleLine::parse(&subject) else { return Ok(()) };
        let given = Given::new();
        let method = if cancel { CalendarMethod::Cancel } else { CalendarMethod::Request };
        let event = CalendarEvent { summary: &summary, attendee_name: &name, ..given.event(method) };
        let calendar = event.render();
        let mail = given.render(event, name.trim(), line.as_str(), &format!("<p>{body}</p>"));

        let parsed = MessageParser::new().parse(&mail).unwrap();
        prop_assert_eq!(parsed.subject(), Some(line.as_str()));
        let to = parsed.to().unwrap().clone();
        prop_assert_eq!(to.as_list().map(<[_]>::len), Some(1));
        prop_assert_eq!(to.first().unwrap().address(), Some("anna@xn--mller-kva.at"));
        let names: Vec<_> = parsed.headers().iter().map(|header| header.name().to_owned()).collect();
        prop_assert_eq!(names, ["Message-ID", "Date", "From", "Reply-To", "To", "Subject", "MIME-Version", "Content-Type"]);
        let kinds: Vec<_> = parsed.parts.iter().map(|part| part.content_type().unwrap().subtype().unwrap()).collect();
        prop_assert_eq!(kinds, ["mixed", "alternative", "plain", "html", "calendar", "ics"]);
        let PartType::Text(read) = &parsed.parts[4].body else { panic!("not a text") };
        prop_assert_eq!(read.as_ref(), calendar.as_str());
        prop_assert_eq!(
            parsed.parts[4].content_type().unwrap().attribute("method"),
            Some(if cancel { "CANCEL" } else { "REQUEST" })
        );
        prop_assert_eq!(parsed.parts[5].contents(), calendar.as_bytes());

        let other = mailparse::parse_mail(&mail).unwrap();
        prop_assert_eq!(other.get_headers().get_first_value("Subject"), Some(line.as_str().to_owned()));
        let parts = &other.subparts[0].subparts;
        let text = parts[0].get_body().unwrap();
        prop_assert!(text.starts_with(&body.split_whitespace().collect::<Vec<_>>().join(" ")));
        prop_assert_eq!(parts[2].get_body_raw().unwrap(), calendar.as_bytes());
        prop_assert_eq!(other.subparts[1].get_body_raw().unwrap(), calendar.as_bytes());
        prop_assert!(mail.split(|byte| *byte == b'\n').all(|line| line.len() <= 998));
    }
}
