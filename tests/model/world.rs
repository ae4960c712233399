//! Everything that counts at one moment: the table, SES, and how far each process has come.

use domain::{
    Actor, ActorKind, EmailAddress, FurtherOrder, MailId, MailRecord, MailState, RecipientKind, SingleLine, Sweep,
};
use jiff::{SignedDuration, Timestamp};

use crate::processes::{Cast, KINDS, PROCESSES, Process};

/// What must never be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Violation {
    /// The applicant gets the mail more often than people ordered it.
    TwoMails,
    /// The record, or an answer, says accepted or delivered of a mail that SES never took.
    FalseAccepted,
    /// The decision stands, and nobody will ever hear of its mail.
    Lost,
    /// A machine has still to see to the mail after everything is over.
    Stuck,
    /// Status, history and order are not of one transaction.
    StatusWithoutHistory,
}

/// Where a protocol may differ from the one that is built; all false is that one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a mistake of its own")]
pub struct Protocol {
    pub sdk_retries: bool,
    pub sweep_resends_unclear: bool,
    pub claims_without_condition: bool,
    pub releases_on_5xx: bool,
    pub sends_before_write: bool,
    pub tries_again_unwritten: bool,
    pub splits_writes: bool,
    pub orders_in_memory: bool,
    pub accepts_early: bool,
    pub sweep_skips_sending: bool,
}

impl Protocol {
    pub const RIGHT: Self = Self {
        sdk_retries: false,
        sweep_resends_unclear: false,
        claims_without_condition: false,
        releases_on_5xx: false,
        sends_before_write: false,
        tries_again_unwritten: false,
        splits_writes: false,
        orders_in_memory: false,
        accepts_early: false,
        sweep_skips_sending: false,
    };
}

/// A mail record, as small as it can be: without what nothing decides by, and without the message id:
/// all copies have the same one here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Record {
    pub state: u8,
    pub attempt: u8,
    /// The first attempt of the latest order.
    pub ordered_attempt: u8,
    pub owner: u8,
    /// Seconds since the first order.
    pub ordered_at: u16,
    pub updated_at: u16,
}

const STATES: [MailState; 7] = [
    MailState::Pending,
    MailState::Sending,
    MailState::Accepted,
    MailState::Delivered,
    MailState::NotDelivered,
    MailState::Unclear,
    MailState::Failed,
];

pub fn moment(seconds: u16) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds.into())
}

pub fn word() -> SingleLine {
    SingleLine::parse("x").unwrap()
}

/// A person's, to send a mail once more.
pub fn order(at: Timestamp) -> FurtherOrder {
    FurtherOrder {
        at,
        actor: Actor {
            kind: ActorKind::Recruiter,
            user_id: "u".parse().unwrap(),
            customer_id: None,
        },
        actor_name: word(),
    }
}

impl Record {
    pub fn state(self) -> MailState {
        STATES[usize::from(self.state)]
    }

    /// The record the real transitions take.
    pub fn real(self) -> MailRecord {
        let id = MailId {
            application_id: "a-b".parse().unwrap(),
            sequence: 2,
            number: 1,
        };
        let recipient = EmailAddress::parse("anna@example.org").unwrap();
        let kind = RecipientKind::Applicant;
        let first = MailRecord::first_attempt(id, recipient, kind, self.owner.to_string(), moment(self.ordered_at));
        MailRecord {
            state: self.state(),
            attempt: self.attempt.into(),
            ordered_attempt: self.ordered_attempt.into(),
            updated_at: moment(self.updated_at),
            ..first
        }
    }

    pub fn of(record: &MailRecord) -> Self {
        let seconds = |at: Timestamp| u16::try_from(at.as_second()).unwrap();
        Self {
            state: u8::try_from(STATES.iter().position(|state| *state == record.state).unwrap()).unwrap(),
            attempt: u8::try_from(record.attempt).unwrap(),
            ordered_attempt: u8::try_from(record.ordered_attempt).unwrap(),
            owner: record.owner.parse().unwrap(),
            ordered_at: seconds(record.ordered_at),
            updated_at: seconds(record.updated_at),
        }
    }
}

