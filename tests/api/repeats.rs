//! Acting once: the same command again, two deciders at once, and versions.

use domain::{MailEvent, MailId, MailTold, SingleLine};
use local::Fault;
use serde_json::{Value, json};
use store::MailMark;
use tests::{Answer, Portal};

#[tokio::test]
async fn the_same_command_again_gives_the_first_answer_and_mails_once() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;
    let activity = department.activity("reject");
    let rejection = || maria.reject_by_email(&application, &activity).key("a-key-of-mine");

    let first = rejection().send().await;
    first.expect(200);
    // A caller who lost the answer may ask in the version they see now.
    for again in [rejection().send().await, rejection().version("2").send().await] {
        assert_eq!((again.status, &again.text), (first.status, &first.text));
        assert_eq!(again.headers["etag"], first.headers["etag"]);
    }
    assert_eq!(portal.mails_to(&department.applicant_address()).await.len(), 1);
    assert_eq!(portal.wire().count("SES.SendEmail"), 1);
    assert_eq!(maria.history(&application).await.len(), 1);
}

#[tokio::test]
async fn the_same_command_sent_ten_times_at_once_is_done_once() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;
    let activity = department.activity("reject");

    let requests = (0..10).map(|_| {
        maria
            .reject_by_email(&application, &activity)
            .key("a-key-of-mine")
            .send()
    });
    let answers = futures::future::join_all(requests).await;

    for answer in &answers {
        assert!(
            matches!(answer.status.as_u16(), 200 | 202),
            "{}: {}",
            answer.status,
            answer.text
        );
        assert_eq!(answer.json()["application"], answers[0].json()["application"]);
    }
    assert_eq!(portal.mails_to(&department.applicant_address()).await.len(), 1);
    assert_eq!(maria.history(&application).await.len(), 1);
}

#[tokio::test]
async fn the_same_key_with_another_request_is_an_error() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let (application, other) = (
        department.new_application(&portal).await,
        department.new_application(&portal).await,
    );
    let maria = portal.sign_in(&department.decider).await;
    let activity = department.activity("reject");
    maria
        .reject_by_email(&application, &activity)
        .key("a-key-of-mine")
        .send()
        .await
        .expect(200);

    let other_text = json!({ "subject": "Ihre Bewerbung", "bodyHtml": "<p>Doch nicht.</p>" });
    for other in [
        maria.act(&application, &activity, "email", other_text),
        maria.act(&application, &activity, "status-change", json!({})),
        maria.reject_by_email(&other, &activity),
    ] {
        assert_eq!(
            other.key("a-key-of-mine").send().await.problem(422),
            "idempotency-key-reused"
        );
    }
    assert_eq!(portal.wire().count("SES.SendEmail"), 1);
}

#[tokio::test]
async fn keys_of_two_people_do_not_meet() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let (application, other) = (
        department.new_application(&portal).await,
        department.new_application(&portal).await,
    );
    let maria = portal.sign_in(&department.decider).await;
    let colleague = portal.sign_in(&department.colleague).await;
    let activity = department.activity("reject-silently");

    let acts = [
        maria.act(&application, &activity, "status-change", json!({})),
        colleague.act(&other, &activity, "status-change", json!({})),
    ];
    for act in acts {
        act.key("the-same-key").send().await.expect(200);
    }
}

#[tokio::test]
async fn a_second_decider_sees_who_was_first() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;
    let colleague = portal.sign_in(&department.colleague).await;
    let activity = department.activity("reject");
    maria
        .act(&application, &activity, "status-change", json!({}))
        .send()
        .await
        .expect(200);

    let second = colleague.reject_by_email(&application, &activity).send().await;

    assert_eq!(second.problem(412), "version-conflict");
    let change = &second.json()["lastChange"];
    assert_eq!(
        (&change["actorName"], &change["activityName"]),
        (&json!("Maria Gruber"), &json!("Absagen"))
    );
    assert_eq!(
        (&change["channel"], &change["version"]),
        (&json!("statusOnly"), &json!("2"))
    );
    assert_eq!(portal.wire().count("SES.SendEmail"), 0);
}

#[tokio::test]
async fn of_two_deciders_at_once_one_wins_and_one_mail_leaves() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let maria = portal.sign_in(&department.decider).await;
    let colleague = portal.sign_in(&department.colleague).await;
    let activity = department.activity("reject");
    for round in 1..=10 {
        let application = department.new_application(&portal).await;
        let (one, other) = futures::join!(
            maria.reject_by_email(&application, &activity).send(),
            colleague.reject_by_email(&application, &activity).send()
        );
        let mut statuses = [one.status.as_u16(), other.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
        let loser = if one.status.as_u16() == 412 { &one } else { &other };
        assert!(loser.json()["lastChange"]["actorName"].is_string(), "{}", loser.text);
        assert_eq!(portal.wire().count("SES.SendEmail"), round);
        assert_eq!(maria.application(&application).await["version"], "2");
    }
}

#[tokio::test]
async fn a_contact_is_not_told_which_recruiter_was_first() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let application = department.new_application(&portal).await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    recruiter
        .act(
            &application,
            &department.activity("shortlist"),
            "status-change",
            json!({}),
        )
        .send()
        .await
        .expect(200);
    let maria = portal.sign_in(&department.decider).await;

    let second = maria
        .reject_by_email(&application, &department.activity("reject"))
        .send()
        .await;

    assert_eq!(second.problem(412), "version-conflict");
    let change = second.json()["lastChange"].clone();
    assert_eq!(
        (&change["actorKind"], &change["actorName"]),
        (&json!("recruiter"), &Value::Null)
    );
    assert!(!second.text.contains("Renate"), "{}", second.text);
}

