//! What a recruiter configures: statuses, the activities between them, and what of these is released to contacts.

use std::collections::{BTreeMap, BTreeSet};

use crate::{ActivityId, ContactRole, Language, MailTemplateId, SingleLine, StatusId, Version, WorkflowId};

/// Where in the process a status stands.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum StatusGroup {
    /// Just arrived.
    New,
    /// With the recruiters.
    Internal,
    /// Proposed to the department.
    Proposed,
    /// With the department.
    External,
    /// Hired.
    Accepted,
    /// Turned down.
    Rejected,
}

impl StatusGroup {
    /// All of them in the order of lists: what is open comes before what is decided.
    pub const ALL: [Self; 6] = [
        Self::New,
        Self::Internal,
        Self::Proposed,
        Self::External,
        Self::Accepted,
        Self::Rejected,
    ];

    /// Whether something is still to be decided about an application there.
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Accepted | Self::Rejected)
    }

    /// The word used in JSON, in query parameters and in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Internal => "internal",
            Self::Proposed => "proposed",
            Self::External => "external",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
        }
    }

    /// The group of that word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.as_str() == text)
    }
}

/// A place an application can be in.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// Its id within the workflow.
    pub id: StatusId,
    /// Its group.
    pub group: StatusGroup,
    /// What recruiters call it.
    pub name: SingleLine,
    /// What contacts call it.
    pub name_for_contacts: SingleLine,
}

/// A way to carry an activity out.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum Channel {
    /// A mail to the applicant.
    Email,
    /// A call, with a note.
    Phone,
    /// The status alone; the applicant is told nothing.
    StatusOnly,
    /// An appointment.
    Interview,
}

/// What an activity is about, which bounds the channels it can be released for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum ActivityKind {
    /// A decision the applicant is told of, or not.
    #[default]
    Decision,
    /// An appointment is arranged.
    Interview,
}

impl ActivityKind {
    /// Every channel an activity of this kind can have.
    pub fn channels(self) -> BTreeSet<Channel> {
        match self {
            Self::Decision => [Channel::Email, Channel::Phone, Channel::StatusOnly].into(),
            Self::Interview => [Channel::Interview].into(),
        }
    }
}

/// Which channels contacts of a role may use. Empty: not released.
pub type Release = BTreeMap<ContactRole, BTreeSet<Channel>>;

/// A permitted transition.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Activity {
    /// Its id, which begins with the workflow's.
    pub id: ActivityId,
    /// What the button says: "Absagen".
    pub name: SingleLine,
    /// What it is about.
    #[serde(default)]
    pub kind: ActivityKind,
    /// Where it starts.
    pub from_statuses: BTreeSet<StatusId>,
    /// Where it leads.
    pub target_status: StatusId,
    /// What of it contacts may do.
    #[serde(default)]
    pub release: Release,
}

/// A template as its workflow knows it, so that reading the workflow tells which ones an activity offers.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TemplateReference {
    /// The template.
    pub id: MailTemplateId,
    /// Its name.
    pub name: SingleLine,
    /// Its language.
    pub language: Language,
    /// The activities of this workflow it is meant for.
    pub activity_ids: BTreeSet<ActivityId>,
    /// Whether contacts may use it.
    pub released_to_portal: bool,
}

/// A workflow with its releases: one document.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Workflow {
    /// Its id.
    pub id: WorkflowId,
    /// Its name.
    pub name: SingleLine,
    /// Where a new application starts.
    pub initial_status: StatusId,
    /// Its statuses, in the order of the process.
    pub statuses: Vec<Status>,
    /// Its activities, in the order they are offered.
    pub activities: Vec<Activity>,
    /// The templates for its activities.
    #[serde(default)]
    pub templates: Vec<TemplateReference>,
    /// How often it was written. Its `ETag`.
    #[serde(default)]
    pub version: Version,
}

impl Workflow {
    /// The status of that id.
    pub fn status(&self, id: &StatusId) -> Option<&Status> {
        self.statuses.iter().find(|status| status.id == *id)
    }

    /// The activity of that id.
    pub fn activity(&self, id: &ActivityId) -> Option<&Activity> {
        self.activities.iter().find(|activity| activity.id == *id)
    }

    /// Whether the activity turns an applicant down: its target is in the group `rejected`.
    pub fn is_rejection(&self, activity: &Activity) -> bool {
        self.status(&activity.target_status)
            .is_some_and(|status| status.group == StatusGroup::Rejected)
    }

    /// Whether anything at all is released to contacts of this role.
    pub fn releases_anything_to(&self, role: ContactRole) -> bool {
        self.activities
            .iter()
            .any(|activity| !activity.channels_for(role).is_empty())
    }
}

impl Activity {
    /// The channels released to contacts of this role, as far as the activity's kind has them.
    pub fn channels_for(&self, role: ContactRole) -> BTreeSet<Channel> {
        let released = self.release.get(&role).cloned().unwrap_or_default();
        released.intersection(&self.kind.channels()).copied().collect()
    }
}
