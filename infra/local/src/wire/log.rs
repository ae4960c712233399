//! The log of all calls.

use super::Service;

/// One call that reached the endpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The service it was for.
    pub service: Service,
    /// The operation with its service, such as `DynamoDB.PutItem`.
    pub operation: String,
    /// The function that called; `None` for the host's own calls and those of tests.
    pub function: Option<String>,
    /// The trace of the invocation that called.
    pub trace: Option<String>,
    /// The tag `mail` of a mail that reached SES's door as a whole.
    pub mail: Option<String>,
    /// The status the caller was answered; `None` while, or because, there was no answer.
    pub status: Option<u16>,
    /// The read or write units DynamoDB would have charged.
    pub capacity: f64,
}

/// What reached the endpoint, in the order of arrival.
#[derive(Default)]
pub(super) struct Log {
    pub calls: Vec<Call>,
    /// How many calls were forgotten, so that a call's number stays its own.
    forgotten: usize,
    /// Whether some of them were forgotten because there were too many.
    pub is_shortened: bool,
}

impl Log {
    /// At least so many of the last calls are kept; a portal that runs for months must not keep them all.
    const KEPT: usize = 100_000;

    /// The call's number.
    pub fn push(&mut self, call: Call) -> usize {
        if self.calls.len() == 2 * Self::KEPT {
            self.calls.drain(..Self::KEPT);
            self.forgotten += Self::KEPT;
            self.is_shortened = true;
        }
        self.calls.push(call);
        self.forgotten + self.calls.len() - 1
    }

    /// Unless it is forgotten.
    pub fn call(&mut self, number: usize) -> Option<&mut Call> {
        let position = number.checked_sub(self.forgotten)?;
        self.calls.get_mut(position)
    }

    pub fn forget(&mut self) {
        self.forgotten += self.calls.len();
        self.calls.clear();
        self.is_shortened = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_log_loses_its_oldest_calls_and_every_other_keeps_its_number() {
        let mut log = Log::default();
        for number in 0..=2 * Log::KEPT {
            let call = Call {
                service: Service::DynamoDb,
                operation: number.to_string(),
                function: None,
                trace: None,
                mail: None,
                status: None,
                capacity: 0.0,
            };
            assert_eq!(log.push(call), number);
        }
        assert_eq!(log.calls.len(), Log::KEPT + 1);
        assert!(log.is_shortened);
        assert_eq!(log.call(0), None);
        assert_eq!(log.call(Log::KEPT - 1), None);
        for number in [Log::KEPT, 2 * Log::KEPT] {
            assert_eq!(log.call(number).unwrap().operation, number.to_string());
        }
        log.forget();
        assert_eq!(log.call(2 * Log::KEPT), None);
        assert!(!log.is_shortened);
    }
}
