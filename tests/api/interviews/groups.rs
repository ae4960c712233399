//! Interviews of several: who joins, who leaves, and who hears of it.

use serde_json::json;
use tests::Portal;

use super::*;

#[tokio::test]
async fn others_join_as_long_as_there_is_a_place_and_learn_nothing_of_each_other() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let person = |name: &str| {
        let address = format!("{name}.{}@example.org", department.job_id());
        department.application().with("lastName", name).with("email", &address)
    };
    let names = ["Alt", "Berger", "Czerny"];
    let mut ids = Vec::new();
    for name in names {
        ids.push(person(name).import(&recruiter).await);
    }
    let maria = portal.sign_in(&department.decider).await;
    let body = json!({ "interview": new_interview(7, 2), "invitation": invitation() });
    let first = interview_of(&schedule(&maria, &department, &ids[0], "1", body).await.expect(200));

    let path = format!("/api/jobs/{}/interviews", department.job_id());
    let listed = maria.get(&path).await.expect(200);
    assert_eq!(
        (&listed["items"][0]["id"], &listed["items"][0]["freePlaces"]),
        (&json!(first), &json!(1))
    );
    let join = || json!({ "interviewId": first, "invitation": invitation() });
    schedule(&maria, &department, &ids[1], "1", join()).await.expect(200);
    let full = schedule(&maria, &department, &ids[2], "1", join()).await;
    assert_eq!(full.pointers(), ["/interviewId"]);
    assert_eq!(full.json()["errors"][0]["detail"], "the appointment is full");
    assert_eq!(maria.application(&ids[2]).await["version"], "1");

    // One leaves: they are told, the other one is not, and their place is free.
    let path_of_one = format!("/api/interviews/{first}?application={}", ids[0]);
    change(&maria, "DELETE", &path_of_one, "2", None).await.expect(200);
    let address = |name: &str| format!("{name}.{}@example.org", department.job_id());
    assert_eq!(
        line(&newest_calendar(&portal, &address("Alt")).await, "METHOD"),
        "METHOD:CANCEL"
    );
    assert_eq!(portal.mails_to(&address("Berger")).await.len(), 1);
    schedule(&maria, &department, &ids[2], "1", join()).await.expect(200);

    for (name, others) in [
        ("Alt", ["Berger", "Czerny"]),
        ("Berger", ["Alt", "Czerny"]),
        ("Czerny", ["Alt", "Berger"]),
    ] {
        for mail in portal.mails_to(&address(name)).await {
            let bytes = String::from_utf8(portal.mail_bytes(&mail).await).unwrap();
            for other in others {
                assert!(!bytes.contains(other), "{other} in a mail to {name}");
            }
        }
    }
    let listed = maria.get(&path).await;
    assert!(names.iter().all(|name| !listed.text.contains(name)), "{}", listed.text);
}

#[tokio::test]
async fn who_leaves_and_joins_again_gets_an_invitation_that_outdoes_the_cancellation() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let (leaving, address) = applicant(&portal, &department, "Alt").await;
    let (staying, _) = applicant(&portal, &department, "Berger").await;
    let maria = portal.sign_in(&department.decider).await;
    let body = json!({ "interview": new_interview(7, 2) });
    let interview = interview_of(&schedule(&maria, &department, &staying, "1", body).await.expect(200));
    let path = format!("/api/interviews/{interview}");
    let join = || json!({ "interviewId": interview, "invitation": invitation() });
    let sequence = async || line(&newest_calendar(&portal, &address).await, "SEQUENCE");

    schedule(&maria, &department, &leaving, "1", join()).await.expect(200);
    assert_eq!(sequence().await, "SEQUENCE:0");
    change(&maria, "DELETE", &format!("{path}?application={leaving}"), "2", None)
        .await
        .expect(200);
    assert_eq!(sequence().await, "SEQUENCE:1");
    schedule(&maria, &department, &leaving, "3", join()).await.expect(200);
    assert_eq!(sequence().await, "SEQUENCE:2");
    change(&maria, "PATCH", &path, "4", Some(&json!({ "location": "Wels" })))
        .await
        .expect(200);
    assert_eq!(sequence().await, "SEQUENCE:3");
    let absent = change(
        &maria,
        "DELETE",
        &format!("{path}?application=absent-absent"),
        "5",
        None,
    )
    .await;
    assert_eq!(absent.problem(404), "not-found");
}

