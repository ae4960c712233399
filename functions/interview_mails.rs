//! The mails about interviews, each with its calendar object: to the applicant and to each colleague.

use domain::{
    Applicant, Application, Appointment, Colleague, Decision, EmailAddress, EndedInterview, HtmlError, Interview, Job,
    Language, MailId, MailRecord, RecipientKind, RecordedEmail, Role, SanitizedHtml, SingleLine, TimeZoneName, User,
    spoken_time,
};
use lambda::{PortalRequest, Problem};
use mail::{CalendarEvent, CalendarMail, CalendarMethod};
use store::OrderedMail;

use crate::delivery::Post;

/// What the mails say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// Come.
    Invited,
    /// Come at another time or to another place.
    Moved,
    /// Do not come.
    Cancelled,
}

/// Writes the mails that one history entry orders.
pub struct InterviewMails<'a> {
    /// Who acts; answers go to them.
    pub sender: &'a User,
    /// What the interview is for.
    pub job: &'a Job,
    /// From which addresses.
    pub post: &'a Post,
    /// The request, whose invocation owns the mails.
    pub request: &'a PortalRequest,
}

impl InterviewMails<'_> {
    /// A few plain words to the applicant, in their language, if they were invited.
    pub fn letter(
        &self,
        news: News,
        before: &Interview,
        after: &Interview,
        application: &Application,
    ) -> Result<Option<RecordedEmail>, Problem> {
        // Changes go where the invitation went, whatever address the person has now.
        let Some(to) = before.invited(&application.id).cloned() else {
            return Ok(None);
        };
        let words = self.words_for(news, &application.applicant, after);
        Ok(Some(RecordedEmail {
            to,
            subject: words.subject()?,
            body_html: words.letter(&application.applicant)?,
            signature_html: self.sender.signature.clone(),
        }))
    }

    /// The mail to the applicant with what the history keeps of it: the invitation, or the portal's own letter.
    pub fn to_applicant(
        &self,
        news: News,
        interview: &Interview,
        decision: &Decision,
        email: &RecordedEmail,
        number: u8,
    ) -> Result<OrderedMail, Problem> {
        let applicant = &decision.application.applicant;
        let words = self.words_for(news, applicant, interview);
        let reader = Reader {
            to: email.to.clone(),
            kind: RecipientKind::Applicant,
            name: applicant.full_name(),
            subject: email.subject.clone(),
            body: email.body_html.clone(),
            signature: &email.signature_html,
        };
        self.write(&words, interview, decision, reader, number)
    }

    /// The mail to a colleague, in their own language.
    pub fn to_colleague(
        &self,
        news: News,
        interview: &Interview,
        decision: &Decision,
        colleague: &Colleague,
        number: u8,
    ) -> Result<OrderedMail, Problem> {
        // In a group the entry belongs to one applicant, the appointment to several.
        let alone = interview.places == 1;
        let with = alone.then(|| decision.application.applicant.full_name());
        let words = Words {
            with,
            ..self.words(news, colleague.language, interview)
        };
        let reader = Reader {
            to: colleague.email.clone(),
            kind: match colleague.customer_id {
                Some(_) => RecipientKind::Contact,
                None => RecipientKind::Recruiter,
            },
            name: colleague.name.to_string(),
            subject: words.subject()?,
            body: words.note()?,
            signature: &SanitizedHtml::default(),
        };
        self.write(&words, interview, decision, reader, number)
    }

    /// The interviews as they are to be after the decision, and to `mails` those that say so. A call that reached
    /// nobody ends nothing.
    pub fn end(
        &self,
        ended: &[EndedInterview],
        decision: &Decision,
        mails: &mut Vec<OrderedMail>,
    ) -> Result<Vec<Interview>, Problem> {
        let mut interviews = Vec::new();
        for EndedInterview { before, after, letter } in ended {
            let mut kept = decision.application.bookings.iter();
            if kept.any(|booking| booking.interview_id == before.id) {
                continue;
            }
            if let Some(letter) = letter {
                mails.push(self.to_applicant(News::Cancelled, after, decision, letter, next(mails))?);
            }
            if after.cancelled {
                for colleague in &after.colleagues {
                    mails.push(self.to_colleague(News::Cancelled, after, decision, colleague, next(mails))?);
                }
            }
            interviews.push(after.clone());
        }
        Ok(interviews)
    }

    /// Under which name a mail goes to such a recipient, and where answers go. Contacts are not told which recruiter acts.
    fn signed_to(&self, kind: RecipientKind) -> Result<(SingleLine, &EmailAddress), Problem> {
        if self.sender.role == Role::Recruiter && kind == RecipientKind::Contact {
            let name = SingleLine::parse("Recruiting").map_err(|error| Problem::Internal(Box::new(error)))?;
            return Ok((name, &self.post.organizer));
        }
        Ok((self.sender.name.clone(), &self.sender.email))
    }

    fn words<'a>(&'a self, news: News, language: Language, interview: &'a Interview) -> Words<'a> {
        Words {
            news,
            language,
            job: self.job,
            appointment: &interview.appointment,
            reader_zone: &interview.appointment.time_zone,
            with: None,
        }
    }

    fn words_for<'a>(&'a self, news: News, applicant: &'a Applicant, interview: &'a Interview) -> Words<'a> {
        Words {
            reader_zone: &applicant.time_zone,
            ..self.words(news, applicant.language, interview)
        }
    }

    fn write(
        &self,
        words: &Words<'_>,
        interview: &Interview,
        decision: &Decision,
        reader: Reader<'_>,
        number: u8,
    ) -> Result<OrderedMail, Problem> {
        let at = decision.entry.at;
        let id = MailId {
            application_id: decision.application.id.clone(),
            sequence: decision.entry.sequence,
            number,
        };
        let Appointment {
            starts_at,
            ends_at,
            location,
            online_meeting_url,
            ..
        } = &interview.appointment;
        let (sender_name, reply_to) = self.signed_to(reader.kind)?;
        let domain = self.post.organizer.as_str().rsplit('@').next().unwrap_or_default();
        let mail = CalendarMail {
            id: &id,
            sender_address: self.post.sender(),
            sender_name: &sender_name,
            reply_to,
            to: &reader.to,
            to_name: &reader.name,
            subject: &reader.subject,
            body: &reader.body,
            signature: reader.signature,
            ordered_at: at,
            event: CalendarEvent {
                method: if words.news == News::Cancelled {
                    CalendarMethod::Cancel
                } else {
                    CalendarMethod::Request
                },
                uid: &format!("{}@{domain}", interview.id),
                sequence: interview.sequence,
                starts_at: *starts_at,
                ends_at: *ends_at,
                stamped_at: at,
                summary: &words.title(),
                description: &words.when_and_where(),
                location: location.as_ref().map(SingleLine::as_str),
                online_meeting_url: online_meeting_url.as_ref().map(domain::MeetingUrl::as_str),
                organizer: &self.post.organizer,
                organizer_name: sender_name.as_str(),
                attendee: &reader.to,
                attendee_name: &reader.name,
            },
        };
        let mime = mail.render().map_err(|error| Problem::Internal(Box::new(error)))?;
        let record = MailRecord::first_attempt(id, reader.to, reader.kind, self.request.id(), at);
        Ok(OrderedMail { record, mime })
    }
}

