//! What becomes of a mail, and who may say so.

use jiff::{SignedDuration, Timestamp};

use crate::{Actor, ActorKind, CustomerId, EmailAddress, MailId, SingleLine, User};

/// Where a mail is on its way.
///
/// `pending → sending → accepted → delivered | notDelivered`; `failed` after a permanent refusal, `unclear` where
/// no evidence settles whether SES took it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum MailState {
    /// Ordered, refused for a passing cause, to be tried again.
    Pending,
    /// One attempt is under way, or ended without an answer.
    Sending,
    /// SES has it.
    Accepted,
    /// The recipient's server has it.
    Delivered,
    /// The recipient's server refused it.
    NotDelivered,
    /// Nobody knows; only a person may order it again.
    Unclear,
    /// SES refused it for good.
    Failed,
}

/// Who a recipient is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum RecipientKind {
    /// Who applies.
    Applicant,
    /// Somebody of the customer.
    Contact,
    /// Somebody of the recruiting team.
    Recruiter,
}

impl From<ActorKind> for RecipientKind {
    fn from(kind: ActorKind) -> Self {
        match kind {
            ActorKind::Contact => Self::Contact,
            ActorKind::Recruiter => Self::Recruiter,
        }
    }
}

/// The order to send one mail to one recipient, and its progress.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MailRecord {
    /// Its id, which SES carries as a tag.
    pub id: MailId,
    /// Who gets it.
    pub recipient: EmailAddress,
    /// What they are.
    pub recipient_kind: RecipientKind,
    /// Where it is.
    pub state: MailState,
    /// Which attempt this is, from 1. Whoever speaks for another attempt is not heard.
    pub attempt: u32,
    /// The first attempt of the latest order: what SES tells of one before it is about a mail that was given up.
    #[serde(default)]
    pub ordered_attempt: u32,
    /// The invocation that owns the attempt.
    pub owner: String,
    /// When it was ordered.
    pub ordered_at: Timestamp,
    /// When the state was last set.
    pub updated_at: Timestamp,
    /// A `sending` of before then is over, one way or the other.
    pub lease_until: Timestamp,
    /// What SES called it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<SingleLine>,
    /// Why it is `pending` again or `failed`: SES's error code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<SingleLine>,
    /// Of what is `notDelivered`, that it may have arrived all the same: a delivery that SES tells of counts more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub may_have_arrived: bool,
    /// What the caller was told, so that a replay says the same. Once it stands here, it stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered: Option<MailState>,
    /// By whom it was ordered once more, the first first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub orders: Vec<FurtherOrder>,
}

/// A person's order to send a mail once more.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FurtherOrder {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub actor: Actor,
    /// What they were called then.
    pub actor_name: SingleLine,
}

impl FurtherOrder {
    /// The user's, now.
    pub fn of(user: &User, now: Timestamp) -> Self {
        Self {
            at: now,
            actor: Actor::from(user),
            actor_name: user.name.clone(),
        }
    }
}

/// What an event of SES says of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailEvent {
    /// SES has it.
    Sent,
    /// The recipient's server has it; also what a complaint proves.
    Delivered,
    /// The recipient's server refused it.
    Bounced,
    /// The same for a passing cause; or somebody who has the mail answered automatically, which SES calls a bounce too.
    Returned,
    /// SES took it and then found something in it that it does not send.
    Rejected,
}

/// An event of SES about one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailTold {
    /// Which attempt, as the mail carried it.
    pub attempt: u32,
    /// What became of it.
    pub event: MailEvent,
    /// What SES calls it.
    pub message_id: SingleLine,
}

/// What the sweep does with an open mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sweep {
    /// Nothing yet.
    Wait,
    /// Another attempt, once the claim is written.
    Try(MailRecord),
    /// No further attempt.
    Settle(MailRecord),
}

/// SES said no, provably.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It may say yes later.
    Passing(SingleLine),
    /// It never will.
    Permanent(SingleLine),
}

impl MailRecord {
    /// Longer than any attempt can take: the function's timeout and some.
    pub const LEASE: SignedDuration = SignedDuration::from_secs(60);
    /// So long after an attempt without an answer, SES's event would have come if one comes at all.
    const EVENT_COMES_WITHIN: SignedDuration = SignedDuration::from_mins(15);
    /// So long it is tried again after passing refusals.
    const TRIED_FOR: SignedDuration = SignedDuration::from_mins(15);
    /// Until it is tried again; doubled with each attempt.
    const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(15);

