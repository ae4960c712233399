//! A token bucket, so that mails leave no faster than SES takes them from the account.

use std::time::Duration;

use jiff::Timestamp;

/// One token is one mail. It fills at the account's rate and holds at most what one second brings, since SES counts by the
/// second; it begins with one token, because others may have sent just now.
#[derive(Debug, Clone)]
pub struct SendingRate {
    per_second: f64,
    /// Below zero if mails wait for tokens that are still to come.
    tokens: f64,
    filled_at: Timestamp,
}

impl SendingRate {
    /// `per_second` is kept between a mail in ten seconds and a thousand a second.
    pub fn new(per_second: f64, now: Timestamp) -> Self {
        Self {
            per_second: per_second.clamp(0.1, 1_000.0),
            tokens: 1.0,
            filled_at: now,
        }
    }

    /// Takes a token for one mail: how long it has to wait. `jitter`, from 0 to 1, makes the wait up to a quarter longer,
    /// so that what waits in several places does not come at once.
    pub fn take(&mut self, now: Timestamp, jitter: f64) -> Duration {
        let elapsed = now.duration_since(self.filled_at).as_secs_f64().max(0.0);
        self.filled_at = self.filled_at.max(now);
        self.tokens = (self.tokens + elapsed * self.per_second).min(self.per_second.max(1.0)) - 1.0;
        let missing = (-self.tokens).max(0.0) / self.per_second;
        Duration::from_secs_f64(missing * (1.0 + jitter.clamp(0.0, 1.0) / 4.0))
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use proptest::prelude::*;

    use super::*;

    const NOON: Timestamp = Timestamp::constant(1_790_000_000, 0);

    fn after(milliseconds: i64) -> Timestamp {
        NOON + SignedDuration::from_millis(milliseconds)
    }

    #[test]
    fn the_first_mail_leaves_at_once_and_the_next_ones_by_the_rate() {
        let mut rate = SendingRate::new(10.0, NOON);
        let waits = [rate.take(NOON, 0.0), rate.take(NOON, 0.0), rate.take(NOON, 0.0)];
        assert_eq!(waits.map(|wait| wait.as_millis()), [0, 100, 200]);
    }

    #[test]
    fn a_pause_saves_one_second_of_mails_and_no_more() {
        let mut rate = SendingRate::new(3.0, NOON);
        let later = after(3_600_000);
        let free = (0..10).filter(|_| rate.take(later, 0.0).is_zero()).count();
        assert_eq!(free, 3);
    }

    #[test]
    fn a_rate_below_one_a_second_still_saves_one_mail() {
        let mut rate = SendingRate::new(0.5, NOON);
        assert!(rate.take(after(60_000), 0.0).is_zero());
        assert_eq!(rate.take(after(60_000), 0.0).as_millis(), 2_000);
        assert_eq!(
            rate.take(after(60_000), 1.0).as_millis(),
            5_000,
            "four seconds and a quarter of them"
        );
    }

    proptest! {
        #[test]
        fn no_second_sees_more_than_two_seconds_worth(
            per_second in 1.0..200.0_f64,
            gaps in prop::collection::vec((0_i64..3_000, 0.0..1.0_f64), 1..200),
        ) {
            let mut rate = SendingRate::new(per_second, NOON);
            let mut now = NOON;
            let mut sent: Vec<Timestamp> = Vec::new();
            for (gap, jitter) in gaps {
                now += SignedDuration::from_millis(gap);
                now += SignedDuration::try_from(rate.take(now, jitter)).unwrap();
                sent.push(now);
            }
            for (first, start) in sent.iter().enumerate() {
                let end = *start + SignedDuration::from_secs(1);
                let within = sent[first..].iter().take_while(|time| **time < end).count();
                // A full bucket and what comes in during the second.
                prop_assert!(f64::from(u32::try_from(within).unwrap()) <= 2.0 * per_second + 1.0);
            }
        }
    }
}
