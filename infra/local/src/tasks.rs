//! Work that goes on when whoever asked for it hangs up, as in a real service, and that ends with the host.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::{sync::oneshot, task::JoinSet};

/// The host's running work; all clones are one set.
#[derive(Clone, Default)]
pub struct Tasks(Arc<Mutex<JoinSet<()>>>);

impl Tasks {
    /// Does the work and waits for it. `None` if it panicked or the host ended it.
    pub async fn run<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Option<T> {
        let (sender, receiver) = oneshot::channel();
        {
            let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            while running.try_join_next().is_some() {}
            running.spawn(async move {
                let _ = sender.send(work.await);
            });
        }
        receiver.await.ok()
    }

    /// Ends all work at its next wait.
    pub fn end(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).abort_all();
    }
}
