//! What a Lambda is to its host: a name and a way to start it.

use std::{collections::BTreeMap, fmt, future::Future, pin::Pin, sync::Arc};

use aws_config::SdkConfig;
use lambda_http::{Body, Request, Response};

/// A future whose type the binaries never see, so that the runtime is compiled once, in the library.
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// One Lambda: the binary of this name calls [`crate::run`] with it, the one-machine host starts it in its own process.
#[derive(Clone, Copy)]
pub struct Function {
    /// The binary's name, the last part of its `CodeUri` in `template.yaml`, and the name in `functions/Cargo.toml`.
    pub name: &'static str,
    /// Reads the settings, connects, and gives the handler of requests.
    pub start: fn(Environment) -> BoxFuture<Result<Handler, StartError>>,
}

/// Answers one HTTP request. Never fails: whatever goes wrong has become a problem document.
#[derive(Clone)]
pub struct Handler(Arc<dyn Fn(Request) -> BoxFuture<Response<Body>> + Send + Sync>);

impl Handler {
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
}

impl Environment {
    /// `settings` are the function's environment variables as `template.yaml` names them.
    pub fn new(settings: BTreeMap<String, String>, sdk: SdkConfig) -> Self {
        Self { settings, sdk }
    }

    /// The setting's value, or the error that names what is missing.
    pub fn setting(&self, name: &'static str) -> Result<&str, StartError> {
        self.settings
            .get(name)
            .map(String::as_str)
            .ok_or(StartError::SettingMissing(name))
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
