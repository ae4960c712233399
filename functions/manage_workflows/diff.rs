//! `POST /api/workflows/{workflowId}/diff`: who would gain and who would lose what if the workflow became this one.
//! Stores nothing.

use std::collections::BTreeMap;

use domain::{
    CheckedWorkflow, ContactChange, ContactWithJobs, FieldError, Job, StatusGroup, UserId, WorkflowDocument,
    release_changes,
};
use lambda::{Backend, PortalRequest, Problem, Reply};
use serde::Serialize;

#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct Difference {
    /// What storing it would be refused for.
    errors: Vec<FieldError>,
    contacts: Vec<ContactChange>,
    /// False if there were too many applications to count; there are at least as many as it says.
    complete: bool,
}

pub(super) async fn compare(backend: &Backend, request: &PortalRequest) -> Result<Reply, Problem> {
    let id = request.path("workflowId")?;
    let document: WorkflowDocument = request.json()?;
    let current = backend.store.workflow(&id).await?.ok_or(Problem::NotFound)?;
    let followers = backend.store.followers(&id).await?;
    let checked = super::check(backend, &id, &document, Some(&current), &followers).await?;
    let CheckedWorkflow { workflow, errors } = checked;
    let Some(changed) = workflow else {
        let (contacts, complete) = (Vec::new(), false);
        return Reply::json(&Difference {
            errors,
            contacts,
            complete,
        });
    };

    let jobs: Vec<_> = followers.into_iter().map(|follower| follower.job_id).collect();
    let (jobs, users) = backend.store.load_jobs_and_contacts(&jobs).await?;
    let mut named: BTreeMap<&UserId, Vec<Job>> = BTreeMap::new();
    for job in jobs.iter().filter(|job| job.workflow_id == id) {
        for contact in &job.contact_ids {
            named.entry(contact).or_default().push(job.clone());
        }
    }
    let contacts = users.into_iter().map(|contact| ContactWithJobs {
        jobs: named.get(&contact.id).cloned().unwrap_or_default(),
        contact,
    });
    let mut contacts: Vec<_> = contacts.collect();

    // Only the jobs of those for whom something changes are counted.
    let affected = release_changes(&current, &changed, &contacts, &BTreeMap::new());
    contacts.retain(|contact| affected.iter().any(|change| change.id == contact.contact.id));
    let mut jobs: Vec<_> = contacts
        .iter()
        .flat_map(|contact| &contact.jobs)
        .map(|job| job.id.clone())
        .collect();
    jobs.sort();
    jobs.dedup();
    let open = StatusGroup::ALL.into_iter().filter(|group| group.is_open()).collect();
    let counted = backend.store.count_applications(&jobs, &open).await?;
    Reply::json(&Difference {
        errors,
        contacts: release_changes(&current, &changed, &contacts, &counted.counts),
        complete: counted.complete,
    })
}
