use std::{sync::Arc, time::Duration};

use axum::body::Body;
use http::{Method, Request, Response};
use http_body_util::BodyExt;
use lambda_http::RequestExt;
use serde_json::{Value, json};

use super::{Answer, Gateway, MAX_REQUEST_BODY, Target};
use crate::{Clock, invocations::Invocations, tasks::Tasks, template::Route};

fn gateway(routes: &[(&str, &str)], timeout: u64, answer: Answer) -> (Gateway, Clock) {
    let target = Target {
        function: "test".into(),
        timeout: Duration::from_secs(timeout),
        answer,
    };
    let route = |(method, path): &(&str, &str)| Route {
        method: method.parse().unwrap(),
        path: (*path).into(),
    };
    let routes = routes.iter().map(|named| (route(named), target.clone())).collect();
    let clock = Clock::default();
    (
        Gateway::new(routes, clock.clone(), Tasks::default(), Invocations::default()).unwrap(),
        clock,
    )
}

async fn send(gateway: &Gateway, request: Request<Body>) -> (u16, http::HeaderMap, Value) {
    let response = gateway.answer(request, "192.0.2.7:4711".parse().unwrap()).await;
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (
        parts.status.as_u16(),
        parts.headers,
        serde_json::from_slice(&body).unwrap_or(Value::Null),
    )
}

fn request(method: &str, path: &str, body: impl Into<Body>) -> Request<Body> {
    Request::builder()
        .method(method)
        .uri(path)
        .header("host", "127.0.0.1:3000")
        .body(body.into())
        .unwrap()
}

/// Answers with what the handler sees.
fn mirror() -> Answer {
    Arc::new(|request| {
        Box::pin(async move {
            let context = request.lambda_context();
            let seen = json!({
                "method": request.method().as_str(),
                "path": request.raw_http_path(),
                "job": request.query_string_parameters_ref().and_then(|query| query.first("job")),
                "id": request.path_parameters_ref().and_then(|path| path.first("id")),
                "key": request.headers().get("idempotency-key").map(|key| String::from_utf8_lossy(key.as_bytes())),
                "many": request.headers().get("x-many").and_then(|many| many.to_str().ok()),
                "cookie": request.headers().get("cookie").and_then(|cookie| cookie.to_str().ok()),
                "body": String::from_utf8_lossy(request.body()),
                "remaining": context.deadline.saturating_sub(u64::try_from(Clock::default().now_millis()).unwrap()),
                "context": match request.request_context() {
                    lambda_http::request::RequestContext::ApiGatewayV2(context) => json!({
                        "time": context.time_epoch,
                        "route": context.route_key,
                        "ip": context.http.source_ip,
                        "sameId": context.request_id == request.lambda_context().request_id.into(),
                    }),
                    _ => Value::Null,
                },
            });
            let response = Response::builder()
                .status(201)
                .header("set-cookie", "a=1")
                .header("set-cookie", "b=2");
            response
                .header("content-type", "application/json")
                .body(seen.to_string().into())
                .unwrap()
        })
    })
}

#[tokio::test]
async fn the_handler_sees_what_was_sent() {
    let (gateway, clock) = gateway(&[("POST", "/api/jobs/{id}/mail")], 29, mirror());
    clock.advance(Duration::from_hours(1));
    let before = clock.now_millis();
    let request = Request::post("/api/jobs/a%2Fb%20c/mail?job=%C3%A4&job=2&x=")
        .header("host", "127.0.0.1:3000")
        .header("content-type", "application/json; charset=utf-8")
        .header("Idempotency-Key", "schlüssel")
        .header("x-many", "1")
        .header("x-many", "2")
        .header("cookie", "refresh=abc; other=d")
        .body(Body::from("{\"text\":\"Grüße\"}"))
        .unwrap();
    let (status, headers, seen) = send(&gateway, request).await;
    assert_eq!(status, 201);
    assert_eq!(headers.get_all("set-cookie").iter().collect::<Vec<_>>(), ["a=1", "b=2"]);
    assert!(headers.contains_key("apigw-requestid"));
    assert_eq!(seen["method"], "POST");
    assert_eq!(seen["path"], "/api/jobs/a%2Fb%20c/mail");
    assert_eq!(seen["job"], "ä");
    assert_eq!(seen["id"], "a/b c");
    assert_eq!(seen["key"], "schlüssel");
    assert_eq!(seen["many"], "1,2");
    assert_eq!(seen["cookie"], "refresh=abc; other=d");
    assert_eq!(seen["body"], "{\"text\":\"Grüße\"}");
    assert_eq!(seen["context"]["route"], "POST /api/jobs/{id}/mail");
    assert_eq!(seen["context"]["ip"], "192.0.2.7");
    assert_eq!(seen["context"]["sameId"], true);
    let time = seen["context"]["time"].as_i64().unwrap();
    assert!((before..before + 5000).contains(&time));
    let remaining = seen["remaining"].as_u64().unwrap();
    assert!((28_000..=29_000).contains(&remaining), "{remaining}");
}

