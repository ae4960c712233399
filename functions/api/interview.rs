//! Interviews.

use domain::{
    Appointment, AppointmentFields, Colleague, EmailAddress, FieldError, Interview, InterviewId, JobId, SingleLine,
    User,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An appointment to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewInterview {
    starts_at: String,
    ends_at: String,
    time_zone: String,
    location: Option<String>,
    online_meeting_url: Option<String>,
    /// Addresses of further colleagues of the department.
    #[serde(default)]
    attendees: Vec<String>,
    /// How many applications can take part; one if absent.
    places: Option<u8>,
}

/// An appointment whose fields have been checked.
#[derive(Debug, Clone)]
pub struct PlannedInterview {
    /// When and where.
    pub appointment: Appointment,
    /// The colleagues' addresses.
    pub attendees: Vec<EmailAddress>,
    /// How many applications can take part.
    pub places: u8,
}

/// An appointment as contacts and recruiters see it. Says how many take part, not who.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InterviewView {
    id: InterviewId,
    version: String,
    job_id: JobId,
    #[serde(flatten)]
    appointment: Appointment,
    places: u8,
    free_places: u8,
    colleagues: Vec<SingleLine>,
    cancelled: bool,
}

/// The most colleagues besides whoever arranges it.
const MOST_ATTENDEES: usize = 8;

impl NewInterview {
    /// Checks every field and names everything that is wrong.
    pub fn parse(&self, now: Timestamp) -> Result<PlannedInterview, Vec<FieldError>> {
        let fields = AppointmentFields {
            starts_at: &self.starts_at,
            ends_at: &self.ends_at,
            time_zone: &self.time_zone,
            location: self.location.as_deref(),
            online_meeting_url: self.online_meeting_url.as_deref(),
        };
        let mut errors = Vec::new();
        let appointment = Appointment::parse(&fields, "/interview", now)
            .map_err(|more| errors.extend(more))
            .ok();
        let places = self.places.unwrap_or(1);
        if !(1..=Interview::MOST_PLACES).contains(&places) {
            errors.push(FieldError::new("/interview/places", "must be a number from 1 to 8"));
        }
        if self.attendees.len() > MOST_ATTENDEES {
            errors.push(FieldError::new("/interview/attendees", "must be at most 8"));
        }
        let mut attendees = Vec::new();
        for (index, text) in self.attendees.iter().enumerate() {
            match EmailAddress::parse(text) {
                Ok(address) => attendees.push(address),
                Err(error) => errors.push(FieldError::new(format!("/interview/attendees/{index}"), error)),
            }
        }
        match appointment {
            Some(appointment) if errors.is_empty() => Ok(PlannedInterview {
                appointment,
                attendees,
                places,
            }),
            _ => Err(errors),
        }
    }
}

impl InterviewView {
    /// The interview as it is. A contact reads the names of their own colleagues only.
    pub fn new(user: &User, interview: &Interview) -> Self {
        let named = |colleague: &&Colleague| {
            user.customer_id().is_none() || user.customer_id() == colleague.customer_id.as_ref()
        };
        Self {
            id: interview.id.clone(),
            version: interview.version.to_string(),
            job_id: interview.job_id(),
            appointment: interview.appointment.clone(),
            places: interview.places,
            free_places: interview.free_places(),
            colleagues: interview
                .colleagues
                .iter()
                .filter(named)
                .map(|colleague| colleague.name.clone())
                .collect(),
            cancelled: interview.cancelled,
        }
    }
}
