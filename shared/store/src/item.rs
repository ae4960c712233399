//! From domain types to items and back.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    Application, CustomerId, Download, FeedItem, GlobalDocument, HistoryEntry, Interview, Job, JobId, MailId,
    MailRecord, StatusGroup, User,
};
use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use serde_dynamo::aws_sdk_dynamodb_1::{from_item, to_item};

use crate::{
    deflated,
    error::StoreError,
    feed,
    keys::{
        CUSTOMER_LIST, DOCUMENTS, DUE_ORDER, EXPIRES_AT, JOB_LIST, JOBS, Key, LIST_ORDER, OPEN_MAIL_SHARDS, OPEN_MAILS,
        PK, SK,
    },
};

/// An item as the SDK has it.
pub type Item = HashMap<String, AttributeValue>;

/// The attribute with a history entry's texts.
const CONTENT: &str = "content";

/// The value under its key.
pub(crate) fn write(key: Key, value: &impl Serialize) -> Result<Item, StoreError> {
    let mut item: Item = to_item(value)?;
    item.insert(PK.to_owned(), AttributeValue::S(key.pk));
    item.insert(SK.to_owned(), AttributeValue::S(key.sk));
    Ok(item)
}

/// The value under its key until then.
pub(crate) fn write_expiring(key: Key, value: &impl Serialize, expires_at: Timestamp) -> Result<Item, StoreError> {
    let mut item = write(key, value)?;
    item.insert(EXPIRES_AT.to_owned(), seconds(expires_at));
    Ok(item)
}

/// A time as TTL attributes have it.
pub(crate) fn seconds(time: Timestamp) -> AttributeValue {
    AttributeValue::N(time.as_second().to_string())
}

/// The value of an item.
pub(crate) fn read<T: DeserializeOwned>(item: Item) -> Result<T, StoreError> {
    Ok(from_item(item)?)
}

/// Whether the item's time is over, though DynamoDB has not removed it yet.
pub(crate) fn is_expired(item: &Item, now: Timestamp) -> bool {
    item.get(EXPIRES_AT)
        .and_then(|value| value.as_n().ok())
        .and_then(|seconds| seconds.parse::<i64>().ok())
        .is_some_and(|seconds| seconds <= now.as_second())
}

/// An application with the attributes that put it into both lists.
pub(crate) fn write_application(application: &Application) -> Result<Item, StoreError> {
    let mut item = write(Key::application(&application.id), application)?;
    // A fixed number of digits, or the order of the texts is not that of the times.
    let since = format!("{:.3}", application.status_since);
    let order = format!("{}{since}#{}", list_prefix(application.status_group), application.id);
    item.insert(
        CUSTOMER_LIST.to_owned(),
        AttributeValue::S(application.customer_id.to_string()),
    );
    item.insert(
        JOB_LIST.to_owned(),
        AttributeValue::S(application.id.job_id().to_string()),
    );
    item.insert(LIST_ORDER.to_owned(), AttributeValue::S(order));
    Ok(item)
}

/// A history entry with what puts it into the feed.
pub(crate) fn write_history_entry(
    application: &Application,
    entry: &HistoryEntry,
    mails: u8,
) -> Result<Item, StoreError> {
    let mut item = write(Key::history_entry(&entry.application_id, entry.sequence), entry)?;
    deflated::deflate_text(&mut item, CONTENT);
    if let Some(feed) = FeedItem::of_entry(application, entry, mails).map_err(StoreError::Content)? {
        item.extend(feed::attributes(
            &feed,
            &format!("{}#{:010}", entry.application_id, entry.sequence),
        )?);
    }
    Ok(item)
}

/// The history entry of an item of the table.
pub fn read_history_entry(mut item: Item) -> Result<HistoryEntry, StoreError> {
    deflated::inflate_text(&mut item, CONTENT)?;
    read(item)
}

/// A mail's record; an open one with the attributes that lead the sweep to it.
pub(crate) fn write_mail(record: &MailRecord) -> Result<Item, StoreError> {
    let mut item = write(Key::mail(&record.id), record)?;
    if let Some(due) = record.due_at() {
        let shard = open_mails(shard_of(&record.id));
        item.insert(OPEN_MAILS.attribute.to_owned(), AttributeValue::S(shard));
        let due = format!("{due:.3}#{}", record.id);
        item.insert(DUE_ORDER.to_owned(), AttributeValue::S(due));
    }
    Ok(item)
}