#[tokio::test]
async fn bodies_that_are_no_text_arrive_as_they_were_sent() {
    let bytes: Vec<u8> = (0..=255).collect();
    let expected = bytes.clone();
    let check: Answer = Arc::new(move |request| {
        let same = request.body().as_ref() == expected.as_slice();
        Box::pin(async move {
            Response::builder()
                .status(if same { 200 } else { 500 })
                .body("{}".into())
                .unwrap()
        })
    });
    let (gateway, _) = gateway(&[("POST", "/upload")], 29, check);
    assert_eq!(send(&gateway, request("POST", "/upload", bytes)).await.0, 200);
}

#[tokio::test]
async fn a_route_is_a_method_and_a_path() {
    let routes = [
        ("GET", "/api/jobs/{id}"),
        ("GET", "/api/jobs/open"),
        ("DELETE", "/api/jobs/{id}"),
    ];
    let (gateway, _) = gateway(&routes, 29, mirror());
    let (_, _, seen) = send(&gateway, request("GET", "/api/jobs/open", "")).await;
    assert_eq!(seen["context"]["route"], "GET /api/jobs/open");
    for (method, path) in [
        ("POST", "/api/jobs/1"),
        ("HEAD", "/api/jobs/1"),
        ("GET", "/api/jobs/1/"),
        ("GET", "/"),
    ] {
        let (status, headers, body) = send(&gateway, request(method, path, "")).await;
        assert_eq!(
            (status, body),
            (404, json!({"message": "Not Found"})),
            "{method} {path}"
        );
        assert_eq!(headers["content-type"], "application/json");
    }
}

#[test]
fn a_route_given_twice_is_refused() {
    let target = Target {
        function: "test".into(),
        timeout: Duration::ZERO,
        answer: mirror(),
    };
    let route = |path: &str| {
        (
            Route {
                method: Method::GET,
                path: path.into(),
            },
            target.clone(),
        )
    };
    assert!(
        Gateway::new(
            vec![route("/a/{x}"), route("/a/{x}")],
            Clock::default(),
            Tasks::default(),
            Invocations::default(),
        )
        .is_err()
    );
    assert!(
        Gateway::new(
            vec![route("/a/{x}"), route("/a/{y}")],
            Clock::default(),
            Tasks::default(),
            Invocations::default(),
        )
        .is_err()
    );
}

#[tokio::test]
async fn ten_megabytes_are_the_limit() {
    let count: Answer = Arc::new(|request| {
        let length = request.body().len();
        Box::pin(async move { Response::new(length.to_string().into()) })
    });
    let (gateway, _) = gateway(&[("POST", "/upload")], 29, count);
    let (status, _, body) = send(&gateway, request("POST", "/upload", vec![b'x'; MAX_REQUEST_BODY])).await;
    assert_eq!((status, body), (200, json!(MAX_REQUEST_BODY)));
    let (status, _, body) = send(&gateway, request("POST", "/upload", vec![b'x'; MAX_REQUEST_BODY + 1])).await;
    assert_eq!((status, body), (413, json!({"message": "Request Too Long"})));
}

#[tokio::test]
async fn an_answer_beyond_lambdas_limit_is_an_error() {
    let long: Answer = Arc::new(|_| Box::pin(async { Response::new("x".repeat(6 * 1024 * 1024).into()) }));
    let (gateway, _) = gateway(&[("GET", "/")], 29, long);
    let (status, _, body) = send(&gateway, request("GET", "/", "")).await;
    assert_eq!((status, body), (500, json!({"message": "Internal Server Error"})));
}

#[tokio::test(start_paused = true)]
async fn the_gateway_and_the_function_have_their_own_patience() {
    for (timeout, status, text) in [(29, 500, "Internal Server Error"), (60, 503, "Service Unavailable")] {
        let (gateway, _) = gateway(&[("GET", "/")], timeout, Arc::new(|_| Box::pin(std::future::pending())));
        let (answered, _, body) = send(&gateway, request("GET", "/", "")).await;
        assert_eq!((answered, body), (status, json!({"message": text})));
    }
}

#[tokio::test]
async fn a_panic_is_an_error_of_the_function_only() {
    let (gateway, _) = gateway(
        &[("GET", "/")],
        29,
        Arc::new(|_| Box::pin(async { panic!("on purpose") })),
    );
    assert_eq!(send(&gateway, request("GET", "/", "")).await.0, 500);
    assert_eq!(send(&gateway, request("GET", "/", "")).await.0, 500);
}

#[tokio::test(start_paused = true)]
async fn a_function_runs_on_when_its_caller_hangs_up() {
    let (done, finished) = tokio::sync::mpsc::channel(1);
    let slow: Answer = Arc::new(move |_| {
        let done = done.clone();
        Box::pin(async move {
            tokio::time::sleep(Duration::from_secs(5)).await;
            done.send(()).await.unwrap();
            Response::new("".into())
        })
    });
    let (gateway, _) = gateway(&[("GET", "/")], 29, slow);
    let waiting = send(&gateway, request("GET", "/", ""));
    assert!(tokio::time::timeout(Duration::from_secs(1), waiting).await.is_err());
    let mut finished = finished;
    assert!(finished.recv().await.is_some());
}
