//! Counting attempts of one address: of several at once only one is counted, and is known again by its request.

use aws_sdk_dynamodb::{
    operation::put_item::{PutItemError, builders::PutItemFluentBuilder},
    types::{AttributeValue, ReturnValuesOnConditionCheckFailure},
};

use crate::{Store, error::StoreError, item::Item};

/// The request that was counted last.
const COUNTED_FOR: &str = "countedFor";

impl Store {
    /// Puts the count on the condition that the write has. False: another request was counted meanwhile.
    pub(crate) async fn put_count(
        &self,
        put: PutItemFluentBuilder,
        mut count: Item,
        request_id: &str,
    ) -> Result<bool, StoreError> {
        let counted_for = AttributeValue::S(request_id.to_owned());
        count.insert(COUNTED_FOR.to_owned(), counted_for.clone());
        let result = put
            .table_name(&self.table)
            .set_item(Some(count))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match result {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                // The SDK repeats a write whose answer was lost; the second time its own is in the way.
                Some(PutItemError::ConditionalCheckFailedException(failed)) => {
                    let found = failed.item().and_then(|item| item.get(COUNTED_FOR));
                    Ok(found == Some(&counted_for))
                }
                _ => Err(StoreError::aws("PutItem")(error)),
            },
        }
    }
}
