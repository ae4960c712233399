//! The bucket of the global documents: URLs that let a browser put a file into it or take one out of it directly, and
//! whether what was announced has come.

mod content_disposition;

use std::{
    collections::BTreeMap,
    time::{Duration, UNIX_EPOCH},
};

use aws_sdk_s3::{
    Client,
    config::RequestChecksumCalculation,
    error::SdkError,
    operation::head_object::HeadObjectError,
    presigning::{PresigningConfig, PresigningConfigError},
};
use aws_types::SdkConfig;
use domain::{DocumentFile, DocumentId, DocumentVersion, UploadId};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

/// How long a file can be uploaded.
pub const UPLOAD_LIFETIME: SignedDuration = SignedDuration::from_mins(15);
/// How long a download can begin.
pub const DOWNLOAD_LIFETIME: SignedDuration = SignedDuration::from_secs(60);

/// The bucket.
#[derive(Debug, Clone)]
pub struct Documents {
    client: Client,
    bucket: String,
}

/// A request that whoever has it can send until it expires. S3 refuses it if the body has another length, or a header
/// is missing or has another value.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PresignedUpload {
    /// The method.
    pub method: String,
    /// Where to.
    pub url: String,
    /// The headers to send, exactly these.
    pub headers: BTreeMap<String, String>,
    /// From then on it is refused.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

/// A URL that gives the file to whoever opens it until it expires.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PresignedDownload {
    /// Where it is.
    pub url: String,
    /// From then on it is refused.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

/// An object as S3 has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredObject {
    /// Its length in bytes.
    pub size: u64,
    /// Its `Content-Type`.
    pub media_type: String,
}

impl StoredObject {
    /// Whether it is what was announced.
    pub fn is(&self, file: &DocumentFile) -> bool {
        self.size == file.size.bytes() && self.media_type == file.media_type.as_str()
    }
}

/// The bucket could not be used.
#[derive(Debug, thiserror::Error)]
pub enum DocumentsError {
    /// S3 refused or did not answer, after the SDK's own retries; or there was nothing to sign with.
    #[error("S3: {operation} failed")]
    Aws {
        /// The operation.
        operation: &'static str,
        /// What the SDK says.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The time of a request or the lifetime of a URL is none that S3 knows.
    #[error("a URL cannot be signed for that time")]
    Time(#[from] PresigningConfigError),
}

impl Documents {
    /// `bucket` is its physical name.
    pub fn new(sdk: &SdkConfig, bucket: impl Into<String>) -> Self {
        // A checksum of a body that is not there when the URL is signed would only refuse the one that comes.
        let config = aws_sdk_s3::config::Builder::from(sdk)
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .build();
        Self {
            client: Client::from_conf(config),
            bucket: bucket.into(),
        }
    }

    /// A PUT of exactly this length and type, once: a presigned PUT and not a POST policy, because S3 checks signed
    /// headers before it takes the body, and `If-None-Match` keeps a file that is there from being written over.
    pub async fn presign_upload(
        &self,
        document: &DocumentId,
        upload: &UploadId,
        file: &DocumentFile,
        at: Timestamp,
    ) -> Result<PresignedUpload, DocumentsError> {
        let (signing, expires_at) = signing(at, UPLOAD_LIFETIME)?;
        let request = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(key(document, upload))
            .content_length(i64::try_from(file.size.bytes()).unwrap_or(i64::MAX))
            .content_type(file.media_type.as_str())
            .if_none_match("*")
            .presigned(signing)
            .await
            .map_err(failed("PutObject"))?;
        let headers = request
            .headers()
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        Ok(PresignedUpload {
            method: request.method().to_owned(),
            url: request.uri().to_owned(),
            headers: headers.collect(),
            expires_at,
        })
    }

    /// A GET that saves the file under its name and never shows it in the page.
    pub async fn presign_download(
        &self,
        document: &DocumentId,
        version: &DocumentVersion,
        at: Timestamp,
    ) -> Result<PresignedDownload, DocumentsError> {
        let (signing, expires_at) = signing(at, DOWNLOAD_LIFETIME)?;
        let request = self
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(key(document, &version.upload_id))
            .response_content_disposition(content_disposition::attachment(&version.file.file_name))
            .response_content_type(version.file.media_type.as_str())
            .response_cache_control("no-store")
            .presigned(signing)
            .await
            .map_err(failed("GetObject"))?;
        Ok(PresignedDownload {
            url: request.uri().to_owned(),
            expires_at,
        })
    }

    /// What has been uploaded, if anything.
    pub async fn head(&self, document: &DocumentId, upload: &UploadId) -> Result<Option<StoredObject>, DocumentsError> {
        let head = self
            .client
            .head_object()
            .bucket(&self.bucket)
            .key(key(document, upload));
        match head.send().await {
            Ok(object) => Ok(Some(StoredObject {
                size: object
                    .content_length()
                    .and_then(|size| size.try_into().ok())
                    .unwrap_or(0),
                media_type: object.content_type().unwrap_or_default().to_owned(),
            })),
            Err(error) if error.as_service_error().is_some_and(HeadObjectError::is_not_found) => Ok(None),
            Err(error) => Err(failed("HeadObject")(error)),
        }
    }

    /// Takes the file away. The bucket keeps it as a noncurrent version until its lifecycle removes that.
    pub async fn delete(&self, document: &DocumentId, upload: &UploadId) -> Result<(), DocumentsError> {
        let delete = self
            .client
            .delete_object()
            .bucket(&self.bucket)
            .key(key(document, upload));
        delete.send().await.map(drop).map_err(failed("DeleteObject"))
    }
}

fn key(document: &DocumentId, upload: &UploadId) -> String {
    format!("documents/{document}/{upload}")
}

/// From the second of the request on, and the time it ends.
fn signing(at: Timestamp, lifetime: SignedDuration) -> Result<(PresigningConfig, Timestamp), PresigningConfigError> {
    let start = Timestamp::from_second(at.as_second()).unwrap_or(at);
    let config = PresigningConfig::builder()
        .start_time(UNIX_EPOCH + Duration::from_secs(start.as_second().unsigned_abs()))
        .expires_in(lifetime.unsigned_abs())
        .build()?;
    Ok((config, start.saturating_add(lifetime).unwrap_or(Timestamp::MAX)))
}

fn failed<E, R>(operation: &'static str) -> impl FnOnce(SdkError<E, R>) -> DocumentsError
where
    E: std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    move |source| DocumentsError::Aws {
        operation,
        source: Box::new(source),
    }
}
