//! Connections to AWS: one pool and one set of authorities for all clients of a function. HTTP/1.1 only, which is what
//! DynamoDB, SES, S3 and Secrets Manager speak.

use std::{
    error::Error,
    fmt, io,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::{Duration, SystemTime},
};

use aws_smithy_runtime_api::client::{
    connection::{CaptureSmithyConnection, ConnectionMetadata},
    http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::{body::SdkBody, retry::ErrorKind};
use http::{Uri, header::CONNECTION, uri::Authority};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{
        Client,
        connect::{CaptureConnection, HttpConnector as TcpConnector, capture_connection},
    },
    rt::{TokioExecutor, TokioTimer},
};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use tower_service::Service;

type BoxError = Box<dyn Error + Send + Sync>;

/// How long a connection may take to be opened, its handshake included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// No service drops an idle connection as soon as that. By the clock on the wall, since the other one may stand still
/// while a function is frozen.
const SURELY_OPEN: Duration = Duration::from_secs(5);

/// The HTTP client of all AWS clients of a function; all clones share their connections.
#[derive(Clone)]
pub struct Connections {
    kept: Client<Opening, SdkBody>,
    /// For requests that say `Connection: close`: a kept connection may have been closed by the other side, and then
    /// nobody could tell whether the request arrived.
    fresh: Client<Opening, SdkBody>,
    /// The one that was opened ahead for such a request.
    opened: Slot,
    opening: Opening,
}

impl Connections {
    /// Believes these authorities, certificates in PEM.
    pub fn trusting(authorities: &[u8]) -> Result<Self, BoxError> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(authorities) {
            roots.add(certificate?)?;
        }
        if roots.is_empty() {
            return Err("no certificate in it".into());
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let mut tcp = TcpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        let connector = HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http();
        let opening = Opening {
            connector: connector.enable_http1().wrap_connector(tcp),
            opened: Slot::default(),
        };
        let opened = Slot::default();
        let taking = Opening {
            opened: opened.clone(),
            ..opening.clone()
        };
        let mut builder = Client::builder(TokioExecutor::new());
        builder.pool_timer(TokioTimer::new());
        Ok(Self {
            kept: builder.build(opening.clone()),
            fresh: builder.pool_max_idle_per_host(0).build(taking),
            opened,
            opening,
        })
    }

    /// Opens a connection ahead of the first request that wants its own, which takes it if it comes at once. What goes
    /// wrong shows when that request opens another.
    pub async fn open(&self, uri: Uri) {
        let Some(authority) = uri.authority().cloned() else {
            return;
        };
        if let Ok(stream) = self.opening.clone().call(uri).await {
            self.opened.put(authority, stream);
        }
    }
}

impl HttpClient for Connections {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Connections {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut request = match request.try_into_http1x() {
            Ok(request) => request,
            Err(error) => return HttpConnectorFuture::ready(Err(ConnectorError::user(error.into()))),
        };
        let captured = capture_connection(&mut request);
        if let Some(capture) = request.extensions().get::<CaptureSmithyConnection>() {
            capture.set_connection_retriever(move || connection(&captured));
        }
        let client = if request.headers().contains_key(CONNECTION) {
            &self.fresh
        } else {
            &self.kept
        };
        let answer = client.request(request);
        HttpConnectorFuture::new(async move {
            let answer = answer.await.map_err(not_answered)?.map(SdkBody::from_body_1_x);
            HttpResponse::try_from(answer).map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

impl fmt::Debug for Connections {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Connections").finish_non_exhaustive()
    }
}

/// What the SDK needs to leave a connection on which something went wrong.
fn connection(captured: &CaptureConnection) -> Option<ConnectionMetadata> {
    captured.connection_metadata().as_ref()?;
    let captured = captured.clone();
    let poison = move || {
        if let Some(connection) = captured.connection_metadata().as_ref() {
            connection.poison();
        }
    };
    Some(ConnectionMetadata::builder().proxied(false).poison_fn(poison).build())
}

/// What the SDK is told, by which it decides whether to ask again.
fn not_answered(error: hyper_util::client::legacy::Error) -> ConnectorError {
    let is_connect = error.is_connect();
    let cause = find::<io::Error>(&error).map(io::Error::kind);
    let hyper = find::<hyper::Error>(&error);
    if cause == Some(io::ErrorKind::TimedOut) {
        ConnectorError::timeout(error.into())
    } else if is_connect || cause.is_some() || hyper.is_some_and(|error| error.is_closed() || error.is_canceled()) {
        ConnectorError::io(error.into())
    } else if hyper.is_some_and(hyper::Error::is_incomplete_message) {
        ConnectorError::other(error.into(), Some(ErrorKind::TransientError))
    } else {
        ConnectorError::other(error.into(), None)
    }
}

fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        cause = error.source();
    }
    None
}

/// Opens connections, each in time or not at all, or takes the one that was opened ahead.
#[derive(Clone)]
struct Opening {
    connector: HttpsConnector<TcpConnector>,
    opened: Slot,
}

type Opened = <HttpsConnector<TcpConnector> as Service<Uri>>::Response;

/// A connection that was opened ahead.
#[derive(Clone, Default)]
struct Slot(Arc<Mutex<Option<(SystemTime, Authority, Opened)>>>);

impl Slot {
    fn put(&self, authority: Authority, stream: Opened) {
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *slot = Some((SystemTime::now(), authority, stream));
    }

