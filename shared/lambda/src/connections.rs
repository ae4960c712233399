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
    /// For requests that must not meet a connection that the other side has closed, since nobody could tell then whether
    /// they arrived. They say so by `Connection: close`, which stays here.
    young: Arc<Mutex<Young>>,
    opening: Opening,
}

/// A client that is not used for long, so that no connection of it is old.
struct Young {
    client: Client<Opening, SdkBody>,
    since: SystemTime,
}

impl Young {
    fn new(opening: &Opening) -> Self {
        Self {
            client: pooling().build(opening.taking_what_was_opened_ahead()),
            since: SystemTime::now(),
        }
    }

    fn is_old(&self) -> bool {
        self.since.elapsed().map_or(true, |age| age >= SURELY_OPEN)
    }
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
        Ok(Self {
            kept: pooling().build(opening.clone()),
            young: Arc::new(Mutex::new(Young::new(&opening))),
            opening,
        })
    }

    /// Opens a connection ahead of the first request that wants a young one, which takes it if it comes at once. What goes
    /// wrong shows when that request opens another.
    pub async fn open(&self, uri: Uri) {
        self.opening.ahead(uri).await;
    }

    fn young_client(&self) -> Client<Opening, SdkBody> {
        let mut young = self.young.lock().unwrap_or_else(PoisonError::into_inner);
        if young.is_old() {
            *young = Young::new(&self.opening);
        }
        young.client.clone()
    }

    /// Where one connection broke, others may have.
    fn leave_the_young(&self) {
        let mut young = self.young.lock().unwrap_or_else(PoisonError::into_inner);
        *young = Young::new(&self.opening);
    }
}

fn pooling() -> Builder {
    let mut builder = Client::builder(TokioExecutor::new());
    builder.pool_timer(TokioTimer::new());
    builder
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
        let wants_a_young_one = request
            .headers_mut()
            .remove(CONNECTION)
            .is_some_and(|value| value == "close");
        let client = if wants_a_young_one {
            self.young_client()
        } else {
            self.kept.clone()
        };
        let connections = self.clone();
        HttpConnectorFuture::new(async move {
            let answer = client.request(request).await;
            if answer.is_err() && wants_a_young_one {
                connections.leave_the_young();
            }
            let answer = answer.map_err(not_answered)?.map(SdkBody::from_body_1_x);
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
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        time::Duration,
    };

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

    async fn ask(connections: &Connections, uri: &Uri) {
        answered(connections, http::Request::get(uri)).await;
    }

    async fn ask_on_a_young_one(connections: &Connections, uri: &Uri) {
        answered(connections, http::Request::get(uri).header(CONNECTION, "close")).await;
    }

    async fn answered(connections: &Connections, request: http::request::Builder) {
        let request = HttpRequest::try_from(request.body(SdkBody::empty()).unwrap()).unwrap();
        let answer = connections.call(request).await.unwrap();
        assert_eq!(answer.status().as_u16(), 200);
    }

    /// As if everything had happened that much earlier.
    fn pass(connections: &Connections, time: Duration) {
        connections.young.lock().unwrap().since -= time;
        connections.opening.pass(time);
    }

    fn connections() -> Connections {
        Connections::trusting(include_bytes!("amazon_roots.pem")).unwrap()
    }

    #[tokio::test]
    async fn a_connection_is_kept() {
        let ((uri, count), connections) = (server().await, connections());
        for _ in 0..3 {
            ask(&connections, &uri).await;
            pass(&connections, SURELY_OPEN);
        }
        assert_eq!(count.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_request_that_must_arrive_gets_a_young_connection() {
        let ((uri, count), connections) = (server().await, connections());
        ask(&connections, &uri).await;
        for _ in 0..3 {
            ask_on_a_young_one(&connections, &uri).await;
        }
        assert_eq!(count.load(Ordering::SeqCst), 2);
        // However lately it was used: another of its age may have stood idle since it was opened.
        pass(&connections, SURELY_OPEN / 2);
        ask_on_a_young_one(&connections, &uri).await;
        assert_eq!(count.load(Ordering::SeqCst), 2);
        pass(&connections, SURELY_OPEN / 2);
        ask_on_a_young_one(&connections, &uri).await;
        assert_eq!(count.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn after_one_that_broke_no_young_connection_is_used_again() {
        let ((uri, count), (gone, _), connections) = (server().await, server().await, connections());
        ask_on_a_young_one(&connections, &uri).await;
        let nobody = gone.to_string().replace("http:", "https:");
        let request = http::Request::get(nobody).header(CONNECTION, "close");
        let request = HttpRequest::try_from(request.body(SdkBody::empty()).unwrap()).unwrap();
        connections.call(request).await.unwrap_err();
        ask_on_a_young_one(&connections, &uri).await;
        assert_eq!(count.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn a_connection_opened_ahead_is_taken_by_the_first_that_must_arrive_where_it_leads() {
        let ((uri, count), (other, other_count), connections) = (server().await, server().await, connections());
        connections.open(uri.clone()).await;
        ask(&connections, &uri).await;
        assert_eq!(count.load(Ordering::SeqCst), 2);
        ask_on_a_young_one(&connections, &uri).await;
        assert_eq!(count.load(Ordering::SeqCst), 2);
        connections.open(uri).await;
        ask_on_a_young_one(&connections, &other).await;
        assert_eq!(other_count.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_connection_opened_long_ago_is_not_taken() {
        let ((uri, count), connections) = (server().await, connections());
        connections.open(uri.clone()).await;
        pass(&connections, SURELY_OPEN);
        ask_on_a_young_one(&connections, &uri).await;
        assert_eq!(count.load(Ordering::SeqCst), 2);
    }
}
