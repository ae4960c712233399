//! What becomes of mails after the answer: SES's events, and the sweep that looks after those left open.

use std::time::Duration;

use domain::Channel;
use local::Fault;
use serde_json::{Value, json};
use tests::{Answer, Department, Person, Portal};

/// SES refuses for a cause that passes.
fn throttled() -> Fault {
    Fault::status(429, "TooManyRequestsException")
}

/// An application rejected by e-mail while SES does this; its id and what was answered of the mail.
async fn rejected(person: &Person<'_>, department: &Department, portal: &Portal) -> (String, Value) {
    let application = department.new_application(portal).await;
    let acted = person
        .reject_by_email(&application, &department.activity("reject"))
        .send()
        .await
        .json();
    (application, acted["delivery"]["state"].clone())
}

async fn state(person: &Person<'_>, application: &str) -> Value {
    person.history(application).await[0]["delivery"][0]["state"].clone()
}

async fn sweep(portal: &Portal) -> Value {
    portal.host.invoke("sweep", json!({})).await.unwrap()
}

fn event(kind: &str, message_id: &str, application: &str) -> Value {
    event_of(kind, message_id, application, 1)
}

/// About this attempt. Of a bounce, the type can stand behind it: `Bounce Transient`.
fn event_of(kind: &str, message_id: &str, application: &str, attempt: u32) -> Value {
    let tags = json!({ "mail": [format!("{application}_2_1")], "attempt": [attempt.to_string()] });
    let (kind, bounce_type) = kind.split_once(' ').unwrap_or((kind, "Permanent"));
    let mut event = json!({ "detail": { "eventType": kind, "mail": { "messageId": message_id, "tags": tags } } });
    if kind == "Bounce" {
        event["detail"]["bounce"] = json!({ "bounceType": bounce_type });
    }
    event
}

#[tokio::test]
async fn a_delivered_mail_is_shown_as_delivered_and_a_bounced_one_is_not() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let maria = portal.sign_in(&department.decider).await;
    let (fine, answered) = rejected(&maria, &department, &portal).await;
    assert_eq!(
        (answered, state(&maria, &fine).await),
        (json!("accepted"), json!("accepted"))
    );
    let row = department.application().with("email", "bounce@simulator.example");
    let gone = row.import(&recruiter).await;
    let reject = department.activity("reject");
    maria.reject_by_email(&gone, &reject).send().await.expect(200);

    assert_eq!(portal.host.deliver_mail_events().await.unwrap(), 4);
    assert_eq!(state(&maria, &fine).await, "delivered");
    assert_eq!(state(&maria, &gone).await, "notDelivered");
    let feed = recruiter.get("/api/history?channel=email").await.expect(200);
    assert_eq!(feed["items"][0]["delivery"], "notDelivered");
}

#[tokio::test]
async fn events_may_come_twice_late_and_in_any_order() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let maria = portal.sign_in(&department.decider).await;
    for (events, outcome) in [
        (["Delivery", "Send", "Delivery"], "delivered"),
        (["Bounce", "Delivery", "Send"], "notDelivered"),
        (["Delivery", "Bounce", "Bounce"], "notDelivered"),
        (["Complaint", "Send", "Open"], "delivered"),
        (["Reject", "Send", "Send"], "failed"),
        // Who is away answers automatically, and has the mail.
        (["Delivery", "Bounce Transient", "Send"], "delivered"),
        (["Bounce Transient", "Delivery", "Send"], "delivered"),
        (["Send", "Bounce Undetermined", "Bounce Transient"], "notDelivered"),
        (["Bounce Transient", "Bounce", "Delivery"], "notDelivered"),
        (["Bounce", "Bounce Transient", "Delivery"], "notDelivered"),
    ] {
        let (application, _) = rejected(&maria, &department, &portal).await;
        let message_id = portal.mails_to(&department.applicant_address()).await[0]["id"].clone();
        for kind in events {
            let event = event(kind, message_id.as_str().unwrap(), &application);
            portal.host.invoke("handle-mail-events", event).await.unwrap();
        }
        assert_eq!(state(&maria, &application).await, outcome, "{events:?}");
    }
}

