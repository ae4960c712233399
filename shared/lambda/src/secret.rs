//! Secrets that leave the portal once and come back to be compared by their hash.

use std::fmt::Write;

use aws_lc_rs::{constant_time, digest};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::SessionId;

use crate::{Problem, random};

/// A refresh token, `{session}.{256 random bits}`, which only the browser's cookie holds.
#[derive(Clone)]
pub struct RefreshToken {
    session_id: SessionId,
    secret: String,
}

impl RefreshToken {
    /// The cookie's name.
    pub const COOKIE: &'static str = "refresh";

    /// A new token of the session.
    pub fn generate(session_id: SessionId) -> Result<Self, Problem> {
        Ok(Self {
            session_id,
            secret: BASE64_URL_SAFE_NO_PAD.encode(random::<32>()?),
        })
    }

    /// From the cookie's value.
    pub fn parse(text: &str) -> Option<Self> {
        let (session, secret) = text.split_once('.')?;
        Some(Self {
            session_id: session.parse().ok()?,
            secret: secret.to_owned(),
        })
    }

    /// Which session it belongs to.
    pub fn session_id(&self) -> &SessionId {
        &self.session_id
    }

    /// What is kept of it.
    pub fn hash(&self) -> String {
        hash_of(&self.secret)
    }

    /// Whether it is the one of that hash, in constant time.
    pub fn has_hash(&self, hash: &str) -> bool {
        constant_time::verify_slices_are_equal(self.hash().as_bytes(), hash.as_bytes()).is_ok()
    }

    /// The cookie that carries it for that many seconds; for none, the browser forgets it.
    pub fn set_cookie(token: Option<&Self>, seconds: i64) -> String {
        let value = token
            .map(|token| format!("{}.{}", token.session_id, token.secret))
            .unwrap_or_default();
        format!(
            "{}={value}; HttpOnly; Secure; SameSite=Strict; Path=/api/session; Max-Age={seconds}",
            Self::COOKIE
        )
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
