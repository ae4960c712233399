//! What a Lambda is to its host: a name and a way to start it.

use std::{collections::BTreeMap, fmt, future::Future, pin::Pin, sync::Arc};

use aws_types::SdkConfig;
use lambda_http::{Body, Request, Response, lambda_runtime::Diagnostic};
use serde_json::Value;

use crate::{Connections, Invocation, aws};

/// A future whose type the binaries never see, so that the runtime is compiled once, in the library.
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// One Lambda: the binary of this name calls [`crate::run`] with it, the one-machine host starts it in its own process.
#[derive(Clone, Copy)]
pub struct Function {
    /// The binary's name, its `Binary` in `template.yaml`, and the name in `functions/Cargo.toml`.
    pub name: &'static str,
    /// Reads the settings, connects, and gives the handler.
    pub start: fn(Environment) -> BoxFuture<Result<Handler, StartError>>,
}

/// What a function does with what Lambda hands to it.
#[derive(Clone)]
pub enum Handler {
    /// Routes lead to it.
    Http(HttpHandler),
    /// It is invoked with an event: by a person, by a schedule, by another service.
    Event(EventHandler),
}

/// Answers one HTTP request. Never fails: whatever goes wrong has become a problem document.
#[derive(Clone)]
pub struct HttpHandler(Arc<dyn Fn(Request) -> BoxFuture<Response<Body>> + Send + Sync>);

/// Answers one event. What goes wrong goes back to Lambda, which tells the caller or tries again.
#[derive(Clone)]
pub struct EventHandler(Arc<dyn Fn(Invocation) -> BoxFuture<Result<Value, Diagnostic>> + Send + Sync>);

impl EventHandler {
    pub(crate) fn new(
        answer: impl Fn(Invocation) -> BoxFuture<Result<Value, Diagnostic>> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(answer))
    }

    /// Answers the event.
    pub fn call(&self, invocation: Invocation) -> BoxFuture<Result<Value, Diagnostic>> {
        (self.0)(invocation)
    }
}

impl HttpHandler {
    pub(crate) fn new(answer: impl Fn(Request) -> BoxFuture<Response<Body>> + Send + Sync + 'static) -> Self {
        Self(Arc::new(answer))
    }

    /// Answers the request.
    pub fn call(&self, request: Request) -> BoxFuture<Response<Body>> {
        (self.0)(request)
    }
}

/// Where a function finds its settings and how it reaches AWS.
#[derive(Clone)]
pub struct Environment {
    settings: BTreeMap<String, String>,
    sdk: SdkConfig,
    connections: Option<Connections>,
}

impl Environment {
    /// `settings` are the function's environment variables as `template.yaml` names them.
    pub fn new(settings: BTreeMap<String, String>, sdk: SdkConfig) -> Self {
        Self {
            settings,
            sdk,
            connections: None,
        }
    }

    /// What Lambda gives a process: variables.
    pub fn of_process(variables: BTreeMap<String, String>) -> Result<Self, StartError> {
        let (sdk, connections) = aws::with_connections(&variables)?;
        Ok(Self {
            settings: variables,
            sdk,
            connections: Some(connections),
        })
    }

    /// Opens a connection to SES, for the first mail to leave by. While Lambda starts a function it gives it a whole
    /// processor, afterwards only its share.
    pub async fn open_connection_to_ses(&self) {
        let region = self.sdk.region().map(AsRef::as_ref).unwrap_or_default();
        let endpoint = self.sdk.endpoint_url().map(str::to_owned);
        let endpoint = endpoint.unwrap_or_else(|| format!("https://email.{region}.amazonaws.com"));
        if let (Some(connections), Ok(endpoint)) = (&self.connections, endpoint.parse()) {
            connections.open(endpoint).await;
        }
    }

    /// The setting's value, or the error that names what is missing.
    pub fn setting(&self, name: &'static str) -> Result<&str, StartError> {
        self.settings
            .get(name)
            .map(String::as_str)
            .ok_or(StartError::SettingMissing(name))
    }

    /// The setting's value in the form its function needs.
    pub fn parsed<T, E>(&self, name: &'static str, parse: fn(&str) -> Result<T, E>) -> Result<T, StartError>
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        parse(self.setting(name)?).map_err(|error| StartError::SettingInvalid {
            name,
            source: Box::new(error),
        })
    }

    /// Region, credentials, endpoint and HTTP client of every AWS client of this function.
    pub fn sdk(&self) -> &SdkConfig {
        &self.sdk
    }
}

/// Why a function could not start. It ends the process; Lambda starts another.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// `template.yaml` and the function disagree.
    #[error("the setting {0} is missing")]
    SettingMissing(&'static str),
    /// A setting is there, but not of its form.
    #[error("the setting {name} is not usable")]
    SettingInvalid {
        /// Which one.
        name: &'static str,
        /// What is wrong with it.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// AWS did not give what the function needs before its first request.
    #[error("cannot read what the function needs at its start")]
    Aws(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl fmt::Debug for Function {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Function")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
