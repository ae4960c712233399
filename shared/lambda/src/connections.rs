//! Connections to AWS: one pool and one set of authorities for all clients of a function. HTTP/1.1 only, which is what
//! DynamoDB, SES, S3 and Secrets Manager speak.

use std::{
    error::Error,
    fmt, io,
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use aws_smithy_runtime_api::client::{
    connection::{CaptureSmithyConnection, ConnectionMetadata},
    http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::{body::SdkBody, retry::ErrorKind};
use http::{Uri, header::CONNECTION};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::{
    client::legacy::{
        Builder, Client,
        connect::{CaptureConnection, HttpConnector as TcpConnector, capture_connection},
    },
    rt::{TokioExecutor, TokioTimer},
};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

use crate::opening::{Opening, SURELY_OPEN};

type BoxError = Box<dyn Error + Send + Sync>;

/// The HTTP client of all AWS clients of a function; all clones share their connections.
#[derive(Clone)]
pub struct Connections {
    kept: Client<Opening, SdkBody>,
    /// For requests that say `Connection: close`: a connection kept for long may have been closed by the other side, and
    /// then nobody could tell whether the request arrived.
    surely_open: Arc<Mutex<SurelyOpen>>,
    opening: Opening,
}

struct SurelyOpen {
    client: Client<Opening, SdkBody>,
    answered_at: SystemTime,
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
        let opening = Opening::by(connector.enable_http1().wrap_connector(tcp));
        let surely_open = SurelyOpen {
            client: pooling_what_is_surely_open(&opening),
            answered_at: SystemTime::now(),
        };
        Ok(Self {
            kept: pooling().build(opening.clone()),
            surely_open: Arc::new(Mutex::new(surely_open)),
            opening,
        })
    }

    /// Opens a connection ahead of the first request that wants one that is surely open, which takes it if it comes at
    /// once. What goes wrong shows when that request opens another.
    pub async fn open(&self, uri: Uri) {
        self.opening.ahead(uri).await;
    }

    /// The client whose connections were all used a moment ago.
    fn surely_open(&self) -> Client<Opening, SdkBody> {
        let mut surely_open = self.surely_open.lock().unwrap_or_else(PoisonError::into_inner);
        if surely_open.answered_at.elapsed().is_ok_and(|age| age < SURELY_OPEN) {
            return surely_open.client.clone();
        }
        surely_open.client = pooling_what_is_surely_open(&self.opening);
        surely_open.client.clone()
    }

    fn answered(&self) {
        let mut surely_open = self.surely_open.lock().unwrap_or_else(PoisonError::into_inner);
        surely_open.answered_at = SystemTime::now();
    }
}

fn pooling() -> Builder {
    let mut builder = Client::builder(TokioExecutor::new());
    builder.pool_timer(TokioTimer::new());
    builder
}

/// Leaves a connection as soon as it might be closed. Its clock may stand still while a function is frozen, which is why
/// [`SurelyOpen::answered_at`] has another.
fn pooling_what_is_surely_open(opening: &Opening) -> Client<Opening, SdkBody> {
    let opening = opening.taking_what_was_opened_ahead();
    pooling().pool_idle_timeout(SURELY_OPEN).build(opening)
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
        let surely_open = request.headers_mut().remove(CONNECTION).map(|_| self.clone());
        let answer = match &surely_open {
            Some(connections) => connections.surely_open().request(request),
            None => self.kept.request(request),
        };
        HttpConnectorFuture::new(async move {
            let answer = answer.await.map_err(not_answered)?.map(SdkBody::from_body_1_x);
            if let Some(connections) = surely_open {
                connections.answered();
            }
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
    async fn a_connection_is_kept() {
        let ((uri, count), connections) = (server().await, connections());
        for _ in 0..3 {
            ask(&connections, &uri, false).await;
        }
        assert_eq!(count.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_request_that_must_arrive_gets_a_connection_that_was_used_a_moment_ago_or_its_own() {
        let ((uri, count), connections) = (server().await, connections());
        ask(&connections, &uri, false).await;
        for _ in 0..3 {
            ask(&connections, &uri, true).await;
        }
        assert_eq!(count.load(Ordering::SeqCst), 2);
        connections.surely_open.lock().unwrap().answered_at -= SURELY_OPEN;
        ask(&connections, &uri, true).await;
        assert_eq!(count.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn a_connection_opened_ahead_is_taken_once_and_only_for_where_it_leads() {
        let ((uri, count), (other, other_count), connections) = (server().await, server().await, connections());
        connections.open(uri.clone()).await;
        ask(&connections, &uri, true).await;
        assert_eq!(count.load(Ordering::SeqCst), 1);
        connections.surely_open.lock().unwrap().answered_at -= SURELY_OPEN;
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
        connections.opening.age();
        ask(&connections, &uri, true).await;
        assert_eq!(count.load(Ordering::SeqCst), 2);
    }
}
