//! Global documents as recruiters manage them: `POST /api/documents`, `GET`, `PATCH` and `DELETE
//! /api/documents/{documentId}`, `POST …/uploads`.
//!
//! A file never goes through a function: it is announced, put straight into the bucket, and then completed by `PATCH`,
//! which looks whether it has come as announced.

mod fields;

use std::sync::Arc;

use documents::PresignedUpload;
use domain::{Author, Caller, DocumentFile, DocumentId, GlobalDocument, PendingUpload, UploadId, Version};
use futures::{StreamExt, stream};
use http::StatusCode;
use lambda::{Environment, Function, Handler, PortalRequest, Problem, Reply, StartError, random, serve};
use serde::Serialize;

use self::fields::{DocumentChange, NewDocument, NewUpload};
use crate::{
    api::{DocumentView, Operation},
    shelf::{self, Shelf},
};

/// The Lambda.
pub static FUNCTION: Function = Function {
    name: "manage-documents",
    start: |environment| Box::pin(start(environment)),
};

/// How many files are taken away at the same time.
const AT_ONCE: usize = 8;

/// A document to which a file is to come, and how to send it.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct Announced {
    document: DocumentView,
    upload: Upload,
}

#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct Upload {
    upload_id: UploadId,
    #[serde(flatten)]
    request: PresignedUpload,
}

/// What the API's description says of it.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            &FUNCTION,
            "POST /api/documents",
            "Announce a document; its file goes straight to S3.",
        )
        .body::<fields::NewDocument>()
        .etag()
        .answers::<Announced>(201, "The document, and how to send its file.")
        .problem("403", "`recruiters-only`"),
        Operation::new(
            &FUNCTION,
            "GET /api/documents/{documentId}",
            "A document with all its versions.",
        )
        .etag()
        .answers::<DocumentView>(200, "The document; its version is the `ETag`.")
        .problem("403", "`recruiters-only`"),
        Operation::new(
            &FUNCTION,
            "PATCH /api/documents/{documentId}",
            "Change it, or complete an upload.",
        )
        .changes()
        .body::<fields::DocumentChange>()
        .etag()
        .answers::<DocumentView>(200, "The document.")
        .problem("403", "`recruiters-only`"),
        Operation::new(
            &FUNCTION,
            "DELETE /api/documents/{documentId}",
            "Take it away from everybody.",
        )
        .changes()
        .answers_nothing(204, "Gone.")
        .problem("403", "`recruiters-only`"),
        Operation::new(
            &FUNCTION,
            "POST /api/documents/{documentId}/uploads",
            "Announce a further file.",
        )
        .changes()
        .body::<fields::NewUpload>()
        .etag()
        .answers::<Announced>(201, "The document, and how to send its file.")
        .problem("403", "`recruiters-only`"),
    ]
}

async fn start(environment: Environment) -> Result<Handler, StartError> {
    Ok(serve(
        FUNCTION.name,
        Shelf::start(&environment).await?,
        manage_documents,
    ))
}

async fn manage_documents(shelf: Arc<Shelf>, request: PortalRequest) -> Result<Reply, Problem> {
    let caller = shelf.backend.recruiter(&request).await?;
    match request.route() {
        "POST /api/documents" => create(&shelf, &request).await,
        "GET /api/documents/{documentId}" => read(&shelf, &request).await,
        "PATCH /api/documents/{documentId}" => change(&shelf, &caller, &request).await,
        "DELETE /api/documents/{documentId}" => remove(&shelf, &request).await,
        "POST /api/documents/{documentId}/uploads" => announce(&shelf, &request).await,
        _ => Err(Problem::NotFound),
    }
}

async fn create(shelf: &Shelf, request: &PortalRequest) -> Result<Reply, Problem> {
    let body: NewDocument = request.json()?;
    let (fields, file) = body.parse(&shelf.backend.store).await?;
    let pending = pending(file, request)?;
    let document = GlobalDocument {
        id: DocumentId::from_random(random()?),
        name: fields.name,
        language: fields.language,
        audience: fields.audience,
        order: fields.order,
        versions: Vec::new(),
        pending: Some(pending.clone()),
        version: Version::FIRST,
        updated_at: request.received_at(),
    };
    shelf.backend.store.save_document(&document).await?;
    announced(shelf, &document, &pending).await
}

async fn read(shelf: &Shelf, request: &PortalRequest) -> Result<Reply, Problem> {
    let id: DocumentId = request.path("documentId")?;
    let document = shelf.backend.store.document(&id).await?.ok_or(Problem::NotFound)?;
    Ok(Reply::json(&DocumentView::new(&document))?.etag(document.version))
}

