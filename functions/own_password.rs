//! The password of somebody who is signed in, asked for once more before what only they themselves may do.

use domain::{PasswordHash, User};
use lambda::{Backend, PortalRequest, Problem};

use crate::counted_attempt::CountedAttempt;

/// Whether it is theirs; if so, under which hash the attempt has been counted, to be forgotten with what is done, where
/// that proves all that a sign-in asks for. It counts until then: whoever holds a stolen access token must not guess here
/// faster than at the sign-in.
pub async fn check(backend: &Backend, user: &User, attempt: &str, request: &PortalRequest) -> Result<String, Problem> {
    let counted = CountedAttempt::count(backend, &user.email.lookup_form(), request).await?;
    if !PasswordHash::verify(user.password_hash.as_ref(), attempt) {
        return Err(Problem::invalid("/currentPassword", "is not the current password"));
    }
    Ok(counted.address_hash)
}
