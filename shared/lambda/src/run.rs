//! What a binary does: start its function and answer what Lambda sends.

use std::process::ExitCode;

use aws_config::BehaviorVersion;
use jiff::Timestamp;
use lambda_http::{LambdaEvent, Request, lambda_runtime, service_fn};
use serde_json::Value;
use tracing_subscriber::EnvFilter;

use crate::{Environment, Function, Handler, Invocation};

/// Runs the function until Lambda ends the process. Not generic, so that the runtime is compiled once.
pub fn run(function: &Function) -> ExitCode {
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_env_filter(EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info")))
        .init();
    let result = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map(|runtime| runtime.block_on(answer(function)));
    match result {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => failed(function, error.as_ref()),
        Err(error) => failed(function, &error),
    }
}

fn failed(function: &Function, error: &(dyn std::error::Error + 'static)) -> ExitCode {
    tracing::error!(function = function.name, error, "the function could not run");
    ExitCode::FAILURE
}

async fn answer(function: &Function) -> Result<(), lambda_http::Error> {
    let sdk = aws_config::load_defaults(BehaviorVersion::latest()).await;
    let handler = (function.start)(Environment::new(std::env::vars().collect(), sdk)).await?;
    match handler {
        Handler::Http(handler) => {
            lambda_http::run(service_fn(move |request: Request| {
                let answer = handler.call(request);
                async move { Ok::<_, std::convert::Infallible>(answer.await) }
            }))
            .await
        }
        Handler::Event(handler) => {
            lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| {
                handler.call(Invocation {
                    event: event.payload,
                    id: event.context.request_id,
                    received_at: Timestamp::now(),
                })
            }))
            .await
        }
    }
}
