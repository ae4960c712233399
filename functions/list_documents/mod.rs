//! `GET /api/documents`: the global documents the caller may read, by their order and then by their names.
//!
//! A contact's page may hold fewer documents than it could: those that are not for them are left out.

use std::sync::Arc;

use lambda::{Backend, Environment, Function, Handler, PortalRequest, Problem, Reply, StartError, serve};
use store::DocumentPosition;

use crate::api::{DocumentItem, Operation, Page};

/// The Lambda.
pub static FUNCTION: Function = Function {
    name: "list-documents",
    start: |environment| Box::pin(start(environment)),
};

const DEFAULT_LIMIT: u16 = 25;

/// What the API's description says of it.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            &FUNCTION,
            "GET /api/documents",
            "The global documents the caller may read.",
        )
        .paged()
        .answers_page::<DocumentItem>(),
    ]
}

async fn start(environment: Environment) -> Result<Handler, StartError> {
    Ok(serve(
        FUNCTION.name,
        Backend::start(&environment).await?,
        list_documents,
    ))
}

async fn list_documents(backend: Arc<Backend>, request: PortalRequest) -> Result<Reply, Problem> {
    let claims = backend.authenticate(&request).await?;
    let limit = request.limit(DEFAULT_LIMIT)?;
    let list = format!("documents {}", claims.user_id);
    let (cursors, after): (_, Option<DocumentPosition>) = backend.position(&request, &list).await?;

    let caller = Backend::admit(&claims, backend.store.user(&claims.user_id).await?)?;
    let page = backend.store.list_documents(after.as_ref(), limit).await?;

    let items = page
        .documents
        .iter()
        .filter_map(|document| DocumentItem::new(caller.user(), document))
        .collect();
    let next_cursor = page.next.map(|position| cursors.write(&list, &position)).transpose()?;
    Reply::json(&Page { items, next_cursor })
}
