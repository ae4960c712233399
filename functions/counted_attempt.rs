//! An attempt at a password, counted for its address before the password is looked at.

use domain::UserId;
use jiff::SignedDuration;
use lambda::{Backend, PortalRequest, Problem, hash_of};

/// It counts until whoever made it is known to be right, and it is forgotten.
pub struct CountedAttempt {
    /// Under which it is counted.
    pub address_hash: String,
    /// Whose address it is.
    pub owner: Option<UserId>,
}

impl CountedAttempt {
    /// Refuses it while those before are too many, or if another one is counted at this moment.
    pub async fn count(backend: &Backend, lookup_form: &str, request: &PortalRequest) -> Result<Self, Problem> {
        let now = request.received_at();
        let address_hash = hash_of(lookup_form);
        let (attempts, owner) = backend.store.load_sign_in(lookup_form, &address_hash, now).await?;
        if let Some(wait) = attempts.wait(now) {
            return Err(Problem::TooManyAttempts(wait));
        }
        let failed = attempts.failed(now);
        let counted = backend
            .store
            .count_sign_in(&address_hash, &attempts, &failed, now, &request.id())
            .await?;
        if !counted {
            return Err(Problem::TooManyAttempts(SignedDuration::from_secs(1)));
        }
        Ok(Self { address_hash, owner })
    }
}
