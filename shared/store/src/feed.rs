//! The feed over everything that was done, newest first: one query a page, whatever the filter.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    ApplicationId, Customer, CustomerId, FeedItem, FeedSubject, HistoryChannel, Job, JobId, MailId, MailRecord,
    MailState, SingleLine, UserId,
};
use jiff::Timestamp;

use crate::{
    Store,
    error::StoreError,
    item::{self, Item},
    keys::{
        FEED, FEED_ALL, FEED_BY_CHANNEL, FEED_BY_CONTACT, FEED_BY_CUSTOMER, FEED_BY_JOB, FEED_ORDER, Index, Key, PK, SK,
    },
};

/// What of the feed is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FeedFilter {
    /// At this customer.
    pub customer: Option<CustomerId>,
    /// To applications of this job.
    pub job: Option<JobId>,
    /// By this user.
    pub contact: Option<UserId>,
    /// Through this channel.
    pub channel: Option<HistoryChannel>,
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before.
    pub to: Option<Timestamp>,
}

/// Where the feed goes on: the last item seen.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct FeedPosition {
    pk: String,
    sk: String,
    order: String,
}

/// Some of the feed, newest first.
#[derive(Debug)]
pub struct FeedPage {
    /// What was done.
    pub items: Vec<FeedItem>,
    /// Where the next page begins; none on the last. A page can be short, even empty, and still have a next one.
    pub next: Option<FeedPosition>,
}

/// With more than one filter, so many items are looked at for one page.
const LOOKED_AT: u16 = 400;

impl Store {
    /// One page. The narrowest filter chooses the index; the others are applied to what it holds.
    pub async fn feed(
        &self,
        filter: &FeedFilter,
        after: Option<&FeedPosition>,
        limit: u16,
    ) -> Result<FeedPage, StoreError> {
        let (index, value) = narrowest(filter);
        let bound =
            |time: Option<Timestamp>, open: &str| time.map_or_else(|| open.to_owned(), |time| format!("{time:.3}"));
        // Where the page begins is said as the condition's bound too: SQLite, on one machine, looks at all that lies
        // between the bound and the start key.
        let to = after.map_or_else(|| bound(filter.to, "~"), |after| after.order.clone());
        let mut query = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(index.name)
            .scan_index_forward(false)
            .key_condition_expression(format!(
                "{} = :list AND {FEED_ORDER} BETWEEN :from AND :to",
                index.attribute
            ))
            .expression_attribute_values(":list", AttributeValue::S(value.clone()))
            .expression_attribute_values(":from", AttributeValue::S(bound(filter.from, "0")))
            .expression_attribute_values(":to", AttributeValue::S(to));
        let mut conditions = Vec::new();
        let others = [
            (
                FEED_BY_CUSTOMER,
                "#feed.customerId",
                ":customer",
                filter.customer.as_ref().map(ToString::to_string),
            ),
            (
                FEED_BY_JOB,
                "#feed.about.jobId",
                ":job",
                filter.job.as_ref().map(ToString::to_string),
            ),
            (
                FEED_BY_CHANNEL,
                "#feed.channel",
                ":channel",
                filter.channel.map(|channel| channel.as_str().to_owned()),
            ),
        ];
        for (own, path, name, wanted) in others {
            if let Some(wanted) = wanted.filter(|_| own.name != index.name) {
                conditions.push(format!("{path} = {name}"));
                query = query.expression_attribute_values(name, AttributeValue::S(wanted));
            }
        }
        let looked_at = if conditions.is_empty() {
            limit
        } else {
            limit.max(LOOKED_AT)
        };
        if !conditions.is_empty() {
            query = query
                .filter_expression(conditions.join(" AND "))
                .expression_attribute_names("#feed", FEED);
        }
        if let Some(FeedPosition { pk, sk, order }) = after {
            let key = [(PK, pk), (SK, sk), (index.attribute, &value), (FEED_ORDER, order)];
            let key = key.map(|(name, text)| (name.to_owned(), AttributeValue::S(text.clone())));
            query = query.set_exclusive_start_key(Some(HashMap::from(key)));
        }
        let answer = query
            .limit(i32::from(looked_at))
            .send()
            .await
            .map_err(StoreError::aws("Query"))?;
        let mut found = answer.items.unwrap_or_default();
        let next = if found.len() > usize::from(limit) {
            found.truncate(usize::from(limit));
            found.last().map(position)
        } else {
            answer.last_evaluated_key.as_ref().map(position)
        };
        let items = found
            .into_iter()
            .filter_map(|mut item| item.remove(FEED))
            .map(serde_dynamo::from_attribute_value);
        Ok(FeedPage {
            items: items.collect::<Result<_, _>>()?,
            next,
        })
    }

