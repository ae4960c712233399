//! Interviews: arranged, joined, moved, cancelled, each with its calendar.

use std::time::Duration;

use domain::{Activity, ActivityKind, Channel, ContactRole, Release};
use mailparse::ParsedMail;
use serde_json::{Value, json};
use tests::{Answer, Department, Person, Portal};

/// The department's workflow with an activity `interview` from `proposed` and `shortlist` to `shortlist`.
async fn with_interviews(portal: &Portal) -> Department {
    let department = portal.department().await;
    let mut workflow = department.workflow();
    workflow.activities.push(Activity {
        id: department.activity("interview").parse().unwrap(),
        name: "Gespräch vereinbaren".to_owned().try_into().unwrap(),
        kind: ActivityKind::Interview,
        from_statuses: ["proposed".parse().unwrap(), "shortlist".parse().unwrap()].into(),
        target_status: "shortlist".parse().unwrap(),
        release: Release::from([(ContactRole::Decider, [Channel::Interview].into())]),
    });
    for activity in &mut workflow.activities {
        activity.from_statuses.insert("shortlist".parse().unwrap());
    }
    portal
        .store
        .put_workflow(&workflow, &department.templates())
        .await
        .unwrap();
    department
}

/// Ten o'clock in Vienna, that many days ahead, for an hour.
fn day(ahead: i64) -> (String, String) {
    let today = jiff::Timestamp::now().in_tz("Europe/Vienna").unwrap().date();
    let date = today.checked_add(jiff::SignedDuration::from_hours(24 * ahead)).unwrap();
    (format!("{date}T10:00"), format!("{date}T11:00"))
}

fn new_interview(ahead: i64, places: u8) -> Value {
    let (starts_at, ends_at) = day(ahead);
    json!({ "startsAt": starts_at, "endsAt": ends_at, "timeZone": "Europe/Vienna", "location": "Linz, Raum \"Donau\"; 2. Stock", "places": places })
}

fn invitation() -> Value {
    json!({ "subject": "Einladung zum Gespräch", "bodyHtml": "<p>Wir freuen uns auf Sie.</p>" })
}

async fn schedule(
    person: &Person<'_>,
    department: &Department,
    application: &str,
    version: &str,
    body: Value,
) -> Answer {
    person
        .act(application, &department.activity("interview"), "interview", body)
        .version(version)
        .send()
        .await
}

/// The id of the interview the answer's application takes part in.
fn interview_of(answer: &Value) -> String {
    answer["application"]["interviews"][0]["interviewId"]
        .as_str()
        .unwrap()
        .to_owned()
}

async fn change(person: &Person<'_>, method: &str, path: &str, version: &str, body: Option<&Value>) -> Answer {
    let version = format!("\"{version}\"");
    let key = uuid::Uuid::new_v4().to_string();
    person
        .request(method, path, &[("if-match", &version), ("idempotency-key", &key)], body)
        .await
}

/// The calendar object in the newest mail to an address, unfolded: from the alternative and from the attachment.
async fn newest_calendar(portal: &Portal, address: &str) -> String {
    let mail = portal.mails_to(address).await.remove(0);
    let bytes = portal.mail_bytes(&mail).await;
    let parsed = mailparse::parse_mail(&bytes).unwrap();
    let mut found = Vec::new();
    collect(&parsed, &mut found);
    let [inline, attached] = found.as_slice() else {
        panic!("two calendars, not {}", found.len())
    };
    assert_eq!(inline, attached);
    inline.replace("\r\n ", "")
}

fn collect(part: &ParsedMail<'_>, found: &mut Vec<String>) {
    if part.ctype.mimetype == "text/calendar" || part.ctype.mimetype == "application/ics" {
        found.push(String::from_utf8(part.get_body_raw().unwrap()).unwrap());
    }
    part.subparts.iter().for_each(|part| collect(part, found));
}

fn line(calendar: &str, name: &str) -> String {
    let lines: Vec<_> = calendar.lines().filter(|line| line.starts_with(name)).collect();
    assert_eq!(lines.len(), 1, "{name} in {calendar}");
    lines[0].to_owned()
}

#[tokio::test]
async fn an_interview_from_creation_to_move_to_cancel_reaches_both_calendars() {
    let portal = Portal::start().await;
    let department = with_interviews(&portal).await;
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
}

