//! What cannot be done with interviews.

use std::time::Duration;

use serde_json::{Value, json};
use tests::Portal;

use super::*;

#[tokio::test]
async fn bad_appointments_are_refused_and_change_nothing() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;
    let with = |field: &str, value: Value| {
        let mut interview = new_interview(7, 1);
        interview[field] = value;
        json!({ "interview": interview })
    };
    let stranger = portal.department().await;
    for (body, pointer) in [
        (with("startsAt", json!("2033-03-27T02:30")), "/interview/startsAt"),
        (with("startsAt", json!("2020-01-01T10:00")), "/interview/startsAt"),
        (with("endsAt", json!(day(6).0)), "/interview/endsAt"),
        (with("endsAt", json!(day(9).0)), "/interview/endsAt"),
        // Within the second it starts in.
        (with("endsAt", json!(format!("{}:00.9", day(7).0))), "/interview/endsAt"),
        (with("timeZone", json!("Mitteleuropa")), "/interview/timeZone"),
        (
            with("onlineMeetingUrl", json!("http://meet.example.com")),
            "/interview/onlineMeetingUrl",
        ),
        (with("location", json!("a\r\nb")), "/interview/location"),
        (with("places", json!(9)), "/interview/places"),
        (
            with("attendees", json!(["nobody@example.com"])),
            "/interview/attendees/0",
        ),
        (with("attendees", json!([stranger.decider])), "/interview/attendees/0"),
        (json!({}), ""),
        (
            json!({ "interviewId": "absent-absent", "interview": new_interview(7, 1) }),
            "",
        ),
        (json!({ "interviewId": "absent-absent" }), "/interviewId"),
        (json!({ "interviewId": "no id" }), "/interviewId"),
        (
            json!({ "interview": new_interview(7, 1), "invitation": { "subject": "", "bodyHtml": "<p>x</p>" } }),
            "/invitation/subject",
        ),
    ] {
        let answer = schedule(&maria, &department, &application, "1", body.clone()).await;
        assert!(
            answer.pointers().contains(&pointer.to_owned()),
            "{body}: {}",
            answer.text
        );
    }
    assert_eq!(maria.application(&application).await["version"], "1");
    assert_eq!(portal.wire().count("SES.SendEmail"), 0);

    let body = json!({ "interview": new_interview(7, 1) });
    schedule(&maria, &department, &application, "1", body.clone())
        .await
        .expect(200);
    let overlapping = schedule(&maria, &department, &application, "2", body).await;
    assert_eq!(
        overlapping.json()["errors"][0]["detail"],
        "the applicant has another appointment at this time"
    );
}

#[tokio::test]
async fn an_attendee_of_another_department_is_as_unknown_as_nobody() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let stranger = portal.department().await;
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;
    let refused = async |attendee: &str| {
        let mut interview = new_interview(7, 1);
        interview["attendees"] = json!([attendee]);
        portal.wire().forget_calls();
        let body = json!({ "interview": interview });
        let answer = schedule(&maria, &department, &application, "1", body).await;
        assert_eq!(answer.pointers(), ["/interview/attendees/0"]);
        let calls = portal.wire().calls().into_iter();
        let calls = calls.filter(|call| call.function.as_deref() == Some("schedule-interview"));
        (answer.text, calls.map(|call| call.operation).collect::<Vec<_>>())
    };
    // What a function reads once, such as the keys, is read.
    refused(&stranger.decider).await;
    assert_eq!(refused("nobody@example.com").await, refused(&stranger.decider).await);
}

