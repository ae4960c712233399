//! One activity of a workflow as a recruiter writes it.

use std::collections::{BTreeMap, BTreeSet};

use super::Surroundings;
use crate::{
    ActivityId, ActivityKind, Channel, ContactRole, MissingTemplate, Release, WorkflowId, field_error::FieldErrors,
};

/// An activity as a recruiter writes it.
#[derive(Debug, Clone, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ActivityDocument {
    /// With or without the workflow's id before it.
    pub id: String,
    pub name: String,
    #[serde(default = "decision")]
    pub kind: String,
    pub from_statuses: Vec<String>,
    pub target_status: String,
    #[serde(default)]
    pub release: BTreeMap<String, Vec<String>>,
}

fn decision() -> String {
    "decision".to_owned()
}

impl ActivityDocument {
    /// The whole id, if it is one of this workflow's.
    pub fn full_id(&self, workflow: &WorkflowId) -> Option<ActivityId> {
        let full = if self.id.contains('.') {
            self.id.clone()
        } else {
            format!("{workflow}.{}", self.id)
        };
        let id: ActivityId = full.parse().ok()?;
        (id.workflow_id() == *workflow).then_some(id)
    }

    /// The channels for each role, if all are of the right form.
    pub fn check_release(&self, at: &str, kind: Option<ActivityKind>, errors: &mut FieldErrors) -> Option<Release> {
        let mut release = Some(Release::new());
        for (role_word, words) in &self.release {
            let at = format!("{at}/release/{}", role_word.replace('~', "~0").replace('/', "~1"));
            let role: Option<ContactRole> = errors.word(at.clone(), role_word);
            if words.is_empty() {
                errors.add(
                    at.clone(),
                    "is released without a channel; leave it out if it is not released",
                );
            }
            let mut channels = Some(BTreeSet::new());
            for (index, word) in words.iter().enumerate() {
                let at = format!("{at}/{index}");
                let channel: Option<Channel> = errors.word(at.clone(), word);
                if let (Some(channel), Some(kind)) = (channel, kind)
                    && !kind.channels().contains(&channel)
                {
                    errors.add(at, "is no channel of an activity of this kind");
                }
                channels = channels.zip(channel).map(|(mut channels, channel)| {
                    channels.insert(channel);
                    channels
                });
            }
            release = release.zip(role.zip(channels)).map(|(mut release, (role, channels))| {
                release.insert(role, channels);
                release
            });
        }
        release
    }

    /// What is released by e-mail needs a template to begin with.
    pub fn check_templates(
        &self,
        at: &str,
        workflow: &WorkflowId,
        kind: Option<ActivityKind>,
        surroundings: &Surroundings<'_>,
        errors: &mut FieldErrors,
    ) {
        let email = self.release.iter().find_map(|(role, channels)| {
            let index = channels.iter().position(|channel| channel == "email")?;
            Some(format!(
                "{at}/release/{}/{index}",
                role.replace('~', "~0").replace('/', "~1")
            ))
        });
        let (Some(pointer), Some(id), Some(ActivityKind::Decision)) = (email, self.full_id(workflow), kind) else {
            return;
        };
        let templates = surroundings.current.map(|current| current.templates.as_slice());
        for missing in MissingTemplate::of(&id, templates.unwrap_or_default(), surroundings.languages) {
            errors.add(pointer.clone(), missing);
        }
    }
}
