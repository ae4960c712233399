//! What people do with interviews, and who hears of it.

use std::time::Duration;

use local::Fault;
use serde_json::{Value, json};
use tests::Portal;

use super::*;

#[tokio::test]
async fn an_interview_from_creation_to_move_to_cancel_reaches_both_calendars() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;
    let mut interview = new_interview(7, 1);
    interview["attendees"] = json!([department.colleague]);
    let body = json!({ "interview": interview, "invitation": invitation() });

    let acted = schedule(&maria, &department, &application, "1", body).await.expect(200);
    assert_eq!(
        (&acted["application"]["status"], &acted["delivery"]["state"]),
        (&json!("shortlist"), &json!("accepted"))
    );
    let id = interview_of(&acted);
    let applicant = department.applicant_address();
    let people = [applicant.as_str(), &department.decider, &department.colleague];
    let mut uids = Vec::new();
    for person in people {
        let calendar = newest_calendar(&portal, person).await;
        assert_eq!(line(&calendar, "METHOD"), "METHOD:REQUEST");
        assert_eq!(line(&calendar, "SEQUENCE"), "SEQUENCE:0");
        assert!(
            line(&calendar, "ATTENDEE").ends_with(&format!(":mailto:{person}")),
            "{calendar}"
        );
        assert!(
            line(&calendar, "ORGANIZER").ends_with(":mailto:interviews@example.com"),
            "{calendar}"
        );
        uids.push(line(&calendar, "UID"));
    }
    assert!(uids.iter().all(|uid| *uid == uids[0]), "{uids:?}");
    let mail = portal.mails_to(&applicant).await.remove(0);
    assert_eq!(mail["subject"], "Einladung zum Gespräch");
    assert!(
        mail["text"].as_str().unwrap().starts_with("Wir freuen uns auf Sie."),
        "{mail}"
    );

    let (starts_at, ends_at) = day(9);
    let path = format!("/api/interviews/{id}");
    let moved = change(
        &maria,
        "PATCH",
        &path,
        "1",
        Some(&json!({ "startsAt": starts_at, "endsAt": ends_at })),
    )
    .await;
    let moved = moved.expect(200);
    assert_eq!(
        (&moved["interview"]["version"], &moved["delivery"]["state"]),
        (&json!("2"), &json!("accepted"))
    );
    for person in people {
        assert_eq!(portal.mails_to(person).await.len(), 2);
        let calendar = newest_calendar(&portal, person).await;
        assert_eq!(line(&calendar, "SEQUENCE"), "SEQUENCE:1");
        assert_eq!(line(&calendar, "UID"), uids[0]);
    }

    change(&maria, "DELETE", &path, "2", None).await.expect(200);
    for person in people {
        assert_eq!(portal.mails_to(person).await.len(), 3);
        let calendar = newest_calendar(&portal, person).await;
        assert_eq!(
            (line(&calendar, "METHOD"), line(&calendar, "STATUS")),
            ("METHOD:CANCEL".into(), "STATUS:CANCELLED".into())
        );
        assert_eq!(
            (line(&calendar, "SEQUENCE"), line(&calendar, "UID")),
            ("SEQUENCE:2".into(), uids[0].clone())
        );
    }

    let history = maria.history(&application).await;
    let changes: Vec<_> = history
        .iter()
        .map(|entry| entry["interviews"][0]["change"].as_str().unwrap())
        .collect();
    assert_eq!(changes, ["cancelled", "moved", "arranged"]);
    assert_eq!(
        history[1]["interviews"][0]["before"],
        history[2]["interviews"][0]["after"]
    );
    assert_eq!(
        history[1]["interviews"][0]["after"],
        history[0]["interviews"][0]["before"]
    );
    assert_eq!(maria.application(&application).await.get("interviews"), None);
    // The portal's own letters stand there as they were sent.
    for (entry, mail) in history.iter().zip(portal.mails_to(&applicant).await).take(2) {
        let letter = &entry["interviews"][0]["email"];
        assert_eq!(
            (&letter["to"], &letter["subject"]),
            (&json!(applicant), &mail["subject"])
        );
        assert!(
            mail["html"]
                .as_str()
                .unwrap()
                .contains(letter["bodyHtml"].as_str().unwrap()),
            "{mail}"
        );
    }
}

