//! `/api/workflows`: what recruiters configure, statuses, activities and what of them is released, as one document.

mod as_contact;
mod diff;

use std::sync::Arc;

use domain::{
    Activity, CheckedWorkflow, Occupation, SingleLine, Status, StatusId, Surroundings, TemplateReference, Workflow,
    WorkflowDocument, WorkflowId,
};
use http::StatusCode;
use lambda::{Backend, Environment, Function, Handler, PortalRequest, Problem, Reply, StartError, serve};
use serde::Serialize;
use store::{Follower, WorkflowSummary};

use crate::api::{Operation, Page};

/// The Lambda.
pub static FUNCTION: Function = Function {
    name: "manage-workflows",
    start: |environment| Box::pin(start(environment)),
};

const DEFAULT_LIMIT: u16 = 25;

/// A workflow in a list.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = WorkflowSummary)]
struct SummaryView {
    id: WorkflowId,
    version: String,
    name: SingleLine,
}

/// A workflow, with what can be sent again under `workflow`, and what others add to it beside that.
#[derive(Serialize, utoipa::ToSchema)]
struct WorkflowView<'a> {
    id: &'a WorkflowId,
    version: String,
    workflow: DocumentView<'a>,
    templates: &'a [TemplateReference],
}

/// A workflow as a recruiter writes it: what [`WorkflowDocument`] reads.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WorkflowContent)]
struct DocumentView<'a> {
    name: &'a SingleLine,
    initial_status: &'a StatusId,
    statuses: &'a [Status],
    activities: &'a [Activity],
}

/// What the API's description says of it.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(&FUNCTION, "GET /api/workflows", "All workflows.")
            .paged()
            .answers_page::<SummaryView>()
            .problem("403", "`recruiters-only`"),
        Operation::new(
            &FUNCTION,
            "GET /api/workflows/{workflowId}",
            "A workflow with what is released.",
        )
        .etag()
        .answers::<WorkflowView<'static>>(200, "The workflow; its version is the `ETag`.")
        .problem("403", "`recruiters-only`"),
        Operation::new(&FUNCTION, "PUT /api/workflows/{workflowId}", "Write it as a whole.")
            .puts()
            .body::<WorkflowDocument>()
            .etag()
            .answers::<WorkflowView<'static>>(200, "Replaced.")
            .answers::<WorkflowView<'static>>(201, "Made.")
            .problem("403", "`recruiters-only`"),
        Operation::new(
            &FUNCTION,
            "DELETE /api/workflows/{workflowId}",
            "Remove it; no job may follow it.",
        )
        .changes()
        .answers_nothing(204, "Gone.")
        .problem("403", "`recruiters-only`"),
        Operation::new(
            &FUNCTION,
            "GET /api/workflows/{workflowId}/as-contact",
            "What a contact could do in a status.",
        )
        .query_of::<domain::UserId>("contact", "The contact.")
        .query_of::<StatusId>("status", "The status.")
        .problem("422", "`validation`: there is no such contact or status.")
        .answers::<as_contact::Preview>(200, "What they could do.")
        .problem("403", "`recruiters-only`"),
        Operation::new(
            &FUNCTION,
            "POST /api/workflows/{workflowId}/diff",
            "Who would gain and lose what; nothing is stored.",
        )
        .body::<WorkflowDocument>()
        .answers::<diff::Difference>(200, "The difference.")
        .problem("403", "`recruiters-only`"),
    ]
}

async fn start(environment: Environment) -> Result<Handler, StartError> {
    Ok(serve(
        FUNCTION.name,
        Backend::start(&environment).await?,
        manage_workflows,
    ))
}

async fn manage_workflows(backend: Arc<Backend>, request: PortalRequest) -> Result<Reply, Problem> {
    let caller = backend.recruiter(&request).await?;
    match request.route() {
        "GET /api/workflows" => list(&backend, &request, &format!("workflows {}", caller.user().id)).await,
        "GET /api/workflows/{workflowId}" => read(&backend, &request).await,
        "PUT /api/workflows/{workflowId}" => write(&backend, &request).await,
        "DELETE /api/workflows/{workflowId}" => remove(&backend, &request).await,
        "GET /api/workflows/{workflowId}/as-contact" => as_contact::preview(&backend, &request).await,
        "POST /api/workflows/{workflowId}/diff" => diff::compare(&backend, &request).await,
        _ => Err(Problem::NotFound),
    }
}

