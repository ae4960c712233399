//! The local HTTP API: finds the route of a request as API Gateway does, and calls its function with the event that
//! API Gateway would send.

mod answer;
mod event;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, convert::Infallible, fmt::Display, net::SocketAddr, sync::Arc, time::Duration};

use axum::body::Body;
use http::{Method, Request, Response, StatusCode, request::Parts};
use http_body_util::{BodyExt, Limited};
use hyper::body::Bytes;
use lambda_http::{Adapter, Context, LambdaEvent, request::LambdaRequest, service_fn};
use percent_encoding::percent_decode_str;
use serde_json::json;
use tower::Service;

use crate::{
    Clock,
    invocations::{Invocations, trace_of},
    tasks::Tasks,
    template::{ACCOUNT, REGION, Route},
};

/// API Gateway refuses longer request bodies.
const MAX_REQUEST_BODY: usize = 10 * 1024 * 1024;
/// API Gateway waits no longer for a function.
const MAX_WAIT: Duration = Duration::from_secs(30);

/// What answers requests: a function's handler.
pub type Answer = Arc<dyn Fn(lambda_http::Request) -> lambda::BoxFuture<Response<lambda_http::Body>> + Send + Sync>;

/// A function that routes lead to.
#[derive(Clone)]
pub struct Target {
    /// Its binary's name.
    pub function: String,
    /// How long it may run.
    pub timeout: Duration,
    /// Its handler.
    pub answer: Answer,
}

/// The route table and what the routes lead to.
pub struct Gateway {
    paths: matchit::Router<BTreeMap<String, (Route, Target)>>,
    clock: Clock,
    tasks: Tasks,
    invocations: Invocations,
}

/// Two routes that API Gateway would not take together.
#[derive(Debug, thiserror::Error)]
#[error("the route {method} {path} is there twice, or contradicts another one")]
pub struct RouteConflict {
    method: Method,
    path: String,
}

impl Gateway {
    /// A gateway with these routes.
    pub fn new(
        routes: Vec<(Route, Target)>,
        clock: Clock,
        tasks: Tasks,
        invocations: Invocations,
    ) -> Result<Self, RouteConflict> {
        let mut by_path: BTreeMap<String, BTreeMap<String, (Route, Target)>> = BTreeMap::new();
        for (route, target) in routes {
            let methods = by_path.entry(route.path.clone()).or_default();
            if let Some((route, _)) = methods.insert(route.method.to_string(), (route, target)) {
                return Err(RouteConflict {
                    method: route.method,
                    path: route.path,
                });
            }
        }
        let mut paths = matchit::Router::new();
        for (path, methods) in by_path {
            let method = methods
                .values()
                .next()
                .map(|(route, _)| route.method.clone())
                .unwrap_or_default();
            paths
                .insert(path.clone(), methods)
                .map_err(|_| RouteConflict { method, path })?;
        }
        Ok(Self {
            paths,
            clock,
            tasks,
            invocations,
        })
    }

    /// Answers a request that came from this peer.
    pub async fn answer(&self, request: Request<Body>, peer: SocketAddr) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let Some(body) = read_body(body).await else {
            return message(StatusCode::PAYLOAD_TOO_LARGE, "Request Too Long");
        };
        let found = self.paths.at(parts.uri.path()).ok();
        let Some((found, (route, target))) = found.and_then(|found| {
            found
                .value
                .get(parts.method.as_str())
                .map(|matched| (found.params, matched))
        }) else {
            return message(StatusCode::NOT_FOUND, "Not Found");
        };
        let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let path_parameters = found
            .iter()
            .map(|(name, value)| (name.to_owned(), decode(value)))
            .collect();

        let request_id = uuid::Uuid::new_v4().to_string();
        let event = event::build(&event::Received {
            parts: &parts,
            body: &body,
            peer,
            route,
            path_parameters,
            request_id: &request_id,
            now_millis: self.clock.now_millis(),
        });
        let mut response = self.invoke(target, &event.to_string(), &request_id, &parts).await;
        if let Ok(request_id) = request_id.parse() {
            response.headers_mut().insert("apigw-requestid", request_id);
        }
        response
    }

    async fn invoke(&self, target: &Target, event: &str, request_id: &str, parts: &Parts) -> Response<Body> {
        let failed = |reason: &dyn Display| {
            let path = parts.uri.path();
            tracing::error!(function = target.function, method = %parts.method, path, %reason, "no answer");
            message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
        };
        let request: LambdaRequest = match serde_json::from_str(event) {
            Ok(request) => request,
            Err(error) => return failed(&error),
        };
        let event = LambdaEvent::new(request, context(target, request_id));
        let answer = Arc::clone(&target.answer);
        let mut adapter = Adapter::from(service_fn(move |request| {
            let answer = Arc::clone(&answer);
            async move { Ok::<_, Infallible>(answer(request).await) }
        }));
        let answered = adapter.call(event);
        let timeout = target.timeout;
        let trace = trace_of(&parts.headers).unwrap_or(request_id).to_owned();
        let invocations = self.invocations.clone();
        // A Lambda runs on when the caller hangs up or API Gateway stops waiting.
        let running = self
            .tasks
            .run(async move { tokio::time::timeout(timeout, invocations.run(&trace, answered)).await });
        match tokio::time::timeout(MAX_WAIT, running).await {
            Err(_) => message(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"),
            Ok(None) => failed(&"the function panicked"),
            Ok(Some(Err(_))) => failed(&"the function ran into its timeout"),
            Ok(Some(Ok(None))) => failed(&"the function was killed"),
            Ok(Some(Ok(Some(Ok(response))))) => answer::to_http(&response).unwrap_or_else(|error| failed(&error)),
        }
    }
}

/// The deadline is in real time, as Lambda's is: a function compares it with its own clock.
fn context(target: &Target, request_id: &str) -> Context {
    let timeout = i64::try_from(target.timeout.as_millis()).unwrap_or(i64::MAX);
    let deadline = Clock::default().now_millis().saturating_add(timeout);
    let mut context = Context::default();
    request_id.clone_into(&mut context.request_id);
    context.deadline = deadline.try_into().unwrap_or_default();
    context.invoked_function_arn = format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{}", target.function);
    context
}

/// The whole body, or `None` if it is too long. Then the rest is read all the same, because a client may only look for
/// an answer when it has sent everything.
async fn read_body(body: Body) -> Option<Bytes> {
    let mut body = body;
    let limited = Limited::new(&mut body, MAX_REQUEST_BODY);
    if let Ok(collected) = limited.collect().await {
        return Some(collected.to_bytes());
    }
    while let Some(Ok(_)) = body.frame().await {}
    None
}

fn message(status: StatusCode, text: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(json!({ "message": text }).to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(
        http::header::CONTENT_TYPE,
        http::HeaderValue::from_static("application/json"),
    );
    response
}