#[tokio::test]
async fn a_rejection_of_one_of_a_group_is_no_business_of_the_others() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let (one, address) = applicant(&portal, &department, "Alt").await;
    let (other, other_address) = applicant(&portal, &department, "Berger").await;
    let maria = portal.sign_in(&department.decider).await;
    let body = json!({ "interview": new_interview(7, 2), "invitation": invitation() });
    let interview = interview_of(&schedule(&maria, &department, &one, "1", body).await.expect(200));
    let body = json!({ "interviewId": interview, "invitation": invitation() });
    schedule(&maria, &department, &other, "1", body).await.expect(200);
    let reject = |id: &str| {
        maria
            .act(id, &department.activity("reject"), "status-change", json!({}))
            .version("2")
            .send()
    };
    reject(&one).await.expect(200);
    assert_eq!(portal.mails_to(&address).await.len(), 2);
    assert_eq!(portal.mails_to(&other_address).await.len(), 1);
    let path = format!("/api/jobs/{}/interviews", department.job_id());
    assert_eq!(maria.get(&path).await.expect(200)["items"][0]["freePlaces"], 1);

    // Once nobody takes part any more, it is called off for the colleagues too.
    let mails = portal.mails_to(&department.decider).await.len();
    reject(&other).await.expect(200);
    assert_eq!(maria.get(&path).await.expect(200)["items"], json!([]));
    assert_eq!(portal.mails_to(&department.decider).await.len(), mails + 1);
}

#[tokio::test]
async fn the_last_one_to_leave_ends_it() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let (application, address) = applicant(&portal, &department, "Alt").await;
    let maria = portal.sign_in(&department.decider).await;
    let body = json!({ "interview": new_interview(7, 3), "invitation": invitation() });
    let interview = interview_of(&schedule(&maria, &department, &application, "1", body).await.expect(200));
    let path = format!("/api/interviews/{interview}?application={application}");
    let left = change(&maria, "DELETE", &path, "1", None).await.expect(200);
    assert_eq!(left["interview"]["cancelled"], true);
    for person in [&address, &department.decider] {
        assert_eq!(line(&newest_calendar(&portal, person).await, "METHOD"), "METHOD:CANCEL");
    }
}

#[tokio::test]
async fn who_joins_after_a_move_comes_at_the_new_time() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let (one, _) = applicant(&portal, &department, "Alt").await;
    let (other, address) = applicant(&portal, &department, "Berger").await;
    let maria = portal.sign_in(&department.decider).await;
    let body = json!({ "interview": new_interview(7, 2) });
    let interview = interview_of(&schedule(&maria, &department, &one, "1", body).await.expect(200));
    let (starts_at, ends_at) = day(9);
    let body = json!({ "startsAt": starts_at, "endsAt": ends_at });
    let path = format!("/api/interviews/{interview}");
    let moved = change(&maria, "PATCH", &path, "1", Some(&body)).await.expect(200);
    let body = json!({ "interviewId": interview, "invitation": invitation() });
    let joined = schedule(&maria, &department, &other, "1", body).await.expect(200);
    let booking = &joined["application"]["interviews"][0];
    assert_eq!(booking["startsAt"], moved["interview"]["startsAt"]);
    let start = booking["startsAt"].as_str().unwrap().replace(['-', ':'], "");
    let calendar = newest_calendar(&portal, &address).await;
    assert_eq!(line(&calendar, "DTSTART"), format!("DTSTART:{start}"));
}

#[tokio::test]
async fn a_colleague_who_has_left_hears_no_more_of_it() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let (application, _) = applicant(&portal, &department, "Alt").await;
    let maria = portal.sign_in(&department.decider).await;
    let mut interview = new_interview(7, 1);
    interview["attendees"] = json!([department.colleague, department.reader]);
    let body = json!({ "interview": interview, "invitation": invitation() });
    let interview = interview_of(&schedule(&maria, &department, &application, "1", body).await.expect(200));
    let id = department.user_id(&department.colleague);
    let contact = format!("/api/customers/{}/contacts/{id}", department.customer_id());
    let recruiter = portal.sign_in(&department.recruiter).await;
    recruiter
        .patch(&contact, "1", &json!({ "active": false }))
        .await
        .expect(200);

    let path = format!("/api/interviews/{interview}");
    let moved = change(&maria, "PATCH", &path, "1", Some(&json!({ "location": "Wels" }))).await;
    assert_eq!(
        moved.expect(200)["interview"]["colleagues"],
        json!(["Maria Gruber", "Lea Steiner"])
    );
    assert_eq!(portal.mails_to(&department.colleague).await.len(), 1);
    assert_eq!(portal.mails_to(&department.reader).await.len(), 2);
}

/// As many colleagues of the decider as an appointment can have, the decider's colleague first.
async fn most_attendees(recruiter: &Person<'_>, department: &Department) -> Vec<String> {
    let contacts = format!("/api/customers/{}/contacts", department.customer_id());
    let mut attendees = vec![department.colleague.clone(), department.reader.clone()];
    for number in 0..6 {
        let email = format!("kollegin{number}.{}@example.com", department.job_id());
        let contact = json!({ "name": "Zoë Kollegin", "email": email, "contactRole": "reader", "language": "de-AT", "active": true });
        recruiter.post(&contacts, &contact).await.expect(201);
        attendees.push(email);
    }
    attendees
}

