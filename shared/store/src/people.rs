//! The applications of one person at one customer, found by their address, so that nobody is to be at two places.

use domain::{Application, ApplicationId, Booking, CustomerId, EmailAddress, InterviewId};

use crate::{
    Store,
    error::StoreError,
    item,
    keys::{Key, PERSON_APPLICATION, PERSON_CALENDAR},
};

/// A person's appointments for other applications, and a guard: whoever writes an appointment of this person meanwhile makes it fail.
#[derive(Debug, Clone)]
pub struct PersonCalendar {
    pub(crate) key: Key,
    pub(crate) version: u64,
    /// The appointments.
    pub elsewhere: Vec<Booking>,
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Calendar {
    version: u64,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct PersonApplication {
    application_id: ApplicationId,
}

impl Store {
    /// What else the applicant has to come at this customer, apart from this application, and apart from an interview
    /// that is about to be moved. One query, and one read call if they have applied for something else too. None for
    /// applicants without an address, who cannot be recognised.
    pub async fn person_calendar(
        &self,
        application: &Application,
        moving: Option<&InterviewId>,
    ) -> Result<Option<PersonCalendar>, StoreError> {
        let Some(email) = &application.applicant.email else {
            return Ok(None);
        };
        let key = Key::person_calendar(&application.customer_id, &email.lookup_form());
        let mut calendar = PersonCalendar {
            key: key.clone(),
            version: 0,
            elsewhere: Vec::new(),
        };
        let mut others = Vec::new();
        for (sk, item) in self.query_partition(&key.pk, None).await? {
            if sk == PERSON_CALENDAR {
                calendar.version = item::read::<Calendar>(item)?.version;
            } else if sk.starts_with(PERSON_APPLICATION) {
                others.push(item::read::<PersonApplication>(item)?.application_id);
            }
        }
        others.retain(|id| *id != application.id);
        if others.is_empty() {
            return Ok(Some(calendar));
        }
        let keys: Vec<_> = others.iter().map(Key::application).collect();
        let mut found = self.batch_get(keys.clone()).await?;
        for key in &keys {
            if let Some(other) = found.take::<Application>(key)? {
                let bookings = other.bookings.into_iter();
                calendar
                    .elsewhere
                    .extend(bookings.filter(|booking| Some(&booking.interview_id) != moving));
            }
        }
        Ok(Some(calendar))
    }
}

impl PersonCalendar {
    /// Each person's once: two applications can be one person's.
    #[must_use]
    pub fn one_each(mut calendars: Vec<Self>) -> Vec<Self> {
        calendars.sort_by(|one, other| one.key.pk.cmp(&other.key.pk));
        calendars.dedup_by(|one, other| one.key == other.key);
        calendars
    }

    /// The guard as it is to be written.
    pub(crate) fn next(&self) -> Result<item::Item, StoreError> {
        item::write(
            self.key.clone(),
            &Calendar {
                version: self.version + 1,
            },
        )
    }
}

/// The link from a person to an application.
pub(crate) fn link(
    customer: &CustomerId,
    email: &EmailAddress,
    application: &ApplicationId,
) -> Result<item::Item, StoreError> {
    let value = serde_json::json!({ "applicationId": application });
    item::write(
        Key::person_application(customer, &email.lookup_form(), application),
        &value,
    )
}