#[tokio::test]
async fn without_an_invitation_the_applicant_hears_nothing_of_it() {
    let portal = Portal::start().await;
    let department = with_interviews(&portal).await;
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
async fn others_join_as_long_as_there_is_a_place_and_learn_nothing_of_each_other() {
    let portal = Portal::start().await;
    let department = with_interviews(&portal).await;
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
async fn many_at_once_never_take_more_places_than_there_are() {
    let portal = Portal::start().await;
    let department = with_interviews(&portal).await;
    let maria = portal.sign_in(&department.decider).await;
    let host = department.new_application(&portal).await;
    let body = json!({ "interview": new_interview(7, 4) });
    let interview = interview_of(&schedule(&maria, &department, &host, "1", body).await.expect(200));
    let mut ids = Vec::new();
    for _ in 0..6 {
        ids.push(department.new_application(&portal).await);
    }
    let joins = ids
        .iter()
        .map(|id| schedule(&maria, &department, id, "1", json!({ "interviewId": interview })));
    let answers = futures::future::join_all(joins).await;
    let joined = answers.iter().filter(|answer| answer.status.as_u16() == 200).count();
    assert!((1..=3).contains(&joined), "{joined}");
    assert!(
        answers
            .iter()
            .all(|answer| matches!(answer.status.as_u16(), 200 | 422 | 503))
    );
    let listed = maria
        .get(&format!("/api/jobs/{}/interviews", department.job_id()))
        .await
        .expect(200);
    assert_eq!(listed["items"][0]["freePlaces"], 3 - joined);
}

#[tokio::test]
async fn a_rejection_ends_the_coming_interview_in_the_same_step() {
    let portal = Portal::start().await;
    let department = with_interviews(&portal).await;
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

        assert_eq!(acted["historyEntry"]["interviews"][0]["change"], "cancelled");
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
    let department = with_interviews(&portal).await;
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
async fn bad_appointments_are_refused_and_change_nothing() {
    let portal = Portal::start().await;
    let department = with_interviews(&portal).await;
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
async fn another_department_s_interview_is_not_there() {
    let portal = Portal::start().await;
    let (department, other) = (with_interviews(&portal).await, with_interviews(&portal).await);
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
async fn moving_twice_under_one_key_moves_once() {
    let portal = Portal::start().await;
    let department = with_interviews(&portal).await;
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
async fn who_leaves_and_joins_again_gets_an_invitation_that_outdoes_the_cancellation() {
    let portal = Portal::start().await;
    let department = with_interviews(&portal).await;
    let (leaving, staying) = (
        department.new_application(&portal).await,
        department.new_application(&portal).await,
    );
    let maria = portal.sign_in(&department.decider).await;
    let body = json!({ "interview": new_interview(7, 2) });
    let interview = interview_of(&schedule(&maria, &department, &staying, "1", body).await.expect(200));
    let path = format!("/api/interviews/{interview}");
    let join = || json!({ "interviewId": interview, "invitation": invitation() });
    let sequence = async || {
        line(
            &newest_calendar(&portal, &department.applicant_address()).await,
            "SEQUENCE",
        )
    };

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
async fn another_job_s_interview_cannot_be_joined() {
    let portal = Portal::start().await;
    let department = with_interviews(&portal).await;
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
async fn the_same_appointment_asked_for_five_times_at_once_is_made_once() {
    let portal = Portal::start().await;
    let department = with_interviews(&portal).await;
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
async fn when_a_mail_of_several_is_refused_the_answer_says_so_and_the_others_leave() {
    let portal = Portal::start().await;
    let department = with_interviews(&portal).await;
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;
    let refusal = local::Fault::Status {
        code: 400,
        error_type: "MessageRejected".to_owned(),
        message: "no".to_owned(),
    };
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
async fn a_replayed_move_says_what_became_of_everybody_s_mail() {
    let portal = Portal::start().await;
    let department = with_interviews(&portal).await;
    let (one, other) = (
        department.new_application(&portal).await,
        department.new_application(&portal).await,
    );
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
    let refusal = local::Fault::Status {
        code: 400,
        error_type: "MessageRejected".to_owned(),
        message: "no".to_owned(),
    };
    portal.wire().next("SES.SendEmail", refusal);
    let first = move_it().await;
    assert_eq!(first.expect(202)["delivery"]["state"], "failed");
    let again = move_it().await;
    assert_eq!((again.status, &again.text), (first.status, &first.text));
    assert_eq!(
        portal.mails_to(&department.applicant_address()).await.len() + portal.mails_to(&department.decider).await.len(),
        4 + 2
    );
}

#[tokio::test]
async fn calling_off_for_all_must_be_meant() {
    let portal = Portal::start().await;
    let department = with_interviews(&portal).await;
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
async fn a_list_goes_on_though_its_last_interview_has_begun_meanwhile() {
    let portal = Portal::start().await;
    let department = with_interviews(&portal).await;
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
    let department = with_interviews(&portal).await;
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
async fn no_application_has_more_interviews_than_a_rejection_can_end() {
    let portal = Portal::start().await;
    let department = with_interviews(&portal).await;
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
