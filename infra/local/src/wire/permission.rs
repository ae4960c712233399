//! What each function's role lets it call, as the template says; everything else is refused as IAM would.
//!
//! Only actions are checked, not resources and conditions.

use std::collections::{BTreeMap, BTreeSet};

use http::HeaderMap;
use serde_json::Value;

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

/// Which function calls: its clients carry its name as the application's id in the user agent.
pub fn caller(headers: &HeaderMap) -> Option<String> {
    let agents = ["x-amz-user-agent", "user-agent"].map(|name| headers.get(name).and_then(|value| value.to_str().ok()));
    let mut words = agents.into_iter().flatten().flat_map(str::split_whitespace);
    words.find_map(|word| word.strip_prefix("app/")).map(str::to_owned)
}

/// What IAM asks about for an operation: a transaction about each of its writes.
fn actions(operation: &str, body: &[u8]) -> Vec<String> {
    let (service, name) = operation.split_once('.').unwrap_or((operation, ""));
    let prefix = service.to_ascii_lowercase();
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
