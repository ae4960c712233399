//! Reading several items in one call.

use std::{collections::HashMap, time::Duration};

use aws_sdk_dynamodb::types::KeysAndAttributes;
use serde::de::DeserializeOwned;

use crate::{
    Store,
    error::StoreError,
    item::{self, Item},
    keys::{Key, PK, SK},
};

/// Items by their keys.
#[derive(Debug, Default)]
pub(crate) struct Found(HashMap<(String, String), Item>);

impl Found {
    /// Takes the item of the key as it is.
    pub fn take_item(&mut self, key: &Key) -> Option<Item> {
        self.0.remove(&(key.pk.clone(), key.sk.clone()))
    }

    /// Takes the value of the key.
    pub fn take<T: DeserializeOwned>(&mut self, key: &Key) -> Result<Option<T>, StoreError> {
        self.take_item(key).map(item::read).transpose()
    }
}

impl Found {
    /// Takes the values of the keys, as far as they are there, in the keys' order.
    pub fn take_all<T: DeserializeOwned>(&mut self, keys: &[Key]) -> Result<Vec<T>, StoreError> {
        keys.iter().filter_map(|key| self.take(key).transpose()).collect()
    }
}

/// DynamoDB's limit for one call.
const MOST_KEYS: usize = 100;
/// What a busy table left out is asked for again that often.
const ROUNDS: u32 = 5;

impl Store {
    /// Reads the items as they are now (strongly consistent); one call for up to 100 keys.
    pub(crate) async fn batch_get(&self, mut keys: Vec<Key>) -> Result<Found, StoreError> {
        keys.sort_by(|one, other| (&one.pk, &one.sk).cmp(&(&other.pk, &other.sk)));
        keys.dedup();
        let mut found = Found::default();
        for chunk in keys.chunks(MOST_KEYS) {
            let mut wanted: Vec<_> = chunk.iter().map(Key::attributes).collect();
            for round in 0..=ROUNDS {
                if wanted.is_empty() {
                    break;
                }
                if round == ROUNDS {
                    return Err(StoreError::Aws {
                        operation: "BatchGetItem",
                        source: "keys were left unprocessed".into(),
                    });
                }
                if round > 0 {
                    tokio::time::sleep(Duration::from_millis(fastrand::u64(10..50) << round)).await;
                }
                let request = KeysAndAttributes::builder()
                    .set_keys(Some(std::mem::take(&mut wanted)))
                    .consistent_read(true)
                    .build()
                    .map_err(|source| StoreError::Aws {
                        operation: "BatchGetItem",
                        source: Box::new(source),
                    })?;
                let answer = self
                    .client
                    .batch_get_item()
                    .request_items(&self.table, request)
                    .send()
                    .await
                    .map_err(StoreError::aws("BatchGetItem"))?;
                for item in answer.responses.into_iter().flat_map(HashMap::into_values).flatten() {
                    found.0.insert((item::text(&item, PK), item::text(&item, SK)), item);
                }
                wanted = answer
                    .unprocessed_keys
                    .into_iter()
                    .flat_map(HashMap::into_values)
                    .flat_map(|left| left.keys)
                    .collect();
            }
        }
        Ok(found)
    }

    /// Reads one item as it is now.
    pub(crate) async fn get<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key.attributes()))
            .consistent_read(true)
            .send()
            .await
            .map_err(StoreError::aws("GetItem"))?;
        answer.item.map(item::read).transpose()
    }

    /// Writes one item over whatever is there.
    pub(crate) async fn put(&self, item: Item) -> Result<(), StoreError> {
        self.client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .send()
            .await
            .map_err(StoreError::aws("PutItem"))?;
        Ok(())
    }
}
