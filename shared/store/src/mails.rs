//! Marking what became of an attempt.

use aws_sdk_dynamodb::{
    operation::put_item::PutItemError,
    types::{AttributeValue, ReturnValuesOnConditionCheckFailure},
};
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
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
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
                Some(PutItemError::ConditionalCheckFailedException(failed)) => {
                    // The SDK repeats a write whose answer was lost; the second time its own record is in the way.
                    let found = failed.item.clone().map(item::read::<MailRecord>).transpose()?;
                    Ok(if found.as_ref() == Some(record) {
                        MailMark::Written
                    } else {
                        MailMark::Overtaken
                    })
                }
                _ => Err(StoreError::aws("PutItem")(error)),
            },
        }
    }
}