#[tokio::test]
async fn events_of_no_mail_of_ours_are_ignored() {
    let portal = Portal::start().await;
    for tags in [
        json!({}),
        json!({ "mail": ["nonsense"] }),
        json!({ "mail": ["absent-absent_2_1"] }),
    ] {
        let event = json!({ "detail": { "eventType": "Delivery", "mail": { "messageId": "m", "tags": tags } } });
        assert_eq!(
            portal.host.invoke("handle-mail-events", event).await.unwrap(),
            "ignored"
        );
    }
    assert!(
        portal
            .host
            .invoke("handle-mail-events", json!({ "detail": 7 }))
            .await
            .is_err()
    );
}

#[tokio::test]
async fn what_ses_was_too_busy_for_is_sent_later_with_the_same_bytes() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let maria = portal.sign_in(&department.decider).await;
    portal.wire().always("SES.SendEmail", Some(throttled()));
    let (application, answered) = rejected(&maria, &department, &portal).await;
    assert_eq!(
        (answered, state(&maria, &application).await),
        (json!("pending"), json!("pending"))
    );
    portal.wire().always("SES.SendEmail", None);
    portal.wire().forget_calls();
    assert_eq!(sweep(&portal).await["tried"], 0, "its time has not come");

    portal.host.clock().advance(Duration::from_mins(5));
    let swept = sweep(&portal).await;
    assert_eq!(
        (&swept["tried"], &swept["failed"], &swept["unclear"]),
        (&json!(1), &json!(0), &json!(0))
    );
    let waited = swept["oldestPendingSeconds"].as_i64().unwrap();
    assert!((300..360).contains(&waited), "{waited}");
    assert_eq!(state(&maria, &application).await, "accepted");
    assert_eq!(portal.mails_to(&department.applicant_address()).await.len(), 1);
    let swept = sweep(&portal).await;
    assert_eq!(
        (&swept["tried"], &swept["oldestPendingSeconds"]),
        (&json!(0), &json!(0))
    );
    assert_eq!(portal.wire().count("SES.SendEmail"), 1);
}

#[tokio::test]
async fn sweeps_at_the_same_time_send_a_mail_once() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let maria = portal.sign_in(&department.decider).await;
    portal.wire().always("SES.SendEmail", Some(throttled()));
    let (application, _) = rejected(&maria, &department, &portal).await;
    portal.wire().always("SES.SendEmail", None);
    portal.host.clock().advance(Duration::from_mins(5));
    portal.wire().forget_calls();
    futures::future::join_all((0..5).map(|_| sweep(&portal))).await;
    assert_eq!(portal.wire().count("SES.SendEmail"), 1);
    assert_eq!(state(&maria, &application).await, "accepted");
}

#[tokio::test]
async fn what_ses_refuses_for_too_long_has_failed() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let maria = portal.sign_in(&department.decider).await;
    portal.wire().always("SES.SendEmail", Some(throttled()));
    let (application, _) = rejected(&maria, &department, &portal).await;
    for _ in 0..20 {
        portal.host.clock().advance(Duration::from_mins(1));
        sweep(&portal).await;
    }
    let maria = portal.sign_in(&department.decider).await;
    assert_eq!(state(&maria, &application).await, "failed");
    portal.wire().always("SES.SendEmail", None);
    portal.host.clock().advance(Duration::from_mins(5));
    assert_eq!(sweep(&portal).await["tried"], 0);
    assert_eq!(
        portal.mails_to(&department.applicant_address()).await,
        Vec::<Value>::new()
    );
}

#[tokio::test]
async fn what_nobody_knows_about_is_never_sent_again_and_becomes_unclear() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let maria = portal.sign_in(&department.decider).await;
    portal.wire().next("SES.SendEmail", Fault::AnswerLost);
    let (application, answered) = rejected(&maria, &department, &portal).await;
    assert_eq!(answered, "sending");
    portal.host.clock().advance(Duration::from_mins(9));
    assert_eq!(sweep(&portal).await["unclear"], 0);
    portal.host.clock().advance(Duration::from_mins(7));
    let swept = json!({ "tried": 0, "failed": 0, "unclear": 1, "oldestPendingSeconds": 0 });
    assert_eq!(sweep(&portal).await, swept);
    let maria = portal.sign_in(&department.decider).await;
    assert_eq!(state(&maria, &application).await, "unclear");
    assert_eq!(portal.mails_to(&department.applicant_address()).await.len(), 1);

    // SES's event, though late, settles it.
    portal.host.deliver_mail_events().await.unwrap();
    assert_eq!(state(&maria, &application).await, "delivered");
    assert_eq!(sweep(&portal).await["unclear"], 0);
}

