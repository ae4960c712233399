//! What the functions log holds nothing of the people it is about.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "support/program.rs"]
#[allow(dead_code, reason = "other tests need the rest of it")]
mod program;

use std::{fs, time::Duration};

use program::Program;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use totp_rs::Totp;

const PASSWORD: &str = "Demo-Portal-2026!";

/// A word that stands nowhere else, for one personal field.
fn canary(field: &str) -> String {
    format!("Kanari{field}")
}

struct Caller<'a> {
    http: &'a Client,
    portal: &'a str,
    token: String,
}

impl Caller<'_> {
    async fn ask(&self, method: Method, path: &str, version: u64, body: &Value) -> (u16, Value) {
        let request = self.http.request(method, format!("{}{path}", self.portal));
        let request = request.bearer_auth(&self.token).json(body);
        let request = request.header("if-match", format!("\"{version}\""));
        let request = request.header("idempotency-key", format!("{}-{version}", path.replace('/', "-")));
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }
}

/// Asks for a link to set a password; the secret in it, which only the mail knows.
async fn password_link(somebody: &Caller<'_>, email: &str) -> String {
    let forgotten = json!({ "email": email });
    let path = "/api/password-resets";
    assert_eq!(somebody.ask(Method::POST, path, 1, &forgotten).await.0, 202);
    let (_, mails) = somebody
        .ask(Method::GET, &format!("/inbox/messages?to={email}"), 1, &json!({}))
        .await;
    let text = mails[0]["text"].as_str().unwrap();
    let (_, link) = text.split_once("/set-password#").unwrap();
    let token = link.split_whitespace().next().unwrap();
    let short = json!({ "newPassword": "kurz" });
    let path = format!("/api/password-resets/{token}");
    assert_eq!(somebody.ask(Method::PUT, &path, 1, &short).await.0, 422);
    token.split_once('.').unwrap().1.to_owned()
}

/// A second factor with all that can go wrong about it, and what nobody else must get to know of it.
async fn second_factor(decider: &Caller<'_>) -> Vec<String> {
    let path = "/api/me/second-factor";
    let (_, offer) = decider.ask(Method::POST, path, 1, &json!({})).await;
    let app = Totp::from_url(offer["uri"].as_str().unwrap()).unwrap();
    let wrong = json!({ "currentPassword": PASSWORD, "code": canary("Code") });
    assert_eq!(decider.ask(Method::PUT, path, 1, &wrong).await.0, 422);
    let now = u64::try_from(jiff::Timestamp::now().as_second()).unwrap();
    let code = app.generate(now).to_string();
    let right = json!({ "currentPassword": PASSWORD, "code": code });
    let (status, on) = decider.ask(Method::PUT, path, 2, &right).await;
    assert_eq!(status, 200);
    let codes = on["recoveryCodes"].as_array().unwrap().iter();
    let codes: Vec<_> = codes.map(|code| code.as_str().unwrap().to_owned()).collect();
    let session = |code: &str| json!({ "email": "decider@demo.example", "password": PASSWORD, "code": code });
    for (code, status) in [
        (canary("Falsch"), 401),
        (codes[0].clone(), 200),
        (codes[0].clone(), 401),
    ] {
        let answer = decider.ask(Method::POST, "/api/session", 2, &session(&code)).await;
        assert_eq!(answer.0, status, "{code}");
    }
    let off = json!({ "currentPassword": PASSWORD, "code": codes[1] });
    assert_eq!(
        decider
            .ask(Method::POST, "/api/me/second-factor/removal", 1, &off)
            .await
            .0,
        204
    );
    let secret = offer["secret"].as_str().unwrap().to_owned();
    // Not the app's codes: six digits stand in any line's time.
    codes.into_iter().chain([secret]).collect()
}