/// The partition of a shard in the index of open mails.
pub(crate) fn open_mails(shard: u8) -> String {
    format!("OPEN_MAILS#{shard}")
}

/// Spreads mails evenly: ids end in random letters, a number, and a number.
fn shard_of(id: &MailId) -> u8 {
    let sum = id.to_string().bytes().fold(0_u8, u8::wrapping_add);
    sum % OPEN_MAIL_SHARDS
}

/// How the sort key of a status group's applications begins: groups in the order of the process, open ones first.
pub(crate) fn list_prefix(group: StatusGroup) -> String {
    let place = StatusGroup::ALL
        .iter()
        .position(|other| *other == group)
        .unwrap_or_default();
    format!("{place}-{}#", group.as_str())
}

/// An interview with the attributes that put it into its job's list until it is called off.
pub(crate) fn write_interview(interview: &Interview) -> Result<Item, StoreError> {
    let mut item = write(Key::interview(&interview.id), interview)?;
    if !interview.cancelled {
        let order = format!("{:.3}#{}", interview.appointment.starts_at, interview.id);
        item.insert(
            JOB_LIST.to_owned(),
            AttributeValue::S(interview_list(&interview.job_id())),
        );
        item.insert(LIST_ORDER.to_owned(), AttributeValue::S(order));
    }
    Ok(item)
}

/// A job with the attributes that put it into the list of its customer's jobs and into that of all.
pub(crate) fn write_job(job: &Job) -> Result<Item, StoreError> {
    let mut item = write(Key::job(&job.id), job)?;
    let order = format!("{}#{}", job.title.as_str().to_lowercase(), job.id);
    item.insert(CUSTOMER_LIST.to_owned(), AttributeValue::S(job_list(&job.customer_id)));
    item.insert(JOB_LIST.to_owned(), AttributeValue::S(JOBS.to_owned()));
    item.insert(LIST_ORDER.to_owned(), AttributeValue::S(order));
    Ok(item)
}

/// A global document with the attributes that put it into the list of all, by its order and then by its name.
pub(crate) fn write_document(document: &GlobalDocument) -> Result<Item, StoreError> {
    let mut item = write(Key::document(&document.id), document)?;
    let order = u64::from(document.order);
    let order = format!("{order:06}#{}#{}", document.name.as_str().to_lowercase(), document.id);
    // No customer's own list: their ids have no capital letters.
    item.insert(CUSTOMER_LIST.to_owned(), AttributeValue::S(DOCUMENTS.to_owned()));
    item.insert(LIST_ORDER.to_owned(), AttributeValue::S(order));
    Ok(item)
}

/// That somebody was given a document, with what puts it into the feed.
pub(crate) fn write_download(download: &Download) -> Result<Item, StoreError> {
    let mut item = write(Key::download(download), download)?;
    item.extend(feed::attributes(
        &FeedItem::of_download(download),
        &download.id.to_string(),
    )?);
    Ok(item)
}

/// A user; a contact with the attributes that put them into the list of their customer's contacts.
pub(crate) fn write_user(user: &User) -> Result<Item, StoreError> {
    let mut item = write(Key::user(&user.id), user)?;
    if let Some(customer) = user.customer_id() {
        let order = format!("{}#{}", user.name.as_str().to_lowercase(), user.id);
        item.insert(CUSTOMER_LIST.to_owned(), AttributeValue::S(contact_list(customer)));
        item.insert(LIST_ORDER.to_owned(), AttributeValue::S(order));
    }
    Ok(item)
}

/// The partition of a customer's contacts in the index by customer. A customer's id holds no `#`.
pub(crate) fn contact_list(customer: &CustomerId) -> String {
    format!("CONTACTS#{customer}")
}

/// The partition of a customer's jobs in the index by customer. A customer's id holds no `#`.
pub(crate) fn job_list(customer: &CustomerId) -> String {
    format!("{JOBS}#{customer}")
}

/// The partition of a job's interviews in the index by job. A job's id holds no `#`.
pub(crate) fn interview_list(job: &JobId) -> String {
    format!("INTERVIEWS#{job}")
}

/// A text attribute; empty if it is not there.
pub(crate) fn text(item: &Item, name: &str) -> String {
    item.get(name)
        .and_then(|value| value.as_s().ok())
        .cloned()
        .unwrap_or_default()
}
