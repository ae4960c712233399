//! Many applications, and many entries in one application's history, made from one of each.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, PutRequest, WriteRequest},
};
use tests::Portal;

/// Numbers begin here, so that the last entry of a long list is no byte longer than that of a short one.
const BEFORE_THE_FIRST: usize = 1_000_000;

type Item = HashMap<String, AttributeValue>;

/// `BatchWriteItem` takes so many.
const AT_ONCE: usize = 25;

/// What is there, and what it is made from.
pub struct Filling {
    id: String,
    application: Item,
    entry: Item,
    entries: usize,
}

/// The text in everything the attribute holds, replaced.
fn replaced(value: &AttributeValue, from: &str, to: &str) -> AttributeValue {
    match value {
        AttributeValue::S(text) => AttributeValue::S(text.replace(from, to)),
        AttributeValue::M(map) => AttributeValue::M(renamed(map, from, to)),
        AttributeValue::L(list) => AttributeValue::L(list.iter().map(|value| replaced(value, from, to)).collect()),
        other => other.clone(),
    }
}

fn renamed(item: &Item, from: &str, to: &str) -> Item {
    item.iter()
        .map(|(name, value)| (name.clone(), replaced(value, from, to)))
        .collect()
}

impl Filling {
    /// From an application with nothing but its first entry.
    pub async fn of(portal: &Portal, id: &str) -> Self {
        let table = Client::new(portal.host.sdk());
        let read = async |sort_key: &str| {
            let key = [("pk", format!("APPLICATION#{id}")), ("sk", sort_key.to_owned())];
            let key = key.map(|(name, text)| (name.to_owned(), AttributeValue::S(text)));
            let read = table.get_item().table_name(portal.host.table_name());
            read.set_key(Some(key.into())).send().await.unwrap().item.unwrap()
        };
        Self {
            id: id.to_owned(),
            application: read("APPLICATION").await,
            entry: read("HISTORY#0000000001").await,
            entries: 1,
        }
    }

    /// So many applications, and so many entries in the history of the first.
    pub async fn fill(&mut self, portal: &Portal, entries: usize) {
        let numbers = self.entries + 1..=entries;
        let numbers: Vec<_> = numbers.map(|number| BEFORE_THE_FIRST + number).collect();
        let applications = numbers.iter().map(|number| self.another_application(*number));
        let histories = numbers.iter().map(|number| self.another_entry(*number));
        let items: Vec<_> = applications.chain(histories).collect();
        write(portal, &items).await;
        self.entries = entries;
    }

    /// Without the feed, which has the entries of the first.
    fn another_application(&self, number: usize) -> Item {
        renamed(&self.application, &self.id, &format!("{}{number}", self.id))
    }

    fn another_entry(&self, number: usize) -> Item {
        let mut entry = renamed(&self.entry, "0000000001", &format!("{number:010}"));
        let sequence = AttributeValue::N(number.to_string());
        if let Some(AttributeValue::M(feed)) = entry.get_mut("feed") {
            feed.insert("sequence".to_owned(), sequence.clone());
        }
        entry.insert("sequence".to_owned(), sequence);
        entry
    }
}

async fn write(portal: &Portal, items: &[Item]) {
    let table = Client::new(portal.host.sdk());
    for some in items.chunks(AT_ONCE) {
        let puts = some.iter().map(|item| {
            let put = PutRequest::builder().set_item(Some(item.clone())).build().unwrap();
            WriteRequest::builder().put_request(put).build()
        });
        let batch = table.batch_write_item();
        let batch = batch.request_items(portal.host.table_name(), puts.collect());
        let left = batch.send().await.unwrap().unprocessed_items.unwrap_or_default();
        assert!(left.is_empty());
    }
}
