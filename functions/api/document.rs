//! Global documents.

use domain::{
    Audience, Author, DocumentFile, DocumentId, DocumentOrder, DocumentVersion, FileName, FileSize, GlobalDocument,
    Language, MediaType, PendingUpload, Role, SingleLine, UploadId, User,
};
use jiff::Timestamp;
use serde::Serialize;

/// A document as recruiters manage it, with all its versions.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DocumentView {
    id: DocumentId,
    version: String,
    name: SingleLine,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<Language>,
    audience: Audience,
    order: DocumentOrder,
    /// What readers get; absent before the first upload is complete.
    #[serde(skip_serializing_if = "Option::is_none")]
    current: Option<VersionView>,
    /// What they got before, newest first.
    earlier_versions: Vec<VersionView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pending_upload: Option<PendingView>,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

/// A file that is there.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct VersionView {
    upload_id: UploadId,
    #[serde(flatten)]
    file: DocumentFile,
    #[schema(value_type = String, format = DateTime)]
    uploaded_at: Timestamp,
    uploaded_by: Author,
}

/// A file that is to come.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct PendingView {
    upload_id: UploadId,
    #[serde(flatten)]
    file: DocumentFile,
    #[schema(value_type = String, format = DateTime)]
    requested_at: Timestamp,
}

/// A document as it stands in the list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DocumentItem {
    id: DocumentId,
    version: String,
    name: SingleLine,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<Language>,
    order: DocumentOrder,
    /// Of the current file, as the next three; absent, for recruiters only, before the first upload is complete.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    file_name: Option<FileName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    media_type: Option<MediaType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    size: Option<FileSize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = DateTime, required = false)]
    uploaded_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    /// For recruiters only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    audience: Option<Audience>,
    /// For recruiters only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    upload_pending: Option<bool>,
}

impl DocumentView {
    /// The document as it is.
    pub fn new(document: &GlobalDocument) -> Self {
        let mut versions = document.versions.iter().rev().map(VersionView::new);
        Self {
            id: document.id.clone(),
            version: document.version.to_string(),
            name: document.name.clone(),
            language: document.language,
            audience: document.audience.clone(),
            order: document.order,
            current: versions.next(),
            earlier_versions: versions.collect(),
            pending_upload: document.pending.as_ref().map(PendingView::new),
            updated_at: document.updated_at,
        }
    }
}

impl VersionView {
    fn new(version: &DocumentVersion) -> Self {
        let DocumentVersion {
            upload_id,
            file,
            uploaded_at,
            uploaded_by,
        } = version.clone();
        Self {
            upload_id,
            file,
            uploaded_at,
            uploaded_by,
        }
    }
}

impl PendingView {
    fn new(pending: &PendingUpload) -> Self {
        let PendingUpload {
            upload_id,
            file,
            requested_at,
        } = pending.clone();
        Self {
            upload_id,
            file,
            requested_at,
        }
    }
}

impl DocumentItem {
    /// The document as the user sees it in the list, if they do.
    pub fn new(user: &User, document: &GlobalDocument) -> Option<Self> {
        let current = document.readable(user);
        let manages = matches!(user.role, Role::Recruiter);
        if current.is_none() && !manages {
            return None;
        }
        Some(Self {
            id: document.id.clone(),
            version: document.version.to_string(),
            name: document.name.clone(),
            language: document.language,
            order: document.order,
            file_name: current.map(|version| version.file.file_name.clone()),
            media_type: current.map(|version| version.file.media_type),
            size: current.map(|version| version.file.size),
            uploaded_at: current.map(|version| version.uploaded_at),
            updated_at: document.updated_at,
            audience: manages.then(|| document.audience.clone()),
            upload_pending: manages.then_some(document.pending.is_some()),
        })
    }
}
