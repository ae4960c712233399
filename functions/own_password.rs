//! The password of somebody who is signed in, asked for once more before what only they themselves may do.

use domain::{PasswordHash, User};
use jiff::{SignedDuration, Timestamp};
use lambda::{Backend, Problem, hash_of};

/// Whether it is theirs; if so, under which hash the attempt has been counted, to be forgotten with what is done. It counts
/// until then: whoever holds a stolen access token must not guess here faster than at the sign-in.
pub async fn check(backend: &Backend, user: &User, attempt: &str, now: Timestamp) -> Result<String, Problem> {
    let lookup_form = user.email.lookup_form();
    let address_hash = hash_of(&lookup_form);
    let (attempts, _) = backend.store.load_sign_in(&lookup_form, &address_hash, now).await?;
    if let Some(wait) = attempts.wait(now) {
        return Err(Problem::TooManyAttempts(wait));
    }
    let failed = attempts.failed(now);
    let counted = backend.store.count_sign_in(&address_hash, &attempts, &failed, now);
    if !counted.await? {
        return Err(Problem::TooManyAttempts(SignedDuration::from_secs(1)));
    }
    if !PasswordHash::verify(user.password_hash.as_ref(), attempt) {
        return Err(Problem::invalid("/currentPassword", "is not the current password"));
    }
    Ok(address_hash)
}
