//! What users change about themselves.

use aws_sdk_dynamodb::{operation::update_item::UpdateItemError, types::AttributeValue};
use domain::{Language, PasswordHash, SanitizedHtml, SessionId, User};
use jiff::Timestamp;

use crate::{Store, error::StoreError, keys::Key};

impl Store {
    /// Sets what is given and leaves the rest.
    pub async fn update_settings(
        &self,
        user: &User,
        language: Option<Language>,
        signature: Option<&SanitizedHtml>,
    ) -> Result<(), StoreError> {
        let mut sets = Vec::new();
        let mut request = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(Key::user(&user.id).attributes()))
            .condition_expression("attribute_exists(pk)");
        if let Some(language) = language {
            sets.push("#language = :language");
            request = request
                .expression_attribute_names("#language", "language")
                .expression_attribute_values(":language", serde_dynamo::to_attribute_value(language)?);
        }
        if let Some(signature) = signature {
            sets.push("signature = :signature");
            request =
                request.expression_attribute_values(":signature", AttributeValue::S(signature.as_str().to_owned()));
        }
        if sets.is_empty() {
            return Ok(());
        }
        request
            .update_expression(format!("SET {}", sets.join(", ")))
            .send()
            .await
            .map_err(StoreError::aws("UpdateItem"))?;
        Ok(())
    }

    /// Sets a new password and ends every session but one, if the password is still the one that was checked.
    /// False: it was changed meanwhile.
    pub async fn change_password(
        &self,
        user: &User,
        new: &PasswordHash,
        surviving: &SessionId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let result = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(Key::user(&user.id).attributes()))
            .update_expression("SET passwordHash = :new, sessionsEndedAt = :now, survivingSession = :session")
            .condition_expression("passwordHash = :old")
            .expression_attribute_values(":new", serde_dynamo::to_attribute_value(new)?)
            .expression_attribute_values(":old", serde_dynamo::to_attribute_value(&user.password_hash)?)
            .expression_attribute_values(":now", AttributeValue::S(now.to_string()))
            .expression_attribute_values(":session", AttributeValue::S(surviving.to_string()))
            .send()
            .await;
        match result {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(false),
                _ => Err(StoreError::aws("UpdateItem")(error)),
            },
        }
    }
}