    /// The titles of jobs and the names of customers: one read call for each hundred.
    pub async fn names(
        &self,
        jobs: &BTreeSet<JobId>,
        customers: &BTreeSet<CustomerId>,
    ) -> Result<(BTreeMap<JobId, SingleLine>, BTreeMap<CustomerId, SingleLine>), StoreError> {
        let job_keys: Vec<_> = jobs.iter().map(Key::job).collect();
        let customer_keys: Vec<_> = customers.iter().map(Key::customer).collect();
        if job_keys.is_empty() && customer_keys.is_empty() {
            return Ok((BTreeMap::new(), BTreeMap::new()));
        }
        let mut found = self
            .batch_get([job_keys.clone(), customer_keys.clone()].concat())
            .await?;
        let jobs = found.take_all::<Job>(&job_keys)?.into_iter();
        let customers = found.take_all::<Customer>(&customer_keys)?.into_iter();
        Ok((
            jobs.map(|job| (job.id, job.title)).collect(),
            customers.map(|customer| (customer.id, customer.name)).collect(),
        ))
    }

    /// Where the mails of these items are, by application and entry: one read call for each hundred mails.
    pub async fn feed_mails(
        &self,
        items: &[FeedItem],
    ) -> Result<HashMap<(ApplicationId, u64), Vec<MailState>>, StoreError> {
        let mut keys = Vec::new();
        for item in items {
            if let FeedSubject::Application {
                application_id,
                sequence,
                mails,
                ..
            } = &item.about
            {
                keys.extend((1..=*mails).map(|number| {
                    Key::mail(&MailId {
                        application_id: application_id.clone(),
                        sequence: *sequence,
                        number,
                    })
                }));
            }
        }
        let mut states: HashMap<_, Vec<_>> = HashMap::new();
        if keys.is_empty() {
            return Ok(states);
        }
        for record in self.batch_get(keys.clone()).await?.take_all::<MailRecord>(&keys)? {
            let entry = (record.id.application_id, record.id.sequence);
            states.entry(entry).or_default().push(record.state);
        }
        Ok(states)
    }
}

/// The index with the fewest items that are not wanted, and its partition.
fn narrowest(filter: &FeedFilter) -> (Index, String) {
    match filter {
        FeedFilter {
            contact: Some(contact), ..
        } => (FEED_BY_CONTACT, contact.to_string()),
        FeedFilter { job: Some(job), .. } => (FEED_BY_JOB, job.to_string()),
        FeedFilter {
            customer: Some(customer),
            ..
        } => (FEED_BY_CUSTOMER, customer.to_string()),
        FeedFilter {
            channel: Some(channel), ..
        } => (FEED_BY_CHANNEL, channel.as_str().to_owned()),
        _ => (FEED_ALL, FEED_ALL.everything()),
    }
}

/// The attributes that put an item into the feed.
pub(crate) fn attributes(feed: &FeedItem, id: &str) -> Result<Item, StoreError> {
    let mut attributes = Item::from([
        (FEED.to_owned(), serde_dynamo::to_attribute_value(feed)?),
        (FEED_ORDER.to_owned(), AttributeValue::S(format!("{:.3}#{id}", feed.at))),
    ]);
    let lists = [
        (FEED_ALL, Some(FEED_ALL.everything())),
        (FEED_BY_CHANNEL, Some(feed.channel.as_str().to_owned())),
        (FEED_BY_CONTACT, Some(feed.actor.user_id.to_string())),
        (FEED_BY_CUSTOMER, feed.customer_id.as_ref().map(ToString::to_string)),
        (FEED_BY_JOB, feed.job_id().map(ToString::to_string)),
    ];
    for (index, value) in lists {
        attributes.extend(value.map(|value| (index.attribute.to_owned(), AttributeValue::S(value))));
    }
    Ok(attributes)
}

fn position(key: &Item) -> FeedPosition {
    FeedPosition {
        pk: item::text(key, PK),
        sk: item::text(key, SK),
        order: item::text(key, FEED_ORDER),
    }
}

#[cfg(test)]
mod tests;
