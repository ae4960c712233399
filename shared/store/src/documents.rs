//! Global documents, and who was given one.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{Customer, CustomerId, DocumentId, Download, GlobalDocument, User, UserId, Version};

use crate::{
    ManageError, Store,
    error::StoreError,
    item,
    keys::{BY_CUSTOMER, CUSTOMER_LIST, DOCUMENTS, Key, LIST_ORDER, PK, SK},
};

/// Where the list goes on: the last document seen.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DocumentPosition {
    sk: String,
    order: String,
}

/// A page of documents, by their order and then by their names.
#[derive(Debug)]
pub struct DocumentPage {
    /// The documents, whoever they are for.
    pub documents: Vec<GlobalDocument>,
    /// Where the next page begins; none on the last.
    pub next: Option<DocumentPosition>,
}

impl Store {
    /// A document.
    pub async fn document(&self, id: &DocumentId) -> Result<Option<GlobalDocument>, StoreError> {
        self.get(&Key::document(id)).await
    }

    /// A caller and the document their request names.
    pub async fn load_user_and_document(
        &self,
        user: &UserId,
        document: &DocumentId,
    ) -> Result<(Option<User>, Option<GlobalDocument>), StoreError> {
        let (user, document) = (Key::user(user), Key::document(document));
        let mut found = self.batch_get(vec![user.clone(), document.clone()]).await?;
        Ok((found.take(&user)?, found.take(&document)?))
    }

    /// Which of these customers there are.
    pub async fn customers_among(&self, ids: &BTreeSet<CustomerId>) -> Result<BTreeSet<CustomerId>, StoreError> {
        let keys: Vec<_> = ids.iter().map(Key::customer).collect();
        let mut found = self.batch_get(keys.clone()).await?;
        let customers = keys
            .iter()
            .filter_map(|key| found.take::<Customer>(key).transpose())
            .map(|customer| customer.map(|customer| customer.id));
        customers.collect()
    }

    /// Writes a document of this version over the version before; version 1 must not be there yet.
    pub async fn save_document(&self, document: &GlobalDocument) -> Result<(), ManageError> {
        let item = item::write_document(document)?;
        self.write_together(vec![self.replace(item, document.version)?]).await
    }

    /// Removes exactly this version of a document. Who was given it stays written.
    pub async fn remove_document(&self, id: &DocumentId, version: Version) -> Result<(), ManageError> {
        self.write_together(vec![self.remove(&Key::document(id), Some(version))?])
            .await
    }

    /// One page of all documents: one query.
    pub async fn list_documents(
        &self,
        after: Option<&DocumentPosition>,
        limit: u16,
    ) -> Result<DocumentPage, StoreError> {
        let mut query = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(BY_CUSTOMER)
            .key_condition_expression(format!("{CUSTOMER_LIST} = :list"))
            .expression_attribute_values(":list", AttributeValue::S(DOCUMENTS.to_owned()))
            .limit(i32::from(limit));
        if let Some(DocumentPosition { sk, order }) = after {
            let key = [
                (PK, DOCUMENTS),
                (SK, sk.as_str()),
                (CUSTOMER_LIST, DOCUMENTS),
                (LIST_ORDER, order),
            ];
            let key = key.map(|(name, text)| (name.to_owned(), AttributeValue::S(text.to_owned())));
            query = query.set_exclusive_start_key(Some(HashMap::from(key)));
        }
        let answer = query.send().await.map_err(StoreError::aws("Query"))?;
        let next = answer.last_evaluated_key.and_then(|key| {
            let text = |name| key.get(name)?.as_s().ok().cloned();
            Some(DocumentPosition {
                sk: text(SK)?,
                order: text(LIST_ORDER)?,
            })
        });
        let documents = answer.items.unwrap_or_default().into_iter().map(item::read);
        Ok(DocumentPage {
            documents: documents.collect::<Result<_, _>>()?,
            next,
        })
    }

    /// Writes that somebody is given a document. Writing it again is writing it once.
    pub async fn record_download(&self, download: &Download) -> Result<(), StoreError> {
        self.put(item::write_download(download)?).await
    }
}
