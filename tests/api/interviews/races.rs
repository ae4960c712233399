//! Several at once, and the same thing twice.

use serde_json::json;
use tests::Portal;

use super::*;

#[tokio::test]
async fn many_at_once_never_take_more_places_than_there_are() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let maria = portal.sign_in(&department.decider).await;
    let (host, _) = applicant(&portal, &department, "Host").await;
    let body = json!({ "interview": new_interview(7, 4) });
    let interview = interview_of(&schedule(&maria, &department, &host, "1", body).await.expect(200));
    let mut ids = Vec::new();
    for name in ["Alt", "Berger", "Czerny", "Dorn", "Egger", "Fuchs"] {
        ids.push(applicant(&portal, &department, name).await.0);
    }
    let joins = ids
        .iter()
        .map(|id| schedule(&maria, &department, id, "1", json!({ "interviewId": interview })));
    let answers = futures::future::join_all(joins).await;
    let (joined, full): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status.as_u16() == 200);
    assert_eq!((joined.len(), full.len()), (3, 3));
    for answer in full {
        assert_eq!(answer.pointers(), ["/interviewId"]);
        assert_eq!(answer.json()["errors"][0]["detail"], "the appointment is full");
    }
    let listed = maria
        .get(&format!("/api/jobs/{}/interviews", department.job_id()))
        .await
        .expect(200);
    assert_eq!(listed["items"][0]["freePlaces"], 0);
}

#[tokio::test]
async fn of_two_who_move_at_once_the_second_sees_who_was_first() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let (application, address) = applicant(&portal, &department, "Alt").await;
    let maria = portal.sign_in(&department.decider).await;
    let jurgen = portal.sign_in(&department.colleague).await;
    let body = json!({ "interview": new_interview(7, 1), "invitation": invitation() });
    let acted = schedule(&maria, &department, &application, "1", body).await.expect(200);
    assert_eq!(acted["interview"]["version"], "1");
    let path = format!("/api/interviews/{}", interview_of(&acted));

    let (wels, enns) = (json!({ "location": "Wels" }), json!({ "location": "Enns" }));
    let (one, other) = tokio::join!(
        change(&maria, "PATCH", &path, "1", Some(&wels)),
        change(&jurgen, "PATCH", &path, "1", Some(&enns))
    );
    let (won, lost, winner) = if one.status.as_u16() == 200 {
        (one, other, "Maria Gruber")
    } else {
        (other, one, "Jürgen Öllinger")
    };
    won.expect(200);
    assert_eq!(lost.problem(412), "version-conflict");
    let change = &lost.json()["lastChange"];
    assert_eq!(
        (&change["version"], &change["actorName"]),
        (&json!("2"), &json!(winner))
    );
    assert_eq!(portal.mails_to(&address).await.len(), 2);

    // Who comes later still is told the same.
    let late = super::change(&jurgen, "DELETE", &path, "1", None).await;
    assert_eq!(late.problem(412), "version-conflict");
    assert_eq!(late.json()["lastChange"], *change);
}

#[tokio::test]
async fn a_move_and_a_rejection_at_once_leave_nobody_with_a_wrong_calendar() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let maria = portal.sign_in(&department.decider).await;
    let jurgen = portal.sign_in(&department.colleague).await;
    for name in ["Alt", "Berger", "Czerny", "Dorn"] {
        let (application, address) = applicant(&portal, &department, name).await;
        let body = json!({ "interview": new_interview(7, 1), "invitation": invitation() });
        let acted = schedule(&maria, &department, &application, "1", body).await.expect(200);
        let path = format!("/api/interviews/{}", interview_of(&acted));
        let wels = json!({ "location": "Wels" });
        let rejection = jurgen
            .reject_by_email(&application, &department.activity("reject"))
            .version("2");
        let (moved, rejected) = tokio::join!(change(&maria, "PATCH", &path, "1", Some(&wels)), rejection.send());
        let statuses = (moved.status.as_u16(), rejected.status.as_u16());
        // Both change the application: one of them is first, and the other is told so.
        assert!(
            matches!(statuses, (200, 412) | (412, 200)),
            "{statuses:?}: {}",
            moved.text
        );
        let newest = newest_calendar(&portal, &address).await;
        let method = if statuses.0 == 200 {
            "METHOD:REQUEST"
        } else {
            "METHOD:CANCEL"
        };
        assert_eq!(
            (line(&newest, "METHOD"), line(&newest, "SEQUENCE")),
            (method.into(), "SEQUENCE:1".into())
        );
    }
}

