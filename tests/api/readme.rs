//! The story in the README runs as it stands there.

use std::{path::Path, process::Stdio};

use tests::Portal;
use tokio::process::Command;

/// Runs the README's story of that number on a demo of its own; what it prints.
async fn run(number: usize) -> String {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .join("README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let story = readme.split("<!-- story -->\n```sh\n").nth(number).unwrap();
    let (story, _) = story.split_once("\n```\n").unwrap();
    let portal = Portal::start().await;
    local::demo::load(&portal.host).await.unwrap();
    let story = story.replace("http://127.0.0.1:3000", &portal.host.url());

    let shell = Command::new("bash")
        .args(["-euo", "pipefail", "-c", &story])
        .stderr(Stdio::inherit())
        .output();
    let output = shell.await.expect("bash and curl");
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{printed}");
    printed
}

#[tokio::test]
async fn the_story_of_three_rejections_runs_as_it_stands_there() {
    let printed = run(1).await;
    assert_eq!(
        printed.matches(r#""delivery":{"state":"accepted"}"#).count(),
        1,
        "{printed}"
    );
    assert_eq!(
        printed.matches(r#""version":"2""#).count(),
        3,
        "three were decided: {printed}"
    );
    for shown in [
        r#""subject":"Ihre Bewerbung als Produktionsleitung""#,
        r#""note":"Hat es verstanden, bleibt an uns interessiert.""#,
        r#""channel":"statusOnly""#,
        r#""name":"Dr. Maria Gruber""#,
    ] {
        assert!(printed.contains(shown), "{shown} in {printed}");
    }
}

#[tokio::test]
async fn the_story_of_an_interview_runs_as_it_stands_there() {
    let printed = run(2).await;
    for subject in [
        "Invitation to an interview",
        "New time – Interview: Produktionsleitung (m/w/d)",
        "Cancelled – Interview: Produktionsleitung (m/w/d)",
    ] {
        assert_eq!(
            printed.matches(&format!(r#""subject":"{subject}""#)).count(),
            1,
            "{subject} in {printed}"
        );
    }
}

#[tokio::test]
async fn the_story_of_preparing_a_department_runs_as_it_stands_there() {
    let printed = run(3).await;
    for shown in [
        r#""channels":["email","phone","statusOnly"]"#,
        r#""title":"Key Account Management (m/w/d)""#,
        r#""name":"Absage Vertrieb""#,
        "set-password#",
    ] {
        assert!(printed.contains(shown), "{shown} in {printed}");
    }
}