#[tokio::test]
async fn another_department_s_interview_is_not_there() {
    let portal = Portal::start().await;
    let (department, other) = (
        portal.department_with_interviews().await,
        portal.department_with_interviews().await,
    );
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;
    let acted = schedule(
        &maria,
        &department,
        &application,
        "1",
        json!({ "interview": new_interview(7, 2) }),
    )
    .await;
    let interview = interview_of(&acted.expect(200));

    let stranger = portal.sign_in(&other.decider).await;
    let theirs = other.new_application(&portal).await;
    let foreign = schedule(&stranger, &other, &theirs, "1", json!({ "interviewId": interview })).await;
    let absent = schedule(
        &stranger,
        &other,
        &theirs,
        "1",
        json!({ "interviewId": "absent-absent" }),
    )
    .await;
    assert_eq!((foreign.status.as_u16(), &foreign.text), (422, &absent.text));
    for method in ["PATCH", "DELETE"] {
        let body = json!({ "location": "Wels" });
        for id in [interview.as_str(), "absent-absent"] {
            let answer = change(&stranger, method, &format!("/api/interviews/{id}"), "1", Some(&body)).await;
            assert_eq!(answer.problem(404), "not-found");
        }
    }
    let path = format!("/api/jobs/{}/interviews", department.job_id());
    assert_eq!(stranger.get(&path).await.problem(404), "not-found");

    let lea = portal.sign_in(&department.reader).await;
    let body = json!({ "location": "Wels" });
    let refused = change(&lea, "PATCH", &format!("/api/interviews/{interview}"), "1", Some(&body)).await;
    assert_eq!(refused.problem(403), "activity-not-released");
    let late = change(
        &maria,
        "PATCH",
        &format!("/api/interviews/{interview}"),
        "7",
        Some(&body),
    )
    .await;
    assert_eq!(late.problem(412), "version-conflict");
    portal.host.clock().advance(Duration::from_hours(24 * 8));
    let maria = portal.sign_in(&department.decider).await;
    let over = change(&maria, "DELETE", &format!("/api/interviews/{interview}"), "1", None).await;
    assert_eq!(over.pointers(), [""]);
    assert_eq!(maria.get(&path).await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn another_job_s_interview_cannot_be_joined() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let elsewhere = department
        .application()
        .with("jobExternalId", &department.other_job)
        .import(&recruiter)
        .await;
    let acted = schedule(
        &recruiter,
        &department,
        &elsewhere,
        "1",
        json!({ "interview": new_interview(7, 2) }),
    )
    .await;
    let interview = interview_of(&acted.expect(200));

    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;
    let refused = schedule(
        &maria,
        &department,
        &application,
        "1",
        json!({ "interviewId": interview }),
    )
    .await;
    assert_eq!(refused.pointers(), ["/interviewId"]);
    let body = json!({ "location": "Wels" });
    let refused = change(
        &maria,
        "PATCH",
        &format!("/api/interviews/{interview}"),
        "1",
        Some(&body),
    )
    .await;
    assert_eq!(refused.problem(403), "activity-not-released");
}

#[tokio::test]
async fn calling_off_for_all_must_be_meant() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;
    let acted = schedule(
        &maria,
        &department,
        &application,
        "1",
        json!({ "interview": new_interview(7, 2) }),
    )
    .await;
    let path = format!("/api/interviews/{}", interview_of(&acted.expect(200)));
    for query in ["application=", "applicationId=x-y", "application=a-b&all=1"] {
        let refused = change(&maria, "DELETE", &format!("{path}?{query}"), "1", None).await;
        assert_eq!(refused.pointers(), ["/application"], "{query}");
    }
    assert_eq!(
        maria.application(&application).await["interviews"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn no_application_has_more_interviews_than_a_rejection_can_end() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;
    for number in 1..=4 {
        let body = json!({ "interview": new_interview(6 + number, 1), "invitation": invitation() });
        schedule(&maria, &department, &application, &number.to_string(), body)
            .await
            .expect(200);
    }
    let body = json!({ "interview": new_interview(20, 1) });
    let refused = schedule(&maria, &department, &application, "5", body).await;
    assert_eq!(
        refused.json()["errors"][0]["detail"],
        "the applicant has four coming appointments already"
    );
    let rejection = maria
        .reject_by_email(&application, &department.activity("reject"))
        .version("5");
    let acted = rejection.send().await.expect(200);
    assert_eq!(acted["historyEntry"]["interviews"].as_array().unwrap().len(), 4);
    assert_eq!(portal.mails_to(&department.applicant_address()).await.len(), 4 + 1 + 4);
}

#[tokio::test]
async fn what_is_over_or_called_off_cannot_be_joined() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let (one, _) = applicant(&portal, &department, "Alt").await;
    let (other, _) = applicant(&portal, &department, "Berger").await;
    let maria = portal.sign_in(&department.decider).await;
    let arrange = |ahead, version: &'static str| {
        let body = json!({ "interview": new_interview(ahead, 2) });
        schedule(&maria, &department, &one, version, body)
    };
    let called_off = interview_of(&arrange(7, "1").await.expect(200));
    change(&maria, "DELETE", &format!("/api/interviews/{called_off}"), "1", None)
        .await
        .expect(200);
    let begun = interview_of(&arrange(8, "3").await.expect(200));
    let detail = async |person: &Person<'_>, interview: &str| {
        let refused = schedule(person, &department, &other, "1", json!({ "interviewId": interview })).await;
        assert_eq!(refused.pointers(), ["/interviewId"]);
        refused.json()["errors"][0]["detail"].clone()
    };
    assert_eq!(detail(&maria, &called_off).await, "the appointment was cancelled");
    portal.host.clock().advance(Duration::from_hours(24 * 9));
    let maria = portal.sign_in(&department.decider).await;
    assert_eq!(detail(&maria, &begun).await, "the appointment has begun");
}