#[tokio::test]
async fn one_person_with_two_applications_gets_one_of_two_appointments_at_once() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let row = department.application();
    let here = row.import(&recruiter).await;
    let there = department
        .application()
        .with("jobExternalId", &department.other_job)
        .with("email", &department.applicant_address().to_uppercase())
        .import(&recruiter)
        .await;
    let body = || json!({ "interview": new_interview(7, 1) });
    let (one, other) = tokio::join!(
        schedule(&recruiter, &department, &here, "1", body()),
        schedule(&recruiter, &department, &there, "1", body())
    );
    let refused = if one.status.as_u16() == 200 { &other } else { &one };
    assert_eq!((one.status.as_u16() + other.status.as_u16()), 200 + 422);
    assert_eq!(
        refused.json()["errors"][0]["detail"],
        "the applicant has another appointment at this time"
    );
}

#[tokio::test]
async fn a_cancellation_asked_for_twice_under_one_key_is_sent_once() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let (application, address) = applicant(&portal, &department, "Alt").await;
    let maria = portal.sign_in(&department.decider).await;
    let body = json!({ "interview": new_interview(7, 1), "invitation": invitation() });
    let acted = schedule(&maria, &department, &application, "1", body).await.expect(200);
    let path = format!("/api/interviews/{}", interview_of(&acted));
    let headers = [("if-match", "\"1\""), ("idempotency-key", "a-key-of-mine")];
    let first = maria.request("DELETE", &path, &headers, None).await;
    first.expect(200);
    let again = maria.request("DELETE", &path, &headers, None).await;
    assert_eq!((again.status, &again.text), (first.status, &first.text));
    assert_eq!(portal.mails_to(&address).await.len(), 2);
}

#[tokio::test]
async fn moving_twice_under_one_key_moves_once() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;
    let body = json!({ "interview": new_interview(7, 1), "invitation": invitation() });
    let interview = interview_of(&schedule(&maria, &department, &application, "1", body).await.expect(200));
    let path = format!("/api/interviews/{interview}");
    let body = json!({ "location": "Wels" });
    let request = || {
        maria.request(
            "PATCH",
            &path,
            &[("if-match", "\"1\""), ("idempotency-key", "a-key-of-mine")],
            Some(&body),
        )
    };
    let first = request().await;
    first.expect(200);
    let again = request().await;
    assert_eq!((again.status, &again.text), (first.status, &first.text));
    assert_eq!(portal.mails_to(&department.applicant_address()).await.len(), 2);
    let other = json!({ "location": "Enns" });
    let other = maria.request(
        "PATCH",
        &path,
        &[("if-match", "\"2\""), ("idempotency-key", "a-key-of-mine")],
        Some(&other),
    );
    assert_eq!(other.await.problem(422), "idempotency-key-reused");
}

#[tokio::test]
async fn the_same_appointment_asked_for_five_times_at_once_is_made_once() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;
    let activity = department.activity("interview");
    let body = json!({ "interview": new_interview(7, 1), "invitation": invitation() });
    let requests = (0..5).map(|_| {
        maria
            .act(&application, &activity, "interview", body.clone())
            .key("a-key-of-mine")
            .send()
    });
    for answer in futures::future::join_all(requests).await {
        assert!(
            matches!(answer.status.as_u16(), 200 | 202),
            "{}: {}",
            answer.status,
            answer.text
        );
    }
    let listed = maria
        .get(&format!("/api/jobs/{}/interviews", department.job_id()))
        .await
        .expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_eq!(portal.mails_to(&department.applicant_address()).await.len(), 1);
    assert_eq!(portal.mails_to(&department.decider).await.len(), 1);
}

#[tokio::test]
async fn a_replayed_move_says_what_became_of_everybody_s_mail() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let (one, address) = applicant(&portal, &department, "Alt").await;
    let (other, other_address) = applicant(&portal, &department, "Berger").await;
    let maria = portal.sign_in(&department.decider).await;
    let body = json!({ "interview": new_interview(7, 2), "invitation": invitation() });
    let interview = interview_of(&schedule(&maria, &department, &one, "1", body).await.expect(200));
    let body = json!({ "interviewId": interview, "invitation": invitation() });
    schedule(&maria, &department, &other, "1", body).await.expect(200);

    let body = json!({ "location": "Wels" });
    let headers = [("if-match", "\"2\""), ("idempotency-key", "a-key-of-mine")];
    let path = format!("/api/interviews/{interview}");
    let move_it = || maria.request("PATCH", &path, &headers, Some(&body));
    // Of the three mails one is refused for good; which of them is the wire's to choose.
    let refusal = local::Fault::status(400, "MessageRejected");
    portal.wire().next("SES.SendEmail", refusal);
    let first = move_it().await;
    assert_eq!(first.expect(202)["delivery"]["state"], "failed");
    let again = move_it().await;
    assert_eq!((again.status, &again.text), (first.status, &first.text));
    let mut mails = 0;
    for address in [&address, &other_address, &department.decider] {
        mails += portal.mails_to(address).await.len();
    }
    assert_eq!(mails, 4 + 2);
}

