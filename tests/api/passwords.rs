//! Forgotten passwords.

use std::time::{Duration, Instant};

use local::Fault;
use serde_json::json;
use tests::{Answer, PASSWORD, Portal};

const NEW_PASSWORD: &str = "Größer als zwölf";

async fn request(portal: &Portal, email: &str) -> Answer {
    portal
        .request("POST", "/api/password-resets", &[], Some(&json!({ "email": email })))
        .await
}

#[tokio::test]
async fn a_forgotten_password_is_set_anew_by_a_link_and_every_session_ends() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let maria = portal.sign_in(&department.decider).await;
    for _ in 0..6 {
        portal.try_sign_in(&department.decider, "vergessen").await;
    }
    assert_eq!(
        portal.try_sign_in(&department.decider, PASSWORD).await.problem(429),
        "too-many-attempts"
    );

    assert_eq!(
        request(&portal, &department.decider.to_uppercase()).await.expect(202),
        json!({})
    );

    let mail = portal.mails_to(&department.decider).await.remove(0);
    assert_eq!(mail["subject"], "Neues Passwort für das Bewerbungsportal");
    assert!(mail["text"].as_str().unwrap().contains("gilt 30 Minuten"), "{mail}");
    let token = portal.link_token(&department.decider).await;
    let id = department.user_id(&department.decider);
    let (_, link) = portal.store.user_with_link(&id, jiff::Timestamp::now()).await.unwrap();
    assert!(!token.contains(&link.unwrap().hash), "only its hash is kept");
    portal.try_sign_in(&department.colleague, PASSWORD).await.expect(200);
    maria.get("/api/me").await.expect(200);

    assert_eq!(
        portal.set_password(&token, "zu kurz").await.pointers(),
        ["/newPassword"]
    );
    portal.set_password(&token, NEW_PASSWORD).await.expect(204);

    assert_eq!(maria.get("/api/me").await.problem(401), "unauthenticated");
    assert_eq!(maria.refresh(&maria.cookie).await.problem(401), "unauthenticated");
    // What was guessed wrong before no longer counts.
    assert_eq!(
        portal.try_sign_in(&department.decider, PASSWORD).await.problem(401),
        "invalid-credentials"
    );
    portal.try_sign_in(&department.decider, NEW_PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_password_that_is_guessed_first_is_refused_and_the_link_still_works() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    request(&portal, &department.decider).await.expect(202);
    let token = portal.link_token(&department.decider).await;
    let maria = portal.sign_in(&department.decider).await;
    let name = maria.get("/api/me").await.expect(200)["name"].clone();

    for guessed in [
        "Passwort2026!",
        "INTERNATIONAL",
        "aaaaaaaaaaaa",
        &department.decider.to_uppercase(),
        &format!("{}2026", name.as_str().unwrap()),
    ] {
        let body = json!({ "currentPassword": PASSWORD, "newPassword": guessed });
        for refused in [
            portal.set_password(&token, guessed).await,
            maria.request("PUT", "/api/me/password", &[], Some(&body)).await,
        ] {
            assert_eq!(refused.pointers(), ["/newPassword"], "{guessed}");
            assert!(refused.text.contains("is too easy to guess"), "{}", refused.text);
        }
    }
    portal.set_password(&token, NEW_PASSWORD).await.expect(204);
}

#[tokio::test]
async fn every_link_that_opens_nothing_is_refused_with_the_same_bytes() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    request(&portal, &department.decider).await.expect(202);
    let superseded = portal.link_token(&department.decider).await;
    request(&portal, &department.decider).await.expect(202);
    let used = portal.link_token(&department.decider).await;
    let refused = portal.set_password(&superseded, NEW_PASSWORD).await;
    assert_eq!(refused.problem(410), "link-not-valid");
    portal.set_password(&used, NEW_PASSWORD).await.expect(204);
    let maria = department.user_id(&department.decider);
    let (colleague, reader) = (&department.colleague, &department.reader);
    let (expired, deactivated) = tokio::join!(request(&portal, colleague), request(&portal, reader));
    expired.expect(202);
    deactivated.expect(202);
    let (expired, deactivated) = (portal.link_token(colleague).await, portal.link_token(reader).await);
    let recruiter = portal.sign_in(&department.recruiter).await;
    let path = format!(
        "/api/customers/{}/contacts/{}",
        department.customer_id(),
        department.user_id(reader)
    );
    recruiter
        .patch(&path, "1", &json!({ "active": false }))
        .await
        .expect(200);

    portal.host.clock().advance(Duration::from_mins(29));
    assert_eq!(portal.set_password(&expired, "kurz").await.pointers(), ["/newPassword"]);
    portal.host.clock().advance(Duration::from_mins(1));

    let secret = used.split_once('.').unwrap().1;
    for token in [
        used.clone(),
        expired,
        deactivated,
        format!("{maria}.{}", "A".repeat(43)),
        format!("{maria}."),
        format!("nobody.{secret}"),
        format!("NOBODY.{secret}"),
        secret.to_owned(),
        "%2E%2E%2Fsession".to_owned(),
    ] {
        let answer = portal.set_password(&token, NEW_PASSWORD).await;
        assert_eq!(
            (answer.status, &answer.text),
            (refused.status, &refused.text),
            "{token}"
        );
    }
}