#[tokio::test]
async fn without_an_invitation_the_applicant_hears_nothing_of_it() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;
    let acted = schedule(
        &maria,
        &department,
        &application,
        "1",
        json!({ "interview": new_interview(7, 1) }),
    )
    .await;
    let path = format!("/api/interviews/{}", interview_of(&acted.expect(200)));
    change(&maria, "PATCH", &path, "1", Some(&json!({ "location": "Wels" })))
        .await
        .expect(200);
    change(&maria, "DELETE", &path, "2", None).await.expect(200);
    assert_eq!(
        portal.mails_to(&department.applicant_address()).await,
        Vec::<Value>::new()
    );
    assert_eq!(portal.mails_to(&department.decider).await.len(), 3);
}

#[tokio::test]
async fn a_rejection_ends_the_coming_interview_in_the_same_step() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let maria = portal.sign_in(&department.decider).await;
    let attempts = [
        (
            "email",
            json!({ "subject": "Ihre Bewerbung", "bodyHtml": "<p>Leider nein.</p>" }),
            3,
        ),
        ("phone-call", json!({ "note": "Abgesagt.", "outcome": "reached" }), 2),
        ("status-change", json!({}), 2),
    ];
    let mut mails_before = 0;
    for (channel, rejection, mails) in attempts {
        let application = department.new_application(&portal).await;
        let body = json!({ "interview": new_interview(7, 1), "invitation": invitation() });
        schedule(&maria, &department, &application, "1", body).await.expect(200);
        let path = format!(
            "/api/applications/{application}/activities/{}/email-draft",
            department.activity("reject")
        );
        let draft = maria.request("POST", &path, &[], Some(&json!({}))).await.expect(200);
        assert_eq!(
            draft["cancelsInterviews"],
            maria.application(&application).await["interviews"]
        );
        let act = maria
            .act(&application, &department.activity("reject"), channel, rejection)
            .version("2");
        let acted = act.send().await.expect(200);

        let ended = &acted["historyEntry"]["interviews"][0];
        assert_eq!(ended["change"], "cancelled");
        assert!(
            ended["email"]["subject"]
                .as_str()
                .unwrap()
                .starts_with("Termin entfällt"),
            "{ended}"
        );
        let found = portal.mails_to(&department.applicant_address()).await;
        assert_eq!(found.len() - mails_before, mails, "{channel}");
        let cancelled = found[..mails - 1]
            .iter()
            .any(|mail| mail["subject"].as_str().unwrap().starts_with("Termin entfällt"));
        assert!(cancelled, "{channel}");
        assert_eq!(
            line(&newest_calendar(&portal, &department.decider).await, "METHOD"),
            "METHOD:CANCEL"
        );
        mails_before = found.len();
    }
    let listed = maria
        .get(&format!("/api/jobs/{}/interviews", department.job_id()))
        .await
        .expect(200);
    assert_eq!(listed["items"], json!([]));
}

