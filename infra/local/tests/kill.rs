//! What was acknowledged survives that the process is killed, and goes on after a restart.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "support/program.rs"]
mod program;

use program::Program;
use reqwest::Client;
use serde_json::{Value, json};

fn s3(program: &Program) -> aws_sdk_s3::Client {
    let variables = [
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", local::ACCESS_KEY),
        ("AWS_SECRET_ACCESS_KEY", local::SECRET_KEY),
        ("AWS_ENDPOINT_URL", &program.aws),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    aws_sdk_s3::Client::new(&lambda::sdk_config(&variables.into()).unwrap())
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    let data = tempfile::tempdir().unwrap();
    let http = Client::new();
    let mut program = Program::start(data.path());
    let token = program.sign_in(&http, "decider@demo.example").await;
    let act = async |portal: &str, application: &str, channel: &str, version: u64, body: Value| {
        let path = format!("/api/applications/{application}/activities/fachkraefte.absagen/{channel}");
        let request = http.post(format!("{portal}{path}")).bearer_auth(&token).json(&body);
        let request = request.header("if-match", format!("\"{version}\""));
        request
            .header("idempotency-key", format!("{application}-{version}"))
            .send()
            .await
    };

    let mail = json!({ "subject": "Ihre Bewerbung", "bodyHtml": "<p>Leider nein.</p>" });
    let answer = act(&program.portal, "produktionsleitung-a01", "email", 1, mail.clone())
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    let first_answer = answer.text().await.unwrap();
    let objects = s3(&program);
    objects
        .put_object()
        .bucket("hiring-portal-documents")
        .key("a")
        .body(b"text".to_vec().into())
        .send()
        .await
        .unwrap();
    let mut acknowledged = 1;
    while acknowledged < 20 {
        let call = json!({ "note": format!("Versuch {acknowledged}"), "outcome": "notReached" });
        let answer = act(
            &program.portal,
            "produktionsleitung-a02",
            "phone-call",
            acknowledged,
            call,
        )
        .await
        .unwrap();
        assert_eq!(answer.status(), 200);
        acknowledged += 1;
    }
    // One more is under way while the process dies.
    let call = json!({ "note": "Der letzte Versuch", "outcome": "notReached" });
    let portal = program.portal.clone();
    let under_way = act(&portal, "produktionsleitung-a02", "phone-call", acknowledged, call);
    let ((), answer) = tokio::join!(async { program.kill() }, under_way);
    acknowledged += u64::from(answer.is_ok_and(|answer| answer.status() == 200));

    let program = Program::start(data.path());
    let get = async |path: &str| {
        let request = http.get(format!("{}{path}", program.portal)).bearer_auth(&token);
        request.send().await.unwrap().json::<Value>().await.unwrap()
    };
    let application = get("/api/applications/produktionsleitung-a02").await;
    let version: u64 = application["version"].as_str().unwrap().parse().unwrap();
    assert!(
        (acknowledged..=acknowledged + 1).contains(&version),
        "{version}, acknowledged {acknowledged}"
    );
    let history = get("/api/applications/produktionsleitung-a02/history?limit=100").await;
    let notes: Vec<_> = history["items"]
        .as_array()
        .unwrap()
        .iter()
        .rev()
        .map(|entry| &entry["phoneCall"]["note"])
        .collect();
    for number in 1..20 {
        assert_eq!(notes[number - 1], &format!("Versuch {number}"));
    }

    let inbox = async || {
        get("/inbox/messages?to=theresa.hoelzlhammer@post.example")
            .await
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(inbox().await, 1);
    let again = act(&program.portal, "produktionsleitung-a01", "email", 1, mail)
        .await
        .unwrap();
    assert_eq!(again.text().await.unwrap(), first_answer, "the command is remembered");
    assert_eq!(inbox().await, 1);
    let object = s3(&program)
        .get_object()
        .bucket("hiring-portal-documents")
        .key("a")
        .send()
        .await
        .unwrap();
    assert_eq!(object.body.collect().await.unwrap().into_bytes(), b"text".as_slice());
}
