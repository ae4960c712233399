//! Appointments of a job, in which one or more applications take part.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::{
    Application, ApplicationId, Appointment, Caller, CustomerId, EmailAddress, HistoryChannel, InterviewId, JobId,
    Language, LastChange, SingleLine, User, UserId, Version,
};

/// An interview. Its job is part of its id.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Interview {
    /// Its id; the calendar's UID is made from it.
    pub id: InterviewId,
    /// Whose job it is.
    pub customer_id: CustomerId,
    /// When and where.
    pub appointment: Appointment,
    /// How many applications can take part.
    pub places: u8,
    /// Those that do.
    pub participants: Vec<Participant>,
    /// Who arranged it, and the colleagues who come along.
    pub colleagues: Vec<Colleague>,
    /// Applications that left: their calendars hold a cancellation, which an invitation has to outdo.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub left: BTreeSet<ApplicationId>,
    /// The calendar's SEQUENCE: grows with each move, and with each cancellation for one of several.
    pub sequence: u32,
    /// Whether it was called off.
    pub cancelled: bool,
    /// How often it was written. Its `ETag`.
    pub version: Version,
    /// Who wrote it last, so that whoever comes second can be told at once.
    pub last_change: LastChange,
}

/// An application that takes part.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Participant {
    /// Which one.
    pub application_id: ApplicationId,
    /// Where the applicant's invitation went, and so every later change goes; none if they were sent none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invited: Option<EmailAddress>,
}

/// Somebody of the department, or a recruiter, who has the appointment in their calendar.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Colleague {
    /// Which user.
    pub user_id: UserId,
    /// Their name.
    pub name: SingleLine,
    /// Their address.
    pub email: EmailAddress,
    /// What they read.
    pub language: Language,
    /// Of which customer, if a contact: a recruiter is not named to contacts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<CustomerId>,
}

/// What an application knows of an interview it takes part in.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Booking {
    /// Which one.
    pub interview_id: InterviewId,
    /// When and where.
    #[serde(flatten)]
    pub appointment: Appointment,
}

/// Why an application cannot take part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotBookable {
    /// Not there, or of another job or customer: nobody must tell the three apart.
    #[error("there is no such appointment for this job")]
    Absent,
    /// It was called off.
    #[error("the appointment was cancelled")]
    Cancelled,
    /// It has begun.
    #[error("the appointment has begun")]
    Past,
    /// No place is left.
    #[error("the appointment is full")]
    Full,
    /// It takes part already.
    #[error("the applicant takes part already")]
    TakesPart,
    /// Enough interviews for one application.
    #[error("the applicant has four coming appointments already")]
    TooMany,
    /// Enough people who have it in their calendars.
    #[error("too many colleagues take part already")]
    TooManyColleagues,
    /// The applicant has another appointment then.
    #[error("the applicant has another appointment at this time")]
    Overlapping,
}

impl Interview {
    /// The most applications of one appointment: with their mails they fit into one transaction.
    pub const MOST_PLACES: u8 = 8;

    /// The most people besides the applicants.
    pub const MOST_COLLEAGUES: usize = 9;
    /// The most coming interviews of one application: a rejection has to end them all in one transaction, which
    /// holds 100 items: 5 of its own, and 1 and two for each mail of each interview.
    pub const MOST_COMING: usize = 4;

    /// The job it is for.
    pub fn job_id(&self) -> JobId {
        self.id.job_id()
    }

    /// How many more applications can take part.
    pub fn free_places(&self) -> u8 {
        let taken = u8::try_from(self.participants.len()).unwrap_or(u8::MAX);
        self.places.saturating_sub(taken)
    }

    /// Whether it is still to come.
    pub fn is_coming(&self, now: Timestamp) -> bool {
        !self.cancelled && self.appointment.starts_at > now
    }

    /// Whether it is for the application's job.
    pub fn is_for(&self, application: &Application) -> bool {
        self.job_id() == application.id.job_id() && self.customer_id == application.customer_id
    }

