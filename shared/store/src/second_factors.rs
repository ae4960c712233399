//! Second factors: handed out, switched on and off, and shown at a sign-in. A code counts in the transaction in which it is
//! written down as used.

use aws_sdk_dynamodb::types::{AttributeValue, Delete, TransactWriteItem, Update};
use domain::{OfferedSecondFactor, ProvedFactor, SecondFactor, Session, SessionId, User, UserId};
use jiff::Timestamp;

use crate::{
    ManageError, Store,
    commit::not_built,
    error::StoreError,
    item::{self, Item},
    keys::Key,
    managed::Guarded,
    users::{NEXT_GENERATION, ending_sessions, same_generation},
};

/// A user with their second factor, and the one that is not confirmed yet.
#[derive(Debug, Default)]
pub struct LoadedSecondFactor {
    /// The user.
    pub user: Option<User>,
    /// What their codes are held against.
    pub factor: Option<SecondFactor>,
    /// What was handed out and has not run out.
    pub offer: Option<OfferedSecondFactor>,
}

/// The recovery codes that are left, a set of texts: each is taken out of it by itself.
const RECOVERY_CODES: &str = "recoveryCodeHashes";

impl Store {
    /// Who it is, and what is known of their second factor, in one call.
    pub async fn load_second_factor(&self, user: &UserId, now: Timestamp) -> Result<LoadedSecondFactor, StoreError> {
        let keys = [
            Key::user(user),
            Key::second_factor(user),
            Key::offered_second_factor(user),
        ];
        let mut found = self.batch_get(keys.to_vec()).await?;
        let [user, factor, offer] = keys;
        let offer = found.take::<OfferedSecondFactor>(&offer)?;
        Ok(LoadedSecondFactor {
            user: found.take(&user)?,
            factor: found.take(&factor)?,
            offer: offer.filter(|offer| !offer.is_expired(now)),
        })
    }

    /// What the user's codes are held against.
    pub async fn second_factor(&self, user: &UserId) -> Result<Option<SecondFactor>, StoreError> {
        self.get(&Key::second_factor(user)).await
    }

    /// Makes it the newest that the user can confirm.
    pub async fn offer_second_factor(&self, user: &UserId, offer: &OfferedSecondFactor) -> Result<(), StoreError> {
        let key = Key::offered_second_factor(user);
        self.put(item::write_expiring(key, offer, offer.valid_until)?).await
    }

