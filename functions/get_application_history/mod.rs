//! `GET /api/applications/{applicationId}/history`: what was done to an application, newest first.
//!
//! A contact sees what contacts of their own customer did; a page of theirs may hold fewer entries than it could.

use std::sync::Arc;

use domain::Case;
use lambda::{Backend, Environment, Function, Handler, PortalRequest, Problem, Reply, StartError, serve};
use store::CaseKeys;

use crate::api::{HistoryEntryView, Operation, Page, may_resend};

/// The Lambda.
pub const FUNCTION: Function = Function {
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
    if !Case::is_visible(&caller, loaded.application.as_ref(), loaded.job.as_ref()) {
        return Err(Problem::NotFound);
    }

    let page = backend.store.history(&application_id, before, limit).await?;
    let all = page.entries.iter().enumerate();
    let visible = all.filter(|(_, recorded)| {
        user.customer_id().is_none() || recorded.entry.actor.customer_id.as_ref() == user.customer_id()
    });
    let items = visible
        .map(|(position, recorded)| {
            // What is on the pages before is not seen here; ordering looks at all of it.
            let may_resend = may_resend(user, recorded, &page.entries[..position], request.now())?;
            HistoryEntryView::new(user, &recorded.entry, &recorded.mails, may_resend)
        })
        .collect::<Result<_, _>>()?;
    let next_cursor = page.before.map(|before| cursors.write(&list, &before)).transpose()?;
    Reply::json(&Page { items, next_cursor })
}
