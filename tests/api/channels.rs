//! The heart of the product: a decider turns an applicant down, and the recruiter can follow it.

use serde_json::{Value, json};
use tests::Portal;

#[tokio::test]
async fn a_rejection_by_email_is_mailed_at_once_and_stands_in_the_history() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;

    let before = maria.application(&application).await;
    assert_eq!(before["statusName"], "Vorgeschlagen");
    let activity = &before["activities"][0];
    assert_eq!(activity["name"], "Absagen");
    assert_eq!(activity["channels"], json!(["email", "phone", "statusOnly"]));
    assert_eq!(activity["rejection"], true);
    let id = activity["id"].as_str().unwrap();

    let path = format!("/api/applications/{application}/activities/{id}/email-draft");
    let draft = maria.request("POST", &path, &[], Some(&json!({}))).await.expect(200);
    assert_eq!(draft["to"], department.applicant_address());
    assert_eq!(draft["subject"], "Ihre Bewerbung als Köchin & Koch");
    assert_eq!(
        draft["bodyText"],
        "Sehr geehrte Frau Müller,\n\nleider müssen wir Ihnen absagen."
    );

    let body = json!({ "subject": draft["subject"], "bodyHtml": draft["bodyHtml"] });
    let answer = maria.act(&application, id, "email", body).send().await;
    let acted = answer.expect(200);
    assert_eq!(answer.headers["etag"], "\"2\"");
    assert_eq!(acted["application"]["statusName"], "Abgesagt");
    assert_eq!(acted["application"]["statusGroup"], "rejected");
    assert_eq!(acted["delivery"]["state"], "accepted");

    let mails = portal.mails_to(&department.applicant_address()).await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0]["subject"], "Ihre Bewerbung als Köchin & Koch");
    assert!(
        mails[0]["text"]
            .as_str()
            .unwrap()
            .ends_with("-- \nMit freundlichen Grüßen\nMaria Gruber\n")
    );

    let after = maria.application(&application).await;
    assert_eq!(
        (&after["status"], &after["activities"]),
        (&json!("rejected"), &json!([]))
    );
    let recruiter = portal.sign_in(&department.recruiter).await;
    let entries = recruiter.history(&application).await;
    assert_eq!(entries.len(), 2);
    assert_eq!(
        entries[0]["actor"],
        json!({ "kind": "contact", "name": "Maria Gruber" })
    );
    assert_eq!(entries[0]["channel"], "email");
    assert_eq!(entries[0]["toStatus"]["name"], "Abgelehnt durch Fachbereich");
    assert_eq!(entries[0]["email"]["subject"], "Ihre Bewerbung als Köchin & Koch");
    assert_eq!(entries[0]["delivery"][0]["state"], "accepted");
    assert_eq!(
        (&entries[1]["channel"], &entries[1]["import"]["created"]),
        (&json!("import"), &json!(true))
    );
    assert_eq!(
        maria.history(&application).await.len(),
        1,
        "the recruiter's import is not the department's to see"
    );
}

#[tokio::test]
async fn a_rejection_by_phone_keeps_the_note_and_mails_nobody() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;

    let call = json!({ "note": "War enttäuscht.\nRuft wieder an.", "outcome": "reached", "calledAt": "2026-11-20T14:30:00+01:00" });
    let activity = department.activity("reject-by-phone");
    let acted = maria
        .act(&application, &activity, "phone-call", call)
        .send()
        .await
        .expect(200);

    assert_eq!(acted["application"]["status"], "rejected");
    assert_eq!(acted.get("delivery"), None);
    let entry = &maria.history(&application).await[0];
    assert_eq!(
        entry["phoneCall"],
        json!({ "note": "War enttäuscht.\nRuft wieder an.", "outcome": "reached", "calledAt": "2026-11-20T13:30:00Z" })
    );
    assert_eq!(
        portal.mails_to(&department.applicant_address()).await,
        Vec::<Value>::new()
    );
}

#[tokio::test]
async fn a_call_that_reached_nobody_is_kept_and_decides_nothing() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;
    let activity = department.activity("reject");

    let call = json!({ "note": "Besetzt.", "outcome": "notReached" });
    let acted = maria
        .act(&application, &activity, "phone-call", call)
        .send()
        .await
        .expect(200);
    assert_eq!(
        (&acted["application"]["status"], &acted["application"]["version"]),
        (&json!("proposed"), &json!("2"))
    );

    let call = json!({ "note": "Auf die Mailbox gesprochen.", "outcome": "voicemail" });
    let acted = maria
        .act(&application, &activity, "phone-call", call)
        .version("2")
        .send()
        .await
        .expect(200);
    assert_eq!(acted["application"]["status"], "rejected");
    assert_eq!(maria.history(&application).await.len(), 2);
}

