//! Applications.

use domain::{
    Applicant, Application, ApplicationId, Booking, CustomerId, Job, JobId, Role, SingleLine, StatusGroup, StatusId,
    User, Workflow,
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// An application as the caller sees it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApplicationView {
    id: ApplicationId,
    version: String,
    applicant: ApplicantView,
    job: JobView,
    status: StatusId,
    status_name: String,
    status_group: StatusGroup,
    #[schema(value_type = String, format = DateTime)]
    status_since: Timestamp,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    interviews: Vec<Booking>,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    /// Whether some activity is released to the caller for it.
    may_act: bool,
}

/// The person.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApplicantView {
    full_name: String,
    #[serde(flatten)]
    applicant: Applicant,
}

/// The job an application is for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobView {
    id: JobId,
    title: SingleLine,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<SingleLine>,
    customer_id: CustomerId,
}

impl ApplicationView {
    /// The application with its job's and status's names as they are now.
    pub fn new(user: &User, application: &Application, job: &Job, workflow: &Workflow) -> Self {
        Self {
            id: application.id.clone(),
            version: application.version.to_string(),
            applicant: ApplicantView {
                full_name: application.applicant.full_name(),
                applicant: application.applicant.clone(),
            },
            job: JobView {
                id: job.id.clone(),
                title: job.title.clone(),
                location: job.location.clone(),
                customer_id: job.customer_id.clone(),
            },
            status: application.status.clone(),
            status_name: status_name(user, workflow, &application.status),
            status_group: application.status_group,
            status_since: application.status_since,
            interviews: application.bookings.clone(),
            updated_at: application.updated_at,
            may_act: !workflow
                .activities_in(&application.status, user, std::slice::from_ref(job))
                .is_empty(),
        }
    }
}

/// What the user calls the status: recruiters and contacts have their own names for it.
pub(crate) fn status_name(user: &User, workflow: &Workflow, id: &StatusId) -> String {
    match (workflow.status(id), &user.role) {
        (Some(status), Role::Recruiter) => status.name.to_string(),
        (Some(status), Role::Contact { .. }) => status.name_for_contacts.to_string(),
        (None, _) => id.to_string(),
    }
}
