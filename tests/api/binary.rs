//! A function's own binary, as Lambda starts it: a process that asks the runtime API for events.

use std::{path::Path, process::Stdio, sync::Arc};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue},
    routing::{get, post},
};
use local::template::{BUILT_IN, Template};
use serde_json::{Value, json};
use tests::Portal;
use tokio::{
    net::TcpListener,
    process::Command,
    sync::{Mutex, mpsc},
};

use crate::events::event;

/// Lambda's side: one event to hand out, and what came back.
struct RuntimeApi {
    event: Mutex<Option<String>>,
    answers: mpsc::Sender<String>,
}

/// The event once; whoever asks again waits, as a function does between two requests.
async fn next(State(api): State<Arc<RuntimeApi>>) -> (HeaderMap, String) {
    let Some(event) = api.event.lock().await.take() else {
        std::future::pending().await
    };
    let headers = [
        ("lambda-runtime-aws-request-id", "request-1"),
        ("lambda-runtime-deadline-ms", "4102444800000"),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:eu-central-1:123456789012:function:sign-in",
        ),
        ("lambda-runtime-trace-id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700"),
    ];
    let headers = headers.map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
    (headers.into_iter().collect(), event)
}

async fn answered(State(api): State<Arc<RuntimeApi>>, body: String) {
    api.answers.send(body).await.unwrap();
}

/// Builds the function's binary, starts it as Lambda does, gives it the event, and takes what it answers and the lines
/// it logs. The example, which is there already, has it built with the features that tests are built with, so that no
/// dependency is built twice.
async fn answer(portal: &Portal, name: &str, event: String) -> (Value, Vec<Value>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let build = [
        "build",
        "--workspace",
        "--locked",
        "--bin",
        name,
        "--example",
        "play",
        "--message-format",
        "json",
    ];
    let build = Command::new(env!("CARGO"))
        .args(build)
        .current_dir(root)
        .stderr(Stdio::inherit())
        .output();
    let build = String::from_utf8(build.await.unwrap().stdout).unwrap();
    let mut messages = build.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let binary = messages.find_map(|message| {
        let ours = message["target"]["name"] == name;
        message["executable"].as_str().filter(|_| ours).map(str::to_owned)
    });

    let (answers, mut received) = mpsc::channel(1);
    let api = Arc::new(RuntimeApi {
        event: Mutex::new(Some(event)),
        answers,
    });
    let router = Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/response", post(answered))
        .route("/2018-06-01/runtime/invocation/{id}/error", post(answered))
        .with_state(api);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let server = tokio::spawn(async move { axum::serve(listener, router).await });

    let template = Template::read(BUILT_IN, &[].into()).unwrap();
    let settings = template
        .functions
        .into_iter()
        .find(|function| function.name == name)
        .unwrap()
        .settings;
    let mut process = Command::new(binary.expect("the built binary"))
        .env_clear()
        .envs(settings)
        .env("AWS_LAMBDA_RUNTIME_API", address)
        .env("AWS_LAMBDA_FUNCTION_NAME", name)
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_ENDPOINT_URL", portal.wire().url())
        .env("AWS_REGION", "eu-central-1")
        .env("AWS_ACCESS_KEY_ID", local::ACCESS_KEY)
        .env("AWS_SECRET_ACCESS_KEY", local::SECRET_KEY)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let answer = serde_json::from_str(&received.recv().await.unwrap()).unwrap();
    process.start_kill().unwrap();
    let output = process.wait_with_output().await.unwrap();
    server.abort();
    let lines = String::from_utf8(output.stdout).unwrap();
    let lines = lines.lines().map(|line| serde_json::from_str(line).unwrap());
    (answer, lines.collect())
}

#[tokio::test]
async fn a_binary_answers_through_lambda_s_runtime_api() {
    let portal = Portal::start().await;
    local::demo::load(&portal.host).await.unwrap();
    let mut event: Value = serde_json::from_str(&event("sign-in")).unwrap();
    event["requestContext"]["timeEpoch"] = portal.host.clock().now_millis().into();

    let (answer, _) = answer(&portal, "sign-in", event.to_string()).await;

    assert_eq!(answer["statusCode"], 200, "{answer}");
    assert!(
        answer["cookies"][0].as_str().unwrap().starts_with("refresh="),
        "{answer}"
    );
    let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    // The token of one process is believed by another.
    let bearer = format!("Bearer {}", body["accessToken"].as_str().unwrap());
    let me = portal
        .request("GET", "/api/me", &[("authorization", &bearer)], None)
        .await;
    assert_eq!(me.expect(200)["email"], "decider@demo.example");
}

#[tokio::test]
async fn a_binary_without_routes_answers_the_event_and_reports_its_errors() {
    let portal = Portal::start().await;
    let (invited, _) = answer(&portal, "invite-recruiter", event("invite-recruiter")).await;
    assert_eq!(invited["invitation"]["state"], "accepted", "{invited}");
    assert_eq!(portal.mails_to("baerbel.loeffler@traunfels.example").await.len(), 1);
    let (refused, _) = answer(&portal, "invite-recruiter", "{}".to_owned()).await;
    assert_eq!(refused["errorType"], "validation", "{refused}");
}

/// The metric filters of the template whose pattern is for this message.
fn metric_values(message: &str) -> Vec<&str> {
    let pattern = format!("FilterPattern: '{{ $.message = \"{message}\" }}'");
    let filters = BUILT_IN.split(&pattern).skip(1);
    let values = filters.map(|filter| filter.split_once("MetricValue: ").unwrap().1);
    values.map(|value| value.split_once([',', ' ']).unwrap().0).collect()
}

#[tokio::test]
async fn the_lines_that_alarms_are_made_of_are_written() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;
    let reject = department.activity("reject");
    maria.reject_by_email(&application, &reject).send().await.expect(200);

    let (_, lines) = answer(&portal, "sweep", "{}".to_owned()).await;
    let line = lines.iter().find(|line| line["message"] == "swept").unwrap();
    let values = metric_values("swept");
    assert_eq!(values, ["$.unclear", "$.failed", "$.oldest_pending_seconds"]);
    for value in values {
        assert_eq!(line[value.trim_start_matches("$.")], 0, "{value}");
    }

    let tags = json!({ "mail": [format!("{application}_2_1")], "attempt": ["1"] });
    let foreign = json!({ "detail": { "eventType": "Send", "mail": { "messageId": "another", "tags": tags } } });
    let (_, lines) = answer(&portal, "handle-mail-events", foreign.to_string()).await;
    let message = "two message ids for one mail";
    assert!(lines.iter().any(|line| line["message"] == message), "{lines:?}");
    assert_eq!(metric_values(message), ["\"1\""]);
}