#[tokio::test]
async fn a_sweep_whose_attempt_nobody_knows_about_leaves_it_to_ses_s_event() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let maria = portal.sign_in(&department.decider).await;
    portal.wire().always("SES.SendEmail", Some(throttled()));
    let (application, _) = rejected(&maria, &department, &portal).await;
    portal.wire().always("SES.SendEmail", None);
    portal.wire().next("SES.SendEmail", Fault::AnswerLost);
    portal.host.clock().advance(Duration::from_mins(5));
    sweep(&portal).await;
    assert_eq!(state(&maria, &application).await, "sending");
    portal.host.clock().advance(Duration::from_mins(1));
    assert_eq!(sweep(&portal).await["tried"], 0);
    portal.host.deliver_mail_events().await.unwrap();
    assert_eq!(state(&maria, &application).await, "delivered");
    assert_eq!(portal.mails_to(&department.applicant_address()).await.len(), 1);
}

#[tokio::test]
async fn a_claim_that_was_not_written_sends_nothing() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let maria = portal.sign_in(&department.decider).await;
    portal.wire().always("SES.SendEmail", Some(throttled()));
    let (application, _) = rejected(&maria, &department, &portal).await;
    portal.wire().always("SES.SendEmail", None);
    portal.wire().forget_calls();
    portal.host.clock().advance(Duration::from_mins(5));
    let broken = Fault::status(500, "InternalServerError");
    portal.wire().always("DynamoDB.PutItem", Some(broken));
    assert!(portal.host.invoke("sweep", json!({})).await.is_err());
    assert_eq!(portal.wire().count("SES.SendEmail"), 0);
    portal.wire().always("DynamoDB.PutItem", None);
    sweep(&portal).await;
    assert_eq!(state(&maria, &application).await, "accepted");
}

#[tokio::test]
async fn a_person_orders_once_more_what_nobody_knows_about() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let maria = portal.sign_in(&department.decider).await;
    portal.wire().next("SES.SendEmail", Fault::AnswerLost);
    let (application, _) = rejected(&maria, &department, &portal).await;
    let path = format!("/api/applications/{application}/history/2/resend");
    let order = async |person: &Person<'_>| person.request("POST", &path, &[], Some(&json!({}))).await;
    assert_eq!(order(&maria).await.problem(409), "nothing-to-resend");
    portal.host.clock().advance(Duration::from_mins(16));
    sweep(&portal).await;

    let maria = portal.sign_in(&department.decider).await;
    // Neither a colleague, who did not send it, nor anybody of another department.
    let other = portal.department().await;
    for address in [&department.colleague, &department.reader, &other.decider] {
        let somebody = portal.sign_in(address).await;
        assert_eq!(order(&somebody).await.problem(404), "not-found");
    }
    // The portal offers it to whoever may, as long as it is of use.
    let offered =
        async |address: &str| portal.sign_in(address).await.history(&application).await[0]["mayResend"].clone();
    assert_eq!(offered(&department.decider).await, true);
    assert_eq!(offered(&department.recruiter).await, true);
    assert_eq!(offered(&department.colleague).await, false);
    let before = portal.mails_to(&department.applicant_address()).await;
    let (one, other) = tokio::join!(order(&maria), order(&maria));
    let statuses = [one.status.as_u16(), other.status.as_u16()];
    assert!(statuses.contains(&200) && statuses.contains(&409), "{statuses:?}");
    let sent = if one.status.as_u16() == 200 { one } else { other };
    assert_eq!(sent.json()["delivery"][0]["state"], "accepted");
    // Whoever reads the history sees who ordered it.
    let read = portal.sign_in(&department.recruiter).await.history(&application).await;
    let ordered = read[0]["delivery"][0]["orderedAgain"].as_array().unwrap();
    assert_eq!(ordered.len(), 1);
    assert_eq!(ordered[0]["actor"], read[0]["actor"]);
    assert!(ordered[0]["at"].as_str() > read[0]["at"].as_str());
    let after = portal.mails_to(&department.applicant_address()).await;
    assert_eq!(after.len(), before.len() + 1);
    assert_eq!(after[0]["text"], before[0]["text"]);
    assert_eq!(order(&maria).await.problem(409), "nothing-to-resend");
    assert_eq!(offered(&department.decider).await, false);
    let absent = format!("/api/applications/{application}/history/7/resend");
    assert_eq!(
        maria.request("POST", &absent, &[], Some(&json!({}))).await.problem(404),
        "not-found"
    );
}