    /// The first attempt, owned by the invocation that orders it.
    pub fn first_attempt(
        id: MailId,
        recipient: EmailAddress,
        recipient_kind: RecipientKind,
        owner: String,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            recipient,
            recipient_kind,
            state: MailState::Sending,
            attempt: 1,
            ordered_attempt: 1,
            owner,
            ordered_at: now,
            updated_at: now,
            lease_until: now + Self::LEASE,
            message_id: None,
            refusal: None,
            may_have_arrived: false,
            answered: None,
            orders: Vec::new(),
        }
    }

    /// SES took it.
    #[must_use]
    pub fn accepted(&self, message_id: SingleLine, now: Timestamp) -> Self {
        Self {
            state: MailState::Accepted,
            message_id: Some(message_id),
            updated_at: now,
            refusal: None,
            ..self.clone()
        }
    }

    /// SES refused it: to be tried again, or never.
    #[must_use]
    pub fn refused(&self, refusal: Refusal, now: Timestamp) -> Self {
        let (state, code) = match refusal {
            Refusal::Passing(code) => (MailState::Pending, code),
            Refusal::Permanent(code) => (MailState::Failed, code),
        };
        Self {
            state,
            refusal: Some(code),
            updated_at: now,
            ..self.clone()
        }
    }

    /// The next attempt after a passing refusal, by the same owner.
    #[must_use]
    pub fn next_attempt(&self, now: Timestamp) -> Self {
        Self {
            state: MailState::Sending,
            attempt: self.attempt + 1,
            updated_at: now,
            lease_until: now + Self::LEASE,
            ..self.clone()
        }
    }

    /// Whether it did not arrive, or nobody knows: only a person may order it again.
    pub fn is_lost(&self) -> bool {
        matches!(
            self.state,
            MailState::Unclear | MailState::Failed | MailState::NotDelivered
        )
    }

    /// Whether its recipient is still to get it. A colleague is as long as the address is that of one of these users, who
    /// is active and sees what belongs to the customer.
    pub fn is_still_for(&self, users: &[User], customer: &CustomerId) -> bool {
        let address = self.recipient.lookup_form();
        let present = |user: &User| user.active && user.may_see(customer) && user.email.lookup_form() == address;
        self.recipient_kind == RecipientKind::Applicant || users.iter().any(present)
    }

    /// The next attempt, ordered by a person; none if it is not lost.
    pub fn ordered_again(&self, order: FurtherOrder, owner: &str) -> Option<Self> {
        self.is_lost().then(|| {
            let now = order.at;
            Self {
                ordered_attempt: self.attempt + 1,
                owner: owner.to_owned(),
                ordered_at: now,
                message_id: None,
                refusal: None,
                orders: self.orders.iter().cloned().chain([order]).collect(),
                ..self.next_attempt(now)
            }
        })
    }

    /// When the sweep has to look at it; none if it is in a state that no machine leaves.
    pub fn due_at(&self) -> Option<Timestamp> {
        match self.state {
            MailState::Pending => Some(self.updated_at + self.wait()),
            MailState::Sending => Some(self.updated_at + Self::EVENT_COMES_WITHIN),
            _ => None,
        }
    }

    fn wait(&self) -> SignedDuration {
        Self::FIRST_WAIT * 2_i32.pow(self.attempt.saturating_sub(1).min(4))
    }

    /// What the sweep does with it now.
    pub fn sweep(&self, owner: &str, now: Timestamp) -> Sweep {
        if self.due_at().is_none_or(|due| now < due) {
            return Sweep::Wait;
        }
        let in_state = |state| Self {
            state,
            updated_at: now,
            ..self.clone()
        };
        match self.state {
            MailState::Pending if now.duration_since(self.ordered_at) > Self::TRIED_FOR => {
                Sweep::Settle(in_state(MailState::Failed))
            }
            MailState::Pending => Sweep::Try(Self {
                owner: owner.to_owned(),
                ..self.next_attempt(now)
            }),
            // It may have been sent: only an event or a person may say.
            MailState::Sending => Sweep::Settle(in_state(MailState::Unclear)),
            _ => Sweep::Wait,
        }
    }

    /// What an event of SES about one of its attempts makes of it; none if it says nothing new. A later event never takes
    /// back what an earlier one proved: a mail goes from accepted to delivered, and from there at most to refused by the
    /// recipient's server, of which only the same message can be, and only for good: who is away and answers so has it.
    pub fn told(&self, told: &MailTold, now: Timestamp) -> Option<Self> {
        use MailState::{Accepted, Delivered, Failed, NotDelivered, Pending, Sending, Unclear};
        let MailTold { event, message_id, .. } = told;
        // Of what was given up before a person ordered it again, only that it arrived after all still counts.
        let is_given_up = told.attempt < self.ordered_attempt;
        if is_given_up && *event != MailEvent::Delivered {
            return None;
        }
        let is_another = self.message_id.as_ref().is_some_and(|known| known != message_id);
        let (is_news, state) = match event {
            // Refused attempts of before do not count against the proof that one was taken.
            MailEvent::Sent => (matches!(self.state, Sending | Pending | Unclear), Accepted),
            MailEvent::Delivered => match self.state {
                // From then on that copy counts, and nothing that becomes of the other one.
                Delivered => (is_another && is_given_up, Delivered),
                NotDelivered => (is_another || self.may_have_arrived, Delivered),
                _ => (true, Delivered),
            },
            MailEvent::Bounced if self.state == Delivered && is_another => (false, Delivered),
            MailEvent::Bounced if self.state == NotDelivered => (self.may_have_arrived, NotDelivered),
            MailEvent::Bounced => (self.state != Failed, NotDelivered),
            MailEvent::Returned => (!matches!(self.state, Delivered | NotDelivered | Failed), NotDelivered),
            MailEvent::Rejected => (!matches!(self.state, Delivered | NotDelivered | Failed), Failed),
        };
        if !is_news {
            return None;
        }
        Some(Self {
            state,
            message_id: Some(message_id.clone()),
            refusal: None,
            may_have_arrived: *event == MailEvent::Returned,
            updated_at: now,
            ..self.clone()
        })
    }
}
