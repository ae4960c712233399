//! Marking what became of an attempt.

use aws_sdk_dynamodb::{
    operation::put_item::PutItemError,
    types::{AttributeValue, ReturnValuesOnConditionCheckFailure},
};
use domain::{MailId, MailRecord};
use jiff::Timestamp;

use crate::{
    Store, deflated,
    error::StoreError,
    item,
    keys::{DUE_ORDER, Key, MIME, OPEN_MAILS},
};

/// Whether a mark was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailMark {
    /// The record says so now.
    Written,
    /// Another attempt, an SES event or an answer was written meanwhile; what the record says now, if it is there, stands.
    Overtaken(Option<Box<MailRecord>>),
}

impl Store {
    /// A mail's record as it is now.
    pub async fn mail(&self, id: &MailId) -> Result<Option<MailRecord>, StoreError> {
        self.get(&Key::mail(id)).await
    }

    /// The bytes that were ordered, as long as they are kept.
    pub async fn mail_bytes(&self, id: &MailId) -> Result<Option<Vec<u8>>, StoreError> {
        let key = Key::mime(id);
        let item = self.batch_get(vec![key.clone()]).await?.take_item(&key);
        item.as_ref()
            .and_then(|item| item.get(MIME))
            .map(deflated::inflate)
            .transpose()
    }

    /// The open mails of a shard that are due, the longest due first: one query. What it names may have changed since.
    pub async fn open_mails(&self, shard: u8, now: Timestamp, limit: u16) -> Result<Vec<MailId>, StoreError> {
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(OPEN_MAILS.name)
            .key_condition_expression(format!("{} = :shard AND {DUE_ORDER} < :now", OPEN_MAILS.attribute))
            .expression_attribute_values(":shard", AttributeValue::S(item::open_mails(shard)))
            .expression_attribute_values(":now", AttributeValue::S(format!("{now:.3}~")))
            .limit(i32::from(limit))
            .send()
            .await
            .map_err(StoreError::aws("Query"))?;
        let named = |item: &item::Item| {
            let order = item::text(item, DUE_ORDER);
            order
                .split_once('#')
                .and_then(|(_, id)| MailId::try_from(id.to_owned()).ok())
        };
        Ok(answer.items.unwrap_or_default().iter().filter_map(named).collect())
    }

    /// Writes what an attempt came to, on condition that it is still the same attempt of the same owner, and that no answer
    /// was written down meanwhile, which this would take away.
    pub async fn mark_mail(&self, attempt: &MailRecord, record: &MailRecord) -> Result<MailMark, StoreError> {
        let mut put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item::write_mail(record)?))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":attempt", AttributeValue::N(attempt.attempt.to_string()))
            .expression_attribute_values(":owner", AttributeValue::S(attempt.owner.clone()))
            .expression_attribute_values(":state", serde_dynamo::to_attribute_value(attempt.state)?);
        let mut answered_as_before = "attribute_not_exists(answered)";
        if let Some(answered) = attempt.answered {
            answered_as_before = "answered = :answered";
            put = put.expression_attribute_values(":answered", serde_dynamo::to_attribute_value(answered)?);
        }
        let condition = format!("attempt = :attempt AND #owner = :owner AND #state = :state AND {answered_as_before}");
        match put.condition_expression(condition).send().await {
            Ok(_) => Ok(MailMark::Written),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(failed)) => {
                    // The SDK repeats a write whose answer was lost; the second time its own record is in the way.
                    let found = failed.item.clone().map(item::read::<MailRecord>).transpose()?;
                    Ok(if found.as_ref() == Some(record) {
                        MailMark::Written
                    } else {
                        MailMark::Overtaken(found.map(Box::new))
                    })
                }
                _ => Err(StoreError::aws("PutItem")(error)),
            },
        }
    }
}
