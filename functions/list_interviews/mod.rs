//! `GET /api/jobs/{jobId}/interviews`: the coming appointments of a job, with their free places.

use std::sync::Arc;

use domain::JobId;
use lambda::{Backend, Environment, Function, Handler, PortalRequest, Problem, Reply, StartError, serve};
use store::InterviewPosition;

use crate::api::{InterviewView, Operation, Page};

/// The Lambda.
pub static FUNCTION: Function = Function {
    name: "list-interviews",
    start: |environment| Box::pin(start(environment)),
};

const DEFAULT_LIMIT: u16 = 25;

/// What the API's description says of it.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            &FUNCTION,
            "GET /api/jobs/{jobId}/interviews",
            "The coming appointments of a job.",
        )
        .paged()
        .answers_page::<InterviewView>(),
    ]
}

async fn start(environment: Environment) -> Result<Handler, StartError> {
    Ok(serve(
        FUNCTION.name,
        Backend::start(&environment).await?,
        list_interviews,
    ))
}

async fn list_interviews(backend: Arc<Backend>, request: PortalRequest) -> Result<Reply, Problem> {
    let claims = backend.authenticate(&request).await?;
    let job_id: JobId = request.path("jobId")?;
    let limit = request.limit(DEFAULT_LIMIT)?;
    let list = format!("interviews {} {job_id}", claims.user_id);
    let (cursors, after): (_, Option<InterviewPosition>) = backend.position(&request, &list).await?;

    let (user, job) = backend.store.load_user_and_job(&claims.user_id, Some(&job_id)).await?;
    let caller = Backend::admit(&claims, user)?;
    let job = job
        .filter(|job| caller.user().may_see(&job.customer_id))
        .ok_or(Problem::NotFound)?;

    let page = backend
        .store
        .list_interviews(&job.id, request.received_at(), after.as_ref(), limit)
        .await?;
    let items = page
        .interviews
        .iter()
        .map(|interview| InterviewView::new(caller.user(), interview))
        .collect();
    let next_cursor = page.next.map(|position| cursors.write(&list, &position)).transpose()?;
    Reply::json(&Page { items, next_cursor })
}
