//! Marking what became of an attempt.

use aws_sdk_dynamodb::{operation::put_item::PutItemError, types::AttributeValue};
use domain::MailRecord;

use crate::{Store, error::StoreError, item, keys::Key};

/// Whether a mark was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailMark {
    /// The record says so now.
    Written,
    /// Another attempt or an SES event has settled the mail meanwhile; what it says stands.
    Overtaken,
}

impl Store {
    /// Writes what an attempt came to, on condition that it is still the same attempt of the same owner.
    pub async fn mark_mail(&self, attempt: &MailRecord, record: &MailRecord) -> Result<MailMark, StoreError> {
        let result = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item::write(Key::mail(&record.id), record)?))
            .condition_expression("attempt = :attempt AND #owner = :owner AND #state = :state")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":attempt", AttributeValue::N(attempt.attempt.to_string()))
            .expression_attribute_values(":owner", AttributeValue::S(attempt.owner.clone()))
            .expression_attribute_values(":state", serde_dynamo::to_attribute_value(attempt.state)?)
            .send()
            .await;
        match result {
            Ok(_) => Ok(MailMark::Written),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(MailMark::Overtaken),
                _ => Err(StoreError::aws("PutItem")(error)),
            },
        }
    }
}