    fn take(&self, wanted: Option<&Authority>) -> Option<Opened> {
        let taken = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (since, authority, stream) = taken?;
        let surely_open = since.elapsed().is_ok_and(|age| age < SURELY_OPEN);
        (surely_open && Some(&authority) == wanted).then_some(stream)
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
        if let Some(stream) = self.opened.take(uri.authority()) {
            return Box::pin(std::future::ready(Ok(stream)));
        }
        let opened = tokio::time::timeout(CONNECT_TIMEOUT, self.connector.call(uri));
        Box::pin(async move { opened.await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))? })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    /// A server that says yes to everything, and how many connections it has been asked for.
    async fn server() -> (Uri, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let count = Arc::new(AtomicUsize::new(0));
        let counting = Arc::clone(&count);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                counting.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(async move {
                    let mut request = [0; 1024];
                    while stream.read(&mut request).await.is_ok_and(|read| read > 0) {
                        let answered = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
                        answered.unwrap();
                    }
                });
            }
        });
        (uri, count)
    }

    async fn ask(connections: &Connections, uri: &Uri, own_connection: bool) {
        let request = http::Request::get(uri).body(SdkBody::empty()).unwrap();
        let mut request = HttpRequest::try_from(request).unwrap();
        if own_connection {
            request.headers_mut().insert("connection", "close");
        }
        let answer = connections.call(request).await.unwrap();
        assert_eq!(answer.status().as_u16(), 200);
    }

    fn connections() -> Connections {
        Connections::trusting(include_bytes!("amazon_roots.pem")).unwrap()
    }

    #[tokio::test]
    async fn a_connection_is_kept_except_for_a_request_that_wants_its_own() {
        let ((uri, count), connections) = (server().await, connections());
        for _ in 0..3 {
            ask(&connections, &uri, false).await;
        }
        assert_eq!(count.load(Ordering::SeqCst), 1);
        for _ in 0..3 {
            ask(&connections, &uri, true).await;
        }
        assert_eq!(count.load(Ordering::SeqCst), 4);
    }

    #[tokio::test]
    async fn a_connection_opened_ahead_is_taken_once_and_only_for_where_it_leads() {
        let ((uri, count), (other, other_count), connections) = (server().await, server().await, connections());
        connections.open(uri.clone()).await;
        ask(&connections, &uri, true).await;
        assert_eq!(count.load(Ordering::SeqCst), 1);
        ask(&connections, &uri, true).await;
        assert_eq!(count.load(Ordering::SeqCst), 2);
        connections.open(uri).await;
        ask(&connections, &other, true).await;
        assert_eq!(other_count.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_connection_opened_long_ago_is_not_taken() {
        let ((uri, count), connections) = (server().await, connections());
        connections.open(uri.clone()).await;
        if let Some((since, ..)) = connections.opened.0.lock().unwrap().as_mut() {
            *since -= SURELY_OPEN;
        }
        ask(&connections, &uri, true).await;
        assert_eq!(count.load(Ordering::SeqCst), 2);
    }
}
