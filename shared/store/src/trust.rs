//! The keys every function reads at its start: public keys of access tokens, and the key that seals cursors.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_dynamodb::{operation::put_item::PutItemError, primitives::Blob};

use crate::{
    Store,
    error::StoreError,
    item::Item,
    keys::{CURSOR_KEY, Key, SIGNING_KEY, TRUST},
};

/// What a function trusts.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// Ed25519 public keys (32 bytes) by their key ids.
    pub signing_keys: BTreeMap<String, Vec<u8>>,
    /// The secret key that seals cursors.
    pub cursor_key: Option<Vec<u8>>,
}

impl Store {
    /// One query. It also opens the connection to the table before the first request needs it.
    pub async fn trust(&self) -> Result<Trust, StoreError> {
        let mut trust = Trust::default();
        for (sk, item) in self.query_partition(TRUST, None).await? {
            let Some(key) = item
                .get("key")
                .and_then(|value| value.as_b().ok())
                .map(|blob| blob.as_ref().to_vec())
            else {
                continue;
            };
            if let Some(kid) = sk.strip_prefix(SIGNING_KEY) {
                trust.signing_keys.insert(kid.to_owned(), key);
            } else if sk == CURSOR_KEY {
                trust.cursor_key = Some(key);
            }
        }
        Ok(trust)
    }

    /// Publishes the public key, and offers a key for cursors that counts only if there is none yet.
    pub async fn publish_trust(&self, kid: &str, public_key: &[u8], cursor_key: &[u8]) -> Result<(), StoreError> {
        self.put(with_key(&Key::signing_key(kid), public_key)).await?;
        let result = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(with_key(&Key::cursor_key(), cursor_key)))
            .condition_expression("attribute_not_exists(pk)")
            .send()
            .await;
        match result {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(()),
                _ => Err(StoreError::aws("PutItem")(error)),
            },
        }
    }
}

fn with_key(key: &Key, bytes: &[u8]) -> Item {
    let mut item = key.attributes();
    item.insert("key".to_owned(), AttributeValue::B(Blob::new(bytes)));
    item
}
