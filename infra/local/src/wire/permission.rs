//! What each function's role lets it call, as the template says; everything else is refused as IAM would.
//!
//! Only actions are checked, not resources and conditions.

use std::collections::{BTreeMap, BTreeSet};

use http::{Request, header::AUTHORIZATION};
use serde_json::Value;

use crate::host::ACCESS_KEY;

/// The allowed actions by function, such as `dynamodb:PutItem`.
#[derive(Default)]
pub struct Permissions(BTreeMap<String, BTreeSet<String>>);

impl Permissions {
    /// Takes over what the template allows the function.
    pub fn allow(&mut self, function: &str, actions: BTreeSet<String>) {
        self.0.insert(function.to_owned(), actions);
    }

    /// The first action of the call that the function may not do. Callers that are no functions may do everything.
    pub fn refused(&self, function: Option<&str>, operation: &str, body: &[u8]) -> Option<String> {
        let allowed = self.0.get(function?)?;
        actions(operation, body)
            .into_iter()
            .find(|action| !allowed.contains(action))
    }
}

/// Which function calls, or has signed the URL that is called: its access key is its name.
pub fn caller<B>(request: &Request<B>) -> Option<String> {
    let header = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let in_header = header
        .and_then(|header| header.split_once("Credential="))
        .map(|(_, rest)| rest.to_owned());
    let query = request.uri().query().unwrap_or_default();
    let in_query = || {
        form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == "X-Amz-Credential")
            .map(|(_, value)| value.into_owned())
    };
    let credential = in_header.or_else(in_query)?;
    let access_key = credential.split('/').next()?;
    (access_key != ACCESS_KEY).then(|| access_key.to_owned())
}

/// The trace of the invocation that calls, or has signed the URL that is called: its session token.
pub fn trace<B>(request: &Request<B>) -> Option<String> {
    let header = request.headers().get("x-amz-security-token");
    let in_header = header.and_then(|token| token.to_str().ok()).map(str::to_owned);
    let query = request.uri().query().unwrap_or_default();
    let in_query = || {
        form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == "X-Amz-Security-Token")
            .map(|(_, value)| value.into_owned())
    };
    in_header.or_else(in_query)
}

/// What IAM asks about for an operation: a transaction about each of its writes.
fn actions(operation: &str, body: &[u8]) -> Vec<String> {
    let (service, name) = operation.split_once('.').unwrap_or((operation, ""));
    let prefix = service.to_ascii_lowercase();
    if service == "S3" {
        return s3_actions(name).iter().map(|action| format!("s3:{action}")).collect();
    }
    if name != "TransactWriteItems" {
        return vec![format!("{prefix}:{name}")];
    }
    let request: Value = serde_json::from_slice(body).unwrap_or_default();
    let items = request["TransactItems"].as_array().cloned().unwrap_or_default();
    let kinds = items
        .iter()
        .filter_map(Value::as_object)
        .flat_map(|item| item.keys().cloned());
    kinds
        .map(|kind| match kind.as_str() {
            "ConditionCheck" => format!("{prefix}:ConditionCheckItem"),
            kind => format!("{prefix}:{kind}Item"),
        })
        .collect()
}

/// S3's actions are not always called like its operations.
fn s3_actions(operation: &str) -> Vec<&str> {
    match operation {
        // A browser's question before its request, which needs no permission.
        "OPTIONS" => vec![],
        "HeadObject" => vec!["GetObject"],
        "CopyObject" => vec!["GetObject", "PutObject"],
        "PostObject" | "UploadPart" | "CreateMultipartUpload" | "CompleteMultipartUpload" => vec!["PutObject"],
        "DeleteObjects" => vec!["DeleteObject"],
        "HeadBucket" | "ListObjects" | "ListObjectsV2" => vec!["ListBucket"],
        "ListBuckets" => vec!["ListAllMyBuckets"],
        same => vec![same],
    }
}
