//! What each action costs, counted and not timed: AWS calls, DynamoDB's units, bytes of the answer. No change may cost
//! more than `tests/budget.json` says; `UPDATE_BUDGET=1` writes what is measured there, and with it the tables in
//! `infra/README.md`, which are made from it.

use std::{env, fs, path::PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tests::{Answer, Portal};

/// What an action may cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cost {
    action: String,
    aws_calls: usize,
    read_units: f64,
    write_units: f64,
    mails: usize,
    /// Of the answer's body, in steps of 64, since times differ in length.
    answer_bytes: usize,
}

#[derive(Serialize, Deserialize)]
struct Budget {
    actions: Vec<Cost>,
    /// Sizes and SDK clients, which `make deploy-test` counts.
    functions: Value,
}

/// List prices of eu-central-1 that the table assumes, in USD: for what, for how many, how much.
const WRITE_UNITS: f64 = 0.7625;
const READ_UNITS: f64 = 0.1525;
const HTTP_API: f64 = 1.20;
const CLOUD_FRONT: f64 = 1.20;
const LAMBDA_CALLS: f64 = 0.20;
const MAILS: f64 = 100.0;

fn file(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// What was asked of AWS since the log was last emptied.
fn cost(portal: &Portal, action: &str, answer: &str) -> Cost {
    let calls = portal.wire().calls();
    portal.wire().forget_calls();
    let units = |writing: bool| {
        let is_write = |name: &str| {
            ["PutItem", "UpdateItem", "DeleteItem", "WriteItems"]
                .iter()
                .any(|end| name.ends_with(end))
        };
        let calls = calls.iter().filter(|call| is_write(&call.operation) == writing);
        calls.map(|call| call.capacity).sum::<f64>().abs()
    };
    Cost {
        action: action.to_owned(),
        aws_calls: calls.len(),
        read_units: units(false),
        write_units: units(true),
        mails: calls.iter().filter(|call| call.operation == "SES.SendEmail").count(),
        answer_bytes: answer.len().next_multiple_of(64),
    }
}

async fn measured() -> Vec<Cost> {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let mut applications = Vec::new();
    for _ in 0..35 {
        applications.push(department.application().import(&recruiter).await);
    }
    let maria = portal.sign_in(&department.decider).await;
    let reject = department.activity("reject");
    let act = |number: usize, channel, body: Value| maria.act(&applications[number], &reject, channel, body);
    let path = format!("/api/applications/{}", applications[0]);
    let draft = |path: &str| format!("{path}/activities/{reject}/email-draft");
    let call = json!({ "outcome": "reached", "note": "Danke." });
    let interview = department.activity("interview");
    let invite = |number: usize, days_ahead| {
        let appointment = json!({
            "interview": super::interviews::new_interview(days_ahead, 1),
            "invitation": { "subject": "Einladung", "bodyHtml": "<p>Wir freuen uns auf Sie.</p>" },
        });
        maria.act(&applications[number], &interview, "interview", appointment)
    };

    // What a function reads once, such as the keys, is read.
    maria.get("/api/applications?limit=25").await.expect(200);
    maria.get(&path).await.expect(200);
    maria.post(&draft(&path), &json!({})).await.expect(200);
    maria
        .reject_by_email(&applications[31], &reject)
        .send()
        .await
        .expect(200);
    portal.host.deliver_mail_events().await.unwrap();
    act(32, "phone-call", call.clone()).send().await.expect(200);
    act(33, "status-change", json!({})).send().await.expect(200);
    invite(34, 8).send().await.expect(200);
    maria.get(&format!("{path}/history")).await.expect(200);
    recruiter.get("/api/history?limit=25").await.expect(200);
    portal.host.invoke("sweep", json!({})).await.unwrap();
    portal.host.deliver_mail_events().await.unwrap();
    portal.wire().forget_calls();

    let mut costs = Vec::new();
    let mut add = |action: &str, answer: Answer| {
        assert!(answer.status.is_success(), "{action}: {}", answer.text);
        costs.push(cost(&portal, action, &answer.text));
    };
    add(
        "sign in",
        portal.try_sign_in(&department.colleague, tests::PASSWORD).await,
    );
    add(
        "a page of 25 applications",
        maria.get("/api/applications?limit=25").await,
    );
    add("open an application", maria.get(&path).await);
    add("draft of a mail", maria.post(&draft(&path), &json!({})).await);
    add(
        "reject by e-mail",
        maria.reject_by_email(&applications[0], &reject).send().await,
    );
    portal.host.deliver_mail_events().await.unwrap();
    costs.push(cost(&portal, "… and SES's two events of it", ""));
    let mut add = |action: &str, answer: Answer| {
        assert!(answer.status.is_success(), "{action}: {}", answer.text);
        costs.push(cost(&portal, action, &answer.text));
    };
    add("reject by phone", act(1, "phone-call", call).send().await);
    add(
        "reject by status alone",
        act(2, "status-change", json!({})).send().await,
    );
    add("arrange an interview", invite(3, 7).send().await);
    add("an application's history", maria.get(&format!("{path}/history")).await);
    add("a page of 25 of the feed", recruiter.get("/api/history?limit=25").await);
    portal.host.invoke("sweep", json!({})).await.unwrap();
    costs.push(cost(&portal, "a run of the sweep with nothing to do", ""));
    costs
}

fn exceeds(cost: &Cost, budget: &Cost) -> bool {
    cost.aws_calls > budget.aws_calls
        || cost.read_units > budget.read_units
        || cost.write_units > budget.write_units
        || cost.mails > budget.mails
        || cost.answer_bytes > budget.answer_bytes
}

/// The tables in the runbook.
fn tables(costs: &[Cost]) -> String {
    let mut lines = vec![
        "| action | AWS calls | read units | write units | mails | bytes answered, at most |".to_owned(),
        "|---|---|---|---|---|---|".to_owned(),
    ];
    for cost in costs {
        let Cost {
            action,
            aws_calls,
            read_units,
            write_units,
            mails,
            answer_bytes,
        } = cost;
        lines.push(format!(
            "| {action} | {aws_calls} | {read_units} | {write_units} | {mails} | {answer_bytes} |"
        ));
    }
    let of = |action: &str| costs.iter().find(|cost| cost.action.starts_with(action)).unwrap();
    let (rejection, events) = (of("reject by e-mail"), of("… and SES's"));
    let (writes, reads) = (
        rejection.write_units + events.write_units,
        rejection.read_units + events.read_units,
    );
    lines.extend([
        String::new(),
        "One million rejections by e-mail, with their events, by these counts and the list prices of eu-central-1 assumed as".to_owned(),
        "below; check them before relying on it:".to_owned(),
        String::new(),
        "| what | count | price assumed (USD) | USD |".to_owned(),
        "|---|---|---|---|".to_owned(),
    ]);
    let mut sum = 0.0;
    for (what, count, price, per) in [
        ("DynamoDB write units", writes, WRITE_UNITS, "per million"),
        ("DynamoDB read units", reads, READ_UNITS, "per million"),
        ("HTTP API", 1.0, HTTP_API, "per million"),
        (
            "CloudFront requests",
            1.0,
            CLOUD_FRONT,
            "per million (10 million a month are free)",
        ),
        ("Lambda calls", 3.0, LAMBDA_CALLS, "per million"),
    ] {
        sum += count * price;
        lines.push(format!("| {what} | {count} M | {price} {per} | {:.2} |", count * price));
    }
    lines.push(format!("| **without SES and Lambda's time** | | | **{sum:.2}** |"));
    lines.push(format!("| SES | 1 M | 0.1 per thousand | {MAILS:.2} |"));
    lines.join("\n")
}

/// The runbook with these tables in it.
fn with_tables(runbook: &str, costs: &[Cost]) -> String {
    let (before, rest) = runbook.split_once("<!-- counted -->\n").unwrap();
    let (_, after) = rest.split_once("<!-- end of counted -->").unwrap();
    format!(
        "{before}<!-- counted -->\n{}\n<!-- end of counted -->{after}",
        tables(costs)
    )
}

#[tokio::test]
async fn no_action_costs_more_than_its_budget_and_the_runbook_says_what_it_costs() {
    let (budget_file, runbook_file) = (file("budget.json"), file("../infra/README.md"));
    let costs = measured().await;
    let budget = fs::read_to_string(&budget_file).unwrap();
    let mut budget: Budget = serde_json::from_str(&budget).unwrap();
    if env::var_os("UPDATE_BUDGET").is_some() {
        budget.actions.clone_from(&costs);
        fs::write(&budget_file, serde_json::to_string_pretty(&budget).unwrap() + "\n").unwrap();
        let runbook = fs::read_to_string(&runbook_file).unwrap();
        fs::write(&runbook_file, with_tables(&runbook, &costs)).unwrap();
    }
    let names = |costs: &[Cost]| costs.iter().map(|cost| cost.action.clone()).collect::<Vec<_>>();
    assert_eq!(names(&costs), names(&budget.actions));
    for (cost, budget) in costs.iter().zip(&budget.actions) {
        assert!(
            !exceeds(cost, budget),
            "{cost:?} exceeds {budget:?}; if it is worth it: UPDATE_BUDGET=1"
        );
    }
    let runbook = fs::read_to_string(runbook_file).unwrap();
    assert!(
        with_tables(&runbook, &budget.actions) == runbook,
        "the runbook's tables are not the budget's: UPDATE_BUDGET=1"
    );
    let rejection = costs.iter().find(|cost| cost.action == "reject by e-mail").unwrap();
    tests::report(
        "7-budget",
        &format!(
            "budget: {} actions cost no more AWS calls, units and bytes than tests/budget.json allows; a rejection by e-mail {} calls and {} write units",
            costs.len(),
            rejection.aws_calls,
            rejection.write_units,
        ),
    );
}

/// aws-lc's first random number costs 50 to 65 ms of processor time where it gathers entropy from the processor's jitter.
/// This program links the same aws-lc as the functions do.
#[test]
fn the_first_random_number_needs_no_jitter() {
    let program = fs::read(env::current_exe().unwrap()).unwrap();
    // Backwards, so that what is looked for is not found here.
    let has = |symbol: &str| {
        let symbol: Vec<_> = symbol.bytes().rev().collect();
        program.windows(symbol.len()).any(|window| window == symbol)
    };
    assert!(has("dnarsys_OTPYRC"), "the program's symbols are there");
    assert!(
        !has("rotcelloc_yportne_tnej"),
        "AWS_LC_SYS_NO_JITTER_ENTROPY in .cargo/config.toml"
    );
}
