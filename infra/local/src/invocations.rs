//! Which invocation of a function is running: its calls carry its trace to the wire, and it can end in the middle, as the
//! process of a Lambda does.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use aws_credential_types::provider::{ProvideCredentials, future};
use aws_sdk_dynamodb::config::Credentials;
use http::HeaderMap;
use tokio::sync::oneshot;

use crate::host::SECRET_KEY;

tokio::task_local! {
    /// The trace of the invocation that runs in this task.
    static TRACE: String;
}

/// The running invocations by their traces; all clones are the same ones.
#[derive(Clone, Default)]
pub struct Invocations(Arc<Mutex<HashMap<String, oneshot::Sender<()>>>>);

/// What is known of a running invocation goes with it, also when its caller stops waiting.
struct Running<'a>(&'a Invocations, &'a str);

impl Invocations {
    /// Does the work as the invocation of this trace. `None` if it was killed.
    pub async fn run<T>(&self, trace: &str, work: impl Future<Output = T>) -> Option<T> {
        let (killer, end) = oneshot::channel();
        self.lock().insert(trace.to_owned(), killer);
        let _running = Running(self, trace);
        tokio::select! {
            // First: who is killed does not see what happens next.
            biased;
            Ok(()) = end => None,
            done = TRACE.scope(trace.to_owned(), work) => Some(done),
        }
    }

    /// Ends the invocation where it waits: nothing of it happens any more.
    pub fn kill(&self, trace: &str) {
        if let Some(killer) = self.lock().remove(trace) {
            let _ = killer.send(());
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, oneshot::Sender<()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.lock().remove(self.1);
    }
}

/// The trace a caller began, as AWS takes it over.
pub fn trace_of(headers: &HeaderMap) -> Option<&str> {
    headers.get("x-amzn-trace-id").and_then(|trace| trace.to_str().ok())
}

/// A function's credentials: its name is the access key, and what on AWS is its role's session token is the trace of the
/// invocation.
#[derive(Debug)]
pub struct FunctionCredentials(pub String);

impl ProvideCredentials for FunctionCredentials {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let trace = TRACE.try_with(Clone::clone).ok();
        let credentials = Credentials::new(&self.0, SECRET_KEY, trace, None, "one-machine host");
        future::ProvideCredentials::ready(Ok(credentials))
    }
}
