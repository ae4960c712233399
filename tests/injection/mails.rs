//! The mails that carry a text in everything that takes it, each with what a reader must find in it.

use domain::{
    Applicant, ComposedEmail, Customer, EmailAddress, Job, Language, MailId, MeetingUrl, PasswordLinkKind,
    PlaceholderValues, SanitizedHtml, SingleLine, User, fill_html, fill_text,
};
use jiff::{SignedDuration, Timestamp};
use mail::{AccountMail, ApplicantMail, CalendarEvent, CalendarMail, CalendarMethod};
use serde_json::{Value, json};

use crate::edges::Taken;

const SUBJECT: &str = "Ihre Bewerbung als $Job.Title$ bei $Customer.Name$";
const BODY: &str =
    "<p>$Applicant.LetterSalutation$,</p><p>danke für Ihre Bewerbung als <b>$Job.Title$</b> in $Job.Location$.</p>";
const LINK: &str = "https://portal.example.com/set-password#maria.c2VjcmV0";

/// Who writes to whom.
pub struct Post {
    portal: EmailAddress,
    contact: EmailAddress,
    interviews: EmailAddress,
    id: MailId,
    ordered_at: Timestamp,
}

/// A mail and what a reader must find in it.
pub type Rendered = (Vec<u8>, Value);

impl Post {
    /// The portal's addresses.
    pub fn new() -> Self {
        let address = |text| EmailAddress::parse(text).unwrap();
        Self {
            portal: address("portal@example.com"),
            contact: address("m.gruber@example.com"),
            interviews: address("interviews@example.com"),
            id: MailId {
                application_id: "job1-app1".parse().unwrap(),
                sequence: 2,
                number: 1,
            },
            ordered_at: "2026-11-24T08:00:00Z".parse().unwrap(),
        }
    }

    /// What a contact writes, with the text in subject, names, address, body and signature.
    pub fn written(&self, taken: &Taken) -> Rendered {
        let line = taken.line_or("Betreff");
        let to = taken.address.clone().unwrap_or_else(|| self.contact.clone());
        let body = taken.html.as_ref().filter(|_| taken.body);
        let body = body.map_or("<p>Guten Tag</p>", SanitizedHtml::as_str);
        // As a subject, the text may still hold a placeholder; then it is refused.
        let email = ComposedEmail::parse(line.as_str(), body)
            .or_else(|_| ComposedEmail::parse("Betreff", body))
            .unwrap();
        let to_name = taken.name();
        let signature = taken.html.clone().unwrap_or_default();
        let mime = ApplicantMail {
            id: &self.id,
            sender_address: &self.portal,
            sender_name: &line,
            reply_to: &self.contact,
            to: &to,
            to_name: &to_name,
            email: &email,
            signature: &signature,
            ordered_at: self.ordered_at,
        };
        let expected = json!({
            "kind": "alternative",
            "from": [line.as_str(), "portal@example.com"],
            "replyTo": [line.as_str(), "m.gruber@example.com"],
            "to": [to_name, to.as_str()],
            "subject": email.subject().as_str(),
        });
        (mime.render().unwrap(), expected)
    }

    /// A template, filled with the text in every name; its body is known to the letter. None where it cannot be sent.
    pub fn filled(&self, taken: &Taken) -> Option<Rendered> {
        let line = taken.line.clone()?;
        let text = line.as_str();
        let (applicant, job, customer, sender) = people(text);
        let values = PlaceholderValues {
            applicant: &applicant,
            job: &job,
            customer: &customer,
            sender: &sender,
            interview: None,
        };
        let subject = fill_text(SUBJECT, &values).unwrap();
        let drafted = SanitizedHtml::sanitize(&fill_html(BODY, &values).unwrap());
        let email = ComposedEmail::parse(&subject, drafted.as_str()).ok()?;
        assert_eq!(subject, format!("Ihre Bewerbung als {text} bei {text}"));
        let mime = ApplicantMail {
            id: &self.id,
            sender_address: &self.portal,
            sender_name: &line,
            reply_to: &self.contact,
            to: &self.contact,
            to_name: &applicant.full_name(),
            email: &email,
            signature: &SanitizedHtml::default(),
            ordered_at: self.ordered_at,
        };
        let expected = json!({
            "kind": "alternative",
            "from": [text, "portal@example.com"],
            "replyTo": [text, "m.gruber@example.com"],
            "to": [taken.name(), "m.gruber@example.com"],
            "subject": subject,
            "elements": [["p", {}], ["p", {}], ["b", {}]],
            "text": format!("Sehr geehrte Frau {text} {text},danke für Ihre Bewerbung als {text} in {text}."),
        });
        Some((mime.render().unwrap(), expected))
    }

