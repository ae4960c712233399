//! What happens when SES says no, or nothing at all.

use local::Fault;
use serde_json::{Value, json};
use tests::{Department, Portal};

fn status(code: u16, error_type: &str) -> Fault {
    Fault::Status {
        code,
        error_type: error_type.to_owned(),
        message: "no".to_owned(),
    }
}

struct Outcome {
    status: u16,
    state: Value,
    history_state: Value,
    requests: usize,
    mails: usize,
}

/// One rejection while SES behaves like that, and the same command again afterwards.
async fn reject(portal: &Portal, department: &Department) -> Outcome {
    let application = department.new_application(portal).await;
    let maria = portal.sign_in(&department.decider).await;
    let activity = department.activity("reject");
    let rejection = || maria.reject_by_email(&application, &activity).key(&application);
    let before = portal.wire().count("SES.SendEmail");
    let answer = rejection().send().await;
    let requests = portal.wire().count("SES.SendEmail") - before;
    assert_eq!(answer.json()["application"]["status"], "rejected", "{}", answer.text);

    let again = rejection().send().await;
    assert_eq!(
        (again.status, &again.text),
        (answer.status, &answer.text),
        "a replay says the same"
    );
    assert_eq!(
        portal.wire().count("SES.SendEmail"),
        before + requests,
        "a replay sends nothing"
    );

    let history = maria.history(&application).await;
    assert_eq!(history.len(), 1);
    Outcome {
        status: answer.status.as_u16(),
        state: answer.json()["delivery"]["state"].clone(),
        history_state: history[0]["delivery"][0]["state"].clone(),
        requests,
        mails: portal.mails_to(&department.applicant_address()).await.len(),
    }
}

#[tokio::test]
async fn a_throttled_mail_is_tried_again_at_once() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    portal
        .wire()
        .next("SES.SendEmail", status(429, "TooManyRequestsException"));
    portal
        .wire()
        .next("SES.SendEmail", status(429, "TooManyRequestsException"));

    let outcome = reject(&portal, &department).await;

    assert_eq!(
        (outcome.status, outcome.state, outcome.requests, outcome.mails),
        (200, json!("accepted"), 3, 1)
    );
    assert_eq!(outcome.history_state, "accepted");
}

#[tokio::test]
async fn a_mail_throttled_for_long_waits_and_the_answer_says_so() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    portal
        .wire()
        .always("SES.SendEmail", Some(status(429, "TooManyRequestsException")));

    let outcome = reject(&portal, &department).await;

    assert_eq!(
        (outcome.status, outcome.state, outcome.mails),
        (202, json!("pending"), 0)
    );
    assert_eq!(outcome.history_state, "pending");
    assert!(outcome.requests > 1);
}

#[tokio::test]
async fn a_mail_refused_for_good_has_failed() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    portal
        .wire()
        .always("SES.SendEmail", Some(status(400, "MessageRejected")));

    let outcome = reject(&portal, &department).await;

    assert_eq!(
        (outcome.status, outcome.state, outcome.requests),
        (202, json!("failed"), 1)
    );
    assert_eq!(outcome.history_state, "failed");
}

#[tokio::test]
async fn what_nobody_knows_is_never_sent_again_by_a_machine() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    for (fault, mails) in [
        (status(503, "ServiceUnavailable"), 0),
        (status(500, "InternalFailure"), 0),
        (Fault::NotReached, 0),
        (Fault::AnswerLost, 1),
    ] {
        portal.wire().next("SES.SendEmail", fault.clone());
        let outcome = reject(&portal, &department).await;
        assert_eq!(
            (outcome.status, outcome.state, outcome.requests),
            (202, json!("sending"), 1),
            "{fault:?}"
        );
        assert_eq!(
            (outcome.history_state, outcome.mails),
            (json!("sending"), mails),
            "{fault:?}"
        );
    }
}

#[tokio::test]
async fn a_mail_without_an_answer_keeps_nobody_waiting() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    portal.wire().next("SES.SendEmail", Fault::Hangs);

    let began = std::time::Instant::now();
    let outcome = reject(&portal, &department).await;

    assert_eq!(
        (outcome.status, outcome.state, outcome.requests),
        (202, json!("sending"), 1)
    );
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}

#[tokio::test]
async fn without_the_table_nothing_is_decided_and_nothing_is_mailed() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;
    let activity = department.activity("reject");
    let rejection = || maria.reject_by_email(&application, &activity).key("a-key-of-mine");

    portal
        .wire()
        .always("DynamoDB.TransactWriteItems", Some(status(500, "InternalServerError")));
    assert_eq!(rejection().send().await.problem(503), "unavailable");
    assert_eq!(portal.wire().count("SES.SendEmail"), 0);
    portal.wire().always("DynamoDB.TransactWriteItems", None);
    assert_eq!(maria.application(&application).await["version"], "1");

    // The answer of the write is lost, the caller asks again: it was done, and once.
    portal
        .wire()
        .always("DynamoDB.TransactWriteItems", Some(Fault::AnswerLost));
    let first = rejection().send().await;
    portal.wire().always("DynamoDB.TransactWriteItems", None);
    assert!(matches!(first.status.as_u16(), 200 | 202 | 503), "{}", first.text);
    let again = rejection().send().await;
    assert!(matches!(again.status.as_u16(), 200 | 202), "{}", again.text);
    assert_eq!(maria.history(&application).await.len(), 1);
    assert!(portal.mails_to(&department.applicant_address()).await.len() <= 1);
}