#[tokio::test]
async fn a_call_needs_a_note_and_cannot_lie_in_the_future() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;
    let call = json!({ "note": " ", "outcome": "reached", "calledAt": "2126-11-20T14:30:00Z" });

    let refused = maria
        .act(&application, &department.activity("reject"), "phone-call", call)
        .send()
        .await;

    assert_eq!(refused.pointers(), ["/note", "/calledAt"]);
    assert_eq!(maria.application(&application).await["version"], "1");
}

#[tokio::test]
async fn a_rejection_by_status_alone_tells_the_applicant_nothing() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;

    let activity = department.activity("reject-silently");
    let acted = maria
        .act(&application, &activity, "status-change", json!({}))
        .send()
        .await
        .expect(200);

    assert_eq!(acted["application"]["status"], "rejected");
    assert_eq!(acted["historyEntry"]["channel"], "statusOnly");
    assert_eq!(
        portal.mails_to(&department.applicant_address()).await,
        Vec::<Value>::new()
    );
}

#[tokio::test]
async fn a_rejection_by_email_costs_four_aws_calls_and_the_others_two() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let maria = portal.sign_in(&department.decider).await;
    let calls = async |channel: &str, body: Value| {
        let application = department.new_application(&portal).await;
        portal.wire().forget_calls();
        maria
            .act(&application, &department.activity("reject"), channel, body)
            .send()
            .await
            .expect(200);
        portal
            .wire()
            .calls()
            .into_iter()
            .map(|call| call.operation)
            .collect::<Vec<_>>()
    };
    let email = json!({ "subject": "Ihre Bewerbung", "bodyHtml": "<p>Leider nein.</p>" });
    // The first request of a function that started before any key was published reads the keys once more.
    calls("email", email.clone()).await;

    assert_eq!(
        calls("email", email).await,
        [
            "DynamoDB.BatchGetItem",
            "DynamoDB.TransactWriteItems",
            "SES.SendEmail",
            "DynamoDB.PutItem"
        ]
    );
    calls("phone-call", json!({ "note": "x", "outcome": "reached" })).await;
    assert_eq!(
        calls("phone-call", json!({ "note": "x", "outcome": "reached" })).await,
        ["DynamoDB.BatchGetItem", "DynamoDB.TransactWriteItems"]
    );
    calls("status-change", json!({})).await;
    assert_eq!(
        calls("status-change", json!({})).await,
        ["DynamoDB.BatchGetItem", "DynamoDB.TransactWriteItems"]
    );
}

#[tokio::test]
async fn an_applicant_without_an_address_cannot_be_mailed_but_called() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let application = department.application().with("email", "").import(&recruiter).await;
    let maria = portal.sign_in(&department.decider).await;
    let activity = department.activity("reject");

    let refused = maria.reject_by_email(&application, &activity).send().await;
    assert_eq!(refused.problem(422), "applicant-without-email");
    let path = format!("/api/applications/{application}/activities/{activity}/email-draft");
    let refused = maria.request("POST", &path, &[], Some(&json!({}))).await;
    assert_eq!(refused.problem(422), "applicant-without-email");
    assert_eq!(maria.application(&application).await["version"], "1");
    assert_eq!(portal.wire().count("SES.SendEmail"), 0);

    let call = json!({ "note": "Abgesagt.", "outcome": "reached" });
    maria
        .act(&application, &activity, "phone-call", call)
        .send()
        .await
        .expect(200);
}

#[tokio::test]
async fn a_function_may_call_only_what_its_role_allows() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;
    portal.wire().allow(
        "send-email",
        ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"]
            .map(str::to_owned)
            .into(),
    );
    let rejection = || {
        maria
            .reject_by_email(&application, &department.activity("reject"))
            .send()
    };

    assert_eq!(rejection().await.problem(503), "unavailable");
    assert_eq!(maria.application(&application).await["version"], "1");
    let refused = portal
        .wire()
        .calls()
        .into_iter()
        .filter(|call| call.status == Some(400));
    let refused: Vec<_> = refused.map(|call| (call.function.unwrap(), call.operation)).collect();
    assert_eq!(
        refused,
        [("send-email".to_owned(), "DynamoDB.TransactWriteItems".to_owned())]
    );
}
