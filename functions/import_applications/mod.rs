//! `POST /api/applications`: applications from the applicant tracking system, as JSON or CSV, up to 1,000 at once.
//!
//! Each row stands for itself: a bad one is named and skipped. A row whose external id is there already updates the
//! applicant's details; it never moves the status, which only activities do.

pub mod rows;

use std::sync::Arc;

use domain::{
    ApplicationId, Caller, ExternalId, FieldError, ImportError, ImportOutcome, ImportRow, ImportTarget,
    ImportedApplication, Salt,
};
use futures::{StreamExt, stream};
use jiff::Timestamp;
use lambda::{Backend, Environment, Function, Handler, PortalRequest, Problem, Reply, StartError, random, serve};
use serde::Serialize;
use store::{Commit, CommitError, ImportLoad};
use utoipa::ToSchema;

use rows::ParsedRow;

use crate::api::Operation;

/// The Lambda.
pub static FUNCTION: Function = Function {
    name: "import-applications",
    start: |environment| Box::pin(start(environment)),
};

/// How many rows are written at the same time.
const AT_ONCE: usize = 16;

/// What became of an import.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Imported {
    created: usize,
    updated: usize,
    unchanged: usize,
    failed: usize,
    rows: Vec<RowResult>,
}

/// What became of a row, counted from 1.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RowResult {
    row: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    result: RowOutcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    application_id: Option<ApplicationId>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
enum RowOutcome {
    Created,
    Updated,
    Unchanged,
    Failed,
}

/// What the API's description says of it.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            &FUNCTION,
            "POST /api/applications",
            "Applications from the applicant tracking system, up to 1,000.",
        )
        .rows::<ImportRow>()
        .answers::<Imported>(200, "What became of each row.")
        .problem("403", "`recruiters-only`"),
    ]
}

async fn start(environment: Environment) -> Result<Handler, StartError> {
    Ok(serve(
        FUNCTION.name,
        Backend::start(&environment).await?,
        import_applications,
    ))
}

async fn import_applications(backend: Arc<Backend>, request: PortalRequest) -> Result<Reply, Problem> {
    let caller = backend.recruiter(&request).await?;
    let content_type = request.header("content-type").unwrap_or_default();
    let parsed = rows::parse(content_type, request.body())?;

    let imported = || parsed.iter().filter_map(|row| row.imported.as_ref().ok());
    let external_ids: Vec<ExternalId> = imported().map(|imported| imported.external_id.clone()).collect();
    let mut job_ids: Vec<ExternalId> = imported().map(|imported| imported.job_external_id.clone()).collect();
    job_ids.sort();
    job_ids.dedup();
    let load = backend.store.load_import(&external_ids, &job_ids).await?;

    let at = request.received_at();
    let (backend, caller, load) = (&*backend, &caller, &load);
    let mut results: Vec<RowResult> = stream::iter(parsed)
        .map(|row| import_row(backend, caller, load, row, at))
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    results.sort_by_key(|result| result.row);

    let mut summary = Imported::default();
    for result in &results {
        *match result.result {
            RowOutcome::Created => &mut summary.created,
            RowOutcome::Updated => &mut summary.updated,
            RowOutcome::Unchanged => &mut summary.unchanged,
            RowOutcome::Failed => &mut summary.failed,
        } += 1;
    }
    summary.rows = results;
    Reply::json(&summary)
}

async fn import_row(backend: &Backend, caller: &Caller, load: &ImportLoad, row: ParsedRow, at: Timestamp) -> RowResult {
    let (result, application_id, errors) = match row.imported {
        Err(errors) => (RowOutcome::Failed, None, errors),
        Ok(imported) => match write(backend, caller, load, &imported, at).await {
            Ok((result, id)) => (result, Some(id), Vec::new()),
            Err(error) => (RowOutcome::Failed, None, vec![error]),
        },
    };
    RowResult {
        row: row.number,
        external_id: row.external_id,
        result,
        application_id,
        errors,
    }
}

async fn write(
    backend: &Backend,
    caller: &Caller,
    load: &ImportLoad,
    imported: &ImportedApplication,
    at: Timestamp,
) -> Result<(RowOutcome, ApplicationId), FieldError> {
    let job = load.jobs.get(&imported.job_external_id);
    let workflow = job.and_then(|job| load.workflows.get(&job.workflow_id));
    let (Some(job), Some(workflow)) = (job, workflow) else {
        return Err(FieldError::new("/jobExternalId", "there is no such job"));
    };
    let existing = load.applications.get(&imported.external_id);
    let bits = random::<10>()
        .and_then(|id| Ok((id, random::<16>()?)))
        .map_err(|error| not_written(&error))?;
    let new_id = ApplicationId::from_random(&job.id, bits.0);
    let target = ImportTarget {
        caller,
        job,
        workflow,
        existing,
    };
    let outcome = imported
        .decide(target, new_id, at, Salt::from_random(bits.1))
        .map_err(|error| match error {
            ImportError::Refused(error) => error,
            ImportError::Content(error) => not_written(&error),
        })?;
    let (result, decision) = match (outcome, existing) {
        (ImportOutcome::Create(decision), _) => (RowOutcome::Created, decision),
        (ImportOutcome::Update(decision), _) => (RowOutcome::Updated, decision),
        (ImportOutcome::Unchanged, Some(existing)) => return Ok((RowOutcome::Unchanged, existing.id.clone())),
        (ImportOutcome::Unchanged, None) => return Err(FieldError::new("", "could not be written; import it again")),
    };
    // Whoever gives the person of the new address an appointment at this moment has to look again.
    let application = &decision.application;
    let moves = application.applicant.email != decision.address_before && !application.bookings.is_empty();
    let calendar = if moves {
        let calendar = backend.store.person_calendar(application, None).await;
        calendar.map_err(|error| not_written(&error))?
    } else {
        None
    };
    match backend
        .store
        .commit(&Commit {
            decisions: std::slice::from_ref(&decision),
            interviews: &[],
            calendars: calendar.as_slice(),
            command: None,
            mails: &[],
            now: at,
        })
        .await
    {
        Ok(()) => Ok((result, decision.application.id)),
        Err(CommitError::ExternalIdTaken | CommitError::Changed(_)) => Err(FieldError::new(
            "",
            "was changed by somebody else at the same time; import it again",
        )),
        Err(error) => Err(not_written(&error)),
    }
}

fn not_written(error: &(dyn std::error::Error + 'static)) -> FieldError {
    tracing::error!(error, "a row could not be written");
    FieldError::new("", "could not be written; import it again")
}
