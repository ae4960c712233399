//! What people apply for.

use std::collections::BTreeSet;

use crate::{Channel, CustomerId, ExternalId, JobId, Role, SingleLine, User, UserId, Version, Workflow, WorkflowId};

/// A job of one customer, following one workflow.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// What the applicant tracking system calls it.
    pub external_id: ExternalId,
    /// Whose job it is; never changes.
    pub customer_id: CustomerId,
    /// How its applications move.
    pub workflow_id: WorkflowId,
    /// "Produktionsleitung (m/w/d)".
    pub title: SingleLine,
    /// Where the work is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<SingleLine>,
    /// The contacts who may act on its applications.
    pub contact_ids: BTreeSet<UserId>,
    /// How often it was written. Its `ETag`.
    #[serde(default)]
    pub version: Version,
}

impl Job {
    /// The most contacts a job names.
    pub const MOST_CONTACTS: usize = 30;

    /// Whether the user may move and cancel this job's interviews: whoever may arrange some.
    pub fn may_arrange_interviews(&self, user: &User, workflow: &Workflow) -> bool {
        match &user.role {
            Role::Recruiter => true,
            Role::Contact { .. } => workflow
                .activities
                .iter()
                .any(|activity| workflow.channels(activity, user, self).contains(&Channel::Interview)),
        }
    }
}
