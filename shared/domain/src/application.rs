//! An applicant's application for a job.

use std::fmt;

use jiff::Timestamp;

use crate::{
    ActorKind, Applicant, ApplicationId, Booking, Caller, CustomerId, Digest, ExternalId, HistoryChannel, SingleLine,
    StatusGroup, StatusId,
};

/// How often something was written; of an application, the number of its history entries. Its `ETag`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Version(pub u64);

impl Version {
    /// What is new has this one.
    pub const FIRST: Self = Self(1);

    /// The one of the next change.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// What is written without one is new.
impl Default for Version {
    fn default() -> Self {
        Self::FIRST
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// The latest change, kept on the application so that whoever comes second can be told at once.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LastChange {
    /// When.
    pub at: Timestamp,
    /// By what kind of user.
    pub actor_kind: ActorKind,
    /// Of which customer, if a contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor_customer_id: Option<CustomerId>,
    /// Their name.
    pub actor_name: SingleLine,
    /// Through which channel.
    pub channel: HistoryChannel,
    /// What they did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity_name: Option<SingleLine>,
}

impl LastChange {
    /// What the caller does now.
    pub fn by(caller: &Caller, at: Timestamp, channel: HistoryChannel, activity_name: Option<SingleLine>) -> Self {
        let user = caller.user();
        Self {
            at,
            actor_kind: user.kind(),
            actor_customer_id: user.customer_id().cloned(),
            actor_name: user.name.clone(),
            channel,
            activity_name,
        }
    }
}

/// An application. Its job is part of its id.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Application {
    /// Its id.
    pub id: ApplicationId,
    /// What the applicant tracking system calls it.
    pub external_id: ExternalId,
    /// Whose job it is for.
    pub customer_id: CustomerId,
    /// Who applies.
    pub applicant: Applicant,
    /// Where it is.
    pub status: StatusId,
    /// The status's group, by which lists are ordered.
    pub status_group: StatusGroup,
    /// How many history entries it has.
    pub version: Version,
    /// The hash of the latest of them.
    pub history_head: Digest,
    /// The latest change.
    pub last_change: LastChange,
    /// The interviews it takes part in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bookings: Vec<Booking>,
    /// Since when it is in its status: what waits longest comes first.
    pub status_since: Timestamp,
    /// When it came.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}
