//! `GET /api/documents/{documentId}/download`: a URL that gives the document for a minute.
//!
//! That somebody is given it is written before they are. Not uploaded yet, removed and for others are all not found.

use std::sync::Arc;

use documents::PresignedDownload;
use domain::{DocumentId, Download, DownloadId};
use lambda::{Backend, Environment, Function, Handler, PortalRequest, Problem, Reply, StartError, random, serve};

use crate::{
    api::Operation,
    shelf::{self, Shelf},
};

/// The Lambda.
pub static FUNCTION: Function = Function {
    name: "download-document",
    start: |environment| Box::pin(start(environment)),
};

/// What the API's description says of it.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            &FUNCTION,
            "GET /api/documents/{documentId}/download",
            "A link that opens the file for a minute.",
        )
        .answers::<PresignedDownload>(200, "The link; opening it saves the file under its name."),
    ]
}

async fn start(environment: Environment) -> Result<Handler, StartError> {
    Ok(serve(
        FUNCTION.name,
        Shelf::start(&environment).await?,
        download_document,
    ))
}

async fn download_document(shelf: Arc<Shelf>, request: PortalRequest) -> Result<Reply, Problem> {
    let (store, at) = (&shelf.backend.store, request.received_at());
    let claims = shelf.backend.authenticate(&request).await?;
    let id: DocumentId = request.path("documentId")?;

    let (user, document) = store.load_user_and_document(&claims.user_id, &id).await?;
    let caller = Backend::admit(&claims, user)?;
    let document = document.ok_or(Problem::NotFound)?;
    let version = document.readable(caller.user()).ok_or(Problem::NotFound)?;

    let presigned = shelf
        .documents
        .presign_download(&document.id, version, at)
        .await
        .map_err(shelf::unavailable)?;
    let download = Download::new(
        DownloadId::from_random(random()?),
        &document,
        version,
        caller.user(),
        at,
    );
    store.record_download(&download).await?;
    Reply::json(&presigned)
}
