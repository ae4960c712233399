//! `/api/jobs`: what people apply for, whose it is, how it moves, and who may act on it.

mod body;

use std::{collections::BTreeSet, sync::Arc};

use domain::{Caller, CustomerId, ExternalId, Job, JobId, SingleLine, UserId, WorkflowId};
use http::StatusCode;
use lambda::{Backend, Environment, Function, Handler, PortalRequest, Problem, Reply, StartError, random, serve};
use serde::Serialize;
use store::ListPosition;

use self::body::JobBody;
use crate::{
    api::{Operation, Page},
    fields::Fields,
};

/// The Lambda.
pub static FUNCTION: Function = Function {
    name: "manage-jobs",
    start: |environment| Box::pin(start(environment)),
};

const DEFAULT_LIMIT: u16 = 50;

/// A job as recruiters manage it.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct ManagedJob {
    id: JobId,
    version: String,
    external_id: ExternalId,
    customer_id: CustomerId,
    workflow_id: WorkflowId,
    title: SingleLine,
    location: Option<SingleLine>,
    contact_ids: BTreeSet<UserId>,
}

impl From<Job> for ManagedJob {
    fn from(job: Job) -> Self {
        Self {
            id: job.id,
            version: job.version.to_string(),
            external_id: job.external_id,
            customer_id: job.customer_id,
            workflow_id: job.workflow_id,
            title: job.title,
            location: job.location,
            contact_ids: job.contact_ids,
        }
    }
}

/// What the API's description says of it.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(&FUNCTION, "GET /api/jobs", "All jobs, or those of a customer.")
            .query_of::<CustomerId>("customer", "Of this customer.")
            .problem("404", "`not-found`: there is no such customer.")
            .paged()
            .answers_page::<ManagedJob>()
            .problem("403", "`recruiters-only`"),
        Operation::new(&FUNCTION, "POST /api/jobs", "A new job.")
            .body::<JobBody>()
            .etag()
            .answers::<ManagedJob>(201, "Made.")
            .problem("403", "`recruiters-only`"),
        Operation::new(&FUNCTION, "GET /api/jobs/{jobId}", "A job.")
            .etag()
            .answers::<ManagedJob>(200, "The job; its version is the `ETag`.")
            .problem("403", "`recruiters-only`"),
        Operation::new(
            &FUNCTION,
            "PATCH /api/jobs/{jobId}",
            "Change a job; its customer never changes.",
        )
        .changes()
        .body::<JobBody>()
        .etag()
        .answers::<ManagedJob>(200, "Changed.")
        .problem("403", "`recruiters-only`"),
    ]
}

async fn start(environment: Environment) -> Result<Handler, StartError> {
    Ok(serve(FUNCTION.name, Backend::start(&environment).await?, manage_jobs))
}

async fn manage_jobs(backend: Arc<Backend>, request: PortalRequest) -> Result<Reply, Problem> {
    let caller = backend.recruiter(&request).await?;
    match request.route() {
        "GET /api/jobs" => list(&backend, &caller, &request).await,
        "POST /api/jobs" => create(&backend, &request).await,
        "GET /api/jobs/{jobId}" => show(&backend, &request).await,
        "PATCH /api/jobs/{jobId}" => change(&backend, &request).await,
        _ => Err(Problem::NotFound),
    }
}

async fn list(backend: &Backend, caller: &Caller, request: &PortalRequest) -> Result<Reply, Problem> {
    let limit = request.limit(DEFAULT_LIMIT)?;
    let customer: Option<CustomerId> = request
        .query("customer")
        .map(|id| id.parse().map_err(|_| Problem::NotFound))
        .transpose()?;
    let list = format!("jobs {} {customer:?}", caller.user().id);
    let (cursors, after): (_, Option<ListPosition>) = backend.position(request, &list).await?;
    let page = backend
        .store
        .list_jobs(customer.as_ref(), after.as_ref(), limit)
        .await?;
    let items: Vec<ManagedJob> = page.items.into_iter().map(Into::into).collect();
    let next_cursor = page.next.map(|position| cursors.write(&list, &position)).transpose()?;
    Reply::json(&Page { items, next_cursor })
}

async fn show(backend: &Backend, request: &PortalRequest) -> Result<Reply, Problem> {
    reply(existing(backend, request).await?, StatusCode::OK)
}

async fn create(backend: &Backend, request: &PortalRequest) -> Result<Reply, Problem> {
    let body: JobBody = request.json()?;
    let mut fields = Fields::default();
    body.name_missing(&mut fields);
    let wanted = body.parse(&mut fields);
    let references = wanted.load(backend, None).await?;
    if wanted.customer_id.is_some() && references.customer.is_none() {
        fields.wrong("/customerId", "there is no such customer");
    }
    wanted.check(&mut fields, &references, None);
    match wanted.new_job(JobId::from_random(random()?)) {
        Some(job) if fields.is_empty() => {
            backend.store.save_job(&job, None).await?;
            reply(job, StatusCode::CREATED)
        }
        _ => Err(fields.into()),
    }
}

async fn change(backend: &Backend, request: &PortalRequest) -> Result<Reply, Problem> {
    let precondition = request.precondition()?;
    let before = existing(backend, request).await?;
    if !precondition.holds_for(before.version) {
        return Err(Problem::VersionConflict(None));
    }
    let body: JobBody = request.json()?;
    let mut fields = Fields::default();
    let wanted = body.parse(&mut fields);
    if wanted.customer_id.is_some() {
        fields.wrong("/customerId", "cannot be changed");
    }
    let references = wanted.load(backend, Some(&before)).await?;
    wanted.check(&mut fields, &references, Some(&before));
    let moved = |workflow: &WorkflowId| *workflow != before.workflow_id;
    if wanted.workflow_id.as_ref().is_some_and(moved) && backend.store.has_applications(&before.id).await? {
        fields.wrong("/workflowId", "cannot be changed once the job has applications");
    }
    fields.all_right()?;
    let job = wanted.changed(&before);
    backend.store.save_job(&job, Some(&before)).await?;
    reply(job, StatusCode::OK)
}

async fn existing(backend: &Backend, request: &PortalRequest) -> Result<Job, Problem> {
    let job = backend.store.job(&request.path("jobId")?).await?;
    job.ok_or(Problem::NotFound)
}

fn reply(job: Job, status: StatusCode) -> Result<Reply, Problem> {
    let version = job.version;
    Ok(Reply::json(&ManagedJob::from(job))?.status(status).etag(version))
}
