//! Opening connections, in time or not at all, also ahead of what will need them.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::{Duration, SystemTime},
};

use http::{Uri, uri::Authority};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::HttpConnector as TcpConnector;
use tower_service::Service;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// How long a connection may take to be opened, its handshake included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// No service is known to drop a connection as soon as that after it was opened; HTTP servers wait a minute or so. By the
/// clock on the wall, since the other one may stand still while a function is frozen.
pub const SURELY_OPEN: Duration = Duration::from_secs(5);

/// Opens connections, or takes the one that was opened ahead.
#[derive(Clone)]
pub struct Opening {
    connector: HttpsConnector<TcpConnector>,
    opened: Slot,
    takes: bool,
}

impl Opening {
    pub fn by(connector: HttpsConnector<TcpConnector>) -> Self {
        Self {
            connector,
            opened: Slot::default(),
            takes: false,
        }
    }

    /// The same, but the first connection it is asked for is the one that was opened ahead.
    pub fn taking_what_was_opened_ahead(&self) -> Self {
        Self {
            takes: true,
            ..self.clone()
        }
    }

    /// Opens a connection now and keeps it for whoever takes it.
    pub async fn ahead(&self, uri: Uri) {
        let Some(authority) = uri.authority().cloned() else {
            return;
        };
        let since = SystemTime::now();
        if let Ok(stream) = self.open(uri).await {
            self.opened.put(since, authority, stream);
        }
    }

    fn open(&self, uri: Uri) -> impl Future<Output = Result<Opened, BoxError>> + Send + use<> {
        let opened = tokio::time::timeout(CONNECT_TIMEOUT, self.connector.clone().call(uri));
        async move { opened.await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))? }
    }
}

type Opened = <HttpsConnector<TcpConnector> as Service<Uri>>::Response;

/// A connection that was opened ahead.
#[derive(Clone, Default)]
struct Slot(Arc<Mutex<Option<(SystemTime, Authority, Opened)>>>);

impl Slot {
    fn put(&self, since: SystemTime, authority: Authority, stream: Opened) {
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *slot = Some((since, authority, stream));
    }

    fn take(&self, wanted: Option<&Authority>) -> Option<Opened> {
        let taken = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (since, authority, stream) = taken?;
        let surely_open = since.elapsed().is_ok_and(|age| age < SURELY_OPEN);
        (surely_open && Some(&authority) == wanted).then_some(stream)
    }
}

#[cfg(test)]
impl Opening {
    /// As if it had been opened that much earlier.
    pub fn pass(&self, time: Duration) {
        if let Some((since, ..)) = self.opened.0.lock().unwrap().as_mut() {
            *since -= time;
        }
    }
}

impl Service<Uri> for Opening {
    type Response = Opened;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Opened, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.connector.poll_ready(context)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        match self.takes.then(|| self.opened.take(uri.authority())).flatten() {
            Some(stream) => Box::pin(std::future::ready(Ok(stream))),
            None => Box::pin(self.open(uri)),
        }
    }
}
