//! Sending an ordered mail at once, at most once per attempt, and writing down what came of it.

use std::time::Duration;

use domain::{EmailAddress, MailRecord, MailState};
use lambda::{Environment, PortalRequest, StartError};
use mail::{Attempt, Mailer, OutgoingMail};
use store::{MailMark, OrderedMail, Store};

/// After a passing refusal it is tried again while the request is younger than that; then it waits for the sweep.
const PATIENCE: jiff::SignedDuration = jiff::SignedDuration::from_secs(5);
/// The first pause before trying again; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// What a function needs to send mails.
pub struct Post {
    mailer: Mailer,
    /// The address that calendars name as the organizer: the portal's own mailbox for answers to invitations.
    pub organizer: EmailAddress,
}

impl Post {
    /// From the settings `SENDER_ADDRESS` and `INTERVIEW_ADDRESS`.
    pub fn start(environment: &Environment) -> Result<Self, StartError> {
        let address = |name| {
            EmailAddress::parse(environment.setting(name)?).map_err(|error| StartError::SettingInvalid {
                name,
                source: Box::new(error),
            })
        };
        let mailer = Mailer::new(environment.sdk(), address("SENDER_ADDRESS")?);
        Ok(Self {
            mailer,
            organizer: address("INTERVIEW_ADDRESS")?,
        })
    }

    /// The address every mail comes from.
    pub fn sender(&self) -> &EmailAddress {
        self.mailer.sender()
    }

    /// Sends the mails, all at once, and says where they are, all in all. None if there are none.
    pub async fn send_now(&self, store: &Store, mails: &[OrderedMail], request: &PortalRequest) -> Option<MailState> {
        let sending = mails.iter().map(|mail| send_one(store, &self.mailer, mail, request));
        overall(futures::future::join_all(sending).await)
    }
}

/// Where mails are, all in all: where the one is that needs most care, whatever their order.
pub fn overall(states: impl IntoIterator<Item = MailState>) -> Option<MailState> {
    states.into_iter().max_by_key(|state| match state {
        MailState::Delivered => 0,
        MailState::Accepted => 1,
        MailState::Pending => 2,
        MailState::Sending => 3,
        MailState::Unclear => 4,
        MailState::NotDelivered => 5,
        MailState::Failed => 6,
    })
}

/// Sends a mail, which this invocation owns, and says where it is. Nothing that goes wrong here undoes the
/// decision: it is written already, and the record says what is known.
async fn send_one(store: &Store, mailer: &Mailer, ordered: &OrderedMail, request: &PortalRequest) -> MailState {
    let mut record = ordered.record.clone();
    let mut pause = FIRST_PAUSE;
    loop {
        let mail = OutgoingMail {
            id: Some(&record.id),
            recipient: &record.recipient,
            mime: &ordered.mime,
        };
        let outcome = mailer.attempt(mail).await;
        let now = request.now();
        let settled = match outcome {
            Attempt::Accepted(message_id) => record.accepted(message_id, now),
            Attempt::Refused(refusal) => record.refused(refusal, now),
            Attempt::Ambiguous { cause } => {
                // The record stays `sending`: only SES's own event, or a person, may settle it.
                tracing::warn!(mail = %record.id, cause, "nobody knows whether SES took the mail");
                let told = MailRecord {
                    answered: Some(MailState::Sending),
                    ..record.clone()
                };
                mark(store, &record, &told).await;
                return MailState::Sending;
            }
        };
        let may_retry = settled.state == MailState::Pending
            && now.duration_since(request.received_at()) + jiff::SignedDuration::from_millis(millis(pause)) < PATIENCE;
        if !may_retry {
            let settled = MailRecord {
                answered: Some(settled.state),
                ..settled
            };
            mark(store, &record, &settled).await;
            return settled.state;
        }
        tokio::time::sleep(pause).await;
        pause *= 2;
        let next = record.next_attempt(request.now());
        // Another attempt must not begin before the table knows of it.
        if !mark(store, &record, &next).await {
            return MailState::Sending;
        }
        record = next;
    }
}

/// Whether the record says so now. A failure is logged: the mail's own progress is settled by SES's events.
async fn mark(store: &Store, attempt: &MailRecord, record: &MailRecord) -> bool {
    match store.mark_mail(attempt, record).await {
        Ok(MailMark::Written) => true,
        Ok(MailMark::Overtaken) => {
            tracing::info!(mail = %record.id, "the mail was settled by another");
            false
        }
        Err(error) => {
            tracing::error!(mail = %record.id, error = &error as &dyn std::error::Error, "the mail's state is not written");
            false
        }
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
