//! A letter with an appointment for the reader's calendar.

use domain::{EmailAddress, MailId, SanitizedHtml, SingleLine};
use jiff::Timestamp;
use mail_builder::{headers::content_type::ContentType, mime::MimePart};

use crate::{
    calendar::{CalendarEvent, CalendarMethod},
    letter::{Letter, RenderError, multipart},
};

/// A mail that invites one attendee, tells them of a change, or calls the appointment off (iMIP, RFC 6047).
#[derive(Debug, Clone, Copy)]
pub struct CalendarMail<'a> {
    /// Its id.
    pub id: &'a MailId,
    /// The portal's verified address.
    pub sender_address: &'a EmailAddress,
    /// The name of the user who writes.
    pub sender_name: &'a SingleLine,
    /// Where answers to the letter go; answers to the invitation go to the organizer.
    pub reply_to: &'a EmailAddress,
    /// The attendee's address.
    pub to: &'a EmailAddress,
    /// The attendee's name.
    pub to_name: &'a str,
    /// The subject.
    pub subject: &'a SingleLine,
    /// The letter. It spells out time and zone, for readers without a calendar.
    pub body: &'a SanitizedHtml,
    /// The user's signature; may be blank.
    pub signature: &'a SanitizedHtml,
    /// When it was ordered.
    pub ordered_at: Timestamp,
    /// The appointment.
    pub event: CalendarEvent<'a>,
}

impl CalendarMail<'_> {
    /// The MIME bytes, in the structure that `CalConnect`'s guide to iMIP found to work everywhere:
    /// `multipart/mixed` of (`multipart/alternative` of text, HTML, `text/calendar`) and the same calendar object
    /// attached. The same mail always gives the same bytes.
    pub fn render(&self) -> Result<Vec<u8>, RenderError> {
        let id = self.id.to_string();
        let letter = Letter {
            id: &id,
            sender_address: self.sender_address,
            sender_name: self.sender_name,
            reply_to: Some(self.reply_to),
            to: self.to,
            to_name: self.to_name,
            subject: self.subject,
            body: self.body,
            signature: self.signature,
            ordered_at: self.ordered_at,
        };
        let calendar = self.event.render();
        let [text, html] = letter.alternatives();
        let contents = [&*text, &html, &calendar];
        // Neither boundary begins with the other: some readers compare only as many letters as they look for.
        let (mixed, alternative) = (multipart("mixed", &contents), multipart("alternative", &contents));
        let alternatives = vec![
            MimePart::new("text/plain", text),
            MimePart::new("text/html", html),
            self.invitation(calendar.clone()),
        ];
        letter.render(MimePart::new(
            mixed,
            vec![MimePart::new(alternative, alternatives), self.attachment(calendar)],
        ))
    }

    /// What Outlook and Gmail make buttons of.
    fn invitation(&self, calendar: String) -> MimePart<'static> {
        MimePart::new(
            ContentType::new("text/calendar")
                .attribute("charset", "utf-8")
                .attribute("method", self.event.method.name()),
            calendar,
        )
    }

    /// What a person can open. It is not `text/calendar`, so that no reader finds two invitations in the mail;
    /// Google Calendar's own invitations do the same.
    fn attachment(&self, calendar: String) -> MimePart<'static> {
        let name = match self.event.method {
            CalendarMethod::Request => "invite.ics",
            CalendarMethod::Cancel => "cancel.ics",
        };
        MimePart::new(
            ContentType::new("application/ics").attribute("name", name),
            calendar.into_bytes(),
        )
        .attachment(name)
    }
}

#[cfg(test)]
mod tests;
