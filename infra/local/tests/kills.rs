//! A hundred times killed under load and started again on the same data.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "support/program.rs"]
#[allow(dead_code, reason = "other tests need the rest of it")]
mod program;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use futures::future::join_all;
use program::Program;
use reqwest::Client;
use serde_json::{Value, json};

const KILLS: u64 = 100;
/// Two portals, each on data of its own, side by side: starting takes one processor.
const PORTALS: u64 = 2;
/// So many mails are ordered at once, again and again, until the process dies.
const WORKERS: usize = 3;

/// What was answered of an application.
#[derive(Clone)]
enum Known {
    /// Imported; nothing more was answered.
    Imported,
    /// Turned down, and what was said of the mail.
    Rejected { accepted: bool },
}

struct Load<'a> {
    http: &'a Client,
    portal: String,
    decider: &'a str,
    recruiter: &'a str,
}

impl Load<'_> {
    /// None: the process is gone.
    async fn import(&self, name: &str) -> Option<String> {
        let row = json!([{
            "externalId": name, "jobExternalId": "R-2026-101", "status": "vorgeschlagen", "firstName": "Anna", "lastName": "Müller",
            "email": format!("{name}@example.org"),
        }]);
        let request = self.http.post(format!("{}/api/applications", self.portal)).json(&row);
        let answer = request.bearer_auth(self.recruiter).send().await.ok()?;
        let status = answer.status().as_u16();
        let text = answer.text().await.ok()?;
        assert_eq!(status, 200, "{text}");
        let answer: Value = serde_json::from_str(&text).unwrap();
        Some(answer["rows"][0]["applicationId"].as_str().unwrap().to_owned())
    }

    /// Always the same request for an application, under the same key.
    async fn reject(&self, application: &str) -> Option<Known> {
        let path = format!("/api/applications/{application}/activities/fachkraefte.absagen/email");
        let mail = json!({ "subject": "Ihre Bewerbung", "bodyHtml": "<p>Leider nein.</p>" });
        let request = self
            .http
            .post(format!("{}{path}", self.portal))
            .bearer_auth(self.decider);
        let request = request
            .header("if-match", "\"1\"")
            .header("idempotency-key", application);
        let answer = request.json(&mail).send().await.ok()?;
        let status = answer.status().as_u16();
        let text = answer.text().await.ok()?;
        assert!(status == 200 || status == 202, "{status} {text}");
        Some(Known::Rejected {
            accepted: status == 200,
        })
    }

    /// Until the process is gone; all that was answered.
    async fn work(&self, name: String) -> Vec<(String, Known)> {
        let mut known = Vec::new();
        for number in 0.. {
            let Some(application) = self.import(&format!("{name}-{number}")).await else {
                break;
            };
            known.push((application.clone(), Known::Imported));
            let Some(rejected) = self.reject(&application).await else {
                break;
            };
            known.push((application, rejected));
        }
        known
    }
}

/// How many mails of each id lie in the inbox's folder, whether they were acknowledged or not.
fn mails(data: &Path) -> BTreeMap<String, usize> {
    let mut mails = BTreeMap::new();
    for file in fs::read_dir(data.join("inbox")).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let received: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
            let tag = received["envelope"]["tags"]["mail"].as_str().unwrap().to_owned();
            *mails.entry(tag).or_default() += 1;
        }
    }
    mails
}

/// What `hiring-portal verify-history` says of a proof.
fn verified(proof: &str) -> bool {
    let mut program = Command::new(env!("CARGO_BIN_EXE_hiring-portal"))
        .arg("verify-history")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    program.stdin.take().unwrap().write_all(proof.as_bytes()).unwrap();
    program.wait().unwrap().success()
}

/// What was acknowledged and is there.
struct Kept {
    imported: usize,
    rejected: usize,
    mails: usize,
}