    /// Switches it on and ends every session but one, if it is still the newest that was handed out, and the password the
    /// one that was checked. Wrong attempts from before are forgotten.
    pub async fn switch_on_second_factor(
        &self,
        user: &User,
        factor: &SecondFactor,
        surviving: &SessionId,
        address_hash: &str,
    ) -> Result<(), ManageError> {
        let secret = serde_dynamo::to_attribute_value(&factor.secret).map_err(StoreError::from)?;
        let offer = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(Key::offered_second_factor(&user.id).attributes()))
            .condition_expression("secret = :secret")
            .expression_attribute_values(":secret", secret)
            .build()
            .map_err(not_built)?;
        self.write_together(vec![
            self.switch(user, true, surviving)?,
            Guarded::or_changed(TransactWriteItem::builder().delete(offer).build()),
            self.place(write_factor(&user.id, factor)?)?,
            self.remove(&Key::sign_in(address_hash), None)?,
        ])
        .await
    }

    /// Switches it off for a code that nobody has used and ends every session but one, if the password is still the one that
    /// was checked. Wrong attempts from before are forgotten.
    pub async fn switch_off_second_factor(
        &self,
        user: &User,
        proved: &ProvedFactor,
        surviving: &SessionId,
        address_hash: &str,
    ) -> Result<(), ManageError> {
        let (condition, name, value) = unused(proved);
        let gone = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(Key::second_factor(&user.id).attributes()))
            .condition_expression(condition)
            .expression_attribute_values(name, value)
            .build()
            .map_err(not_built)?;
        self.write_together(vec![
            Guarded::or_changed(TransactWriteItem::builder().delete(gone).build()),
            self.switch(user, false, surviving)?,
            self.remove(&Key::sign_in(address_hash), None)?,
        ])
        .await
    }

    /// A new session for a code that nobody has used; wrong attempts from before are forgotten. [`ManageError::Changed`]: it
    /// was used meanwhile, or the second factor is another one now.
    pub async fn put_proved_session(
        &self,
        session: &Session,
        proved: &ProvedFactor,
        address_hash: &str,
    ) -> Result<(), ManageError> {
        let (condition, name, value) = unused(proved);
        let mut used = Update::builder()
            .table_name(&self.table)
            .set_key(Some(Key::second_factor(&session.user_id).attributes()))
            .condition_expression(condition)
            .expression_attribute_values(name, value);
        used = match proved {
            ProvedFactor::Step(_) => used.update_expression("SET lastStep = :step"),
            ProvedFactor::RecoveryCode(hash) => used
                .update_expression(format!("DELETE {RECOVERY_CODES} :used"))
                .expression_attribute_values(":used", AttributeValue::Ss(vec![hash.clone()])),
        };
        let used = used.build().map_err(not_built)?;
        let session_item = item::write_expiring(Key::session(&session.id), session, session.valid_until)?;
        self.write_together(vec![
            Guarded::or_changed(TransactWriteItem::builder().update(used).build()),
            self.place(session_item)?,
            self.remove(&Key::sign_in(address_hash), None)?,
        ])
        .await
    }

    /// The user with it on or off, as it was not before.
    fn switch(&self, user: &User, on: bool, surviving: &SessionId) -> Result<Guarded, StoreError> {
        let was = if on {
            "(attribute_not_exists(secondFactor) OR secondFactor <> :on)"
        } else {
            "secondFactor <> :on"
        };
        let update = ending_sessions(Update::builder())
            .table_name(&self.table)
            .set_key(Some(Key::user(&user.id).attributes()))
            .update_expression(format!(
                "SET secondFactor = :on, survivingSession = :session, {NEXT_GENERATION}"
            ))
            // A session that survives must not survive a deactivation or a new password.
            .condition_expression(format!(
                "passwordHash = :password AND active = :active AND {was} AND {}",
                same_generation(user)
            ))
            .expression_attribute_values(":generation", AttributeValue::N(user.session_generation.to_string()))
            .expression_attribute_values(":active", AttributeValue::Bool(true))
            .expression_attribute_values(":on", AttributeValue::Bool(on))
            .expression_attribute_values(":password", serde_dynamo::to_attribute_value(&user.password_hash)?)
            .expression_attribute_values(":session", AttributeValue::S(surviving.to_string()))
            .build()
            .map_err(not_built)?;
        Ok(Guarded::or_changed(TransactWriteItem::builder().update(update).build()))
    }
}

/// The condition that nobody has used the code, with its one value.
fn unused(proved: &ProvedFactor) -> (String, &'static str, AttributeValue) {
    match proved {
        ProvedFactor::Step(step) => (
            "lastStep < :step".to_owned(),
            ":step",
            AttributeValue::N(step.to_string()),
        ),
        ProvedFactor::RecoveryCode(hash) => (
            format!("contains({RECOVERY_CODES}, :hash)"),
            ":hash",
            AttributeValue::S(hash.clone()),
        ),
    }
}

fn write_factor(user: &UserId, factor: &SecondFactor) -> Result<Item, StoreError> {
    let mut item = item::write(Key::second_factor(user), factor)?;
    // There is no empty set.
    if !factor.recovery_code_hashes.is_empty() {
        let hashes = factor.recovery_code_hashes.iter().cloned().collect();
        item.insert(RECOVERY_CODES.to_owned(), AttributeValue::Ss(hashes));
    }
    Ok(item)
}
