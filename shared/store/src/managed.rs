//! Writing what recruiters manage: several items at once or none, each guarded by a condition with a name.

use std::time::Duration;

use aws_sdk_dynamodb::{
    operation::transact_write_items::TransactWriteItemsError,
    types::{AttributeValue, Delete, Put, TransactWriteItem, builders::PutBuilder},
};
use domain::Version;

use crate::{
    Store, commit,
    error::StoreError,
    item::Item,
    keys::{Key, PK},
};

/// What only one can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unique {
    /// An e-mail address belongs to one user.
    #[error("belongs to another user")]
    EmailAddress,
    /// The applicant tracking system's id belongs to one job.
    #[error("belongs to another job")]
    ExternalId,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ManageError {
    /// Somebody else changed it meanwhile, or made it, or removed it.
    #[error("it has changed meanwhile")]
    Changed,
    /// Somebody else has what only one can have.
    #[error("{0}")]
    Taken(Unique),
    /// Others are writing the same items; trying again helps.
    #[error("the items are being written by others")]
    Busy,
    /// The table.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a failed condition means.
#[derive(Debug, Clone, Copy)]
enum Meaning {
    Changed,
    Taken(Unique),
}

/// One write of several, and what it means if its condition fails.
#[derive(Debug, Clone)]
pub(crate) struct Guarded {
    write: TransactWriteItem,
    meaning: Meaning,
}

impl Guarded {
    /// A write whose failed condition means that something has changed meanwhile.
    pub(crate) fn or_changed(write: TransactWriteItem) -> Self {
        Self {
            write,
            meaning: Meaning::Changed,
        }
    }
}

/// A transaction that collides with another is tried that often.
const ATTEMPTS: u32 = 6;

impl Store {
    /// Writes the item of this version over the version before it; version 1 must not be there yet.
    pub(crate) fn replace(&self, item: Item, version: Version) -> Result<Guarded, StoreError> {
        let put = Put::builder().table_name(&self.table).set_item(Some(item));
        let put = if version <= Version::FIRST {
            put.condition_expression(format!("attribute_not_exists({PK})"))
        } else {
            put.condition_expression("#version = :expected")
                .expression_attribute_names("#version", "version")
                .expression_attribute_values(":expected", AttributeValue::N((version.0 - 1).to_string()))
        };
        put_write(put, Meaning::Changed)
    }

    /// Writes the item if nobody has it.
    pub(crate) fn claim(&self, item: Item, unique: Unique) -> Result<Guarded, StoreError> {
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression(format!("attribute_not_exists({PK})"));
        put_write(put, Meaning::Taken(unique))
    }

    /// Writes the item over whatever is there.
    pub(crate) fn place(&self, item: Item) -> Result<Guarded, StoreError> {
        put_write(
            Put::builder().table_name(&self.table).set_item(Some(item)),
            Meaning::Changed,
        )
    }

    /// Removes what is there, if anything is; with a version, exactly that one.
    pub(crate) fn remove(&self, key: &Key, version: Option<Version>) -> Result<Guarded, StoreError> {
        let mut delete = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(key.attributes()));
        if let Some(version) = version {
            delete = delete
                .condition_expression("#version = :expected")
                .expression_attribute_names("#version", "version")
                .expression_attribute_values(":expected", AttributeValue::N(version.to_string()));
        }
        let delete = delete.build().map_err(commit::not_built)?;
        Ok(Guarded {
            write: TransactWriteItem::builder().delete(delete).build(),
            meaning: Meaning::Changed,
        })
    }

    /// Writes all or nothing, at most 100 items.
    pub(crate) async fn write_together(&self, writes: Vec<Guarded>) -> Result<(), ManageError> {
        let (items, meanings): (Vec<_>, Vec<_>) = writes
            .into_iter()
            .map(|guarded| (guarded.write, guarded.meaning))
            .unzip();
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                tokio::time::sleep(Duration::from_millis(fastrand::u64(5..20) << attempt)).await;
            }
            let request = self
                .client
                .transact_write_items()
                .set_transact_items(Some(items.clone()));
            let Err(error) = request.send().await else {
                return Ok(());
            };
            let reasons = match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(canceled)) => {
                    canceled.cancellation_reasons()
                }
                _ => return Err(StoreError::aws("TransactWriteItems")(error).into()),
            };
            let failed = reasons
                .iter()
                .zip(&meanings)
                .find(|(reason, _)| reason.code.as_deref() == Some("ConditionalCheckFailed"));
            match failed {
                Some((_, Meaning::Changed)) => return Err(ManageError::Changed),
                Some((_, Meaning::Taken(unique))) => return Err(ManageError::Taken(*unique)),
                None if reasons.iter().any(|reason| commit::is_passing(reason.code.as_deref())) => {}
                None => return Err(StoreError::aws("TransactWriteItems")(error).into()),
            }
        }
        Err(ManageError::Busy)
    }
}

fn put_write(put: PutBuilder, meaning: Meaning) -> Result<Guarded, StoreError> {
    Ok(Guarded {
        write: commit::put_write(put)?,
        meaning,
    })
}
