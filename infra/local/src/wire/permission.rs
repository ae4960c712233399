//! What each function's role lets it call, as the template says; everything else is refused as IAM would.
//!
//! Only actions are checked, and for a table's index that index; not other resources, and no conditions.

use std::collections::{BTreeMap, BTreeSet};

use http::{Request, header::AUTHORIZATION};
use serde_json::Value;

use crate::host::ACCESS_KEY;

/// Actions by function, such as `dynamodb:PutItem` and `dynamodb:Query index/byJob`.
#[derive(Default)]
pub struct Permissions {
    allowed: BTreeMap<String, BTreeSet<String>>,
    needed: BTreeMap<String, BTreeSet<String>>,
}

impl Permissions {
    /// Takes over what the template allows the function.
    pub fn allow(&mut self, function: &str, actions: BTreeSet<String>) {
        self.allowed.insert(function.to_owned(), actions);
    }

    /// What the calls of each function needed until now, allowed or not.
    pub fn needed(&self) -> &BTreeMap<String, BTreeSet<String>> {
        &self.needed
    }

    /// The first action of the call that the function may not do. Callers that are no functions may do everything.
    pub fn refused(&mut self, function: Option<&str>, operation: &str, body: &[u8]) -> Option<String> {
        let function = function?;
        let allowed = self.allowed.get(function)?;
        let actions = actions(operation, body);
        let refused = actions.iter().find(|action| !allowed.contains(*action)).cloned();
        self.needed.entry(function.to_owned()).or_default().extend(actions);
        refused
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

/// What IAM asks about for an operation: a transaction about each of its writes, a query about the index it reads.
fn actions(operation: &str, body: &[u8]) -> Vec<String> {
    let (service, name) = operation.split_once('.').unwrap_or((operation, ""));
    let prefix = service.to_ascii_lowercase();
    if service == "S3" {
        return s3_actions(name).iter().map(|action| format!("s3:{action}")).collect();
    }
    let body = || serde_json::from_slice::<Value>(body).unwrap_or_default();
    match operation {
        "DynamoDB.TransactWriteItems" => {
            let request = body();
            let items = request["TransactItems"].as_array().into_iter().flatten();
            let kinds = items.filter_map(Value::as_object).flat_map(|item| item.keys());
            kinds
                .map(|kind| match kind.as_str() {
                    "ConditionCheck" => format!("{prefix}:ConditionCheckItem"),
                    kind => format!("{prefix}:{kind}Item"),
                })
                .collect()
        }
        "DynamoDB.Query" => vec![match body()["IndexName"].as_str() {
            Some(index) => format!("{prefix}:{name} index/{index}"),
            None => format!("{prefix}:{name}"),
        }],
        "SES.SendEmail" if body()["Content"]["Raw"].is_object() => {
            vec![format!("{prefix}:SendEmail"), format!("{prefix}:SendRawEmail")]
        }
        _ => vec![format!("{prefix}:{name}")],
    }
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