async fn list(backend: &Backend, request: &PortalRequest, list: &str) -> Result<Reply, Problem> {
    let limit = request.limit(DEFAULT_LIMIT)?;
    let (cursors, after): (_, Option<WorkflowId>) = backend.position(request, list).await?;
    let (workflows, next) = backend.store.list_workflows(after.as_ref(), limit).await?;
    let view = |WorkflowSummary { id, name, version }| SummaryView {
        id,
        version: version.to_string(),
        name,
    };
    let items = workflows.into_iter().map(view).collect();
    let next_cursor = next.map(|after| cursors.write(list, &after)).transpose()?;
    Reply::json(&Page { items, next_cursor })
}

async fn read(backend: &Backend, request: &PortalRequest) -> Result<Reply, Problem> {
    let workflow = backend.store.workflow(&request.path("workflowId")?).await?;
    view(&workflow.ok_or(Problem::NotFound)?)
}

/// Makes a workflow or replaces it as a whole; the templates it knows stay.
async fn write(backend: &Backend, request: &PortalRequest) -> Result<Reply, Problem> {
    let id: String = request.path("workflowId")?;
    let id: WorkflowId = id
        .parse()
        .map_err(|_| Problem::invalid("/workflowId", "must be 1 to 40 lower-case letters, digits and hyphens"))?;
    let document: WorkflowDocument = request.json()?;
    let current = backend.store.workflow(&id).await?;
    let version = request.version_to_write(current.as_ref().map(|current| current.version))?;
    let followers = backend.store.followers(&id).await?;

    let CheckedWorkflow { workflow, errors } = check(backend, &id, &document, current.as_ref(), &followers).await?;
    let workflow = match workflow {
        Some(workflow) if errors.is_empty() => Workflow { version, ..workflow },
        _ => return Err(errors.into()),
    };

    backend.store.save_workflow(&workflow).await?;
    let status = if current.is_none() {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok(view(&workflow)?.status(status))
}

async fn remove(backend: &Backend, request: &PortalRequest) -> Result<Reply, Problem> {
    let id = request.path("workflowId")?;
    let workflow = backend.store.workflow(&id).await?.ok_or(Problem::NotFound)?;
    if !request.precondition()?.holds_for(workflow.version) {
        return Err(Problem::VersionConflict(None));
    }
    match backend.store.followers(&id).await?.len() {
        0 => {}
        1 => return Err(Problem::invalid("", "1 job follows this workflow")),
        count => return Err(Problem::invalid("", format!("{count} jobs follow this workflow"))),
    }
    backend.store.remove_workflow(&workflow).await?;
    Ok(Reply::empty())
}

/// Everything that is wrong with the workflow, where it is to be used.
async fn check(
    backend: &Backend,
    id: &WorkflowId,
    document: &WorkflowDocument,
    current: Option<&Workflow>,
    followers: &[Follower],
) -> Result<CheckedWorkflow, Problem> {
    let languages = backend.store.languages(followers).await?;
    let leaving = current
        .map(|current| document.statuses_to_leave(current))
        .unwrap_or_default();
    let groups = leaving.iter().map(|status| status.group).collect();
    let jobs: Vec<_> = followers.iter().map(|follower| follower.job_id.clone()).collect();
    let counted = backend.store.count_applications(&jobs, &groups).await?;
    let mut occupation = Occupation {
        complete: counted.complete,
        ..Occupation::default()
    };
    for ((_, status), count) in counted.counts {
        *occupation.statuses.entry(status).or_default() += count;
    }
    let surroundings = Surroundings {
        current,
        languages: &languages,
        occupation: &occupation,
    };
    Ok(document.check(id, &surroundings))
}

fn view(workflow: &Workflow) -> Result<Reply, Problem> {
    let view = WorkflowView {
        id: &workflow.id,
        version: workflow.version.to_string(),
        workflow: DocumentView {
            name: &workflow.name,
            initial_status: &workflow.initial_status,
            statuses: &workflow.statuses,
            activities: &workflow.activities,
        },
        templates: &workflow.templates,
    };
    Ok(Reply::json(&view)?.etag(workflow.version))
}
