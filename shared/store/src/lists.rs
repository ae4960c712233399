//! Lists of applications: one query a page.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{Application, CustomerId, JobId, StatusGroup};

use crate::{
    Store,
    error::StoreError,
    item::{self, Item},
    keys::{BY_CUSTOMER, BY_JOB, CUSTOMER_LIST, CUSTOMERS, JOB_LIST, LIST_ORDER, PK, SK},
};

/// Whose applications are listed.
#[derive(Debug, Clone)]
pub enum ListScope<'a> {
    /// Those of a customer.
    Customer(&'a CustomerId),
    /// Those of a job.
    Job(&'a JobId),
}

/// Where a list goes on: the last application seen.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ListPosition {
    pub(crate) pk: String,
    pub(crate) list: String,
    pub(crate) order: String,
}

/// A page of applications, what waits longest first within each status group.
#[derive(Debug)]
pub struct ApplicationPage {
    /// The applications.
    pub applications: Vec<Application>,
    /// Where the next page begins; none on the last.
    pub next: Option<ListPosition>,
}

impl Store {
    /// One page, of one status group or of all.
    pub async fn list_applications(
        &self,
        scope: &ListScope<'_>,
        group: Option<StatusGroup>,
        after: Option<&ListPosition>,
        limit: u16,
    ) -> Result<ApplicationPage, StoreError> {
        let (index, attribute, value) = match scope {
            ListScope::Customer(id) => (BY_CUSTOMER, CUSTOMER_LIST, id.to_string()),
            ListScope::Job(id) => (BY_JOB, JOB_LIST, id.to_string()),
        };
        let mut query = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(index)
            .limit(i32::from(limit))
            .expression_attribute_values(":list", AttributeValue::S(value));
        query = match group {
            None => query.key_condition_expression(format!("{attribute} = :list")),
            Some(group) => {
                let prefix = item::list_prefix(group);
                // As in the feed, where the page begins is the condition's bound as well.
                let first = after.map_or_else(|| prefix.clone(), |after| after.order.clone());
                query
                    .key_condition_expression(format!("{attribute} = :list AND {LIST_ORDER} BETWEEN :first AND :last"))
                    .expression_attribute_values(":first", AttributeValue::S(first))
                    .expression_attribute_values(":last", AttributeValue::S(prefix + "~"))
            }
        };
        if let Some(ListPosition { pk, list, order }) = after {
            let key = [
                (PK, pk.as_str()),
                (SK, "APPLICATION"),
                (attribute, list),
                (LIST_ORDER, order),
            ];
            let key = key.map(|(name, text)| (name.to_owned(), AttributeValue::S(text.to_owned())));
            query = query.set_exclusive_start_key(Some(HashMap::from(key)));
        }
        let answer = query.send().await.map_err(StoreError::aws("Query"))?;
        let next = answer.last_evaluated_key.as_ref().map(|key| ListPosition {
            pk: item::text(key, PK),
            list: item::text(key, attribute),
            order: item::text(key, LIST_ORDER),
        });
        let applications = answer
            .items
            .unwrap_or_default()
            .into_iter()
            .map(item::read)
            .collect::<Result<_, _>>()?;
        Ok(ApplicationPage { applications, next })
    }

    /// The customer that follows in the order of their ids; the first one after none.
    pub async fn next_customer(&self, after: Option<&CustomerId>) -> Result<Option<CustomerId>, StoreError> {
        let from = after.map_or_else(|| "CUSTOMER#".to_owned(), |id| format!("CUSTOMER#{id}"));
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND sk > :from")
            .expression_attribute_values(":pk", AttributeValue::S(CUSTOMERS.to_owned()))
            .expression_attribute_values(":from", AttributeValue::S(from))
            .limit(1)
            .send()
            .await
            .map_err(StoreError::aws("Query"))?;
        let customer = answer.items.unwrap_or_default().into_iter().next();
        Ok(customer
            .map(item::read::<domain::Customer>)
            .transpose()?
            .map(|customer| customer.id))
    }

    /// All items of a small partition, with their sort keys.
    pub(crate) async fn query_partition(
        &self,
        pk: &str,
        prefix: Option<&str>,
    ) -> Result<Vec<(String, Item)>, StoreError> {
        let mut items = Vec::new();
        let mut start = None;
        loop {
            let mut query = self
                .client
                .query()
                .table_name(&self.table)
                .consistent_read(true)
                .expression_attribute_values(":pk", AttributeValue::S(pk.to_owned()))
                .set_exclusive_start_key(start);
            query = match prefix {
                None => query.key_condition_expression("pk = :pk"),
                Some(prefix) => query
                    .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
                    .expression_attribute_values(":prefix", AttributeValue::S(prefix.to_owned())),
            };
            let answer = query.send().await.map_err(StoreError::aws("Query"))?;
            items.extend(
                answer
                    .items
                    .unwrap_or_default()
                    .into_iter()
                    .map(|item| (item::text(&item, SK), item)),
            );
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(items);
            }
        }
    }
}
