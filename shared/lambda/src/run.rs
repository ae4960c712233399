//! What a binary does: start its function and answer what Lambda sends.

use std::{collections::BTreeMap, env, process::ExitCode};

use jiff::Timestamp;
use lambda_http::{LambdaEvent, Request, lambda_runtime, service_fn};
use serde_json::Value;
use tracing::level_filters::LevelFilter;

use crate::{Environment, Function, Handler, Invocation};

/// Runs the function until Lambda ends the process. Not generic, so that the runtime is compiled once.
pub fn run(function: &Function) -> ExitCode {
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_max_level(level())
        .init();
    // Lambda hands a function one request at a time, and a part of a processor.
    let result = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map(|runtime| runtime.block_on(answer(function)));
    match result {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => failed(function, error.as_ref()),
        Err(error) => failed(function, &error),
    }
}

/// The level that Lambda's setting asks for.
fn level() -> LevelFilter {
    let asked = env::var("AWS_LAMBDA_LOG_LEVEL").ok();
    asked.and_then(|level| level.parse().ok()).unwrap_or(LevelFilter::INFO)
}

fn failed(function: &Function, error: &(dyn std::error::Error + 'static)) -> ExitCode {
    tracing::error!(function = function.name, error, "the function could not run");
    ExitCode::FAILURE
}

async fn answer(function: &Function) -> Result<(), lambda_http::Error> {
    let variables: BTreeMap<_, _> = env::vars().collect();
    let handler = (function.start)(Environment::of_process(variables)?).await?;
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
