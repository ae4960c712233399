//! What happens when SES says no, or nothing at all.

use local::Fault;
use serde_json::{Value, json};
use tests::{Department, Portal};

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
        .next("SES.SendEmail", Fault::status(429, "TooManyRequestsException"));
    portal
        .wire()
        .next("SES.SendEmail", Fault::status(429, "TooManyRequestsException"));

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
        .always("SES.SendEmail", Some(Fault::status(429, "TooManyRequestsException")));

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
        .always("SES.SendEmail", Some(Fault::status(400, "MessageRejected")));

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
        (Fault::status(503, "ServiceUnavailable"), 0),
        (Fault::status(500, "InternalFailure"), 0),
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

    portal.wire().always(
        "DynamoDB.TransactWriteItems",
        Some(Fault::status(500, "InternalServerError")),
    );
    assert_eq!(rejection().send().await.problem(503), "unavailable");
    assert_eq!(portal.wire().count("SES.SendEmail"), 0);
    portal.wire().always("DynamoDB.TransactWriteItems", None);
    assert_eq!(maria.application(&application).await["version"], "1");

    rejection().send().await.expect(200);
    assert_eq!(portal.mails_to(&department.applicant_address()).await.len(), 1);
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_is_finished_and_mailed_once() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let maria = portal.sign_in(&department.decider).await;
    // One answer lost, and as many as the SDK's own three tries.
    for (lost, mails) in [(1, 1), (3, 2)] {
        let application = department.new_application(&portal).await;
        for _ in 0..lost {
            portal.wire().next("DynamoDB.TransactWriteItems", Fault::AnswerLost);
        }
        let rejection = maria.reject_by_email(&application, &department.activity("reject"));
        let acted = rejection.send().await.expect(200);
        assert_eq!(acted["delivery"]["state"], "accepted");
        assert_eq!(maria.history(&application).await.len(), 1);
        assert_eq!(portal.mails_to(&department.applicant_address()).await.len(), mails);
    }
}

#[tokio::test]
async fn when_every_answer_is_lost_asking_again_tells_what_is_known_and_mails_nothing_twice() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;
    let activity = department.activity("reject");
    let rejection = || maria.reject_by_email(&application, &activity).key("a-key-of-mine");
    portal
        .wire()
        .always("DynamoDB.TransactWriteItems", Some(Fault::AnswerLost));
    assert_eq!(rejection().send().await.problem(503), "unavailable");
    portal.wire().always("DynamoDB.TransactWriteItems", None);

    assert_eq!(rejection().send().await.expect(202)["delivery"]["state"], "sending");
    assert_eq!(maria.history(&application).await.len(), 1);
    assert_eq!(portal.wire().count("SES.SendEmail"), 0);
}

#[tokio::test]
async fn a_mark_whose_answer_is_lost_does_not_stop_the_next_attempt() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    portal
        .wire()
        .next("SES.SendEmail", Fault::status(429, "TooManyRequestsException"));
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;
    portal.wire().next("DynamoDB.PutItem", Fault::AnswerLost);

    let acted = maria
        .reject_by_email(&application, &department.activity("reject"))
        .send()
        .await
        .expect(200);

    assert_eq!(acted["delivery"]["state"], "accepted");
    assert_eq!(portal.mails_to(&department.applicant_address()).await.len(), 1);
}

#[tokio::test]
async fn an_unverified_sender_is_the_account_s_fault_and_waits() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let fault = Fault::Status {
        code: 400,
        error_type: "MessageRejected".to_owned(),
        message: "Email address is not verified. The following identities failed the check".to_owned(),
    };
    portal.wire().always("SES.SendEmail", Some(fault));

    let outcome = reject(&portal, &department).await;

    assert_eq!((outcome.status, outcome.state), (202, json!("pending")));
}
