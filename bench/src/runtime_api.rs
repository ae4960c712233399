//! Lambda's side of a function: an address that it asks for events.

use std::{net::Ipv4Addr, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
    routing::{get, post},
    serve::ListenerExt,
};
use tokio::{
    net::TcpListener,
    sync::{Mutex, mpsc},
    task::JoinHandle,
    time::timeout,
};

use crate::{Failure, process::Mark};

/// Nothing measured here takes that long.
const PATIENCE: Duration = Duration::from_mins(2);

/// What a function said.
pub enum Said {
    /// It asks for the next event.
    Next,
    /// It answered.
    Answer(String),
    /// It failed.
    Error(String),
}

/// The Runtime API for one process.
pub struct RuntimeApi {
    /// What the process gets as `AWS_LAMBDA_RUNTIME_API`.
    pub address: String,
    /// When it connected.
    pub connected: Mark,
    events: mpsc::Sender<String>,
    said: mpsc::Receiver<Said>,
    serving: JoinHandle<()>,
}

struct Sides {
    events: Mutex<mpsc::Receiver<String>>,
    said: mpsc::Sender<Said>,
}

impl RuntimeApi {
    /// On a free port.
    pub async fn start() -> Result<Self, Failure> {
        let (events, received) = mpsc::channel(1);
        let (saying, said) = mpsc::channel(4);
        let sides = Arc::new(Sides {
            events: Mutex::new(received),
            said: saying,
        });
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/{kind}", post(answered))
            .route("/2018-06-01/runtime/init/{kind}", post(failed))
            .with_state(sides);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?.to_string();
        let connected = Mark::default();
        let marking = connected.clone();
        let serving = tokio::spawn(async move {
            let listener = listener.tap_io(move |_| marking.set());
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self {
            address,
            connected,
            events,
            said,
            serving,
        })
    }

    /// Waits until the process asks for an event.
    pub async fn asked(&mut self) -> Result<(), Failure> {
        match self.hear().await? {
            Said::Next => Ok(()),
            Said::Answer(text) | Said::Error(text) => Err(format!("instead of asking it said {text}").into()),
        }
    }

    /// Hands the event to the process, which has asked for one.
    pub async fn hand_out(&self, event: String) -> Result<(), Failure> {
        Ok(self.events.send(event).await?)
    }

    /// Waits for the answer.
    pub async fn answered(&mut self) -> Result<String, Failure> {
        match self.hear().await? {
            Said::Answer(answer) => Ok(answer),
            Said::Error(error) => Err(error.into()),
            Said::Next => Err("it asks for another event without an answer".into()),
        }
    }

    async fn hear(&mut self) -> Result<Said, Failure> {
        let said = timeout(PATIENCE, self.said.recv()).await;
        Ok(said
            .map_err(|_| "the function says nothing")?
            .ok_or("the server ended")?)
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn next(State(sides): State<Arc<Sides>>) -> Result<(HeaderMap, String), StatusCode> {
    sides.said.send(Said::Next).await.map_err(|_| StatusCode::GONE)?;
    let event = sides.events.lock().await.recv().await.ok_or(StatusCode::GONE)?;
    let id = uuid::Uuid::new_v4().to_string();
    let id = HeaderValue::from_str(&id).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    let arn = "arn:aws:lambda:eu-central-1:123456789012:function:send-email";
    let trace = "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0";
    let headers = [
        ("lambda-runtime-aws-request-id", id),
        ("lambda-runtime-deadline-ms", HeaderValue::from_static("4102444800000")),
        ("lambda-runtime-invoked-function-arn", HeaderValue::from_static(arn)),
        ("lambda-runtime-trace-id", HeaderValue::from_static(trace)),
        ("content-type", HeaderValue::from_static("application/json")),
    ];
    let headers = headers.map(|(name, value)| (HeaderName::from_static(name), value));
    Ok((headers.into_iter().collect(), event))
}

async fn answered(
    State(sides): State<Arc<Sides>>,
    Path((_, kind)): Path<(String, String)>,
    body: String,
) -> StatusCode {
    let said = if kind == "response" {
        Said::Answer(body)
    } else {
        Said::Error(body)
    };
    let _ = sides.said.send(said).await;
    StatusCode::ACCEPTED
}

async fn failed(State(sides): State<Arc<Sides>>, body: String) -> StatusCode {
    let _ = sides.said.send(Said::Error(body)).await;
    StatusCode::ACCEPTED
}