#[tokio::test]
async fn colleagues_who_have_left_do_not_fill_an_appointment() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let (one, _) = applicant(&portal, &department, "Alt").await;
    let (other, _) = applicant(&portal, &department, "Berger").await;
    let mut interview = new_interview(7, 2);
    interview["attendees"] = json!(most_attendees(&recruiter, &department).await);
    let maria = portal.sign_in(&department.decider).await;
    let body = json!({ "interview": interview });
    let interview = interview_of(&schedule(&maria, &department, &one, "1", body).await.expect(200));
    let join = json!({ "interviewId": interview });
    let draft = format!(
        "/api/applications/{other}/activities/{}/email-draft",
        department.activity("interview")
    );
    let refused = recruiter.post(&draft, &join).await;
    assert_eq!(
        refused.json()["errors"][0]["detail"],
        "too many colleagues take part already"
    );

    let gone = department.user_id(&department.colleague);
    let gone = format!("/api/customers/{}/contacts/{gone}", department.customer_id());
    recruiter
        .patch(&gone, "1", &json!({ "active": false }))
        .await
        .expect(200);
    recruiter.post(&draft, &join).await.expect(200);
    let joined = schedule(&recruiter, &department, &other, "1", join).await.expect(200);
    let colleagues = joined["interview"]["colleagues"].as_array().unwrap().clone();
    assert_eq!(colleagues.len(), 9);
    assert!(colleagues.contains(&json!("Renate Recruiter")) && !colleagues.contains(&json!("Jürgen Öllinger")));
}

#[tokio::test]
async fn a_colleague_who_has_left_is_not_sent_again_what_got_lost() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let (application, address) = applicant(&portal, &department, "Alt").await;
    let maria = portal.sign_in(&department.decider).await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let mut interview = new_interview(7, 1);
    interview["attendees"] = json!([department.colleague]);
    let body = json!({ "interview": interview, "invitation": invitation() });
    let refusal = local::Fault::status(400, "MessageRejected");
    portal.wire().always("SES.SendEmail", Some(refusal));
    schedule(&maria, &department, &application, "1", body).await.expect(202);
    portal.wire().always("SES.SendEmail", None);
    let id = department.user_id(&department.colleague);
    let contact = format!("/api/customers/{}/contacts/{id}", department.customer_id());
    recruiter
        .patch(&contact, "1", &json!({ "active": false }))
        .await
        .expect(200);

    let offered = async || maria.history(&application).await[0]["mayResend"].clone();
    let path = format!("/api/applications/{application}/history/2/resend");
    let order = async || maria.request("POST", &path, &[], Some(&json!({}))).await;
    assert_eq!(offered().await, true);
    order().await.expect(200);
    for (person, mails) in [(&address, 1), (&department.decider, 1), (&department.colleague, 0)] {
        assert_eq!(portal.mails_to(person).await.len(), mails, "{person}");
    }
    // Nothing else of it is lost.
    assert_eq!(offered().await, false);
    assert_eq!(order().await.problem(409), "nothing-to-resend");
}

#[tokio::test]
async fn the_largest_appointments_can_be_moved_and_ended() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let attendees = most_attendees(&recruiter, &department).await;
    let maria = portal.sign_in(&department.decider).await;
    let mut ids = Vec::new();
    let mut interview = new_interview(7, 8);
    interview["attendees"] = json!(attendees);
    for number in 0..8 {
        let (application, address) = applicant(&portal, &department, &format!("Name{number}")).await;
        let body = match ids.first() {
            None => json!({ "interview": interview, "invitation": invitation() }),
            Some((id, _, _)) => json!({ "interviewId": id, "invitation": invitation() }),
        };
        let acted = schedule(&maria, &department, &application, "1", body).await.expect(200);
        ids.push((interview_of(&acted), application, address));
    }
    let path = format!("/api/interviews/{}", ids[0].0);
    let wels = json!({ "location": "Wels" });
    change(&maria, "PATCH", &path, "8", Some(&wels)).await.expect(200);
    for (_, _, address) in &ids {
        assert_eq!(portal.mails_to(address).await.len(), 2);
    }
    change(&maria, "DELETE", &path, "9", None).await.expect(200);

    // Four appointments with nine colleagues each, ended by one rejection.
    let (application, address) = applicant(&portal, &department, "Viele").await;
    for number in 1..=4 {
        let mut interview = new_interview(10 + number, 1);
        interview["attendees"] = json!(attendees);
        let body = json!({ "interview": interview, "invitation": invitation() });
        schedule(&maria, &department, &application, &number.to_string(), body)
            .await
            .expect(200);
    }
    let reject = maria.reject_by_email(&application, &department.activity("reject"));
    let ended = reject.version("5").send().await.expect(200);
    assert_eq!(ended["historyEntry"]["interviews"].as_array().unwrap().len(), 4);
    assert_eq!(portal.mails_to(&address).await.len(), 4 + 1 + 4);
    let history = recruiter.history(&application).await;
    assert_eq!(history[0]["delivery"].as_array().unwrap().len(), 1 + 4 * 10);
}
