//! `GET /api/applications/{applicationId}/history`: what was done to an application, newest first.
//!
//! A contact sees what contacts of their own customer did; a page of theirs may hold fewer entries than it could.

use std::sync::Arc;

use domain::{Case, HistoryEntry, MailRecord, WorkflowId};
use lambda::{Backend, Environment, Function, Handler, PortalRequest, Problem, Reply, StartError, serve};
use store::CaseKeys;

use crate::{
    api::{HistoryEntryView, Operation, Page, may_resend},
    lost_mails,
};

/// The Lambda.
pub static FUNCTION: Function = Function {
    name: "get-application-history",
    start: |environment| Box::pin(start(environment)),
};

const DEFAULT_LIMIT: u16 = 25;

/// What the API's description says of it.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            &FUNCTION,
            "GET /api/applications/{applicationId}/history",
            "What was done to it, newest first.",
        )
        .paged()
        .answers_page::<HistoryEntryView>(),
    ]
}

async fn start(environment: Environment) -> Result<Handler, StartError> {
    Ok(serve(
        FUNCTION.name,
        Backend::start(&environment).await?,
        get_application_history,
    ))
}

async fn get_application_history(backend: Arc<Backend>, request: PortalRequest) -> Result<Reply, Problem> {
    let claims = backend.authenticate(&request).await?;
    let application_id = request.path("applicationId")?;
    let limit = request.limit(DEFAULT_LIMIT)?;
    let list = format!("history {} {application_id}", claims.user_id);
    let (cursors, before): (_, Option<u64>) = backend.position(&request, &list).await?;

    let keys = CaseKeys {
        user: &claims.user_id,
        application: &application_id,
        activity: None,
        command: None,
        interview: None,
    };
    let loaded = backend.store.load_case(keys, request.received_at()).await?;
    let caller = Backend::admit(&claims, loaded.user)?;
    let user = caller.user();
    let is_visible = Case::is_visible(&caller, loaded.application.as_ref(), loaded.job.as_ref());
    let job = loaded.job.filter(|_| is_visible).ok_or(Problem::NotFound)?;

    let store = &backend.store;
    let page = store.history(&application_id, before, limit).await?;
    let mut resendable: Vec<&MailRecord> = Vec::new();
    for (position, recorded) in page.entries.iter().enumerate() {
        // What is on the pages before is not seen here; ordering looks at all of it.
        if may_resend(user, recorded, &page.entries[..position], request.now())? {
            resendable.extend(&recorded.mails);
        }
    }
    let wanted = lost_mails::still_wanted(store, resendable, &job.customer_id).await?;
    // Most pages have no mail that got lost, and read no workflow for it.
    let workflow_ids: &[WorkflowId] = if wanted.is_empty() {
        &[]
    } else {
        std::slice::from_ref(&job.workflow_id)
    };
    let (workflows, _) = store.load_workflows_and_customer(workflow_ids, None).await?;
    let offered = |entry: &HistoryEntry| {
        wanted.iter().any(|mail| mail.id.sequence == entry.sequence)
            && workflows
                .iter()
                .any(|workflow| entry.is_released_to(user, &job, workflow))
    };
    let visible = page.entries.iter().filter(|recorded| {
        user.customer_id().is_none() || recorded.entry.actor.customer_id.as_ref() == user.customer_id()
    });
    let items = visible
        .map(|recorded| HistoryEntryView::new(user, &recorded.entry, &recorded.mails, offered(&recorded.entry)))
        .collect::<Result<_, _>>()?;
    let next_cursor = page.before.map(|before| cursors.write(&list, &before)).transpose()?;
    Reply::json(&Page { items, next_cursor })
}