    /// The interview with the application in it, and the caller as a colleague.
    pub fn joined_by(
        &self,
        application: &Application,
        caller: &Caller,
        invited: Option<EmailAddress>,
        elsewhere: &[Booking],
        now: Timestamp,
    ) -> Result<Self, NotBookable> {
        if !self.is_for(application) {
            return Err(NotBookable::Absent);
        }
        if self.cancelled {
            return Err(NotBookable::Cancelled);
        }
        if self.appointment.starts_at <= now {
            return Err(NotBookable::Past);
        }
        if self
            .participants
            .iter()
            .any(|participant| participant.application_id == application.id)
        {
            return Err(NotBookable::TakesPart);
        }
        if self.free_places() == 0 {
            return Err(NotBookable::Full);
        }
        application.is_free_for(&self.appointment, elsewhere, now)?;
        let mut joined = self.written(caller, now);
        joined.participants.push(Participant {
            application_id: application.id.clone(),
            invited,
        });
        if joined.left.remove(&application.id) {
            joined.sequence += 1;
        }
        let colleague = Colleague::of(caller.user());
        let known = |known: &Colleague| known.user_id == colleague.user_id;
        match joined.colleagues.iter().position(known) {
            Some(place) => joined.colleagues[place] = colleague,
            None if joined.colleagues.len() >= Self::MOST_COLLEAGUES => return Err(NotBookable::TooManyColleagues),
            None => joined.colleagues.push(colleague),
        }
        Ok(joined)
    }

    /// At another time or place; the calendars' entries are replaced.
    #[must_use]
    pub fn moved_to(&self, appointment: Appointment, caller: &Caller, at: Timestamp) -> Self {
        Self {
            appointment,
            sequence: self.sequence + 1,
            ..self.written(caller, at)
        }
    }

    /// Called off for everybody.
    #[must_use]
    pub fn called_off(&self, caller: &Caller, at: Timestamp) -> Self {
        Self {
            cancelled: true,
            sequence: self.sequence + 1,
            ..self.written(caller, at)
        }
    }

    /// Without the application, whose calendar gets this SEQUENCE; called off if it was the last one.
    #[must_use]
    pub fn without(&self, application: &ApplicationId, caller: &Caller, at: Timestamp) -> Self {
        let mut without = self.called_off(caller, at);
        without
            .participants
            .retain(|participant| participant.application_id != *application);
        without.left.insert(application.clone());
        without.cancelled = without.participants.is_empty();
        without
    }

    /// Where the application's applicant was sent an invitation.
    pub fn invited(&self, application: &ApplicationId) -> Option<&EmailAddress> {
        self.participants
            .iter()
            .find(|one| one.application_id == *application)?
            .invited
            .as_ref()
    }

    /// What the application keeps of it.
    pub fn booking(&self) -> Booking {
        Booking {
            interview_id: self.id.clone(),
            appointment: self.appointment.clone(),
        }
    }

    /// With the colleagues as they are now: who was deactivated, or is of another customer, hears no more of it.
    #[must_use]
    pub fn with_present_colleagues(&self, users: &[User]) -> Self {
        let present = |colleague: &Colleague| {
            let user = users.iter().find(|user| user.id == colleague.user_id)?;
            (user.active && user.may_see(&self.customer_id)).then(|| Colleague::of(user))
        };
        Self {
            colleagues: self.colleagues.iter().filter_map(present).collect(),
            ..self.clone()
        }
    }

    fn written(&self, caller: &Caller, at: Timestamp) -> Self {
        Self {
            version: self.version.next(),
            last_change: LastChange::by(caller, at, HistoryChannel::Interview, None),
            ..self.clone()
        }
    }
}

impl Colleague {
    /// The user as a colleague.
    pub fn of(user: &User) -> Self {
        Self {
            user_id: user.id.clone(),
            name: user.name.clone(),
            email: user.email.clone(),
            language: user.language,
            customer_id: user.customer_id().cloned(),
        }
    }
}

impl Application {
    /// Whether the applicant has nothing else then, here or `elsewhere`, and not too much to come.
    pub fn is_free_for(
        &self,
        appointment: &Appointment,
        elsewhere: &[Booking],
        now: Timestamp,
    ) -> Result<(), NotBookable> {
        let coming = self
            .bookings
            .iter()
            .filter(|booking| booking.appointment.starts_at > now)
            .count();
        if coming >= Interview::MOST_COMING {
            return Err(NotBookable::TooMany);
        }
        let taken = self
            .bookings
            .iter()
            .chain(elsewhere)
            .any(|booking| appointment.overlaps(booking.appointment.starts_at, booking.appointment.ends_at));
        if taken { Err(NotBookable::Overlapping) } else { Ok(()) }
    }
}