#[tokio::test]
async fn a_call_that_reached_nobody_leaves_the_interview_alone() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;
    let body = json!({ "interview": new_interview(7, 1), "invitation": invitation() });
    schedule(&maria, &department, &application, "1", body).await.expect(200);
    let call = json!({ "note": "Besetzt.", "outcome": "notReached" });
    maria
        .act(&application, &department.activity("reject"), "phone-call", call)
        .version("2")
        .send()
        .await
        .expect(200);
    assert_eq!(portal.mails_to(&department.applicant_address()).await.len(), 1);
    assert_eq!(
        maria.application(&application).await["interviews"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn an_invitation_is_drafted_in_the_applicant_s_language_and_the_interview_s_zone() {
    let portal = Portal::start().await;
    local::demo::load(&portal.host).await.unwrap();
    let answer = portal
        .try_sign_in("decider@demo.example", "Demo-Portal-2026!")
        .await
        .expect(200);
    let bearer = format!("Bearer {}", answer["accessToken"].as_str().unwrap());
    let interview =
        json!({ "startsAt": "2032-01-14T14:00", "endsAt": "2032-01-14T15:00", "timeZone": "Europe/Vienna" });
    let draft = async |application: &str, body: Value| {
        let path = format!(
            "/api/applications/produktionsleitung-{application}/activities/fachkraefte.gespraech-vereinbaren/email-draft"
        );
        portal
            .request("POST", &path, &[("authorization", &bearer)], Some(&body))
            .await
    };
    let german = draft("a01", json!({ "interview": interview })).await.expect(200);
    let text = german["bodyText"].as_str().unwrap();
    assert!(text.contains("Mittwoch, 14. Jänner 2032, 14:00 Uhr (Wien)"), "{text}");
    let english = draft("a04", json!({ "interview": interview })).await.expect(200);
    let text = english["bodyText"].as_str().unwrap();
    assert!(
        text.contains("Wednesday, 14 January 2032, 14:00 (Vienna time)"),
        "{text}"
    );
    assert_eq!(draft("a01", json!({})).await.pointers(), ["/bodyHtml", "/bodyHtml"]);
}

#[tokio::test]
async fn when_a_mail_of_several_is_refused_the_answer_says_so_and_the_others_leave() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;
    let refusal = local::Fault::status(400, "MessageRejected");
    portal.wire().next("SES.SendEmail", refusal);
    let body = json!({ "interview": new_interview(7, 1), "invitation": invitation() });
    let acted = schedule(&maria, &department, &application, "1", body).await.expect(202);
    assert_eq!(acted["delivery"]["state"], "failed");
    let left =
        portal.mails_to(&department.applicant_address()).await.len() + portal.mails_to(&department.decider).await.len();
    assert_eq!(left, 1);
    let mut states: Vec<_> = maria.history(&application).await[0]["delivery"]
        .as_array()
        .unwrap()
        .iter()
        .map(|mail| mail["state"].as_str().unwrap().to_owned())
        .collect();
    states.sort();
    assert_eq!(states, ["accepted", "failed"]);
}

#[tokio::test]
async fn a_list_goes_on_though_its_last_interview_has_begun_meanwhile() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let maria = portal.sign_in(&department.decider).await;
    for ahead in [7, 9] {
        let application = department.new_application(&portal).await;
        let body = json!({ "interview": new_interview(ahead, 1) });
        schedule(&maria, &department, &application, "1", body).await.expect(200);
    }
    let path = format!("/api/jobs/{}/interviews?limit=1", department.job_id());
    let page = maria.get(&path).await.expect(200);
    let cursor = page["nextCursor"].as_str().unwrap();
    portal.host.clock().advance(Duration::from_hours(24 * 8));
    let maria = portal.sign_in(&department.decider).await;
    let next = maria.get(&format!("{path}&cursor={cursor}")).await.expect(200);
    assert!(
        next["items"][0]["startsAt"].as_str() > page["items"][0]["startsAt"].as_str(),
        "{next}"
    );
    let colleague = portal.sign_in(&department.colleague).await;
    assert_eq!(
        colleague.get(&format!("{path}&cursor={cursor}")).await.pointers(),
        ["/cursor"]
    );
}

#[tokio::test]
async fn changes_go_where_the_invitation_went() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let row = department.application();
    let application = row.import(&recruiter).await;
    let maria = portal.sign_in(&department.decider).await;
    let body = json!({ "interview": new_interview(7, 1), "invitation": invitation() });
    let interview = interview_of(&schedule(&maria, &department, &application, "1", body).await.expect(200));
    row.with("email", "elsewhere@example.org").import(&recruiter).await;

    change(&maria, "DELETE", &format!("/api/interviews/{interview}"), "1", None)
        .await
        .expect(200);
    assert_eq!(portal.mails_to("elsewhere@example.org").await, Vec::<Value>::new());
    let calendar = newest_calendar(&portal, &department.applicant_address()).await;
    assert_eq!(line(&calendar, "METHOD"), "METHOD:CANCEL");
}

