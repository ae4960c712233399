//! Slowing down who guesses passwords.

use jiff::{SignedDuration, Timestamp};

/// Failed sign-ins for one address, whether or not a user has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignInAttempts {
    /// Since the last success.
    pub failures: u32,
    /// The latest one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_failure_at: Option<Timestamp>,
}

impl SignInAttempts {
    /// As many mistakes are human.
    pub const FREE: u32 = 5;
    /// A forgotten series of failures no longer counts after that.
    pub const FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_hours(24);

    /// How long to wait before the next attempt: nothing for the first five failures, then 30 s,
    /// doubling up to 15 minutes.
    pub fn wait(&self, now: Timestamp) -> Option<SignedDuration> {
        let last = self.last_failure_at?;
        let extra = self.failures.checked_sub(Self::FREE)?;
        let pause = SignedDuration::from_secs((30 << extra.min(5)).min(15 * 60));
        let left = pause - now.duration_since(last);
        left.is_positive().then_some(left)
    }

    /// One more failure.
    #[must_use]
    pub fn failed(&self, now: Timestamp) -> Self {
        let forgotten = self
            .last_failure_at
            .is_none_or(|last| now.duration_since(last) > Self::FORGOTTEN_AFTER);
        Self {
            failures: if forgotten { 1 } else { self.failures.saturating_add(1) },
            last_failure_at: Some(now),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_mistakes_are_free_then_the_pause_grows_to_fifteen_minutes() {
        let start: Timestamp = "2026-11-24T08:00:00Z".parse().unwrap();
        let mut attempts = SignInAttempts::default();
        let mut pauses = Vec::new();
        for _ in 0..12 {
            pauses.push(attempts.wait(start).map_or(0, |pause| pause.as_secs()));
            attempts = attempts.failed(start);
        }
        assert_eq!(pauses, [0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900]);
        assert_eq!(attempts.wait(start + SignedDuration::from_mins(15)), None);
        assert_eq!(attempts.failed(start + SignedDuration::from_hours(25)).failures, 1);
    }
}
