//! Sessions and failed sign-ins.

use aws_sdk_dynamodb::{operation::update_item::UpdateItemError, types::AttributeValue};
use domain::{Session, SessionId, SignInAttempts, UserId};
use jiff::Timestamp;

use crate::{Store, error::StoreError, item, keys::Key};

/// What became of a refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// The new token is the valid one.
    Done,
    /// Somebody else used the old token first.
    Lost,
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EmailOwner {
    pub user_id: UserId,
}

impl Store {
    /// Failed sign-ins for an address, and whose address it is.
    pub async fn load_sign_in(
        &self,
        lookup_form: &str,
        address_hash: &str,
        now: Timestamp,
    ) -> Result<(SignInAttempts, Option<UserId>), StoreError> {
        let (attempts_key, email_key) = (Key::sign_in(address_hash), Key::email(lookup_form));
        let mut found = self.batch_get(vec![attempts_key.clone(), email_key.clone()]).await?;
        let attempts = found
            .take_item(&attempts_key)
            .filter(|item| !item::is_expired(item, now));
        let attempts = attempts.map(item::read).transpose()?.unwrap_or_default();
        Ok((
            attempts,
            found.take::<EmailOwner>(&email_key)?.map(|owner| owner.user_id),
        ))
    }

    /// Counts an attempt before its password is checked, so that parallel guesses count one by one.
    /// False: another attempt was counted meanwhile.
    pub async fn count_sign_in(
        &self,
        address_hash: &str,
        before: &SignInAttempts,
        after: &SignInAttempts,
        now: Timestamp,
        request_id: &str,
    ) -> Result<bool, StoreError> {
        let expires = now + SignInAttempts::FORGOTTEN_AFTER;
        let count = item::write_expiring(Key::sign_in(address_hash), after, expires)?;
        let put = self
            .client
            .put_item()
            .condition_expression("attribute_not_exists(pk) OR expiresAt <= :now OR failures = :failures")
            .expression_attribute_values(":now", item::seconds(now))
            .expression_attribute_values(":failures", AttributeValue::N(before.failures.to_string()));
        self.put_count(put, count, request_id).await
    }

    /// A sign-in succeeded: its failures are forgotten.
    pub async fn forget_sign_ins(&self, address_hash: &str) -> Result<(), StoreError> {
        self.delete(&Key::sign_in(address_hash)).await
    }

    /// A new session.
    pub async fn put_session(&self, session: &Session) -> Result<(), StoreError> {
        self.put(item::write_expiring(
            Key::session(&session.id),
            session,
            session.valid_until,
        )?)
        .await
    }

    /// A session, expired or not.
    pub async fn session(&self, id: &SessionId) -> Result<Option<Session>, StoreError> {
        self.get(&Key::session(id)).await
    }

    /// Replaces the refresh token, if the old one is still the valid one.
    pub async fn rotate_session(
        &self,
        session: &Session,
        new_hash: &str,
        now: Timestamp,
    ) -> Result<Rotation, StoreError> {
        let result = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(Key::session(&session.id).attributes()))
            .update_expression("SET refreshTokenHash = :new, previousTokenHash = :old, replacedAt = :now")
            .condition_expression("refreshTokenHash = :old")
            .expression_attribute_values(":new", AttributeValue::S(new_hash.to_owned()))
            .expression_attribute_values(":now", AttributeValue::S(now.to_string()))
            .expression_attribute_values(":old", AttributeValue::S(session.refresh_token_hash.clone()))
            .send()
            .await;
        match result {
            Ok(_) => Ok(Rotation::Done),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(Rotation::Lost),
                _ => Err(StoreError::aws("UpdateItem")(error)),
            },
        }
    }

    /// Ends a session; ending one that is over is no error.
    pub async fn end_session(&self, id: &SessionId) -> Result<(), StoreError> {
        self.delete(&Key::session(id)).await
    }

    async fn delete(&self, key: &Key) -> Result<(), StoreError> {
        self.client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(key.attributes()))
            .send()
            .await
            .map_err(StoreError::aws("DeleteItem"))?;
        Ok(())
    }
}