#[tokio::test]
async fn a_recruiter_moves_what_a_contact_arranged_and_is_not_named_to_them() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let (one, _) = applicant(&portal, &department, "Alt").await;
    let (other, _) = applicant(&portal, &department, "Berger").await;
    let maria = portal.sign_in(&department.decider).await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let body = json!({ "interview": new_interview(7, 2), "invitation": invitation() });
    let interview = interview_of(&schedule(&maria, &department, &one, "1", body).await.expect(200));
    let path = format!("/api/interviews/{interview}");
    let wels = json!({ "location": "Wels" });
    change(&recruiter, "PATCH", &path, "1", Some(&wels)).await.expect(200);
    let join = json!({ "interviewId": interview });
    schedule(&recruiter, &department, &other, "1", join).await.expect(200);

    let list = format!("/api/jobs/{}/interviews", department.job_id());
    let seen = maria.get(&list).await.expect(200)["items"][0]["colleagues"].clone();
    assert_eq!(seen, json!(["Maria Gruber"]));
    let seen = recruiter.get(&list).await.expect(200)["items"][0]["colleagues"].clone();
    assert_eq!(seen, json!(["Maria Gruber", "Renate Recruiter"]));
    // Maria moves it back: the recruiter gets the mail, but their address is not in what Maria reads.
    change(&maria, "PATCH", &path, "3", Some(&json!({ "location": "Linz" })))
        .await
        .expect(200);
    let history = maria.get(&format!("/api/applications/{one}/history")).await;
    let told = portal.mails_to(&department.decider).await;
    for mail in &told {
        let bytes = String::from_utf8(portal.mail_bytes(mail).await).unwrap();
        assert!(
            !bytes.contains("Renate") && !bytes.contains(&department.recruiter),
            "{bytes}"
        );
    }
    let kinds: Vec<_> = history.json()["items"][0]["delivery"]
        .as_array()
        .unwrap()
        .iter()
        .map(|mail| mail["recipientKind"].clone())
        .collect();
    assert_eq!(kinds, [json!("applicant"), json!("contact"), json!("recruiter")]);
    assert!(!history.text.contains(&department.recruiter), "{}", history.text);
    let late = change(&maria, "PATCH", &path, "2", Some(&wels)).await;
    assert_eq!(late.json()["lastChange"]["actorName"], "Maria Gruber");
    let late = change(&recruiter, "DELETE", &path, "2", None).await;
    assert_eq!(late.json()["lastChange"]["version"], "4");
}

#[tokio::test]
async fn who_may_no_longer_arrange_interviews_sends_no_lost_mail_of_a_move_again() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;
    let body = json!({ "interview": new_interview(7, 1), "invitation": invitation() });
    let id = interview_of(&schedule(&maria, &department, &application, "1", body).await.expect(200));
    let refusal = Fault::status(400, "MessageRejected");
    portal.wire().always("SES.SendEmail", Some(refusal));
    let wels = json!({ "location": "Wels" });
    change(&maria, "PATCH", &format!("/api/interviews/{id}"), "1", Some(&wels))
        .await
        .expect(202);
    portal.wire().always("SES.SendEmail", None);
    let offered = async || maria.history(&application).await[0]["mayResend"].clone();
    assert_eq!(offered().await, true);

    // The workflow as it is without interviews.
    let (workflow, templates) = (department.workflow(), department.templates());
    portal.store.put_workflow(&workflow, &templates).await.unwrap();

    assert_eq!(offered().await, false);
    let path = format!("/api/applications/{application}/history/3/resend");
    let resent = maria.request("POST", &path, &[], Some(&json!({}))).await;
    assert_eq!(resent.problem(403), "activity-not-released");
}

#[tokio::test]
async fn an_invitation_that_a_move_has_overtaken_is_not_sent_again() {
    let portal = Portal::start().await;
    let department = portal.department_with_interviews().await;
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;
    portal.wire().next("SES.SendEmail", Fault::AnswerLost);
    let body = json!({ "interview": new_interview(7, 1), "invitation": invitation() });
    let acted = schedule(&maria, &department, &application, "1", body).await.expect(202);
    let id = interview_of(&acted);
    portal.host.clock().advance(Duration::from_mins(16));
    portal.host.invoke("sweep", json!({})).await.unwrap();
    let maria = portal.sign_in(&department.decider).await;
    let offered = async || {
        maria
            .history(&application)
            .await
            .iter()
            .map(|entry| entry["mayResend"] == true)
            .collect::<Vec<_>>()
    };
    assert_eq!(offered().await, [true]);

    let (starts_at, ends_at) = day(9);
    let to = json!({ "startsAt": starts_at, "endsAt": ends_at });
    change(&maria, "PATCH", &format!("/api/interviews/{id}"), "1", Some(&to))
        .await
        .expect(200);

    assert_eq!(offered().await, [false, false]);
    let path = format!("/api/applications/{application}/history/2/resend");
    let resent = maria.request("POST", &path, &[], Some(&json!({}))).await;
    assert_eq!(resent.problem(409), "nothing-to-resend");
}