#[tokio::test]
async fn an_answer_that_was_lost_is_given_again_though_the_appointment_has_begun() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let (application, _) = applicant(&portal, &department, "Alt").await;
    let maria = portal.sign_in(&department.decider).await;
    let activity = department.activity("interview");
    let soon = jiff::Timestamp::now() + jiff::SignedDuration::from_mins(3);
    let body = json!({ "interview": {
        "startsAt": soon.to_string(),
        "endsAt": (soon + jiff::SignedDuration::from_mins(30)).to_string(),
        "timeZone": "Europe/Vienna",
    } });
    let ask = || {
        maria
            .act(&application, &activity, "interview", body.clone())
            .key("a-key-of-mine")
            .send()
    };
    let first = ask().await;
    first.expect(200);
    portal.host.clock().advance(std::time::Duration::from_mins(5));
    let again = ask().await;
    assert_eq!((again.status, &again.text), (first.status, &first.text));
}

#[tokio::test]
async fn joining_asked_for_five_times_at_once_takes_one_place() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let maria = portal.sign_in(&department.decider).await;
    let (host, _) = applicant(&portal, &department, "Host").await;
    let body = json!({ "interview": new_interview(7, 2) });
    let interview = interview_of(&schedule(&maria, &department, &host, "1", body).await.expect(200));
    let (guest, address) = applicant(&portal, &department, "Gast").await;
    let activity = department.activity("interview");
    let body = json!({ "interviewId": interview, "invitation": invitation() });
    let joins = (0..5).map(|_| {
        maria
            .act(&guest, &activity, "interview", body.clone())
            .key("a-key-of-mine")
            .send()
    });
    for answer in futures::future::join_all(joins).await {
        assert!(
            matches!(answer.status.as_u16(), 200 | 202),
            "{}: {}",
            answer.status,
            answer.text
        );
    }
    assert_eq!(portal.mails_to(&address).await.len(), 1);
}

#[tokio::test]
async fn two_applications_that_turn_out_to_be_one_person_s_can_still_be_moved() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let rows = ["eins", "zwei"].map(|name| {
        let address = format!("{name}.{}@example.org", department.job_id());
        department.application().with("email", &address)
    });
    let ids = [rows[0].import(&recruiter).await, rows[1].import(&recruiter).await];
    let body = json!({ "interview": new_interview(7, 2), "invitation": invitation() });
    let interview = interview_of(&schedule(&recruiter, &department, &ids[0], "1", body).await.expect(200));
    let body = json!({ "interviewId": interview, "invitation": invitation() });
    schedule(&recruiter, &department, &ids[1], "1", body).await.expect(200);
    for row in rows {
        row.with("email", "beide@example.org").import(&recruiter).await;
    }
    let path = format!("/api/interviews/{interview}");
    let wels = json!({ "location": "Wels" });
    change(&recruiter, "PATCH", &path, "2", Some(&wels)).await.expect(200);
}

#[tokio::test]
async fn whatever_the_table_answers_an_appointment_is_made_whole_or_not_at_all() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let maria = portal.sign_in(&department.decider).await;
    let unavailable = || local::Fault::status(500, "InternalServerError");
    for (name, fault) in [
        ("Alt", local::Fault::NotReached),
        ("Berger", local::Fault::AnswerLost),
        ("Czerny", unavailable()),
    ] {
        let (application, address) = applicant(&portal, &department, name).await;
        portal.wire().next("DynamoDB.TransactWriteItems", fault);
        let body = json!({ "interview": new_interview(7, 1), "invitation": invitation() });
        let acted = schedule(&maria, &department, &application, "1", body).await.expect(200);
        assert_eq!(acted["application"]["version"], "2");
        assert_eq!(portal.mails_to(&address).await.len(), 1, "{name}");
        assert_eq!(maria.history(&application).await.len(), 1);
    }
    let (application, address) = applicant(&portal, &department, "Dorn").await;
    portal.wire().always("DynamoDB.TransactWriteItems", Some(unavailable()));
    let body = json!({ "interview": new_interview(7, 1), "invitation": invitation() });
    let refused = schedule(&maria, &department, &application, "1", body).await;
    assert_eq!(refused.problem(503), "unavailable");
    portal.wire().always("DynamoDB.TransactWriteItems", None);
    assert_eq!(maria.application(&application).await["version"], "1");
    assert_eq!(portal.mails_to(&address).await, Vec::<serde_json::Value>::new());
}