/// Everything at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct World {
    /// Seconds since the first request.
    pub now: u16,
    /// The application's version, and its history entries.
    pub version: u8,
    pub entries: u8,
    /// Which command is remembered.
    pub command: Option<u8>,
    pub record: Option<Record>,
    /// How often SES took the mail, and how often people ordered it.
    pub taken: u8,
    pub orders: u8,
    /// How often SES may still refuse for a passing cause.
    pub refusals_left: u8,
    /// Events of SES that may still come, a bit for each kind and attempt, and how many more of them come twice.
    pub events: u64,
    pub doubled_left: u8,
    /// Somebody was told 200 although SES took nothing.
    pub told_too_much: bool,
    /// Somebody was told that it is done.
    pub told_done: bool,
    pub processes: [Process; PROCESSES],
}

impl World {
    pub fn first(cast: &Cast) -> Self {
        Self {
            now: 0,
            version: 1,
            entries: 1,
            command: None,
            record: None,
            taken: 0,
            orders: 1,
            refusals_left: cast.refusals,
            events: 0,
            doubled_left: cast.doubled,
            told_too_much: false,
            told_done: false,
            processes: [Process::Ready; PROCESSES],
        }
    }

    /// The mark of `record` on condition that the table still has the attempt, owner and state of `seen`; and whether
    /// the record was taken, or is there already, as when the SDK repeats a write whose answer was lost.
    pub fn mark(&mut self, seen: Record, record: Record, unconditional: bool) -> bool {
        let key = |record: Record| (record.attempt, record.owner, record.state);
        if unconditional || self.record.is_some_and(|found| key(found) == key(seen)) {
            self.record = Some(record);
            return true;
        }
        self.record == Some(record)
    }

    /// SES takes this attempt, and will tell so and what comes of it.
    pub fn take(&mut self, attempt: u8, outcome: u8) {
        self.taken += 1;
        self.events |= (1 | 1 << outcome) << (KINDS.len() * usize::from(attempt - 1));
    }

    pub fn may_be_told(&self) -> bool {
        self.record
            .is_some_and(|record| matches!(record.state(), MailState::Accepted | MailState::Delivered))
    }

    /// What is wrong already.
    pub fn violation(&self) -> Option<Violation> {
        let said = self.may_be_told() || self.told_too_much;
        if self.taken > self.orders {
            Some(Violation::TwoMails)
        } else if self.taken == 0 && said {
            Some(Violation::FalseAccepted)
        } else if self.version != self.entries {
            Some(Violation::StatusWithoutHistory)
        } else {
            None
        }
    }

    /// What is wrong if everything under way dies here, no event comes any more, and only the sweep goes on for twenty
    /// minutes, with SES taking mails or refusing them.
    pub fn violation_in_the_end(&self, protocol: Protocol) -> Option<Violation> {
        let Some(mut record) = self.record else {
            let done = self.version > 1 || self.told_done;
            return done.then_some(Violation::Lost);
        };
        for ses_takes in [true, false] {
            let mut real = record.real();
            let mut now = self.now;
            while now < self.now + 20 * 60 {
                now += 15;
                match real.sweep("9", moment(now)) {
                    Sweep::Wait => {}
                    Sweep::Settle(_) if protocol.sweep_skips_sending && real.state == MailState::Sending => {}
                    Sweep::Settle(settled) => real = settled,
                    Sweep::Try(claimed) if ses_takes => real = claimed.accepted(word(), moment(now)),
                    Sweep::Try(claimed) => real = claimed.refused(domain::Refusal::Passing(word()), moment(now)),
                }
            }
            record = Record::of(&real);
            if matches!(record.state(), MailState::Pending | MailState::Sending) {
                return Some(Violation::Stuck);
            }
            record = self.record.unwrap_or(record);
        }
        None
    }
}
