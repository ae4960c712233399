//! The two headers of every action that changes an application.

use domain::Version;

use crate::Problem;

/// A caller's name for one command: 8 to 128 visible ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// From the header `Idempotency-Key`.
    pub(crate) fn parse(header: Option<&str>) -> Result<Self, Problem> {
        let key = header.unwrap_or_default().trim();
        if key.is_empty() {
            return Err(Problem::bad_request("the header Idempotency-Key is missing"));
        }
        if !(8..=128).contains(&key.len()) || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Problem::bad_request(
                "the header Idempotency-Key must have 8 to 128 visible characters",
            ));
        }
        Ok(Self(key.to_owned()))
    }

    /// The key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The version the caller has seen, from `If-Match` (RFC 9110, one strong entity tag).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Precondition(Option<Version>);

impl Precondition {
    pub(crate) fn parse(header: Option<&str>) -> Result<Self, Problem> {
        let header = header.ok_or(Problem::VersionMissing)?.trim();
        let version = header.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        // A tag that no version of ours ever had matches nothing; it is not a bad request.
        Ok(Self(version.and_then(|version| version.parse().ok()).map(Version)))
    }

    /// Whether that is the version the application has.
    pub fn holds_for(self, version: Version) -> bool {
        self.0 == Some(version)
    }
}
