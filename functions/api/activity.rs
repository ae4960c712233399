//! Activities, as they are offered to somebody.

use std::collections::BTreeSet;

use domain::{
    Activity, ActivityId, ActivityKind, Channel, Language, MailTemplateId, SingleLine, StatusId, TemplateReference,
    User, Workflow,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::status_name;

/// An activity a user may carry out.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActivityView {
    id: ActivityId,
    name: SingleLine,
    kind: ActivityKind,
    channels: BTreeSet<Channel>,
    target_status: StatusId,
    target_status_name: String,
    rejection: bool,
    templates: Vec<TemplateView>,
}

/// A template offered for an activity.
#[derive(Debug, Serialize, ToSchema)]
struct TemplateView {
    id: MailTemplateId,
    name: SingleLine,
    language: Language,
}

impl ActivityView {
    /// The activity with what the user may use of it.
    pub fn new(
        user: &User,
        workflow: &Workflow,
        activity: &Activity,
        channels: BTreeSet<Channel>,
        templates: Vec<&TemplateReference>,
    ) -> Self {
        let templates = templates.into_iter().map(|reference| TemplateView {
            id: reference.id.clone(),
            name: reference.name.clone(),
            language: reference.language,
        });
        Self {
            id: activity.id.clone(),
            name: activity.name.clone(),
            kind: activity.kind,
            channels,
            target_status: activity.target_status.clone(),
            target_status_name: status_name(user, workflow, &activity.target_status),
            rejection: workflow.is_rejection(activity),
            templates: templates.collect(),
        }
    }
}
