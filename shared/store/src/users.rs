//! Users: what recruiters write about them, and what they change about themselves.

use aws_sdk_dynamodb::{
    operation::update_item::UpdateItemError,
    types::{AttributeValue, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update, builders::UpdateBuilder},
};
use domain::{Language, PasswordHash, PasswordLink, PasswordLinkKind, SanitizedHtml, SessionId, User};

use crate::{
    ManageError, Store,
    commit::not_built,
    error::StoreError,
    item::{self, Item},
    keys::Key,
    managed::{Guarded, Unique},
    password_links::{NO_PASSWORD, write_link},
    sessions::EmailOwner,
};

/// What becomes of a user's link together with the user.
#[derive(Debug, Clone, Copy)]
pub enum LinkWrite<'a> {
    /// Nothing.
    Keep,
    /// It is gone.
    Remove,
    /// This one takes its place.
    Put(&'a PasswordLink),
}

impl Store {
    /// A new user, whose address nobody else may have, with the link that invites them.
    pub async fn create_user(&self, user: &User, invitation: Option<&PasswordLink>) -> Result<(), ManageError> {
        let mut writes = vec![
            self.replace(item::write_user(user)?, user.version)?,
            self.claim(write_owner(user)?, Unique::EmailAddress)?,
        ];
        if let Some(link) = invitation {
            writes.push(self.place(write_link(&user.id, link)?)?);
        }
        self.write_together(writes).await
    }

    /// Writes what differs from the version before, and nothing else: the user may be changing their settings or their
    /// password at the same time. A new address is claimed and the old one given back.
    pub async fn save_user(&self, user: &User, before: &User, link: LinkWrite<'_>) -> Result<(), ManageError> {
        let invited = matches!(link, LinkWrite::Put(link) if link.kind == PasswordLinkKind::Invitation);
        let mut writes = vec![self.update_user(user, before, invited)?];
        if user.email.lookup_form() != before.email.lookup_form() {
            writes.push(self.claim(write_owner(user)?, Unique::EmailAddress)?);
            writes.push(self.remove(&Key::email(&before.email.lookup_form()), None)?);
        }
        if before.second_factor && !user.second_factor {
            writes.push(self.remove(&Key::second_factor(&user.id), None)?);
        }
        match link {
            LinkWrite::Keep => {}
            LinkWrite::Remove => writes.push(self.remove(&Key::password_link(&user.id), None)?),
            LinkWrite::Put(link) => writes.push(self.place(write_link(&user.id, link)?)?),
        }
        self.write_together(writes).await
    }

    fn update_user(&self, user: &User, before: &User, invited: bool) -> Result<Guarded, StoreError> {
        let (old, new) = (item::write_user(before)?, item::write_user(user)?);
        let mut update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(Key::user(&user.id).attributes()))
            .condition_expression(format!("#version = :before{}", if invited { NO_PASSWORD } else { "" }))
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":before", AttributeValue::N(before.version.to_string()));
        let mut sets = Vec::new();
        let changed = new.into_iter().filter(|(name, value)| old.get(name) != Some(value));
        let changed = changed.filter(|(name, _)| name != SESSION_GENERATION);
        for (number, (name, value)) in changed.enumerate() {
            sets.push(format!("#set{number} = :set{number}"));
            update = update
                .expression_attribute_names(format!("#set{number}"), name)
                .expression_attribute_values(format!(":set{number}"), value);
        }
        // Whoever changes their password meanwhile ends sessions, too, and must not keep one that ends here.
        let ends_sessions = user.session_generation != before.session_generation;
        if ends_sessions {
            sets.push(NEXT_GENERATION.to_owned());
            update = ending_sessions(update);
        }
        let mut expression = format!("SET {}", sets.join(", "));
        if ends_sessions && user.surviving_session.is_none() {
            expression.push_str(" REMOVE survivingSession");
        }
        let update = update.update_expression(expression).build().map_err(not_built)?;
        Ok(Guarded::or_changed(TransactWriteItem::builder().update(update).build()))
    }

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
    ) -> Result<bool, StoreError> {
        let written: AttributeValue = serde_dynamo::to_attribute_value(new)?;
        let result = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(Key::user(&user.id).attributes()))
            .update_expression(format!(
                "SET passwordHash = :new, survivingSession = :session, {NEXT_GENERATION}"
            ))
            // A session that survives must not survive a deactivation, nor others that ended all sessions meanwhile.
            .condition_expression(format!(
                "passwordHash = :old AND active = :active AND {}",
                same_generation(user)
            ))
            .set_expression_attribute_values(Some(generation_values().into()))
            .expression_attribute_values(":generation", AttributeValue::N(user.session_generation.to_string()))
            .expression_attribute_values(":active", AttributeValue::Bool(true))
            .expression_attribute_values(":new", written.clone())
            .expression_attribute_values(":old", serde_dynamo::to_attribute_value(&user.password_hash)?)
            .expression_attribute_values(":session", AttributeValue::S(surviving.to_string()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match result {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                // The SDK repeats a write whose answer was lost; the second time its own password is there already.
                Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                    let found = failed.item().and_then(|item| item.get("passwordHash"));
                    Ok(found == Some(&written))
                }
                _ => Err(StoreError::aws("UpdateItem")(error)),
            },
        }
    }
}

const SESSION_GENERATION: &str = "sessionGeneration";
/// Counted by the table, since two writes may end sessions at once.
pub(crate) const NEXT_GENERATION: &str = "sessionGeneration = if_not_exists(sessionGeneration, :zero) + :one";

/// The condition that no sessions were ended since the user was read, with `:generation` as it was then.
pub(crate) fn same_generation(user: &User) -> &'static str {
    if user.session_generation == 0 {
        "(attribute_not_exists(sessionGeneration) OR sessionGeneration = :generation)"
    } else {
        "sessionGeneration = :generation"
    }
}

/// The values of [`NEXT_GENERATION`].
fn generation_values() -> [(String, AttributeValue); 2] {
    [(":zero", 0), (":one", 1)].map(|(name, value)| (name.to_owned(), AttributeValue::N(value.to_string())))
}

/// Adds them.
pub(crate) fn ending_sessions(update: UpdateBuilder) -> UpdateBuilder {
    let values = generation_values().into_iter();
    values.fold(update, |update, (name, value)| {
        update.expression_attribute_values(name, value)
    })
}

fn write_owner(user: &User) -> Result<Item, StoreError> {
    let owner = EmailOwner {
        user_id: user.id.clone(),
    };
    item::write(Key::email(&user.email.lookup_form()), &owner)
}
