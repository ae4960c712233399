//! What becomes of a mail, and who may say so.

use jiff::{SignedDuration, Timestamp};

use crate::{ActorKind, EmailAddress, MailId, SingleLine};

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
    /// The invocation that owns the attempt.
    pub owner: String,
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
    /// What the caller was told, so that a replay says the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered: Option<MailState>,
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
            owner,
            updated_at: now,
            lease_until: now + Self::LEASE,
            message_id: None,
            refusal: None,
            answered: None,
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
}
