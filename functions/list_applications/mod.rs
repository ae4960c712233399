//! `GET /api/applications`: the applications the caller may see, what waits longest first within each status group.
//!
//! A recruiter's list goes customer by customer, so that no partition holds them all.

use std::{collections::BTreeSet, sync::Arc};

use domain::{Caller, CustomerId, JobId, StatusGroup};
use lambda::{Backend, Environment, Function, Handler, PortalRequest, Problem, Reply, StartError, serve};
use serde::{Deserialize, Serialize};
use store::{ApplicationPage, ListPosition, ListScope};

use crate::api::{ApplicationView, Operation, Page};

/// The Lambda.
pub static FUNCTION: Function = Function {
    name: "list-applications",
    start: |environment| Box::pin(start(environment)),
};

const DEFAULT_LIMIT: u16 = 25;
/// How many customers without a matching application one page of a recruiter's list may pass over.
const MOST_EMPTY_CUSTOMERS: usize = 10;

/// Where a recruiter's list goes on; a contact's stays within one customer.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Position {
    customer: Option<CustomerId>,
    after: Option<ListPosition>,
}

/// What the API's description says of it.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            &FUNCTION,
            "GET /api/applications",
            "Applications, what waits longest first in each status group.",
        )
        .query_of::<JobId>("job", "Of this job only.")
        .query_of::<StatusGroup>("statusGroup", "In this status group only.")
        .problem("404", "`not-found`: there is no such job for the caller.")
        .paged()
        .answers_page::<ApplicationView>(),
    ]
}

async fn start(environment: Environment) -> Result<Handler, StartError> {
    Ok(serve(
        FUNCTION.name,
        Backend::start(&environment).await?,
        list_applications,
    ))
}

async fn list_applications(backend: Arc<Backend>, request: PortalRequest) -> Result<Reply, Problem> {
    let claims = backend.authenticate(&request).await?;
    let limit = request.limit(DEFAULT_LIMIT)?;
    let group = match request.query("statusGroup") {
        None => None,
        Some(text) => {
            Some(StatusGroup::parse(text).ok_or_else(|| Problem::invalid("/statusGroup", "is no status group"))?)
        }
    };
    let job_id = request
        .query("job")
        .map(|job| job.parse::<JobId>().map_err(|_| Problem::NotFound))
        .transpose()?;
    let list = format!("applications {} {job_id:?} {group:?}", claims.user_id);
    let (cursors, position): (_, Option<Position>) = backend.position(&request, &list).await?;

    let (user, job) = backend
        .store
        .load_user_and_job(&claims.user_id, job_id.as_ref())
        .await?;
    let caller = Backend::admit(&claims, user)?;
    if job_id.is_some() && !job.is_some_and(|job| caller.user().may_see(&job.customer_id)) {
        return Err(Problem::NotFound);
    }
    let (page, next) = load_page(&backend, &caller, job_id.as_ref(), group, position, limit).await?;

    let job_ids: BTreeSet<_> = page
        .applications
        .iter()
        .map(|application| application.id.job_id())
        .collect();
    let (jobs, workflows) = backend
        .store
        .load_jobs(&job_ids.into_iter().collect::<Vec<_>>())
        .await?;
    let mut items = Vec::with_capacity(page.applications.len());
    for application in &page.applications {
        let job = jobs.get(&application.id.job_id());
        if let Some((job, workflow)) = job.and_then(|job| Some((job, workflows.get(&job.workflow_id)?))) {
            items.push(ApplicationView::new(caller.user(), application, job, workflow));
        } else {
            // One application without its job must not hide all the others.
            tracing::error!(application = %application.id, "the application's job or workflow is missing");
        }
    }
    let next_cursor = next.map(|position| cursors.write(&list, &position)).transpose()?;
    Reply::json(&Page { items, next_cursor })
}

/// One query for a job or a contact's customer; for a recruiter one for each customer passed over.
async fn load_page(
    backend: &Backend,
    caller: &Caller,
    job: Option<&JobId>,
    group: Option<StatusGroup>,
    position: Option<Position>,
    limit: u16,
) -> Result<(ApplicationPage, Option<Position>), Problem> {
    let store = &backend.store;
    let after = position.as_ref().and_then(|position| position.after.as_ref());
    let within_one = job
        .map(ListScope::Job)
        .or_else(|| caller.user().customer_id().map(ListScope::Customer));
    if let Some(scope) = within_one {
        let page = store.list_applications(&scope, group, after, limit).await?;
        let next = page.next.clone().map(|after| Position {
            customer: None,
            after: Some(after),
        });
        return Ok((page, next));
    }
    let mut after = after.cloned();
    let mut customer = match position.and_then(|position| position.customer) {
        Some(customer) => Some(customer),
        None => store.next_customer(None).await?,
    };
    let mut page = ApplicationPage {
        applications: Vec::new(),
        next: None,
    };
    for _ in 0..MOST_EMPTY_CUSTOMERS {
        let Some(current) = customer.clone() else { break };
        page = store
            .list_applications(&ListScope::Customer(&current), group, after.as_ref(), limit)
            .await?;
        if let Some(next) = page.next.clone() {
            return Ok((
                page,
                Some(Position {
                    customer: Some(current),
                    after: Some(next),
                }),
            ));
        }
        after = None;
        customer = store.next_customer(Some(&current)).await?;
        if !page.applications.is_empty() {
            break;
        }
    }
    Ok((
        page,
        customer.map(|customer| Position {
            customer: Some(customer),
            after: None,
        }),
    ))
}
