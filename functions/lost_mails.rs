//! Lost mails that are of use once more: the same for whoever orders them and for whoever is offered it.

use domain::{CustomerId, MailRecord, RecipientKind};
use store::{Store, StoreError};

/// Those of the mails that got lost and whose recipients are still to get them. Two reads if colleagues are among these.
pub async fn still_wanted<'a>(
    store: &Store,
    mut mails: Vec<&'a MailRecord>,
    customer: &CustomerId,
) -> Result<Vec<&'a MailRecord>, StoreError> {
    mails.retain(|mail| mail.is_lost());
    let colleagues = mails
        .iter()
        .filter(|mail| mail.recipient_kind != RecipientKind::Applicant);
    let addresses: Vec<_> = colleagues.map(|mail| mail.recipient.lookup_form()).collect();
    let users = store.users_by_email(&addresses).await?;
    mails.retain(|mail| mail.is_still_for(&users, customer));
    Ok(mails)
}
