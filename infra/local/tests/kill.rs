//! What was acknowledged survives that the process is killed, and goes on after a restart.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use aws_config::{BehaviorVersion, Region};
use reqwest::Client;
use serde_json::{Value, json};

/// The program itself, as an operator starts it.
struct Program {
    child: Child,
    portal: String,
    aws: String,
}

impl Program {
    fn start(data: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_hiring-portal"))
            .args(["--listen", "127.0.0.1:0", "--demo", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let mut value = |label: &str| {
            let line = lines.find(|line| line.starts_with(label)).unwrap();
            line[label.len()..].trim().to_owned()
        };
        let (portal, aws) = (value("Portal"), value("AWS endpoint"));
        Self { child, portal, aws }
    }

    async fn sign_in(&self, http: &Client) -> String {
        let credentials = json!({ "email": "decider@demo.example", "password": "Demo-Portal-2026!" });
        let answer = http.post(format!("{}/api/session", self.portal)).json(&credentials);
        let answer: Value = answer.send().await.unwrap().json().await.unwrap();
        answer["accessToken"].as_str().unwrap().to_owned()
    }

    async fn s3(&self) -> aws_sdk_s3::Client {
        let credentials =
            aws_sdk_s3::config::Credentials::new(local::ACCESS_KEY, local::SECRET_KEY, None, None, "test");
        let sdk = aws_config::defaults(BehaviorVersion::latest())
            .endpoint_url(&self.aws)
            .region(Region::new("eu-central-1"))
            .credentials_provider(credentials)
            .load()
            .await;
        aws_sdk_s3::Client::new(&sdk)
    }

    /// SIGKILL: nothing is flushed, nothing is closed.
    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    let data = tempfile::tempdir().unwrap();
    let http = Client::new();
    let mut program = Program::start(data.path());
    let token = program.sign_in(&http).await;
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
    let s3 = program.s3().await;
    s3.put_object()
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
    let object = program
        .s3()
        .await
        .get_object()
        .bucket("hiring-portal-documents")
        .key("a")
        .send()
        .await
        .unwrap();
    assert_eq!(object.body.collect().await.unwrap().into_bytes(), b"text".as_slice());
}
