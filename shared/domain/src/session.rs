//! A signed-in device, and the proof that a request comes from a user who still may.

use jiff::{SignedDuration, Timestamp};

use crate::{SessionId, User, UserId};

/// A family of refresh tokens: each use replaces the token, and an old one shown again ends the family, unless it was
/// replaced a moment ago and the answer may have got lost.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// Its id, named in each of its tokens.
    pub id: SessionId,
    /// Whose it is.
    pub user_id: UserId,
    /// SHA-256 of the one valid refresh token, in hex.
    pub refresh_token_hash: String,
    /// The same of the one it has replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_token_hash: Option<String>,
    /// When it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_at: Option<Timestamp>,
    /// The user's generation of sessions, as the sign-in read it before it looked at the password. One that says none is of
    /// none.
    #[serde(default = "no_generation")]
    pub generation: u32,
    /// After that the user signs in again.
    pub valid_until: Timestamp,
}

fn no_generation() -> u32 {
    u32::MAX
}

impl Session {
    /// How long a device stays signed in.
    pub const LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 30);

    /// So long an answer that got lost is given again.
    pub const ANSWERED_AGAIN_FOR: SignedDuration = SignedDuration::from_secs(10);

    /// The hash of the token that was replaced so lately that its owner may never have got the new one.
    pub fn lately_replaced(&self, now: Timestamp) -> Option<&str> {
        let replaced_at = self.replaced_at?;
        let hash = self.previous_token_hash.as_deref();
        hash.filter(|_| now.duration_since(replaced_at) <= Self::ANSWERED_AGAIN_FOR)
    }

    /// Whether it has run out. The table removes expired items late, so every reader asks.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        now >= self.valid_until
    }
}

/// What a valid access token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionClaims {
    /// Whose token it is.
    pub user_id: UserId,
    /// Which sign-in it comes from.
    pub session_id: SessionId,
    /// Of which generation that is.
    pub generation: u32,
}

/// The token's signature is right, but its user is gone, deactivated, or has ended the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the session has ended")]
pub struct NotAdmitted;

/// A user who may ask now. Only [`Caller::admit`] makes one.
#[derive(Debug, Clone)]
pub struct Caller {
    user: User,
}

impl Caller {
    /// Holds the token against the user as the table has them now.
    pub fn admit(claims: &SessionClaims, user: Option<User>) -> Result<Self, NotAdmitted> {
        user.filter(|user| user.id == claims.user_id && user.keeps_session(&claims.session_id, claims.generation))
            .map(|user| Self { user })
            .ok_or(NotAdmitted)
    }

    /// Who it is.
    pub fn user(&self) -> &User {
        &self.user
    }
}
