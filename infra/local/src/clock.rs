//! The host's clock: the real time, and what a test has moved it ahead.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;

/// A handle on the host's clock; all clones show the same time.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    ahead_millis: Arc<AtomicI64>,
}

impl Clock {
    /// Milliseconds since 1970, as the gateway writes them into `timeEpoch`.
    pub fn now_millis(&self) -> i64 {
        Timestamp::now()
            .as_millisecond()
            .saturating_add(self.ahead_millis.load(Ordering::SeqCst))
    }

    /// Moves the clock ahead, for everything that happens from now on.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.ahead_millis.fetch_add(by, Ordering::SeqCst);
    }
}

/// The moment of these milliseconds since 1970; beyond the calendar's end it is the calendar's end.
pub(crate) fn moment(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::MAX)
}