#[tokio::test]
async fn a_recruiter_orders_a_bounced_mail_once_more() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let maria = portal.sign_in(&department.decider).await;
    let row = department.application().with("email", "bounce@simulator.example");
    let application = row.import(&recruiter).await;
    let reject = department.activity("reject");
    maria.reject_by_email(&application, &reject).send().await.expect(200);
    portal.host.deliver_mail_events().await.unwrap();
    assert_eq!(state(&maria, &application).await, "notDelivered");
    let path = format!("/api/applications/{application}/history/2/resend");
    let sent = recruiter
        .request("POST", &path, &[], Some(&json!({})))
        .await
        .expect(200);
    assert_eq!(sent["delivery"][0]["state"], "accepted");
    portal.host.deliver_mail_events().await.unwrap();
    assert_eq!(state(&maria, &application).await, "notDelivered");
}

/// Mails of a rejection that nobody knows about, as the decider sees it a quarter of an hour later.
async fn unclear<'a>(portal: &'a Portal, department: &Department) -> (Person<'a>, String) {
    let maria = portal.sign_in(&department.decider).await;
    portal.wire().next("SES.SendEmail", Fault::AnswerLost);
    let (application, _) = rejected(&maria, department, portal).await;
    portal.host.take_mail_events();
    portal.host.clock().advance(Duration::from_mins(16));
    sweep(portal).await;
    (portal.sign_in(&department.decider).await, application)
}

async fn resend(person: &Person<'_>, application: &str, entry: &str) -> Answer {
    let path = format!("/api/applications/{application}/history/{entry}/resend");
    person.request("POST", &path, &[], Some(&json!({}))).await
}

#[tokio::test]
async fn what_comes_late_of_a_mail_that_was_given_up_says_nothing_of_the_one_ordered_since() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let tell = async |event: Value| portal.host.invoke("handle-mail-events", event).await.unwrap();
    let (maria, application) = unclear(&portal, &department).await;
    resend(&maria, &application, "2").await.expect(200);
    let second = portal.mails_to(&department.applicant_address()).await[0]["id"].clone();
    let second = second.as_str().unwrap();
    for kind in ["Send", "Bounce", "Reject"] {
        assert_eq!(tell(event_of(kind, "first", &application, 1)).await, "known", "{kind}");
    }
    assert_eq!(state(&maria, &application).await, "accepted");
    assert_eq!(tell(event_of("Delivery", second, &application, 2)).await, "written");
    assert_eq!(tell(event_of("Bounce", "first", &application, 1)).await, "known");
    assert_eq!(state(&maria, &application).await, "delivered");

    // That it arrived after all is news, and another copy that bounces does not take it back.
    let (maria, application) = unclear(&portal, &department).await;
    resend(&maria, &application, "2").await.expect(200);
    assert_eq!(tell(event_of("Delivery", "first", &application, 1)).await, "written");
    assert_eq!(tell(event_of("Bounce", "second", &application, 2)).await, "known");
    assert_eq!(state(&maria, &application).await, "delivered");

    // So it is in any order, and however the other copy fares.
    for before in ["Bounce", "Delivery"] {
        let (maria, application) = unclear(&portal, &department).await;
        resend(&maria, &application, "2").await.expect(200);
        let second = portal.mails_to(&department.applicant_address()).await[0]["id"].clone();
        let second = second.as_str().unwrap();
        for (kind, id, attempt) in [(before, second, 2), ("Delivery", "first", 1)] {
            assert_eq!(
                tell(event_of(kind, id, &application, attempt)).await,
                "written",
                "{before}"
            );
        }
        for (kind, id, attempt) in [("Bounce", second, 2), ("Delivery", "first", 1), ("Bounce", "first", 1)] {
            assert_eq!(
                tell(event_of(kind, id, &application, attempt)).await,
                "known",
                "{before}"
            );
        }
        assert_eq!(state(&maria, &application).await, "delivered");
    }
}

