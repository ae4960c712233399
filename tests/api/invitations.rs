//! Contacts are invited by mail, and accept by setting a password.

use std::time::Duration;

use local::Fault;
use serde_json::{Value, json};
use tests::Portal;

use crate::contacts::{NEW_PASSWORD, changed, contact, contacts, path, shown};

#[tokio::test]
async fn a_new_contact_is_invited_sets_a_password_and_signs_in() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;

    let made = recruiter
        .post(&contacts(&department), &contact("baerbel@example.com"))
        .await
        .expect(201);

    assert_eq!(made["invitation"]["state"], "accepted", "{made}");
    assert_eq!((&made["canSignIn"], &made["active"]), (&json!(false), &json!(true)));
    let path = path(&department, &made);
    assert_eq!(shown(&recruiter, &path).await, made);
    let mails = portal.mails_to("baerbel@example.com").await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0]["subject"], "Ihr Zugang zum Bewerbungsportal von Hiring Portal");
    assert_eq!(mails[0]["tags"], json!({}));
    let bytes = portal.mail_bytes(&mails[0]).await;
    let bytes = String::from_utf8(bytes).unwrap();
    assert!(
        bytes.contains("From: \"Hiring Portal\" <portal@example.com>"),
        "{bytes}"
    );
    let text = mails[0]["text"].as_str().unwrap();
    assert!(text.starts_with("Guten Tag Bärbel Löffler,\n"), "{text}");
    let token = portal.link_token("baerbel@example.com").await;
    assert!(
        text.contains(&format!("{}/set-password#{token}", portal.host.url())),
        "{text}"
    );

    portal.set_password(&token, NEW_PASSWORD).await.expect(204);
    let baerbel = portal
        .try_sign_in("Baerbel@Example.com", NEW_PASSWORD)
        .await
        .expect(200);
    assert_eq!(baerbel["user"]["role"], "decider");
    assert_eq!(
        portal.set_password(&token, NEW_PASSWORD).await.problem(410),
        "link-not-valid"
    );
    let now = shown(&recruiter, &path).await;
    assert_eq!((&now["canSignIn"], &now["invitation"]), (&json!(true), &Value::Null));
    assert_eq!(now["version"], "1", "a password is none of the recruiter's changes");
}

#[tokio::test]
async fn a_contact_is_written_to_in_their_own_language() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let mut new = contact("oliver@example.com");
    new["language"] = "en".into();
    recruiter.post(&contacts(&department), &new).await.expect(201);
    let mail = portal.mails_to("oliver@example.com").await.remove(0);
    assert_eq!(mail["subject"], "Your access to the hiring portal of Hiring Portal");
    assert!(
        mail["text"].as_str().unwrap().contains("works once and for 7 days"),
        "{mail}"
    );
}

#[tokio::test]
async fn an_invited_contact_s_new_address_gets_the_invitation_and_the_old_link_ends() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let made = recruiter
        .post(&contacts(&department), &contact("typo@example.com"))
        .await
        .expect(201);
    let path = path(&department, &made);
    let old = portal.link_token("typo@example.com").await;

    let moved = changed(&recruiter, &path, json!({ "email": "right@example.com" })).await;

    assert_eq!(
        (&moved["email"], &moved["invitation"]["state"]),
        (&json!("right@example.com"), &json!("accepted"))
    );
    assert_eq!(
        portal.set_password(&old, NEW_PASSWORD).await.problem(410),
        "link-not-valid"
    );
    let new = portal.link_token("right@example.com").await;
    portal.set_password(&new, NEW_PASSWORD).await.expect(204);
    portal.try_sign_in("right@example.com", NEW_PASSWORD).await.expect(200);
    portal.try_sign_in("typo@example.com", NEW_PASSWORD).await.problem(401);
    assert_eq!(portal.mails_to("typo@example.com").await.len(), 1);
    // The old address is free again.
    recruiter
        .post(&contacts(&department), &contact("typo@example.com"))
        .await
        .expect(201);
}

#[tokio::test]
async fn an_invitation_is_sent_again_until_it_is_accepted() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let made = recruiter
        .post(&contacts(&department), &contact("lea@example.com"))
        .await
        .expect(201);
    let path = path(&department, &made);
    let invitation = format!("{path}/invitation");
    let first = portal.link_token("lea@example.com").await;

    portal.host.clock().advance(Duration::from_hours(7 * 24));
    let recruiter = portal.sign_in(&department.recruiter).await;
    assert_eq!(
        portal.set_password(&first, NEW_PASSWORD).await.problem(410),
        "link-not-valid"
    );
    assert_eq!(shown(&recruiter, &path).await["invitation"], Value::Null);
    let again = recruiter.request("POST", &invitation, &[], None).await.expect(200);
    assert_eq!(again["invitation"]["state"], "accepted");
    assert_eq!(
        portal.set_password(&first, NEW_PASSWORD).await.problem(410),
        "link-not-valid"
    );

    changed(&recruiter, &path, json!({ "active": false })).await;
    let refused = recruiter.request("POST", &invitation, &[], None).await;
    assert_eq!(refused.problem(409), "not-invitable");
    assert!(refused.text.contains("deactivated"), "{}", refused.text);
    let second = portal.link_token("lea@example.com").await;
    assert_eq!(
        portal.set_password(&second, NEW_PASSWORD).await.problem(410),
        "link-not-valid"
    );
    changed(&recruiter, &path, json!({ "active": true })).await;
    assert_eq!(
        portal.set_password(&second, NEW_PASSWORD).await.problem(410),
        "link-not-valid"
    );

    recruiter.request("POST", &invitation, &[], None).await.expect(200);
    let third = portal.link_token("lea@example.com").await;
    portal.set_password(&third, NEW_PASSWORD).await.expect(204);
    let refused = recruiter.request("POST", &invitation, &[], None).await;
    assert_eq!(refused.problem(409), "not-invitable");
    assert!(refused.text.contains("has a password"), "{}", refused.text);
    assert_eq!(portal.mails_to("lea@example.com").await.len(), 3);
}

#[tokio::test]
async fn what_became_of_an_invitation_s_mail_is_said_now_and_later() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    for (number, (fault, state)) in [
        (Fault::status(429, "TooManyRequestsException"), "pending"),
        (Fault::status(400, "BadRequestException"), "failed"),
        (Fault::status(500, "InternalFailure"), "sending"),
        (Fault::AnswerLost, "sending"),
    ]
    .into_iter()
    .enumerate()
    {
        portal.wire().next("SES.SendEmail", fault);
        let address = format!("contact{number}@example.com");
        let made = recruiter
            .post(&contacts(&department), &contact(&address))
            .await
            .expect(201);
        assert_eq!(made["invitation"]["state"], state);
        assert_eq!(shown(&recruiter, &path(&department, &made)).await, made);
    }
    assert_eq!(portal.wire().count("SES.SendEmail"), 4, "each was tried once");
}

#[tokio::test]
async fn a_contact_can_be_prepared_before_they_are_invited() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let mut new = contact("later@example.com");
    new["active"] = false.into();
    let made = recruiter.post(&contacts(&department), &new).await.expect(201);
    assert_eq!((&made["active"], &made["invitation"]), (&json!(false), &Value::Null));
    assert_eq!(portal.wire().count("SES.SendEmail"), 0);
    let path = path(&department, &made);
    changed(&recruiter, &path, json!({ "active": true })).await;
    let invitation = format!("{path}/invitation");
    let invited = recruiter.request("POST", &invitation, &[], None).await.expect(200);
    assert_eq!(invited["invitation"]["state"], "accepted");
}