/// The number of the next mail of a history entry.
pub fn next(mails: &[OrderedMail]) -> u8 {
    u8::try_from(mails.len() + 1).unwrap_or(u8::MAX)
}

struct Reader<'a> {
    to: EmailAddress,
    kind: RecipientKind,
    name: String,
    subject: SingleLine,
    body: SanitizedHtml,
    signature: &'a SanitizedHtml,
}

/// The few words the portal itself writes, in the reader's language and the interview's zone.
struct Words<'a> {
    news: News,
    language: Language,
    job: &'a Job,
    appointment: &'a Appointment,
    /// The reader's own zone, as far as it is known.
    reader_zone: &'a TimeZoneName,
    /// Whom a colleague meets.
    with: Option<String>,
}

impl Words<'_> {
    fn english(&self) -> bool {
        self.language == Language::English
    }

    /// What stands in the calendar. Names nobody: others may take part.
    fn title(&self) -> String {
        if self.english() {
            format!("Interview: {}", self.job.title)
        } else {
            format!("Gespräch: {}", self.job.title)
        }
    }

    fn subject(&self) -> Result<SingleLine, Problem> {
        let title = self.title();
        let text = match (self.news, self.english()) {
            (News::Invited, _) => title,
            (News::Moved, false) => format!("Neuer Termin – {title}"),
            (News::Moved, true) => format!("New time – {title}"),
            (News::Cancelled, false) => format!("Termin entfällt – {title}"),
            (News::Cancelled, true) => format!("Cancelled – {title}"),
        };
        let short: String = text.chars().take(SingleLine::MAX_CHARACTERS).collect();
        SingleLine::parse(&short).map_err(|error| Problem::Internal(Box::new(error)))
    }

    /// Date and time in full, the place, the link; one to a line.
    fn when_and_where(&self) -> String {
        let Appointment {
            starts_at,
            ends_at,
            time_zone,
            location,
            online_meeting_url,
        } = self.appointment;
        let mut lines = vec![
            spoken_time::date(*starts_at, time_zone, self.language),
            spoken_time::span_for((*starts_at, *ends_at), time_zone, self.reader_zone, self.language),
        ];
        let with = if self.english() { "with" } else { "mit" };
        lines.extend(self.with.as_ref().map(|name| format!("{with} {name}")));
        lines.extend(location.as_ref().map(ToString::to_string));
        lines.extend(online_meeting_url.as_ref().map(|url| url.as_str().to_owned()));
        lines.join("\n")
    }

    fn note(&self) -> Result<SanitizedHtml, Problem> {
        let sentence = match (self.news, self.english()) {
            (News::Invited, false) => "Der Gesprächstermin steht:",
            (News::Invited, true) => "The interview is arranged:",
            (News::Moved, false) => "Der Gesprächstermin wurde verschoben. Der neue Termin:",
            (News::Moved, true) => "The interview has been moved. The new time:",
            (News::Cancelled, false) => "Dieser Gesprächstermin entfällt:",
            (News::Cancelled, true) => "This interview has been cancelled:",
        };
        html(&[sentence.to_owned(), self.when_and_where()])
    }

    fn letter(&self, applicant: &Applicant) -> Result<SanitizedHtml, Problem> {
        let sentence = match (self.news, self.english()) {
            (News::Invited, false) => "wir laden Sie zu einem Gespräch ein:",
            (News::Invited, true) => "we would like to invite you to an interview:",
            (News::Moved, false) => "unser Gespräch wurde verschoben. Der neue Termin:",
            (News::Moved, true) => "our interview has been moved. The new time:",
            (News::Cancelled, false) => "unser Gespräch findet nicht statt. Dieser Termin entfällt:",
            (News::Cancelled, true) => "our interview will not take place. This appointment is cancelled:",
        };
        html(&[
            format!("{},", applicant.letter_salutation()),
            sentence.to_owned(),
            self.when_and_where(),
        ])
    }
}

/// Paragraphs of plain text.
fn html(paragraphs: &[String]) -> Result<SanitizedHtml, Problem> {
    let paragraphs = paragraphs.iter().map(|text| SanitizedHtml::paragraph(text));
    let html: String = paragraphs.map(|paragraph| paragraph.as_str().to_owned()).collect();
    SanitizedHtml::sanitize_within(&html, domain::MAX_BODY_BYTES)
        .map_err(|error: HtmlError| Problem::Internal(Box::new(error)))
}