#[tokio::test]
async fn key_and_version_are_asked_for() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;
    let activity = department.activity("reject");
    let rejection = || maria.reject_by_email(&application, &activity);

    assert_eq!(rejection().without_key().send().await.problem(400), "bad-request");
    for key in ["short", &"x".repeat(129), "with a space"] {
        assert_eq!(rejection().key(key).send().await.problem(400), "bad-request", "{key}");
    }
    assert_eq!(
        rejection().without_version().send().await.problem(428),
        "version-missing"
    );
    for version in ["0", "2", "x", "-1", "1.0"] {
        assert_eq!(
            rejection().version(version).send().await.problem(412),
            "version-conflict",
            "{version}"
        );
    }
    assert_eq!(portal.wire().count("SES.SendEmail"), 0);
    assert_eq!(maria.application(&application).await["version"], "1");
}

#[tokio::test]
async fn a_key_is_forgotten_after_two_days() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let (application, other) = (
        department.new_application(&portal).await,
        department.new_application(&portal).await,
    );
    let activity = department.activity("reject");
    let maria = portal.sign_in(&department.decider).await;
    let act = |application: &str| {
        maria
            .act(application, &activity, "status-change", json!({}))
            .key("a-key-of-mine")
    };
    act(&application).send().await.expect(200);
    assert_eq!(act(&other).send().await.problem(422), "idempotency-key-reused");

    portal.host.clock().advance(std::time::Duration::from_hours(48));
    let maria = portal.sign_in(&department.decider).await;
    let again = maria
        .act(&other, &activity, "status-change", json!({}))
        .key("a-key-of-mine");
    again.send().await.expect(200);
}

/// What a rejection is answered for whose mail SES is silent, and what comes of something else in the meantime.
async fn while_ses_is_silent<T>(
    portal: &Portal,
    rejection: impl Future<Output = Answer>,
    something: impl Future<Output = T>,
) -> (Answer, T) {
    portal.wire().next("SES.SendEmail", Fault::Hangs);
    let meanwhile = async {
        while portal.wire().count("SES.SendEmail") == 0 {
            tokio::task::yield_now().await;
        }
        something.await
    };
    futures::join!(rejection, meanwhile)
}

/// SES tells that the first mail of the application's second entry was delivered.
async fn tell_delivery(portal: &Portal, application: &str) -> Value {
    let tags = json!({ "mail": [format!("{application}_2_1")], "attempt": ["1"] });
    let event = json!({ "detail": { "eventType": "Delivery", "mail": { "messageId": "m", "tags": tags } } });
    portal.host.invoke("handle-mail-events", event).await.unwrap()
}

#[tokio::test]
async fn the_first_answer_is_given_again_though_ses_told_of_the_mail_before_it_was_written() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;
    let activity = department.activity("reject");
    let rejection = || maria.reject_by_email(&application, &activity).key("a-key-of-mine");

    let told = tell_delivery(&portal, &application);
    let (first, told) = while_ses_is_silent(&portal, rejection().send(), told).await;

    assert_eq!(told, "written");
    assert_eq!(first.expect(202)["delivery"]["state"], "sending");
    let history = maria.history(&application).await;
    assert_eq!(history[0]["delivery"][0]["state"], "delivered");
    let again = rejection().send().await;
    assert_eq!((again.status, &again.text), (first.status, &first.text));
}

#[tokio::test]
async fn who_read_the_mail_before_the_answer_was_written_does_not_take_the_answer_away() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;
    let activity = department.activity("reject");
    let rejection = || maria.reject_by_email(&application, &activity).key("a-key-of-mine");

    let mail = MailId::try_from(format!("{application}_2_1")).unwrap();
    let read = portal.store.mail(&mail);
    let (first, read) = Box::pin(while_ses_is_silent(&portal, rejection().send(), read)).await;
    assert_eq!(first.expect(202)["delivery"]["state"], "sending");
    let read = read.unwrap().unwrap();
    let told = MailTold {
        attempt: 1,
        event: MailEvent::Sent,
        message_id: SingleLine::parse("m").unwrap(),
    };
    let settled = read.told(&told, read.updated_at).unwrap();
    let mark = portal.store.mark_mail(&read, &settled).await.unwrap();
    assert!(matches!(mark, MailMark::Overtaken(Some(_))), "{mark:?}");

    // Who reads it again keeps the answer.
    assert_eq!(tell_delivery(&portal, &application).await, "written");
    let again = rejection().send().await;
    assert_eq!((again.status, &again.text), (first.status, &first.text));
}

#[tokio::test]
async fn a_replay_tells_nothing_to_who_can_no_longer_see_the_application() {
    let portal = Portal::start().await;
    let (department, other) = (portal.department().await, portal.department().await);
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;
    let activity = department.activity("reject");
    let rejection = || maria.reject_by_email(&application, &activity).key("a-key-of-mine");
    rejection().send().await.expect(200);

    let id = department.user_id(&department.decider);
    let before = portal.store.user(&id).await.unwrap().unwrap();
    let mut user = before.clone();
    user.version = before.version.next();
    user.role = portal
        .store
        .user(&other.user_id(&other.decider))
        .await
        .unwrap()
        .unwrap()
        .role;
    let store = &portal.store;
    store.save_user(&user, &before, store::LinkWrite::Keep).await.unwrap();
    assert_eq!(rejection().send().await.problem(404), "not-found");
    let before = user.clone();
    user.version = before.version.next();
    user.active = false;
    store.save_user(&user, &before, store::LinkWrite::Remove).await.unwrap();
    assert_eq!(rejection().send().await.problem(401), "unauthenticated");
    assert_eq!(maria.refresh(&maria.cookie).await.problem(401), "unauthenticated");
}
