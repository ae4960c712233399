//! Lambda's Invoke API on the portal's own port, for the functions that no route leads to:
//! `aws lambda invoke --endpoint-url http://127.0.0.1:3000 --function-name invite-recruiter …`.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::post,
};
use http::{HeaderMap, StatusCode, header};
use lambda::{EventHandler, Invocation};
use serde_json::{Value, json};

use crate::{
    Clock,
    clock::moment,
    invocations::{Invocations, trace_of},
    tasks::Tasks,
};

/// A function that is invoked with an event.
#[derive(Clone)]
pub struct Invocable {
    /// How long it may run.
    pub timeout: Duration,
    /// What it does.
    pub handler: EventHandler,
}

struct Lambda {
    functions: BTreeMap<String, Invocable>,
    clock: Clock,
    tasks: Tasks,
    invocations: Invocations,
}

/// The API for these functions, each under all its names.
pub fn router(functions: BTreeMap<String, Invocable>, clock: Clock, tasks: Tasks, invocations: Invocations) -> Router {
    let lambda = Lambda {
        functions,
        clock,
        tasks,
        invocations,
    };
    Router::new()
        .route("/2015-03-31/functions/{name}/invocations", post(invoke))
        .with_state(Arc::new(lambda))
}

async fn invoke(
    State(lambda): State<Arc<Lambda>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    // The signature itself is not checked, but a page in a browser cannot send one without being asked first.
    if !has(&headers, header::AUTHORIZATION.as_str(), |value| {
        value.starts_with("AWS4-HMAC-SHA256 ")
    }) {
        return refused(
            StatusCode::FORBIDDEN,
            "MissingAuthenticationTokenException",
            "Missing Authentication Token",
        );
    }
    if has(&headers, "x-amz-invocation-type", |value| value != "RequestResponse") {
        return refused(
            StatusCode::BAD_REQUEST,
            "InvalidParameterValueException",
            "This host invokes functions with RequestResponse only",
        );
    }
    let Some(Invocable { timeout, handler }) = lambda.functions.get(&name) else {
        return refused(
            StatusCode::NOT_FOUND,
            "ResourceNotFoundException",
            &format!("Function not found, or routes lead to it: {name}"),
        );
    };
    let event = if body.is_empty() {
        Ok(json!({}))
    } else {
        serde_json::from_slice(&body)
    };
    let Ok(event) = event else {
        return refused(
            StatusCode::BAD_REQUEST,
            "InvalidRequestContentException",
            "Could not parse request body into json",
        );
    };
    let id = uuid::Uuid::new_v4().to_string();
    let running = handler.call(Invocation {
        event,
        id: id.clone(),
        received_at: moment(lambda.clock.now_millis()),
    });
    let (timeout, trace) = (*timeout, trace_of(&headers).unwrap_or(&id).to_owned());
    let invocations = lambda.invocations.clone();
    // A Lambda runs on when the caller hangs up.
    let running = lambda
        .tasks
        .run(async move { tokio::time::timeout(timeout, invocations.run(&trace, running)).await });
    match running.await {
        Some(Ok(Some(Ok(value)))) => answer(&id, None, &value),
        Some(Ok(Some(Err(error)))) => answer(&id, Some("Unhandled"), &json!(error)),
        Some(Err(_)) => {
            let message = format!("{id} Task timed out after {:.2} seconds", timeout.as_secs_f64());
            answer(&id, Some("Unhandled"), &json!({ "errorMessage": message }))
        }
        None | Some(Ok(None)) => {
            let message = format!("RequestId: {id} Error: Runtime exited without providing a reason");
            let error = json!({ "errorType": "Runtime.ExitError", "errorMessage": message });
            answer(&id, Some("Unhandled"), &error)
        }
    }
}

fn has(headers: &HeaderMap, name: &str, is_so: impl Fn(&str) -> bool) -> bool {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .is_some_and(is_so)
}

/// 200 also for a function's error, which a header names.
fn answer(id: &str, error: Option<&'static str>, payload: &Value) -> Response {
    let headers = [("x-amz-executed-version", "$LATEST"), ("x-amzn-requestid", id)];
    let error = error.map(|error| [("x-amz-function-error", error)]);
    match error {
        None => (headers, Json(payload)).into_response(),
        Some(error) => (headers, error, Json(payload)).into_response(),
    }
}

fn refused(status: StatusCode, error_type: &'static str, message: &str) -> Response {
    let headers = [("x-amzn-errortype", error_type)];
    let body = json!({ "Type": "User", "Message": message, "message": message });
    (status, headers, Json(body)).into_response()
}