#[tokio::test]
async fn no_log_line_holds_anything_personal() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let http = Client::new();
    let program = Program::start_logging(&folder.path().join("data"), &log);
    let caller = async |email: &str| Caller {
        http: &http,
        portal: &program.portal,
        token: program.sign_in(&http, email).await,
    };
    let (recruiter, decider) = (
        caller("recruiter@demo.example").await,
        caller("decider@demo.example").await,
    );

    let person = json!({
        "externalId": "BW-K1", "jobExternalId": "R-2026-101", "status": "vorgeschlagen", "salutation": "Frau",
        "title": canary("Titel"), "firstName": canary("Vorname"), "lastName": canary("Nachname"),
        "titleAfterName": canary("Grad"), "email": "KanariAdresse@example.org", "phone": "+43 699 0815 4711",
    });
    let bounced = json!({ "externalId": "BW-K2", "jobExternalId": "R-2026-101", "status": "vorgeschlagen",
        "firstName": canary("Zweite"), "lastName": canary("Zweiter"), "email": "bounce@KanariDomain.example" });
    let bad = json!({ "externalId": "BW-K3", "jobExternalId": canary("Job"), "firstName": canary("Fehler") });
    let (status, rows) = recruiter
        .ask(Method::POST, "/api/applications", 1, &json!([person, bounced, bad]))
        .await;
    assert_eq!(status, 200);
    let id = |row: usize| rows["rows"][row]["applicationId"].as_str().unwrap().to_owned();
    let act = |id: &str, what: &str| format!("/api/applications/{id}/activities/fachkraefte.absagen/{what}");

    let note = json!({ "note": canary("Notiz"), "outcome": "notReached" });
    assert_eq!(
        decider.ask(Method::POST, &act(&id(0), "phone-call"), 1, &note).await.0,
        200
    );
    let mail = json!({ "subject": canary("Betreff"), "bodyHtml": format!("<p>{}</p>", canary("Text")) });
    assert_eq!(decider.ask(Method::POST, &act(&id(0), "email"), 2, &mail).await.0, 200);
    assert_eq!(decider.ask(Method::POST, &act(&id(1), "email"), 1, &mail).await.0, 200);
    // Refusals, too: another version, a placeholder, a field that does not exist.
    assert_eq!(decider.ask(Method::POST, &act(&id(0), "email"), 9, &mail).await.0, 412);
    let unfilled = json!({ "subject": "$Kanari.Platzhalter$", "bodyHtml": "<p>x</p>" });
    assert_eq!(
        decider.ask(Method::POST, &act(&id(1), "email"), 3, &unfilled).await.0,
        422
    );
    let unknown = json!({ "KanariFeld": 1 });
    assert_eq!(
        decider.ask(Method::POST, &act(&id(1), "email"), 4, &unknown).await.0,
        422
    );
    let signature = json!({ "signature": format!("<p>{}</p>", canary("Signatur")) });
    assert_eq!(decider.ask(Method::PATCH, "/api/me", 1, &signature).await.0, 200);
    let contact = json!({ "name": canary("Kontakt"), "email": "kanarikontakt@example.org", "contactRole": "decider", "language": "de-AT" });
    assert_eq!(
        recruiter
            .ask(Method::POST, "/api/customers/produktion/contacts", 1, &contact)
            .await
            .0,
        201
    );
    let guess = json!({ "email": "kanarifremd@example.org", "password": canary("Passwort") });
    assert_eq!(decider.ask(Method::POST, "/api/session", 1, &guess).await.0, 401);
    let forgotten = json!({ "email": "kanarikontakt@example.org" });
    assert_eq!(
        decider.ask(Method::POST, "/api/password-resets", 1, &forgotten).await.0,
        202
    );
    let mut secrets = second_factor(&decider).await;
    secrets.push(password_link(&decider, "decider@demo.example").await);
    let path = format!("/api/applications/{}/history", id(1));
    let delivered =
        async || decider.ask(Method::GET, &path, 1, &json!({})).await.1["items"][0]["delivery"][0]["state"].clone();
    let told = async { while delivered().await != "notDelivered" {} };
    tokio::time::timeout(Duration::from_mins(1), told).await.unwrap();
    drop(program);

    let log = fs::read_to_string(log).unwrap();
    let answers = log
        .lines()
        .filter(|line| line.contains("answered") && line.contains("send-email"));
    assert_eq!(answers.count(), 5, "it logs what was answered");
    let told: Vec<_> = log
        .lines()
        .filter(|line| {
            let known = line.to_lowercase().contains("kanari") || line.contains("0815 4711");
            known || secrets.iter().any(|secret| line.contains(secret))
        })
        .collect();
    assert_eq!(told, Vec::<&str>::new());
    program::report(
        "9-logs",
        &format!(
            "logs: {} lines of a story with words planted in what is personal of applicants, mails and users; none \
             holds one, nor one of {} secrets",
            log.lines().count(),
            secrets.len()
        ),
    );
}