    /// The portal's own mail, with the text as the company's and the reader's name.
    pub fn account(&self, taken: &Taken) -> Option<Rendered> {
        let line = taken.line.clone()?;
        let text = line.as_str();
        let mime = AccountMail {
            id: "maria_1795507200000",
            sender_address: &self.portal,
            company: &line,
            to: &self.contact,
            to_name: &line,
            language: Language::English,
            kind: PasswordLinkKind::Invitation,
            link: LINK,
            valid_for: SignedDuration::from_hours(48),
            ordered_at: self.ordered_at,
        };
        let subject: String = format!("Your access to the hiring portal of {text}")
            .chars()
            .take(200)
            .collect();
        let expected = json!({
            "kind": "alternative",
            "from": [text, "portal@example.com"],
            "to": [text, "m.gruber@example.com"],
            "subject": subject.trim(),
            "elements": [["p", {}], ["p", {}], ["p", {}], ["a", { "href": LINK, "rel": "noopener noreferrer" }],
                ["p", {}], ["p", {}], ["br", {}]],
            "text": format!("Hello {text},you have been given access to the hiring portal of {text}. Please set your \
                password here:Set your passwordThe link works once and for 2 days. After that, “Forgot your password?” \
                on the sign-in page gets you a new one.Kind regards{text}"),
        });
        Some((mime.render().unwrap(), expected))
    }

    /// An invitation, with the text as title, place, link, description and as everybody's name.
    pub fn invitation(&self, taken: &Taken) -> Rendered {
        let line = taken.line_or("Gespräch");
        let title = format!("Gespräch: {line}");
        let name = taken.name();
        let url = taken.url.as_ref().map(|(_, url)| url);
        let description = format!("Montag\nmit {name}\n{line}");
        let subject: String = title.chars().take(200).collect();
        let subject = SingleLine::parse(&subject).unwrap();
        let to = taken.address.clone().unwrap_or_else(|| self.contact.clone());
        let mime = CalendarMail {
            id: &self.id,
            sender_address: &self.portal,
            sender_name: &line,
            reply_to: &self.contact,
            to: &to,
            to_name: &name,
            subject: &subject,
            body: &SanitizedHtml::paragraph(&description),
            signature: &SanitizedHtml::default(),
            ordered_at: self.ordered_at,
            event: CalendarEvent {
                method: CalendarMethod::Request,
                uid: "interview1@example.com",
                sequence: 3,
                starts_at: self.ordered_at,
                ends_at: self.ordered_at + SignedDuration::from_mins(30),
                stamped_at: self.ordered_at,
                summary: &title,
                description: &description,
                location: Some(line.as_str()),
                online_meeting_url: url.map(MeetingUrl::as_str),
                organizer: &self.interviews,
                organizer_name: line.as_str(),
                attendee: &to,
                attendee_name: &name,
            },
        };
        let expected = json!({
            "kind": "invitation",
            "from": [line.as_str(), "portal@example.com"],
            "replyTo": [line.as_str(), "m.gruber@example.com"],
            "to": [name, to.as_str()],
            "subject": subject.as_str(),
            "elements": [["p", {}], ["br", {}], ["br", {}]],
            "text": description.replace('\n', ""),
            "calendar": {
                "summary": title,
                "description": description,
                "location": line.as_str(),
                "url": url.map(MeetingUrl::as_str),
                "organizer": line.as_str(),
                "attendee": [name, to.as_str()],
            },
        });
        (mime.render().unwrap(), expected)
    }
}

impl Taken {
    /// The line, or another where it was refused.
    pub fn line_or(&self, other: &str) -> SingleLine {
        self.line.clone().unwrap_or_else(|| SingleLine::parse(other).unwrap())
    }

    /// The name of an applicant all of whose names are the text.
    pub fn name(&self) -> String {
        let text = self.text.trim();
        if self.named {
            format!("{text} {text} {text}, {text}")
        } else {
            "Anna Müller".to_owned()
        }
    }
}

fn people(text: &str) -> (Applicant, Job, Customer, User) {
    let applicant = json!({ "salutation": "ms", "title": text, "firstName": text, "lastName": text,
        "titleAfterName": text, "language": "de-AT", "timeZone": "Europe/Vienna" });
    let job = json!({ "id": "job1", "externalId": "R-1", "customerId": "cust1", "workflowId": "standard",
        "title": text, "location": text, "contactIds": [] });
    let customer = json!({ "id": "cust1", "name": text });
    let user = json!({ "id": "maria", "email": "m.gruber@example.com", "name": text, "role": { "kind": "recruiter" },
        "language": "de-AT", "active": true });
    (
        serde_json::from_value(applicant).unwrap(),
        serde_json::from_value(job).unwrap(),
        serde_json::from_value(customer).unwrap(),
        serde_json::from_value(user).unwrap(),
    )
}
