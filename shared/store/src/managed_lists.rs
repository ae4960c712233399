//! Lists of what recruiters manage: one query a page.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{Customer, CustomerId, Job, JobId, User, Workflow};
use serde::de::DeserializeOwned;

use crate::{
    ListPosition, Store,
    error::StoreError,
    item,
    keys::{BY_CUSTOMER, BY_JOB, CUSTOMER_LIST, CUSTOMERS, JOB_LIST, JOBS, Key, LIST_ORDER, PK, SK},
};

/// A page of a list.
#[derive(Debug)]
pub struct ManagedPage<T, P = ListPosition> {
    /// What is on it.
    pub items: Vec<T>,
    /// Where the next page begins; none on the last.
    pub next: Option<P>,
}

/// A partition of an index whose items all have the same sort key in the table.
struct List<'a> {
    index: &'a str,
    attribute: &'a str,
    partition: String,
    sk: &'a str,
}

impl Store {
    /// Customers, in the order of their ids.
    pub async fn list_customers(
        &self,
        after: Option<&CustomerId>,
        limit: u16,
    ) -> Result<ManagedPage<Customer, CustomerId>, StoreError> {
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", AttributeValue::S(CUSTOMERS.to_owned()))
            .set_exclusive_start_key(after.map(|id| Key::customer(id).attributes()))
            .limit(i32::from(limit))
            .send()
            .await
            .map_err(StoreError::aws("Query"))?;
        let items = answer.items.unwrap_or_default().into_iter().map(item::read);
        let items: Vec<Customer> = items.collect::<Result<_, _>>()?;
        let next = answer.last_evaluated_key.and(items.last());
        Ok(ManagedPage {
            next: next.map(|customer| customer.id.clone()),
            items,
        })
    }

    /// The contacts of a customer, by name.
    pub async fn list_contacts(
        &self,
        customer: &CustomerId,
        after: Option<&ListPosition>,
        limit: u16,
    ) -> Result<ManagedPage<User>, StoreError> {
        let list = List {
            index: BY_CUSTOMER,
            attribute: CUSTOMER_LIST,
            partition: item::contact_list(customer),
            sk: "USER",
        };
        self.page(list, after, limit).await
    }

    /// The jobs of a customer, or all, by title.
    pub async fn list_jobs(
        &self,
        customer: Option<&CustomerId>,
        after: Option<&ListPosition>,
        limit: u16,
    ) -> Result<ManagedPage<Job>, StoreError> {
        let (index, attribute, partition) = match customer {
            Some(customer) => (BY_CUSTOMER, CUSTOMER_LIST, item::job_list(customer)),
            None => (BY_JOB, JOB_LIST, JOBS.to_owned()),
        };
        let list = List {
            index,
            attribute,
            partition,
            sk: "JOB",
        };
        self.page(list, after, limit).await
    }

    /// The workflows that a customer's jobs follow: a query for each hundred jobs, and one read call.
    pub async fn workflows_of_customer(&self, customer: &CustomerId) -> Result<Vec<Workflow>, StoreError> {
        let (mut ids, mut after) = (BTreeSet::new(), None);
        loop {
            let page = self.list_jobs(Some(customer), after.as_ref(), 100).await?;
            ids.extend(page.items.into_iter().map(|job| job.workflow_id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let ids: Vec<_> = ids.into_iter().collect();
        Ok(self.load_workflows_and_customer(&ids, None).await?.0)
    }

    /// Whether anybody has applied for the job.
    pub async fn has_applications(&self, job: &JobId) -> Result<bool, StoreError> {
        let list = List {
            index: BY_JOB,
            attribute: JOB_LIST,
            partition: job.to_string(),
            sk: "APPLICATION",
        };
        let page: ManagedPage<domain::Application> = self.page(list, None, 1).await?;
        Ok(!page.items.is_empty())
    }

    async fn page<T: DeserializeOwned>(
        &self,
        list: List<'_>,
        after: Option<&ListPosition>,
        limit: u16,
    ) -> Result<ManagedPage<T>, StoreError> {
        let List {
            index,
            attribute,
            partition,
            sk,
        } = list;
        let start = after.map(|ListPosition { pk, list, order }| {
            let key = [(PK, pk.as_str()), (SK, sk), (attribute, list), (LIST_ORDER, order)];
            HashMap::from(key.map(|(name, text)| (name.to_owned(), AttributeValue::S(text.to_owned()))))
        });
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(index)
            .key_condition_expression(format!("{attribute} = :list"))
            .expression_attribute_values(":list", AttributeValue::S(partition))
            .set_exclusive_start_key(start)
            .limit(i32::from(limit))
            .send()
            .await
            .map_err(StoreError::aws("Query"))?;
        let next = answer.last_evaluated_key.as_ref().map(|key| ListPosition {
            pk: item::text(key, PK),
            list: item::text(key, attribute),
            order: item::text(key, LIST_ORDER),
        });
        let items = answer.items.unwrap_or_default().into_iter().map(item::read);
        Ok(ManagedPage {
            items: items.collect::<Result<_, _>>()?,
            next,
        })
    }
}
