//! What proves that a history is complete and unchanged: its entries as they were hashed, and the head they lead to.

use domain::{ApplicationId, Caller, Digest, HistoryEntry, Version};
use lambda::{Backend, PortalRequest, Problem, Reply};
use serde::Serialize;
use utoipa::ToSchema;

const DEFAULT_LIMIT: u16 = 25;

/// Some of the entries, newest first, and the end of the chain.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Proof {
    application_id: ApplicationId,
    version: Version,
    history_head: Digest,
    entries: Vec<HistoryEntry>,
    next_cursor: Option<String>,
}

/// One page. The pages of one proof must have one head; if it changes on the way, something was done meanwhile.
pub async fn prove(backend: &Backend, caller: &Caller, request: &PortalRequest) -> Result<Reply, Problem> {
    let application_id: ApplicationId = request.path("applicationId")?;
    let limit = request.limit(DEFAULT_LIMIT)?;
    let list = format!("proof {} {application_id}", caller.user().id);
    let (cursors, before): (_, Option<u64>) = backend.position(request, &list).await?;

    // The head is read first: entries that come meanwhile are newer than it and are left out.
    let application = backend.store.application(&application_id).await?;
    let application = application.ok_or(Problem::NotFound)?;
    let before = before.unwrap_or(application.version.0 + 1);
    let page = backend.store.history(&application_id, Some(before), limit).await?;
    Reply::json(&Proof {
        application_id,
        version: application.version,
        history_head: application.history_head,
        entries: page.entries.into_iter().map(|recorded| recorded.entry).collect(),
        next_cursor: page.before.map(|before| cursors.write(&list, &before)).transpose()?,
    })
}