async fn change(shelf: &Shelf, caller: &Caller, request: &PortalRequest) -> Result<Reply, Problem> {
    let mut document = load(shelf, request).await?;
    let body: DocumentChange = request.json()?;
    let upload = body.apply(&mut document, &shelf.backend.store).await?;
    if let Some(upload) = upload {
        complete(shelf, caller, request, &mut document, &upload).await?;
    }
    document.version = document.version.next();
    document.updated_at = request.received_at();
    shelf.backend.store.save_document(&document).await?;
    Ok(Reply::json(&DocumentView::new(&document))?.etag(document.version))
}

/// Makes the upload the current version, if what was announced is there.
async fn complete(
    shelf: &Shelf,
    caller: &Caller,
    request: &PortalRequest,
    document: &mut GlobalDocument,
    upload: &UploadId,
) -> Result<(), Problem> {
    let refused = |error: &dyn std::fmt::Display| Problem::invalid("/uploadId", error);
    let pending = document.pending(upload).map_err(|error| refused(&error))?;
    let stored = shelf.documents.head(&document.id, upload).await;
    match stored.map_err(shelf::unavailable)? {
        None => return Err(refused(&"the file has not been uploaded")),
        Some(stored) if !stored.is(&pending.file) => {
            return Err(refused(&"the file that was uploaded has another size or media type"));
        }
        Some(_) => {}
    }
    let author = Author {
        id: caller.user().id.clone(),
        name: caller.user().name.clone(),
    };
    document
        .complete(upload, author, request.received_at())
        .map_err(|error| refused(&error))
}

async fn announce(shelf: &Shelf, request: &PortalRequest) -> Result<Reply, Problem> {
    let mut document = load(shelf, request).await?;
    let body: NewUpload = request.json()?;
    let pending = pending(body.parse()?, request)?;
    let replaced = document.pending.take();
    document
        .announce(pending.clone())
        .map_err(|error| Problem::invalid("", error))?;
    document.version = document.version.next();
    document.updated_at = request.received_at();
    shelf.backend.store.save_document(&document).await?;
    // It may have been uploaded, and can never be completed any more.
    take_away(shelf, &document.id, replaced.map(|replaced| replaced.upload_id)).await;
    announced(shelf, &document, &pending).await
}

/// The document is gone for everybody at once. Its files follow as far as the bucket answers; one that it does not take
/// away stays, and nobody can reach it any more.
async fn remove(shelf: &Shelf, request: &PortalRequest) -> Result<Reply, Problem> {
    let document = load(shelf, request).await?;
    shelf
        .backend
        .store
        .remove_document(&document.id, document.version)
        .await?;
    let versions = document.versions.into_iter().map(|version| version.upload_id);
    let pending = document.pending.map(|pending| pending.upload_id);
    take_away(shelf, &document.id, versions.chain(pending)).await;
    Ok(Reply::empty())
}

/// The document the request names, in the version it names.
async fn load(shelf: &Shelf, request: &PortalRequest) -> Result<GlobalDocument, Problem> {
    let id: DocumentId = request.path("documentId")?;
    let precondition = request.precondition()?;
    let document = shelf.backend.store.document(&id).await?.ok_or(Problem::NotFound)?;
    if precondition.holds_for(document.version) {
        Ok(document)
    } else {
        Err(Problem::VersionConflict(None))
    }
}

fn pending(file: DocumentFile, request: &PortalRequest) -> Result<PendingUpload, Problem> {
    Ok(PendingUpload {
        upload_id: UploadId::from_random(random()?),
        file,
        requested_at: request.received_at(),
    })
}

async fn announced(shelf: &Shelf, document: &GlobalDocument, pending: &PendingUpload) -> Result<Reply, Problem> {
    let PendingUpload {
        upload_id,
        file,
        requested_at,
    } = pending;
    let presigned = shelf
        .documents
        .presign_upload(&document.id, upload_id, file, *requested_at);
    let announced = Announced {
        document: DocumentView::new(document),
        upload: Upload {
            upload_id: upload_id.clone(),
            request: presigned.await.map_err(shelf::unavailable)?,
        },
    };
    Ok(Reply::json(&announced)?
        .status(StatusCode::CREATED)
        .etag(document.version))
}

/// Nobody can reach these files any more: one that stays is no reason to say that nothing was done.
async fn take_away(shelf: &Shelf, document: &DocumentId, uploads: impl IntoIterator<Item = UploadId>) {
    let deletions = uploads.into_iter().map(|upload| async move {
        if let Err(error) = shelf.documents.delete(document, &upload).await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(%document, %upload, error, "a file was left in the bucket");
        }
    });
    stream::iter(deletions).buffer_unordered(AT_ONCE).collect::<()>().await;
}
