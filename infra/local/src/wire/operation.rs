//! Which service and operation a request is for.

use http::{Method, Request};

use crate::ses::SEND_EMAIL_PATH;

/// An AWS service that stands behind the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Amazon DynamoDB.
    DynamoDb,
    /// Amazon S3.
    S3,
    /// Amazon Simple Email Service, version 2.
    Ses,
    /// AWS Secrets Manager.
    SecretsManager,
}

/// A service's operation.
pub struct Operation {
    /// The service.
    pub service: Service,
    /// The operation with its service, such as `DynamoDB.PutItem`.
    pub name: String,
}

impl Operation {
    /// What this request asks for. S3 has no name in its requests, so that its operations are told by the usual cases.
    pub fn of<B>(request: &Request<B>) -> Self {
        let target = request
            .headers()
            .get("x-amz-target")
            .and_then(|target| target.to_str().ok());
        if let Some((service, operation)) = target.and_then(|target| target.split_once('.')) {
            let (service, prefix) = match service {
                "secretsmanager" => (Service::SecretsManager, "SecretsManager"),
                _ => (Service::DynamoDb, "DynamoDB"),
            };
            return Self {
                service,
                name: format!("{prefix}.{operation}"),
            };
        }
        let path = request.uri().path();
        if path.starts_with("/v2/email/") {
            let name = match request.method() {
                &Method::POST if path == SEND_EMAIL_PATH => "SES.SendEmail".to_owned(),
                method => format!("SES.{method} {path}"),
            };
            return Self {
                service: Service::Ses,
                name,
            };
        }
        Self {
            service: Service::S3,
            name: format!("S3.{}", s3_operation(request)),
        }
    }
}

fn s3_operation<B>(request: &Request<B>) -> String {
    let query = request.uri().query().unwrap_or_default();
    let has = |name: &str| form_urlencoded::parse(query.as_bytes()).any(|(given, _)| given == name);
    let is_object = request.uri().path().trim_matches('/').contains('/');
    let name = match (request.method().as_str(), is_object) {
        ("PUT", true) if has("partNumber") => "UploadPart",
        ("PUT", true) if request.headers().contains_key("x-amz-copy-source") => "CopyObject",
        ("PUT", true) => "PutObject",
        ("GET", true) => "GetObject",
        ("HEAD", true) => "HeadObject",
        ("DELETE", true) if has("uploadId") => "AbortMultipartUpload",
        ("DELETE", true) => "DeleteObject",
        ("POST", true) if has("uploads") => "CreateMultipartUpload",
        ("POST", true) if has("uploadId") => "CompleteMultipartUpload",
        ("POST", false) if has("delete") => "DeleteObjects",
        ("POST", false) => "PostObject",
        ("PUT", false) => "CreateBucket",
        ("HEAD", false) => "HeadBucket",
        ("DELETE", false) => "DeleteBucket",
        ("GET", false) if request.uri().path() == "/" => "ListBuckets",
        ("GET", false) if has("list-type") => "ListObjectsV2",
        ("GET", false) => "ListObjects",
        (method, _) => method,
    };
    name.to_owned()
}