#[tokio::test]
async fn contacts_are_not_told_which_recruiter_ordered_their_mail_once_more() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let (maria, application) = unclear(&portal, &department).await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let sent = resend(&recruiter, &application, "2").await.expect(200);
    let name = &sent["delivery"][0]["orderedAgain"][0]["actor"]["name"];
    assert!(name.is_string(), "{sent}");
    let read = maria.history(&application).await;
    let actor = &read[0]["delivery"][0]["orderedAgain"][0]["actor"];
    assert_eq!(*actor, json!({ "kind": "recruiter" }));
}

#[tokio::test]
async fn a_contact_orders_nothing_once_more_that_is_no_longer_released_to_them() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let (maria, application) = unclear(&portal, &department).await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let offered = async |person: &Person<'_>| person.history(&application).await[0]["mayResend"].clone();
    let is_refused = async || {
        assert_eq!(offered(&maria).await, false);
        assert_eq!(
            resend(&maria, &application, "2").await.problem(403),
            "activity-not-released"
        );
    };
    assert_eq!(offered(&maria).await, true);

    // The channel it was sent by is taken back, and given again.
    let released = department.workflow();
    let mut withdrawn = released.clone();
    for activity in &mut withdrawn.activities {
        for channels in activity.release.values_mut() {
            channels.remove(&Channel::Email);
        }
    }
    let templates = department.templates();
    portal.store.put_workflow(&withdrawn, &templates).await.unwrap();
    is_refused().await;
    portal.store.put_workflow(&released, &templates).await.unwrap();
    assert_eq!(offered(&maria).await, true);

    // The job no longer names them.
    let job = format!("/api/jobs/{}", department.job_id());
    let nobody = json!({ "contactIds": [] });
    recruiter.patch(&job, "1", &nobody).await.expect(200);
    is_refused().await;
    assert_eq!(portal.mails_to(&department.applicant_address()).await.len(), 1);
    assert_eq!(offered(&recruiter).await, true);
    resend(&recruiter, &application, "2").await.expect(200);
}

#[tokio::test]
async fn after_a_week_a_mail_can_no_longer_be_ordered_once_more_and_nobody_offers_it() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let (_, application) = unclear(&portal, &department).await;
    for (days, offered) in [(6, true), (1, false)] {
        portal.host.clock().advance(Duration::from_hours(24 * days));
        let maria = portal.sign_in(&department.decider).await;
        assert_eq!(maria.history(&application).await[0]["mayResend"], offered);
    }
    let maria = portal.sign_in(&department.decider).await;
    assert_eq!(
        resend(&maria, &application, "2").await.problem(409),
        "nothing-to-resend"
    );
    assert_eq!(portal.mails_to(&department.applicant_address()).await.len(), 1);
}

#[tokio::test]
async fn an_event_that_is_not_handled_keeps_no_other_back_and_is_handed_over_again() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let maria = portal.sign_in(&department.decider).await;
    let (one, _) = rejected(&maria, &department, &portal).await;
    let (other, _) = rejected(&maria, &department, &portal).await;
    let broken = Fault::status(400, "ValidationException");
    portal.wire().next("DynamoDB.PutItem", broken);
    assert!(portal.host.deliver_mail_events().await.is_err());
    let states = (state(&maria, &one).await, state(&maria, &other).await);
    assert_eq!(states, (json!("accepted"), json!("delivered")));
    assert_eq!(portal.host.deliver_mail_events().await, Ok(1));
    assert_eq!(state(&maria, &one).await, "delivered");
}
