//! The DynamoDB stand-in: dynoxide on an `SQLite` file, reached over a port of its own because its router is private.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
};

use dynoxide::Database;
use http::{Request, Response, Uri, header, uri::PathAndQuery};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::wire::{Closed, WireBody, whole};

/// Sends requests on to the stand-in.
pub struct DynamoDb {
    address: SocketAddr,
    client: Client<HttpConnector, Full<Bytes>>,
    serving: JoinHandle<()>,
}

/// Why the stand-in does not start.
#[derive(Debug, thiserror::Error)]
pub enum DynamoDbError {
    /// Its file.
    #[error("cannot open the tables' file")]
    File(#[from] dynoxide::DynoxideError),
    /// Its port.
    #[error("cannot listen")]
    Port(#[from] io::Error),
    /// A path that `SQLite` does not take.
    #[error("the data folder's path is not UTF-8")]
    Path,
}

impl DynamoDb {
    /// Opens the file, or creates it, and serves its tables.
    pub async fn start(file: &Path) -> Result<Self, DynamoDbError> {
        let database = Database::new(file.to_str().ok_or(DynamoDbError::Path)?)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let serving = tokio::spawn(async move {
            let never = std::future::pending();
            if let Err(error) = dynoxide::server::serve_with_shutdown(listener, database, never).await {
                tracing::error!(error, "the DynamoDB stand-in ended");
            }
        });
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Ok(Self {
            address,
            client: Client::builder(TokioExecutor::new()).build(connector),
            serving,
        })
    }

    /// The stand-in's answer, and the capacity units that DynamoDB would have charged for it.
    pub async fn answer(&self, request: Request<Bytes>) -> Result<(Response<WireBody>, f64), Closed> {
        let (mut parts, body) = request.into_parts();
        let body = asking_for_capacity(&body);
        parts.headers.remove(header::CONTENT_LENGTH);
        let path = parts.uri.path_and_query().map_or("/", PathAndQuery::as_str);
        let uri = Uri::builder()
            .scheme("http")
            .authority(self.address.to_string())
            .path_and_query(path);
        parts.uri = uri.build().map_err(|_| Closed)?;
        parts.headers.remove(header::CONNECTION);
        parts.extensions.clear();
        let answered = async {
            let answer = self.client.request(Request::from_parts(parts, Full::new(body))).await?;
            let (parts, body) = answer.into_parts();
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>((parts, body.collect().await?.to_bytes()))
        };
        match answered.await {
            Ok((parts, body)) => {
                let consumed = capacity(&body);
                Ok((Response::from_parts(parts, whole(body)), consumed))
            }
            Err(error) => {
                tracing::error!(error, "the DynamoDB stand-in does not answer");
                Err(Closed)
            }
        }
    }
}

/// The request with the wish to be told what it cost. Callers that did not ask read past it.
fn asking_for_capacity(body: &Bytes) -> Bytes {
    match body.strip_prefix(b"{") {
        Some(rest) if rest.starts_with(b"\"") => [br#"{"ReturnConsumedCapacity":"TOTAL","#, rest].concat().into(),
        _ => body.clone(),
    }
}

/// The units an answer says were consumed. There is one table, so one number.
fn capacity(body: &[u8]) -> f64 {
    let text = String::from_utf8_lossy(body);
    let consumed = text.split_once(r#""ConsumedCapacity":"#).map(|(_, rest)| rest);
    let units = consumed
        .and_then(|rest| rest.split_once(r#""CapacityUnits":"#))
        .map(|(_, rest)| rest);
    let number = units.map(|rest| rest.split([',', '}']).next().unwrap_or_default());
    number.and_then(|number| number.trim().parse().ok()).unwrap_or_default()
}

impl Drop for DynamoDb {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
