//! Sending an ordered mail at once, at most once per attempt, and writing down what came of it.

use std::time::Duration;

use domain::{EmailAddress, MailRecord, MailState};
use jiff::Timestamp;
use lambda::{Environment, PortalRequest, StartError};
use mail::{Attempt, Mailer, OutgoingMail};
use store::{MailMark, OrderedMail, Store};

/// After a passing refusal it is tried again while the request is younger than that; then it waits for the sweep.
const PATIENCE: jiff::SignedDuration = jiff::SignedDuration::from_secs(5);
/// The first pause before trying again; each further one is twice as long. Up to a quarter is added at random, so that mails
/// refused together are not tried again together.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// How often an answer is written down again where SES's events keep being faster.
const MARKS: usize = 6;

/// What a function needs to send mails.
pub struct Post {
    mailer: Mailer,
    /// The address that calendars name as the organizer: the portal's own mailbox for answers to invitations.
    pub organizer: EmailAddress,
}

impl Post {
    /// From the settings `SENDER_ADDRESS`, `CONFIGURATION_SET` and `INTERVIEW_ADDRESS`.
    pub fn start(environment: &Environment) -> Result<Self, StartError> {
        let address = |name| {
            EmailAddress::parse(environment.setting(name)?).map_err(|error| StartError::SettingInvalid {
                name,
                source: Box::new(error),
            })
        };
        let mailer = Mailer::new(
            environment.sdk(),
            address("SENDER_ADDRESS")?,
            environment.setting("CONFIGURATION_SET")?,
        );
        Ok(Self {
            mailer,
            organizer: address("INTERVIEW_ADDRESS")?,
        })
    }

    /// The address every mail comes from.
    pub fn sender(&self) -> &EmailAddress {
        self.mailer.sender()
    }

    /// One attempt for a mail that the caller has claimed. What came of it is written as far as it is known.
    pub async fn attempt(&self, store: &Store, claimed: &OrderedMail, now: &impl Fn() -> Timestamp) {
        let OrderedMail { record, mime } = claimed;
        let mail = OutgoingMail {
            record: Some(record),
            recipient: &record.recipient,
            mime,
        };
        let outcome = self.mailer.attempt(mail).await;
        if let Some(settled) = settled_by(record, outcome, now()) {
            mark(store, record, &settled).await;
        }
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
            record: Some(&record),
            recipient: &record.recipient,
            mime: &ordered.mime,
        };
        let outcome = mailer.attempt(mail).await;
        let now = request.now();
        let Some(settled) = settled_by(&record, outcome, now) else {
            return answered(store, &record, record.clone()).await;
        };
        let wait = pause.mul_f64(1.0 + fastrand::f64() / 4.0);
        let may_retry = settled.state == MailState::Pending
            && now.duration_since(request.received_at()) + jiff::SignedDuration::from_millis(millis(wait)) < PATIENCE;
        if !may_retry {
            return answered(store, &record, settled).await;
        }
        tokio::time::sleep(wait).await;
        pause *= 2;
        let next = record.next_attempt(request.now());
        // Another attempt must not begin before the table knows of it.
        if mark(store, &record, &next).await != Some(MailMark::Written) {
            return answered(store, &record, record.clone()).await;
        }
        record = next;
    }
}

/// Writes what an attempt came to, and with it what the caller is told: a replay says the same, whatever has become of the
/// mail meanwhile and will become of it.
async fn answered(store: &Store, attempt: &MailRecord, outcome: MailRecord) -> MailState {
    let told = outcome.state;
    let (mut seen, mut record) = (attempt.clone(), outcome);
    for _ in 0..MARKS {
        record.answered = Some(told);
        match mark(store, &seen, &record).await {
            // What was written meanwhile stands, and the answer beside it.
            Some(MailMark::Overtaken(Some(found))) if found.answered.is_none() => {
                seen = *found;
                record = seen.clone();
            }
            _ => break,
        }
    }
    told
}

/// What an attempt makes of the record. None: it stays `sending`, and only SES's own event, or a person, may settle it.
fn settled_by(record: &MailRecord, outcome: Attempt, now: Timestamp) -> Option<MailRecord> {
    match outcome {
        Attempt::Accepted(message_id) => Some(record.accepted(message_id, now)),
        Attempt::Refused(refusal) => Some(record.refused(refusal, now)),
        Attempt::Ambiguous { cause } => {
            tracing::warn!(mail = %record.id, cause, "nobody knows whether SES took the mail");
            None
        }
    }
}

/// Whether the record says so now. A failure is logged: the mail's own progress is settled by SES's events.
async fn mark(store: &Store, attempt: &MailRecord, record: &MailRecord) -> Option<MailMark> {
    match store.mark_mail(attempt, record).await {
        Ok(mark) => {
            if mark != MailMark::Written {
                tracing::info!(mail = %record.id, "the mail was settled by another");
            }
            Some(mark)
        }
        Err(error) => {
            tracing::error!(mail = %record.id, error = &error as &dyn std::error::Error, "the mail's state is not written");
            None
        }
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
