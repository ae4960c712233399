//! The history of an application, newest first, with the mails each entry ordered.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{ApplicationId, HistoryEntry, MailRecord};

use crate::{
    Store,
    error::StoreError,
    item::{self, Item},
    keys::{HISTORY, Key, SK},
};

/// An entry with its mails.
#[derive(Debug, Clone)]
pub struct RecordedEntry {
    /// The entry.
    pub entry: HistoryEntry,
    /// Its mails' records, by number.
    pub mails: Vec<MailRecord>,
}

/// Some entries, newest first.
#[derive(Debug)]
pub struct HistoryPage {
    /// The entries.
    pub entries: Vec<RecordedEntry>,
    /// The next page is what lies before this sequence; none if nothing does.
    pub before: Option<u64>,
}

/// Room for the mails between the entries of a page.
const ITEMS_PER_ENTRY: u16 = 3;
/// More than the mails of any one entry, so that a page always holds at least one entry.
const MOST_MAILS: u16 = 60;
/// Contents lie deflated. A page ends with the entry that reaches as many bytes of them: in an answer each can take four,
/// since a quotation mark is escaped three times, and Lambda passes on 6 MB.
const MOST_CONTENT: usize = 1_000_000;

impl Store {
    /// One page: one query, however long the history. Mails stand right behind their entry in the table. A page of long
    /// contents has fewer entries than were asked for.
    pub async fn history(
        &self,
        application: &ApplicationId,
        before: Option<u64>,
        limit: u16,
    ) -> Result<HistoryPage, StoreError> {
        let to = match before {
            None => format!("{HISTORY}~"),
            Some(before) => format!("{}~", Key::history_entry(application, before.saturating_sub(1)).sk),
        };
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .scan_index_forward(false)
            .key_condition_expression("pk = :pk AND sk BETWEEN :from AND :to")
            .expression_attribute_values(":pk", AttributeValue::S(Key::application(application).pk))
            .expression_attribute_values(":from", AttributeValue::S(HISTORY.to_owned()))
            .expression_attribute_values(":to", AttributeValue::S(to))
            .limit(i32::from((limit * ITEMS_PER_ENTRY).max(MOST_MAILS)))
            .send()
            .await
            .map_err(StoreError::aws("Query"))?;
        let mut entries = group(answer.items.unwrap_or_default())?;
        let fitting = entries.iter().scan(0, |before, recorded| {
            let fits = *before < MOST_CONTENT;
            *before += recorded.entry.content_bytes();
            fits.then_some(())
        });
        let length = fitting.count().min(limit.into());
        let more = answer.last_evaluated_key.is_some() || entries.len() > length;
        entries.truncate(length);
        let last = entries.last().map(|entry| entry.entry.sequence);
        Ok(HistoryPage {
            entries,
            before: last.filter(|sequence| more && *sequence > 1),
        })
    }

    /// What was written after that entry, newest first: a query for each hundred entries.
    pub async fn history_after(
        &self,
        application: &ApplicationId,
        sequence: u64,
    ) -> Result<Vec<RecordedEntry>, StoreError> {
        let (mut later, mut before) = (Vec::new(), None);
        loop {
            let page = self.history(application, before, 100).await?;
            before = page.before.filter(|before| *before > sequence + 1);
            later.extend(
                page.entries
                    .into_iter()
                    .filter(|recorded| recorded.entry.sequence > sequence),
            );
            if before.is_none() {
                return Ok(later);
            }
        }
    }

    /// One entry with its mails.
    pub async fn history_entry(
        &self,
        application: &ApplicationId,
        sequence: u64,
    ) -> Result<Option<RecordedEntry>, StoreError> {
        let key = Key::history_entry(application, sequence);
        let mut items = self.query_partition(&key.pk, Some(&key.sk)).await?;
        items.reverse();
        Ok(group(items.into_iter().map(|(_, item)| item).collect())?.pop())
    }
}

/// Descending items: an entry comes after its mails. Mails whose entry lies beyond the items are left to the next page.
fn group(items: Vec<Item>) -> Result<Vec<RecordedEntry>, StoreError> {
    let mut entries = Vec::new();
    let mut mails = Vec::new();
    for item in items {
        let is_mail = item
            .get(SK)
            .and_then(|sk| sk.as_s().ok())
            .is_some_and(|sk| sk.contains("#MAIL#"));
        if is_mail {
            mails.push(item::read(item)?);
        } else {
            mails.reverse();
            entries.push(RecordedEntry {
                entry: item::read_history_entry(item)?,
                mails: std::mem::take(&mut mails),
            });
        }
    }
    Ok(entries)
}