/// Kills one portal under load and starts it again, over and over, and looks at what is left.
async fn killed(seed: u64, kills: u64) -> Kept {
    let data = tempfile::tempdir().unwrap();
    let http = Client::new();
    let mut random = fastrand::Rng::with_seed(seed);
    let mut known: BTreeMap<String, Known> = BTreeMap::new();
    let mut program = Program::start(data.path());
    let mut tokens = (String::new(), String::new());
    for kill in 0..kills {
        if kill % 20 == 0 {
            let decider = program.sign_in(&http, "decider@demo.example").await;
            tokens = (decider, program.sign_in(&http, "recruiter@demo.example").await);
        }
        let load = Load {
            http: &http,
            portal: program.portal.clone(),
            decider: &tokens.0,
            recruiter: &tokens.1,
        };
        // Whoever got no answer before asks again.
        let waiting = known.iter().filter(|(_, known)| matches!(known, Known::Imported));
        let waiting: Vec<_> = waiting.map(|(application, _)| application.clone()).collect();
        for application in waiting {
            let rejected = load.reject(&application).await;
            known.extend(rejected.map(|rejected| (application, rejected)));
        }
        let workers = join_all((0..WORKERS).map(|worker| load.work(format!("k{kill}-{worker}"))));
        let moment = Duration::from_millis(random.u64(20..400));
        let killed = async {
            tokio::time::sleep(moment).await;
            program.kill();
        };
        let (answered, ()) = tokio::join!(workers, killed);
        known.extend(answered.into_iter().flatten());
        program = Program::start(data.path());
    }
    kept(seed, &http, &program, data.path(), &known).await
}

/// Nothing that was acknowledged is missing, the chains verify, and no mail is there twice or without an order.
async fn kept(seed: u64, http: &Client, program: &Program, data: &Path, known: &BTreeMap<String, Known>) -> Kept {
    let recruiter = program.sign_in(http, "recruiter@demo.example").await;
    let mails = mails(data);
    let mut found = BTreeSet::new();
    let mut last_proof = String::new();
    for (application, known) in known {
        let path = format!("/api/applications/{application}/history/proof?limit=100");
        let answer = http.get(format!("{}{path}", program.portal)).bearer_auth(&recruiter);
        let proof = answer.send().await.unwrap().text().await.unwrap();
        let verified = local::verify_history(&proof, None).unwrap();
        let tag = format!("{application}_2_1");
        let sent = mails.get(&tag).copied().unwrap_or_default();
        assert!(sent <= 1, "seed {seed}: {tag} was sent {sent} times");
        if let Known::Rejected { accepted } = known {
            assert_eq!(verified.entries, 2, "seed {seed}: {application}");
            assert!(
                !accepted || sent == 1,
                "seed {seed}: {tag} was accepted, and is not there"
            );
        }
        found.insert(tag);
        last_proof = proof;
    }
    let others: Vec<_> = mails.keys().filter(|tag| !found.contains(*tag)).collect();
    assert!(others.is_empty(), "seed {seed}: mails nobody ordered: {others:?}");
    assert!(verified(&last_proof));
    let rejected = known.values().filter(|known| matches!(known, Known::Rejected { .. }));
    Kept {
        imported: known.len(),
        rejected: rejected.count(),
        mails: mails.len(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_kills_lose_nothing_that_was_acknowledged_and_repeat_no_mail() {
    let seed: u64 = std::env::var("SEED").map_or(0, |seed| seed.parse().unwrap());
    let portals = (0..PORTALS).map(|portal| tokio::spawn(killed(seed + portal, KILLS / PORTALS)));
    let kept: Vec<_> = join_all(portals).await.into_iter().map(Result::unwrap).collect();
    let sum = |count: fn(&Kept) -> usize| kept.iter().map(count).sum::<usize>();
    let rejected = sum(|kept| kept.rejected);
    assert!(rejected > 20, "the load was no load: {rejected}");
    program::report(
        "4-kills",
        &format!(
            "kill -9: {KILLS} times under load (from seed {seed}), {} acknowledged imports and {rejected} rejections all there, {} mails, none twice",
            sum(|kept| kept.imported),
            sum(|kept| kept.mails)
        ),
    );
}