#[tokio::test]
async fn the_answer_takes_the_same_time_whoever_is_asked_for_and_however_slow_the_mail_is() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let path = format!(
        "/api/customers/{}/contacts/{}",
        department.customer_id(),
        department.user_id(&department.reader)
    );
    recruiter
        .patch(&path, "1", &json!({ "active": false }))
        .await
        .expect(200);
    // Left alone, the request to SES would take eight seconds.
    portal.wire().always("SES.SendEmail", Some(Fault::Hangs));
    let timed = async |email: &str| {
        let begin = Instant::now();
        let answer = request(&portal, email).await;
        (begin.elapsed(), answer.status, answer.text)
    };
    let (known, unknown, deactivated) = tokio::join!(
        timed(&department.decider),
        timed("nobody@example.com"),
        timed(&department.reader)
    );
    assert_eq!(portal.wire().count("SES.SendEmail"), 1);
    for (took, status, text) in [&known, &unknown, &deactivated] {
        assert_eq!((status.as_u16(), text.as_str()), (202, "{}"));
        assert!(
            (Duration::from_millis(1_900)..Duration::from_secs(6)).contains(took),
            "{took:?}"
        );
        let apart = known.0.abs_diff(*took);
        assert!(apart < Duration::from_millis(1_500), "{apart:?} apart");
    }
}

#[tokio::test]
async fn nobody_is_sent_more_than_three_links_in_half_an_hour() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    for spelling in [&department.decider, &department.decider.to_uppercase()]
        .into_iter()
        .cycle()
        .take(4)
    {
        request(&portal, spelling).await.expect(202);
    }
    assert_eq!(portal.mails_to(&department.decider).await.len(), 3);
    let last = portal.link_token(&department.decider).await;
    request(&portal, &department.colleague).await.expect(202);
    assert_eq!(portal.mails_to(&department.colleague).await.len(), 1);
    portal.set_password(&last, NEW_PASSWORD).await.expect(204);

    portal.host.clock().advance(Duration::from_mins(30));
    request(&portal, &department.decider).await.expect(202);
    assert_eq!(portal.mails_to(&department.decider).await.len(), 4);
}

#[tokio::test]
async fn who_was_invited_and_has_no_password_yet_is_sent_a_short_invitation() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let contacts = format!("/api/customers/{}/contacts", department.customer_id());
    let new = json!({ "name": "Bärbel", "email": "baerbel@example.com", "contactRole": "reader", "language": "de-DE" });
    recruiter.post(&contacts, &new).await.expect(201);
    let first = portal.link_token("baerbel@example.com").await;

    request(&portal, "baerbel@example.com").await.expect(202);

    let mails = portal.mails_to("baerbel@example.com").await;
    assert_eq!(mails[0]["subject"], mails[1]["subject"]);
    assert!(
        mails[0]["text"].as_str().unwrap().contains("gilt 30 Minuten"),
        "{}",
        mails[0]
    );
    assert_eq!(
        portal.set_password(&first, NEW_PASSWORD).await.problem(410),
        "link-not-valid"
    );
    let token = portal.link_token("baerbel@example.com").await;
    portal.set_password(&token, NEW_PASSWORD).await.expect(204);
    portal
        .try_sign_in("baerbel@example.com", NEW_PASSWORD)
        .await
        .expect(200);
}

#[tokio::test]
async fn of_several_who_use_a_link_at_once_one_wins() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    request(&portal, &department.decider).await.expect(202);
    let token = portal.link_token(&department.decider).await;
    let passwords = ["das erste Passwort", "das zweite Passwort", "das dritte Passwort"];
    let answers = futures::future::join_all(passwords.iter().map(|new| portal.set_password(&token, new))).await;
    let (mut won, mut lost) = (0, 0);
    for (answer, password) in answers.iter().zip(passwords) {
        let signed_in = portal.try_sign_in(&department.decider, password).await;
        if answer.status.as_u16() == 204 {
            won += 1;
            signed_in.expect(200);
        } else {
            lost += 1;
            assert_eq!(answer.problem(410), "link-not-valid");
            signed_in.problem(401);
        }
    }
    assert_eq!((won, lost), (1, 2));
}

#[tokio::test]
async fn what_is_no_address_is_refused_at_once() {
    let portal = Portal::start().await;
    for email in ["", "maria", "maria@example.com\r\nBcc: b@example.com"] {
        assert_eq!(request(&portal, email).await.pointers(), ["/email"], "{email:?}");
    }
    let unknown = json!({ "email": "maria@example.com", "name": "Maria" });
    let unknown = portal
        .request("POST", "/api/password-resets", &[], Some(&unknown))
        .await;
    assert_eq!(unknown.problem(422), "validation");
    assert_eq!(portal.wire().calls(), []);
}

#[tokio::test]
async fn an_outage_is_no_way_to_tell_who_exists() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let outage = Fault::status(400, "AccessDeniedException");
    portal.wire().always("DynamoDB.TransactWriteItems", Some(outage));
    let (known, unknown) = tokio::join!(
        request(&portal, &department.decider),
        request(&portal, "nobody@example.com")
    );
    known.expect(202);
    assert_eq!((known.status, &known.text), (unknown.status, &unknown.text));
    assert_eq!(portal.mails_to(&department.decider).await.len(), 0);
}

#[tokio::test]
async fn what_is_written_twice_since_its_answer_was_lost_is_done_and_not_refused() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    portal.wire().next("DynamoDB.PutItem", Fault::AnswerLost);
    request(&portal, &department.decider).await.expect(202);
    assert_eq!(portal.mails_to(&department.decider).await.len(), 1);

    portal.wire().next("DynamoDB.PutItem", Fault::AnswerLost);
    portal.try_sign_in(&department.decider, PASSWORD).await.expect(200);

    let maria = portal.sign_in(&department.decider).await;
    let passwords = json!({ "currentPassword": PASSWORD, "newPassword": NEW_PASSWORD });
    portal.wire().next("DynamoDB.UpdateItem", Fault::AnswerLost);
    maria
        .request("PUT", "/api/me/password", &[], Some(&passwords))
        .await
        .expect(204);
    portal.try_sign_in(&department.decider, NEW_PASSWORD).await.expect(200);
}