#[tokio::test]
async fn nothing_is_moved_to_where_the_applicant_is_elsewhere() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let here = department.new_application(&portal).await;
    let there = department
        .application()
        .with("jobExternalId", &department.other_job)
        .import(&recruiter)
        .await;
    let arrange = async |application: &str, version: &str, ahead| {
        let body = json!({ "interview": new_interview(ahead, 1), "invitation": invitation() });
        interview_of(
            &schedule(&recruiter, &department, application, version, body)
                .await
                .expect(200),
        )
    };
    arrange(&here, "1", 7).await;
    let to_be_moved = arrange(&there, "1", 8).await;
    let path = format!("/api/interviews/{to_be_moved}");
    let (starts_at, ends_at) = day(7);
    let body = json!({ "startsAt": starts_at, "endsAt": ends_at });
    let refused = change(&recruiter, "PATCH", &path, "1", Some(&body)).await;
    assert_eq!(refused.pointers(), ["/startsAt"]);
    // A draft says so before anything is written.
    let draft = format!(
        "/api/applications/{there}/activities/{}/email-draft",
        department.activity("interview")
    );
    let body = json!({ "interview": new_interview(7, 1) });
    let refused = recruiter.request("POST", &draft, &[], Some(&body)).await;
    assert_eq!(
        refused.json()["errors"][0]["detail"],
        "the applicant has another appointment at this time"
    );
    // To its own time it can be moved, at another place.
    let wels = json!({ "location": "Wels" });
    change(&recruiter, "PATCH", &path, "1", Some(&wels)).await.expect(200);
}

#[tokio::test]
async fn who_has_another_address_since_is_looked_for_under_it() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let row = department.application();
    let here = row.import(&recruiter).await;
    let body = json!({ "interview": new_interview(7, 1) });
    schedule(&recruiter, &department, &here, "1", body).await.expect(200);
    row.with("email", "elsewhere@example.org").import(&recruiter).await;
    let apply = async |address: &str| {
        let row = department.application().with("email", address);
        row.with("jobExternalId", &department.other_job)
            .import(&recruiter)
            .await
    };
    let body = || json!({ "interview": new_interview(7, 1) });
    let same_person = apply("elsewhere@example.org").await;
    let refused = schedule(&recruiter, &department, &same_person, "1", body()).await;
    assert_eq!(refused.pointers(), [""]);
    let another_person = apply(&department.applicant_address()).await;
    schedule(&recruiter, &department, &another_person, "1", body())
        .await
        .expect(200);
}

#[tokio::test]
async fn moving_and_cancelling_need_their_headers() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;
    let body = json!({ "interview": new_interview(7, 1) });
    let interview = interview_of(&schedule(&maria, &department, &application, "1", body).await.expect(200));
    let path = format!("/api/interviews/{interview}");
    let body = json!({ "location": "Wels" });
    for method in ["PATCH", "DELETE"] {
        let body = (method == "PATCH").then_some(&body);
        let without_key = maria.request(method, &path, &[("if-match", "\"1\"")], body).await;
        assert_eq!(without_key.problem(400), "bad-request");
        let without_version = maria
            .request(method, &path, &[("idempotency-key", "a-key-of-mine")], body)
            .await;
        assert_eq!(without_version.problem(428), "version-missing");
    }
    assert_eq!(maria.application(&application).await["version"], "2");
}
