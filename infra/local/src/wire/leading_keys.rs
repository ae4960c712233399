//! The partitions of the table that a function's role is bound to, where the template says so by
//! `dynamodb:LeadingKeys`; a call for another one is refused as IAM would.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Patterns of partition keys by function, such as `USER#*`.
#[derive(Default)]
pub struct LeadingKeys(BTreeMap<String, BTreeSet<String>>);

impl LeadingKeys {
    /// Binds the function to the partitions of these patterns; to none in particular if there are no patterns.
    pub fn bind(&mut self, function: &str, patterns: BTreeSet<String>) {
        if !patterns.is_empty() {
            self.0.insert(function.to_owned(), patterns);
        }
    }

    /// The first partition of the call that the function is not to reach.
    pub fn refused(&self, function: Option<&str>, body: &[u8]) -> Option<String> {
        let patterns = self.0.get(function?)?;
        let request = serde_json::from_slice(body).unwrap_or_default();
        let mut partitions = Vec::new();
        collect(&request, &mut partitions);
        let may = |partition: &String| patterns.iter().any(|pattern| is_like(partition, pattern));
        partitions.into_iter().find(|partition| !may(partition))
    }
}

/// The partitions of all keys and items in a request, and of its query.
fn collect(request: &Value, partitions: &mut Vec<String>) {
    match request {
        Value::Object(fields) => {
            if let Some(partition) = request["pk"]["S"].as_str() {
                partitions.push(partition.to_owned());
            }
            if let Some(condition) = request["KeyConditionExpression"].as_str() {
                let value = condition.split_whitespace().find(|word| word.starts_with(':'));
                let value = value.and_then(|name| request["ExpressionAttributeValues"][name]["S"].as_str());
                partitions.extend(value.map(str::to_owned));
            }
            fields.values().for_each(|value| collect(value, partitions));
        }
        Value::Array(list) => list.iter().for_each(|value| collect(value, partitions)),
        _ => {}
    }
}

fn is_like(partition: &str, pattern: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => partition.starts_with(prefix),
        None => partition == pattern,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::LeadingKeys;

    #[test]
    fn a_bound_function_reaches_only_its_partitions() {
        let mut keys = LeadingKeys::default();
        keys.bind("sign-in", ["USER#*".to_owned(), "TRUST".to_owned()].into());
        let key = |pk: &str| json!({ "pk": { "S": pk }, "sk": { "S": "X" } });
        let query = |pk: &str| {
            let values = json!({ ":pk": { "S": pk }, ":sk": { "S": "X" } });
            json!({ "KeyConditionExpression": "pk = :pk AND sk > :sk", "ExpressionAttributeValues": values })
        };
        for (request, refused) in [
            (json!({ "Key": key("USER#1") }), None),
            (json!({ "Key": key("TRUST") }), None),
            (json!({ "Key": key("TRUST#1") }), Some("TRUST#1")),
            (json!({ "Item": key("JOB#1") }), Some("JOB#1")),
            (
                json!({ "RequestItems": { "table": { "Keys": [key("USER#1"), key("JOB#1")] } } }),
                Some("JOB#1"),
            ),
            (
                json!({ "TransactItems": [{ "Put": { "Item": key("JOB#1") } }] }),
                Some("JOB#1"),
            ),
            (query("USER#1"), None),
            (query("JOB#1"), Some("JOB#1")),
        ] {
            let body = request.to_string();
            assert_eq!(
                keys.refused(Some("sign-in"), body.as_bytes()).as_deref(),
                refused,
                "{body}"
            );
            assert_eq!(keys.refused(Some("another"), body.as_bytes()), None);
            assert_eq!(keys.refused(None, body.as_bytes()), None);
        }
    }
}
