//! Saving and removing a template, together with what the workflows of its activities know of it.

use std::collections::{BTreeMap, BTreeSet};

use domain::{FieldError, MailTemplate, MailTemplateDocument, MailTemplateId, Workflow, WorkflowId};
use http::StatusCode;
use lambda::{Backend, PortalRequest, Problem, Reply};
use store::ManageError;

/// A workflow that somebody else writes at the same time is read again that often.
const ATTEMPTS: usize = 4;
/// The id that a route of its own has.
const RESERVED: &str = "placeholders";

pub(super) async fn write(backend: &Backend, request: &PortalRequest) -> Result<Reply, Problem> {
    let id: String = request.path("mailTemplateId")?;
    let id: MailTemplateId = id
        .parse()
        .ok()
        .filter(|id: &MailTemplateId| id.as_str() != RESERVED)
        .ok_or_else(|| Problem::invalid("/mailTemplateId", "must be 1 to 40 lower-case letters and digits"))?;
    let document: MailTemplateDocument = request.json()?;
    for _ in 0..ATTEMPTS {
        let current = backend.store.mail_template(&id).await?;
        let version = request.version_to_write(current.as_ref().map(|current| current.version))?;
        let mut tied = document.workflow_ids();
        tied.extend(current.iter().flat_map(workflow_ids));
        let workflows = load(backend, tied).await?;

        let template = document.check(id.clone(), version, &workflows)?;
        let changed = changed(backend, &workflows, &id, Some(&template)).await?;

        match backend.store.save_mail_template(&template, &changed).await {
            Err(ManageError::Changed) => {}
            written => {
                written?;
                let status = if current.is_none() {
                    StatusCode::CREATED
                } else {
                    StatusCode::OK
                };
                return Ok(super::view(template)?.status(status));
            }
        }
    }
    Err(Problem::Unavailable(ManageError::Busy.into()))
}

pub(super) async fn remove(backend: &Backend, request: &PortalRequest) -> Result<Reply, Problem> {
    let id = request.path("mailTemplateId")?;
    for _ in 0..ATTEMPTS {
        let template = backend.store.mail_template(&id).await?.ok_or(Problem::NotFound)?;
        if !request.precondition()?.holds_for(template.version) {
            return Err(Problem::VersionConflict(None));
        }
        let workflows = load(backend, workflow_ids(&template)).await?;
        let changed = changed(backend, &workflows, &id, None).await?;
        match backend.store.remove_mail_template(&template, &changed).await {
            Err(ManageError::Changed) => {}
            removed => {
                removed?;
                return Ok(Reply::empty());
            }
        }
    }
    Err(Problem::Unavailable(ManageError::Busy.into()))
}

fn workflow_ids(template: &MailTemplate) -> BTreeSet<WorkflowId> {
    template
        .activity_ids
        .iter()
        .map(domain::ActivityId::workflow_id)
        .collect()
}

async fn load(backend: &Backend, ids: BTreeSet<WorkflowId>) -> Result<BTreeMap<WorkflowId, Workflow>, Problem> {
    let ids: Vec<_> = ids.into_iter().collect();
    let (workflows, _) = backend.store.load_workflows_and_customer(&ids, None).await?;
    Ok(workflows
        .into_iter()
        .map(|workflow| (workflow.id.clone(), workflow))
        .collect())
}

/// The workflows that are to know the template otherwise than now, unless an activity released by e-mail would be left
/// without one.
async fn changed(
    backend: &Backend,
    workflows: &BTreeMap<WorkflowId, Workflow>,
    id: &MailTemplateId,
    template: Option<&MailTemplate>,
) -> Result<Vec<Workflow>, Problem> {
    let (mut changed, mut errors) = (Vec::new(), Vec::new());
    for workflow in workflows.values() {
        let Some(after) = workflow.with_template(id, template) else {
            continue;
        };
        let followers = backend.store.followers(&workflow.id).await?;
        let languages = backend.store.languages(&followers).await?;
        let lacked = workflow.missing_templates(&languages);
        let lacking = after.missing_templates(&languages);
        // What was missing before is not this change's doing.
        errors.extend(lacking.difference(&lacked).map(|missing| FieldError::new("", missing)));
        if after.is_too_large() {
            let reason = format!("the workflow {} has too many templates for its activities", workflow.id);
            errors.push(FieldError::new("/activityIds", reason));
        }
        changed.push(after);
    }
    if errors.is_empty() {
        Ok(changed)
    } else {
        Err(errors.into())
    }
}
