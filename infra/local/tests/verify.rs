//! The program's own check of a history, as an operator runs it.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    io::Write,
    process::{Command, Stdio},
};

use local::{Host, Options, demo};
use serde_json::{Value, json};

/// Runs `hiring-portal verify-history` on what comes in; whether it succeeded, and what it says.
fn verify(pages: &str, options: &[&str]) -> (bool, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_hiring-portal"))
        .arg("verify-history")
        .args(options)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(pages.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).unwrap())
}

#[tokio::test]
async fn the_program_verifies_a_history_and_names_the_first_broken_entry() {
    let data = tempfile::tempdir().unwrap();
    let host = Host::start(Options::new(data.path())).await.unwrap();
    demo::load(&host).await.unwrap();
    let http = reqwest::Client::new();
    let credentials = json!({ "email": "recruiter@demo.example", "password": demo::PASSWORD });
    let session = http.post(format!("{}/api/session", host.url())).json(&credentials);
    let session: Value = session.send().await.unwrap().json().await.unwrap();
    let proof = http
        .get(format!(
            "{}/api/applications/produktionsleitung-a01/history/proof",
            host.url()
        ))
        .bearer_auth(session["accessToken"].as_str().unwrap());
    let proof = proof.send().await.unwrap().text().await.unwrap();

    let (verified, said) = verify(&proof, &[]);
    assert!(verified, "{said}");
    let (text, head) = said.trim_end().rsplit_once(' ').unwrap();
    assert_eq!(text, "produktionsleitung-a01: 1 entries, complete and unchanged, up to");
    let (verified, said) = verify(&proof, &["--kept-head", head]);
    assert!(
        verified && said.ends_with("; the head that was kept is entry 1's\n"),
        "{said}"
    );
    let (verified, said) = verify(&proof, &["--kept-head", &"a".repeat(64)]);
    assert!(!verified);
    assert_eq!(
        said.trim_end(),
        "the head that was kept is not in this history: it was cut or written anew"
    );
    let mut proof: Value = serde_json::from_str(&proof).unwrap();
    proof["entries"][0]["at"] = "2020-01-01T00:00:00Z".into();
    let (verified, said) = verify(&proof.to_string(), &[]);
    assert!(!verified);
    assert_eq!(said.trim_end(), "the history breaks at entry 1: it was changed");
}
