//! Links by which a user sets a password: because they were invited, or because they have forgotten the old one.

use jiff::{SignedDuration, Timestamp};

use crate::MailState;

/// Why a link was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PasswordLinkKind {
    /// The user has no password yet.
    Invitation,
    /// The user has forgotten theirs.
    Reset,
}

/// A user's newest link, the only one that counts. Its secret went out by mail; only its hash is kept.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PasswordLink {
    /// Why it was sent.
    pub kind: PasswordLinkKind,
    /// SHA-256 of its secret, in hex.
    pub hash: String,
    /// When.
    pub sent_at: Timestamp,
    /// After that it opens nothing.
    pub valid_until: Timestamp,
    /// Where its mail is. `sending` is also what stays where nobody knows.
    pub mail_state: MailState,
}

impl PasswordLink {
    /// How long an invitation can wait.
    pub const INVITED_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);
    /// How long a link can wait that somebody asked for just now.
    pub const REQUESTED_FOR: SignedDuration = SignedDuration::from_mins(30);

    /// A link whose mail is about to leave.
    pub fn new(kind: PasswordLinkKind, hash: String, valid_for: SignedDuration, now: Timestamp) -> Self {
        Self {
            kind,
            hash,
            sent_at: now,
            valid_until: now + valid_for,
            mail_state: MailState::Sending,
        }
    }

    /// Whether it has run out. The table removes expired items late, so every reader asks.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        now >= self.valid_until
    }
}

/// When links were asked for with an address, whether or not a user has it: nobody is to be flooded with mails.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PasswordRequests {
    /// The latest ones.
    pub requested_at: Vec<Timestamp>,
}

impl PasswordRequests {
    /// As many links go to one address within [`Self::WITHIN`].
    pub const MOST: usize = 3;
    /// How long a request counts.
    pub const WITHIN: SignedDuration = SignedDuration::from_mins(30);

    /// With one more; none if that is one too many.
    pub fn counted(&self, now: Timestamp) -> Option<Self> {
        let recent = self.requested_at.iter().copied();
        let mut requested_at: Vec<_> = recent.filter(|at| now.duration_since(*at) < Self::WITHIN).collect();
        requested_at.push(now);
        (requested_at.len() <= Self::MOST).then_some(Self { requested_at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_requests_count_for_half_an_hour_each() {
        let start: Timestamp = "2026-11-24T08:00:00Z".parse().unwrap();
        let minute = |minutes| start + SignedDuration::from_mins(minutes);
        let mut requests = PasswordRequests::default();
        for minutes in [0, 10, 20] {
            requests = requests.counted(minute(minutes)).unwrap();
        }
        assert_eq!(requests.counted(minute(29)), None);
        requests = requests.counted(minute(30)).unwrap();
        assert_eq!(requests.requested_at, [10, 20, 30].map(minute));
        assert_eq!(requests.counted(minute(39)), None);
    }

    #[test]
    fn a_link_ends_with_its_time() {
        let now: Timestamp = "2026-11-24T08:00:00Z".parse().unwrap();
        let link = PasswordLink::new(PasswordLinkKind::Reset, String::new(), PasswordLink::REQUESTED_FOR, now);
        assert!(!link.is_expired(now + SignedDuration::from_secs(30 * 60 - 1)));
        assert!(link.is_expired(now + SignedDuration::from_mins(30)));
    }
}
