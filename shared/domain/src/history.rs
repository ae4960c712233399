//! The append-only record of an application, provable by a hash chain.
//!
//! Each entry's hash covers its envelope and, through a salted hash, its content. So the content, which is
//! personal, can be erased later and the chain still verifies; and nobody can guess erased content from its hash.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::{
    ActivityId, ApplicationId, Channel, CustomerId, Digest, HistoryContent, InterviewId, Job, Role, Salt, StatusId,
    User, UserId, Workflow,
};

/// Through which channel something was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum HistoryChannel {
    /// A mail to the applicant.
    Email,
    /// A call.
    Phone,
    /// The status alone.
    StatusOnly,
    /// An appointment.
    Interview,
    /// The applicant tracking system sent it.
    Import,
    /// Somebody was given a document; in the feed only.
    Download,
}

impl HistoryChannel {
    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::StatusOnly => "statusOnly",
            Self::Interview => "interview",
            Self::Import => "import",
            Self::Download => "download",
        }
    }

    /// The channel of that word.
    pub fn parse(text: &str) -> Option<Self> {
        let all = [
            Self::Email,
            Self::Phone,
            Self::StatusOnly,
            Self::Interview,
            Self::Import,
            Self::Download,
        ];
        all.into_iter().find(|channel| channel.as_str() == text)
    }
}

impl From<Channel> for HistoryChannel {
    fn from(channel: Channel) -> Self {
        match channel {
            Channel::Email => Self::Email,
            Channel::Phone => Self::Phone,
            Channel::StatusOnly => Self::StatusOnly,
            Channel::Interview => Self::Interview,
        }
    }
}

/// What kind of user acted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum ActorKind {
    /// Somebody of the customer.
    Contact,
    /// Somebody of the recruiting team.
    Recruiter,
}

/// Who acted.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Actor {
    /// Contact or recruiter.
    pub kind: ActorKind,
    /// Which user.
    pub user_id: UserId,
    /// Of which customer, if a contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<CustomerId>,
}

impl From<&User> for Actor {
    fn from(user: &User) -> Self {
        Self {
            kind: user.kind(),
            user_id: user.id.clone(),
            customer_id: user.customer_id().cloned(),
        }
    }
}

/// One entry. The fields up to `previous_hash` are its envelope, which `hash` covers in this order.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HistoryEntry {
    /// Of which application.
    pub application_id: ApplicationId,
    /// Which entry, from 1.
    pub sequence: u64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// By whom.
    pub actor: Actor,
    /// Through which channel.
    pub channel: HistoryChannel,
    /// By which activity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity_id: Option<ActivityId>,
    /// From which status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_status: Option<StatusId>,
    /// To which.
    pub to_status: StatusId,
    /// The salted hash of the content.
    pub content_hash: Digest,
    /// The hash of the entry before.
    pub previous_hash: Digest,
    /// The hash of this entry.
    pub hash: Digest,
    /// The salt, erased together with the content.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub salt: Option<Salt>,
    /// The content as JSON, kept as it was hashed; absent once it is erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) content: Option<String>,
}

/// What an entry is made from.
pub(crate) struct NewEntry<'a> {
    pub application_id: &'a ApplicationId,
    pub sequence: u64,
    pub at: Timestamp,
    pub actor: Actor,
    pub channel: HistoryChannel,
    pub content: &'a HistoryContent,
    pub previous_hash: Digest,
    pub salt: Salt,
}

impl HistoryEntry {
    /// How long the bytes of its mails are kept, so that they can be sent again.
    pub const MAILS_KEPT: SignedDuration = SignedDuration::from_hours(24 * 7);

    /// Whether what its mails say still holds and is kept: no later entry of the application is about an interview that
    /// they are about.
    pub fn mails_hold<'a>(
        &self,
        now: Timestamp,
        later: impl IntoIterator<Item = &'a Self>,
    ) -> Result<bool, serde_json::Error> {
        if now.duration_since(self.at) >= Self::MAILS_KEPT {
            return Ok(false);
        }
        let about = self.interviews()?;
        for entry in later {
            if !about.is_disjoint(&entry.interviews()?) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn interviews(&self) -> Result<BTreeSet<InterviewId>, serde_json::Error> {
        let interviews = self.content()?.into_iter().flat_map(|content| content.interviews);
        Ok(interviews.map(|interview| interview.interview_id).collect())
    }

    /// Whether the user may order its mails once more: a recruiter, and whoever ordered them first, as long as what was done
    /// [is released to them](Self::is_released_to).
    pub fn may_be_resent_by(&self, user: &User) -> bool {
        user.role == Role::Recruiter || self.actor.user_id == user.id
    }

    /// Whether the user may do now what was done, whatever the status; a recruiter always may.
    pub fn is_released_to(&self, user: &User, job: &Job, workflow: &Workflow) -> bool {
        let Some(activity_id) = &self.activity_id else {
            // An interview was moved or cancelled.
            return job.may_arrange_interviews(user, workflow);
        };
        let activity = workflow.activity(activity_id);
        let channels = activity.map(|activity| workflow.channels(activity, user, job));
        let mut channels = channels.into_iter().flatten().map(HistoryChannel::from);
        user.role == Role::Recruiter || channels.any(|channel| channel == self.channel)
    }

    pub(crate) fn new(new: NewEntry<'_>) -> Result<Self, serde_json::Error> {
        let content = serde_json::to_string(new.content)?;
        let mut entry = Self {
            application_id: new.application_id.clone(),
            sequence: new.sequence,
            at: new.at,
            actor: new.actor,
            channel: new.channel,
            activity_id: new.content.activity.as_ref().map(|activity| activity.id.clone()),
            from_status: new.content.from_status.as_ref().map(|status| status.id.clone()),
            to_status: new.content.to_status.id.clone(),
            content_hash: Digest::of_content(&new.salt, &content),
            previous_hash: new.previous_hash,
            hash: Digest::beginning(),
            salt: Some(new.salt),
            content: Some(content),
        };
        entry.hash = entry.envelope_hash();
        Ok(entry)
    }

    /// How long the content is as JSON.
    pub fn content_bytes(&self) -> usize {
        self.content.as_ref().map_or(0, String::len)
    }

    /// The content, unless it was erased.
    pub fn content(&self) -> Result<Option<HistoryContent>, serde_json::Error> {
        self.content.as_deref().map(serde_json::from_str).transpose()
    }

    /// The same entry without what is personal; its chain still verifies.
    #[must_use]
    pub fn erased(&self) -> Self {
        Self {
            salt: None,
            content: None,
            ..self.clone()
        }
    }

    pub(crate) fn envelope_hash(&self) -> Digest {
        let kind = match self.actor.kind {
            ActorKind::Contact => "contact",
            ActorKind::Recruiter => "recruiter",
        };
        Digest::of([
            self.application_id.as_str(),
            &self.sequence.to_string(),
            &self.at.to_string(),
            kind,
            self.actor.user_id.as_str(),
            self.actor.customer_id.as_ref().map_or("", CustomerId::as_str),
            self.channel.as_str(),
            self.activity_id.as_ref().map_or("", ActivityId::as_str),
            self.from_status.as_ref().map_or("", StatusId::as_str),
            self.to_status.as_str(),
            self.content_hash.as_str(),
            self.previous_hash.as_str(),
        ])
    }

    pub(crate) fn content_matches(&self) -> bool {
        match (&self.salt, &self.content) {
            (Some(salt), Some(content)) => Digest::of_content(salt, content) == self.content_hash,
            (None, None) => true,
            _ => false,
        }
    }
}
