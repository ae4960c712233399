//! Links by which users set their password, and how often such links were asked for.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::{
    operation::update_item::UpdateItemError,
    types::{AttributeValue, ConditionCheck, Delete, TransactWriteItem, Update},
};
use domain::{PasswordHash, PasswordLink, PasswordLinkKind, PasswordRequests, User, UserId};
use jiff::Timestamp;

use crate::{
    ManageError, Store,
    commit::not_built,
    error::StoreError,
    item::{self, Item},
    keys::Key,
    managed::Guarded,
    sessions::EmailOwner,
    users::{NEXT_GENERATION, ending_sessions},
};

impl Store {
    /// How often links were asked for with an address, and whose address it is.
    pub async fn load_password_requests(
        &self,
        lookup_form: &str,
        address_hash: &str,
        now: Timestamp,
    ) -> Result<(PasswordRequests, Option<UserId>), StoreError> {
        let (requests_key, email_key) = (Key::password_requests(address_hash), Key::email(lookup_form));
        let mut found = self.batch_get(vec![requests_key.clone(), email_key.clone()]).await?;
        let requests = found
            .take_item(&requests_key)
            .filter(|item| !item::is_expired(item, now));
        let owner = found.take::<EmailOwner>(&email_key)?;
        Ok((
            requests.map(item::read).transpose()?.unwrap_or_default(),
            owner.map(|owner| owner.user_id),
        ))
    }

    /// Counts a request for a link. False: another one was counted meanwhile.
    pub async fn count_password_request(
        &self,
        address_hash: &str,
        before: &PasswordRequests,
        after: &PasswordRequests,
        now: Timestamp,
        request_id: &str,
    ) -> Result<bool, StoreError> {
        let key = Key::password_requests(address_hash);
        let count = item::write_expiring(key, after, now + PasswordRequests::WITHIN)?;
        let put = self
            .client
            .put_item()
            .condition_expression("attribute_not_exists(pk) OR expiresAt <= :now OR requestedAt = :before")
            .expression_attribute_values(":now", item::seconds(now))
            .expression_attribute_values(":before", serde_dynamo::to_attribute_value(&before.requested_at)?);
        self.put_count(put, count, request_id).await
    }

    /// A user with their newest link, unless it has run out.
    pub async fn user_with_link(
        &self,
        user: &UserId,
        now: Timestamp,
    ) -> Result<(Option<User>, Option<PasswordLink>), StoreError> {
        let (user_key, link_key) = (Key::user(user), Key::password_link(user));
        let mut found = self.batch_get(vec![user_key.clone(), link_key.clone()]).await?;
        let link = found.take::<PasswordLink>(&link_key)?;
        Ok((found.take(&user_key)?, link.filter(|link| !link.is_expired(now))))
    }

    /// The newest links of up to 100 users that have not run out, in one call.
    pub async fn password_links(
        &self,
        users: &[User],
        now: Timestamp,
    ) -> Result<BTreeMap<UserId, PasswordLink>, StoreError> {
        let mut links = BTreeMap::new();
        if users.is_empty() {
            return Ok(links);
        }
        let keys = users.iter().map(|user| Key::password_link(&user.id)).collect();
        let mut found = self.batch_get(keys).await?;
        for user in users {
            let link = found.take::<PasswordLink>(&Key::password_link(&user.id))?;
            links.extend(
                link.filter(|link| !link.is_expired(now))
                    .map(|link| (user.id.clone(), link)),
            );
        }
        Ok(links)
    }

    /// Makes the link the user's newest, if they are still active, still have this address, and, for an invitation,
    /// still no password.
    pub async fn put_password_link(&self, user: &User, link: &PasswordLink) -> Result<(), ManageError> {
        let mut condition = "active = :active AND #version = :version".to_owned();
        if link.kind == PasswordLinkKind::Invitation {
            condition.push_str(NO_PASSWORD);
        }
        let check = ConditionCheck::builder()
            .table_name(&self.table)
            .set_key(Some(Key::user(&user.id).attributes()))
            .condition_expression(condition)
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":active", AttributeValue::Bool(true))
            .expression_attribute_values(":version", AttributeValue::N(user.version.to_string()))
            .build()
            .map_err(not_built)?;
        let check = Guarded::or_changed(TransactWriteItem::builder().condition_check(check).build());
        let writes = vec![check, self.place(write_link(&user.id, link)?)?];
        self.write_together(writes).await
    }

    /// Writes down where the link's mail is, unless another link has taken its place or it has been used.
    pub async fn mark_password_link(&self, user: &UserId, link: &PasswordLink) -> Result<(), StoreError> {
        let result = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(Key::password_link(user).attributes()))
            .update_expression("SET mailState = :state")
            .condition_expression("#hash = :hash")
            .expression_attribute_names("#hash", "hash")
            .expression_attribute_values(":hash", AttributeValue::S(link.hash.clone()))
            .expression_attribute_values(":state", serde_dynamo::to_attribute_value(link.mail_state)?)
            .send()
            .await;
        match result {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(()),
                _ => Err(StoreError::aws("UpdateItem")(error)),
            },
        }
    }

    /// Uses the link up for a new password: all sessions end, and wrong passwords tried before are forgotten; not so with a
    /// second factor, or whoever reads the user's mails could guess its codes five at a time.
    /// [`ManageError::Changed`]: the link was used, or another one sent, or the user deactivated meanwhile.
    pub async fn use_password_link(
        &self,
        user: &User,
        link: &PasswordLink,
        password: &PasswordHash,
        address_hash: &str,
    ) -> Result<(), ManageError> {
        let link_gone = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(Key::password_link(&user.id).attributes()))
            .condition_expression("#hash = :hash")
            .expression_attribute_names("#hash", "hash")
            .expression_attribute_values(":hash", AttributeValue::S(link.hash.clone()))
            .build()
            .map_err(not_built)?;
        let password = serde_dynamo::to_attribute_value(password).map_err(StoreError::from)?;
        let password_set = ending_sessions(Update::builder())
            .table_name(&self.table)
            .set_key(Some(Key::user(&user.id).attributes()))
            .update_expression(format!(
                "SET passwordHash = :password, {NEXT_GENERATION} REMOVE survivingSession"
            ))
            .condition_expression("active = :active")
            .expression_attribute_values(":password", password)
            .expression_attribute_values(":active", AttributeValue::Bool(true))
            .build()
            .map_err(not_built)?;
        let mut writes = vec![
            Guarded::or_changed(TransactWriteItem::builder().delete(link_gone).build()),
            Guarded::or_changed(TransactWriteItem::builder().update(password_set).build()),
        ];
        if !user.second_factor {
            writes.push(self.remove(&Key::sign_in(address_hash), None)?);
        }
        self.write_together(writes).await
    }
}

/// Appended to a condition on the user: an invitation must not become a way to change a password.
pub(crate) const NO_PASSWORD: &str = " AND attribute_not_exists(passwordHash)";

/// A user's link until it runs out.
pub(crate) fn write_link(user: &UserId, link: &PasswordLink) -> Result<Item, StoreError> {
    item::write_expiring(Key::password_link(user), link, link.valid_until)
}
