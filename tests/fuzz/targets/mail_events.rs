//! Events of SES: whatever one says, a mail's record only goes forward, and not twice by the same event.
#![no_main]

use domain::{MailRecord, MailState, RecipientKind, Refusal, SingleLine};
use functions::handle_mail_events::event::Event;
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

const STATES: [MailState; 7] = [
    MailState::Pending,
    MailState::Sending,
    MailState::Unclear,
    MailState::Failed,
    MailState::Accepted,
    MailState::Delivered,
    MailState::NotDelivered,
];

/// How much is proved by then: nothing, that SES took it, what became of it.
fn proved(state: MailState) -> u8 {
    match state {
        MailState::Pending | MailState::Sending | MailState::Unclear => 0,
        MailState::Failed | MailState::Accepted => 1,
        MailState::Delivered => 2,
        MailState::NotDelivered => 3,
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((id, news)) = serde_json::from_slice::<Event>(data).ok().and_then(Event::told) else {
        return;
    };
    let now = Timestamp::UNIX_EPOCH;
    let recipient = "anna@example.org".to_owned().try_into().unwrap();
    let first = MailRecord::first_attempt(id, recipient, RecipientKind::Applicant, "owner".to_owned(), now);
    for state in STATES {
        let record = MailRecord { state, ..first.clone() };
        let Some(told) = record.told(&news, now) else {
            continue;
        };
        assert!(
            proved(told.state) >= proved(state),
            "{state:?} became {:?} by {news:?}",
            told.state
        );
        assert_eq!(told.told(&news, now), None);
        assert_eq!(
            (&told.recipient, told.attempt, &told.id),
            (&record.recipient, 1, &record.id)
        );
        assert_eq!(told.message_id, Some(news.message_id.clone()));
        // A machine has nothing more to do with it.
        assert_eq!(told.due_at(), None);
    }
    let refused = first.refused(Refusal::Passing(SingleLine::parse("Throttling").unwrap()), now);
    assert!(refused.told(&news, now).is_none_or(|told| told.refusal.is_none()));
});
