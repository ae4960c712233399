//! Secrets that leave the portal once and come back to be compared by their hash.

use std::{
    fmt::{self, Display, Write},
    str::FromStr,
};

use aws_lc_rs::{constant_time, digest, hmac};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::{SessionId, UserId};

use crate::{Problem, random};

/// A secret with what it belongs to: `{id}.{256 random bits}`.
#[derive(Clone)]
pub struct Token<Id> {
    id: Id,
    secret: String,
}

/// A refresh token, which only the browser's cookie holds.
pub type RefreshToken = Token<SessionId>;

/// What a link to set a password carries, which only the user's mail holds.
pub type LinkToken = Token<UserId>;

impl<Id: FromStr> Token<Id> {
    /// A new token.
    pub fn generate(id: Id) -> Result<Self, Problem> {
        Ok(Self {
            id,
            secret: BASE64_URL_SAFE_NO_PAD.encode(random::<32>()?),
        })
    }

    /// From its text.
    pub fn parse(text: &str) -> Option<Self> {
        let (id, secret) = text.split_once('.')?;
        Some(Self {
            id: id.parse().ok()?,
            secret: secret.to_owned(),
        })
    }

    /// What is kept of it.
    pub fn hash(&self) -> String {
        hash_of(&self.secret)
    }

    /// Whether it is the one of that hash, in constant time.
    pub fn has_hash(&self, hash: &str) -> bool {
        constant_time::verify_slices_are_equal(self.hash().as_bytes(), hash.as_bytes()).is_ok()
    }
}

/// The whole token: only for whoever it is made for.
impl<Id: Display> Display for Token<Id> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.id, self.secret)
    }
}

/// What makes each refresh token's successor: the same one again for the same token, and none without the key.
pub struct SuccessorKey(hmac::Key);

impl SuccessorKey {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }
}

impl RefreshToken {
    /// The token that takes its place. Asked again, because the answer got lost, it is the same.
    #[must_use]
    pub fn successor(&self, key: &SuccessorKey) -> Self {
        let secret = hmac::sign(&key.0, self.secret.as_bytes());
        Self {
            id: self.id.clone(),
            secret: BASE64_URL_SAFE_NO_PAD.encode(secret.as_ref()),
        }
    }

    /// The cookie's name.
    pub const COOKIE: &'static str = "refresh";

    /// Which session it belongs to.
    pub fn session_id(&self) -> &SessionId {
        &self.id
    }

    /// The cookie that carries it for that many seconds; for none, the browser forgets it.
    pub fn set_cookie(token: Option<&Self>, seconds: i64) -> String {
        let value = token.map(ToString::to_string).unwrap_or_default();
        format!(
            "{}={value}; HttpOnly; Secure; SameSite=Strict; Path=/api/session; Max-Age={seconds}",
            Self::COOKIE
        )
    }
}

impl LinkToken {
    /// Whose password it may set.
    pub fn user_id(&self) -> &UserId {
        &self.id
    }
}

/// SHA-256 in hex.
pub fn hash_of(text: &str) -> String {
    hex(digest::digest(&digest::SHA256, text.as_bytes()).as_ref())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}
