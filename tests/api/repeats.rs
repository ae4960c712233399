//! Acting once: the same command again, two deciders at once, and versions.

use serde_json::{Value, json};
use tests::Portal;

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
