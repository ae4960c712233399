//! `GET /api/workflows/{workflowId}/as-contact?contact=&status=`: what a contact could do to an application in that
//! status. The same rules answer that also decide when the contact acts.

use domain::{ContactRole, Job, JobId, Role, SingleLine, StatusId, UserId};
use lambda::{Backend, PortalRequest, Problem, Reply};
use serde::Serialize;

use crate::api::ActivityView;

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ContactPreview)]
pub(super) struct Preview {
    contact: ContactView,
    status: StatusId,
    jobs: Vec<JobView>,
    activities: Vec<ActivityView>,
}

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = PreviewedContact)]
struct ContactView {
    id: UserId,
    name: SingleLine,
    role: ContactRole,
    active: bool,
}

/// A job that follows the workflow and names the contact.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = PreviewedJob)]
struct JobView {
    id: JobId,
    title: SingleLine,
}

pub(super) async fn preview(backend: &Backend, request: &PortalRequest) -> Result<Reply, Problem> {
    let id = request.path("workflowId")?;
    let workflow = backend.store.workflow(&id).await?.ok_or(Problem::NotFound)?;
    let contact_id = request.query("contact").and_then(|text| text.parse::<UserId>().ok());
    let (user, jobs) = match &contact_id {
        None => (None, Vec::new()),
        Some(contact) => backend.store.load_contact_of_workflow(contact, &id).await?,
    };

    let mut errors = Vec::new();
    let contact = user.and_then(|user| match user.role {
        Role::Contact { contact_role, .. } => Some((user, contact_role)),
        Role::Recruiter => None,
    });
    if contact.is_none() {
        errors.push(domain::FieldError::new("/contact", "is no contact"));
    }
    let status = request.query("status").and_then(|text| text.parse::<StatusId>().ok());
    let status = status.filter(|status| workflow.status(status).is_some());
    if status.is_none() {
        errors.push(domain::FieldError::new("/status", "is no status of this workflow"));
    }
    let (Some((contact, role)), Some(status)) = (contact, status) else {
        return Err(errors.into());
    };

    let named = |job: &Job| job.workflow_id == id && job.contact_ids.contains(&contact.id);
    let jobs: Vec<Job> = jobs.into_iter().filter(named).collect();
    let activities = workflow.activities_in(&status, &contact, &jobs);
    let activities = activities.into_iter().map(|(activity, channels)| {
        let templates = workflow.templates_for(&activity.id, &contact, contact.language);
        ActivityView::new(&contact, &workflow, activity, channels, templates)
    });
    Reply::json(&Preview {
        activities: activities.collect(),
        status,
        jobs: jobs
            .into_iter()
            .map(|Job { id, title, .. }| JobView { id, title })
            .collect(),
        contact: ContactView {
            id: contact.id,
            name: contact.name,
            role,
            active: contact.active,
        },
    })
}
