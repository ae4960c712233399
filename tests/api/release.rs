//! A contact can do exactly what is released, and never learns of another customer.

use std::collections::BTreeSet;

use crate::interviews::new_interview;
use domain::{ActivityKind, Channel, ContactRole, Release};
use serde_json::{Value, json};
use tests::{Answer, Department, Person, Portal};

/// Every way to act, with a body that would be right.
fn attempts() -> [(&'static str, Value); 3] {
    [
        (
            "email",
            json!({ "subject": "Ihre Bewerbung", "bodyHtml": "<p>Leider nein.</p>" }),
        ),
        ("phone-call", json!({ "note": "Abgesagt.", "outcome": "reached" })),
        ("status-change", json!({})),
    ]
}

async fn try_all(person: &Person<'_>, application: &str, activity: &str) -> Vec<Answer> {
    let mut answers = Vec::new();
    for (channel, body) in attempts() {
        answers.push(person.act(application, activity, channel, body).send().await);
    }
    answers
}

async fn assert_untouched(portal: &Portal, department: &Department, application: &str) {
    let recruiter = portal.sign_in(&department.recruiter).await;
    assert_eq!(recruiter.application(application).await["version"], "1");
    assert_eq!(recruiter.history(application).await.len(), 1);
    assert_eq!(portal.wire().count("SES.SendEmail"), 0);
}

#[tokio::test]
async fn each_channel_is_released_on_its_own() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let maria = portal.sign_in(&department.decider).await;
    for (activity, released) in [("reject-by-email", 0), ("reject-by-phone", 1), ("reject-silently", 2)] {
        for (index, (channel, body)) in attempts().into_iter().enumerate() {
            let application = department.new_application(&portal).await;
            let answer = maria
                .act(&application, &department.activity(activity), channel, body)
                .send()
                .await;
            if index == released {
                answer.expect(200);
            } else {
                assert_eq!(answer.problem(403), "activity-not-released", "{activity} by {channel}");
            }
        }
    }
}

/// Each set of channels is released by an edit of the workflow; the very next requests know it. A channel that the
/// activity's kind does not have lets nobody in, even if it is released.
#[tokio::test]
async fn of_every_set_of_channels_exactly_the_released_ones_let_in() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let maria = portal.sign_in(&department.decider).await;
    let shortlist = department.activity("shortlist");
    let channels = [Channel::Email, Channel::Phone, Channel::StatusOnly, Channel::Interview];
    let (mut done, mut refused) = (0, 0);
    for (kind, set) in [ActivityKind::Decision, ActivityKind::Interview]
        .into_iter()
        .flat_map(|kind| (0..16_u8).map(move |set| (kind, set)))
    {
        let released: BTreeSet<Channel> = (0..4)
            .filter(|bit| set >> bit & 1 == 1)
            .map(|bit| channels[bit])
            .collect();
        let mut workflow = department.workflow();
        for activity in &mut workflow.activities {
            if activity.id.as_str() == shortlist {
                activity.kind = kind;
                activity.release = Release::from([(ContactRole::Decider, released.clone())]);
            }
        }
        portal
            .store
            .put_workflow(&workflow, &department.templates())
            .await
            .unwrap();
        let interview = json!({ "interview": new_interview(i64::from(set) + 3, 1) });
        let attempts = attempts().into_iter().chain([("interview", interview)]);
        for (channel, (path, body)) in channels.into_iter().zip(attempts) {
            let application = department.new_application(&portal).await;
            let answer = maria.act(&application, &shortlist, path, body).send().await;
            if released.contains(&channel) && kind.channels().contains(&channel) {
                answer.expect(200);
                done += 1;
            } else {
                assert_eq!(
                    answer.problem(403),
                    "activity-not-released",
                    "{path} with {released:?} released"
                );
                assert_eq!(maria.application(&application).await["version"], "1");
                refused += 1;
            }
        }
    }
    assert_eq!((done, refused), (32, 96));
    tests::report(
        "7-releases",
        &format!(
            "releases: each set of channels for each kind of activity, asked for by each channel: {done} done, {refused} refused"
        ),
    );
}

#[tokio::test]
async fn an_activity_that_is_not_released_is_like_one_that_does_not_exist() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;

    let offered = maria.application(&application).await["activities"].clone();
    let offered: Vec<_> = offered
        .as_array()
        .unwrap()
        .iter()
        .map(|activity| activity["id"].as_str().unwrap())
        .collect();
    assert!(
        !offered.contains(&department.activity("shortlist").as_str()),
        "{offered:?}"
    );

    let unreleased = try_all(&maria, &application, &department.activity("shortlist")).await;
    for absent in [department.activity("absent"), "another-workflow.reject".to_owned()] {
        let absent = try_all(&maria, &application, &absent).await;
        for (one, other) in unreleased.iter().zip(&absent) {
            assert_eq!(one.problem(403), "activity-not-released");
            assert_eq!((one.status, &one.text), (other.status, &other.text));
        }
    }
    assert_untouched(&portal, &department, &application).await;
}

#[tokio::test]
async fn a_reader_looks_on() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let application = department.new_application(&portal).await;
    let lea = portal.sign_in(&department.reader).await;

    let seen = lea.application(&application).await;
    assert_eq!((&seen["activities"], &seen["mayAct"]), (&json!([]), &json!(false)));
    for answer in try_all(&lea, &application, &department.activity("reject")).await {
        assert_eq!(answer.problem(403), "activity-not-released");
    }
    let path = format!(
        "/api/applications/{application}/activities/{}/email-draft",
        department.activity("reject")
    );
    assert_eq!(
        lea.request("POST", &path, &[], Some(&json!({}))).await.problem(403),
        "activity-not-released"
    );
    assert_untouched(&portal, &department, &application).await;
}

#[tokio::test]
async fn a_decider_acts_on_the_jobs_that_name_them_and_sees_the_others() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let application = department
        .application()
        .with("jobExternalId", &department.other_job)
        .import(&recruiter)
        .await;
    let maria = portal.sign_in(&department.decider).await;

    assert_eq!(maria.application(&application).await["activities"], json!([]));
    let own = department.new_application(&portal).await;
    let list = maria.get("/api/applications").await.expect(200);
    let may_act = |id: &str| {
        list["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|item| item["id"] == id)
            .unwrap()["mayAct"]
            .clone()
    };
    assert_eq!((may_act(&application), may_act(&own)), (json!(false), json!(true)));
    for answer in try_all(&maria, &application, &department.activity("reject")).await {
        assert_eq!(answer.problem(403), "activity-not-released");
    }
    assert_untouched(&portal, &department, &application).await;
}

#[tokio::test]
async fn another_customer_s_application_is_as_absent_as_one_that_never_was() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let application = department.new_application(&portal).await;
    let other_department = portal.department().await;
    let stranger = portal.sign_in(&other_department.decider).await;
    let (job, _) = application.split_once('-').unwrap();

    for absent in [
        format!("{job}-absent"),
        "absent-absent".to_owned(),
        "not_an_id".to_owned(),
    ] {
        for path in ["", "/history"] {
            let foreign = stranger.get(&format!("/api/applications/{application}{path}")).await;
            assert_eq!(foreign.problem(404), "not-found");
            let absent = stranger.get(&format!("/api/applications/{absent}{path}")).await;
            assert_eq!((foreign.status, &foreign.text), (absent.status, &absent.text), "{path}");
        }
        // Its own activity, the foreign one, and none at all.
        for activity in [
            other_department.activity("reject"),
            department.activity("reject"),
            "no.activity".to_owned(),
        ] {
            let foreign = try_all(&stranger, &application, &activity).await;
            let absent = try_all(&stranger, &absent, &activity).await;
            for (foreign, absent) in foreign.iter().zip(&absent) {
                assert_eq!(foreign.problem(404), "not-found");
                assert_eq!(foreign.text, absent.text);
            }
            let path = format!("/api/applications/{application}/activities/{activity}/email-draft");
            assert_eq!(
                stranger
                    .request("POST", &path, &[], Some(&json!({})))
                    .await
                    .problem(404),
                "not-found"
            );
        }
    }
    assert_eq!(
        stranger.get(&format!("/api/applications?job={job}")).await.problem(404),
        "not-found"
    );
    assert_eq!(stranger.get("/api/applications").await.expect(200)["items"], json!([]));
    assert_untouched(&portal, &department, &application).await;
}

#[tokio::test]
async fn what_a_recruiter_takes_back_is_gone_at_the_next_request() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;
    assert_eq!(
        maria.application(&application).await["activities"]
            .as_array()
            .unwrap()
            .len(),
        4
    );

    let mut workflow = department.workflow();
    for activity in &mut workflow.activities {
        activity.release = [(ContactRole::Reader, [Channel::Phone].into())].into();
    }
    portal
        .store
        .put_workflow(&workflow, &department.templates())
        .await
        .unwrap();

    assert_eq!(maria.application(&application).await["activities"], json!([]));
    for answer in try_all(&maria, &application, &department.activity("reject")).await {
        assert_eq!(answer.problem(403), "activity-not-released");
    }
    assert_untouched(&portal, &department, &application).await;
}

#[tokio::test]
async fn a_recruiter_may_do_what_the_workflow_knows_and_nothing_else() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let application = department.new_application(&portal).await;
    let recruiter = portal.sign_in(&department.recruiter).await;

    for answer in try_all(&recruiter, &application, &department.activity("absent")).await {
        assert_eq!(answer.problem(404), "not-found");
    }
    let shortlist = department.activity("shortlist");
    let acted = recruiter
        .act(&application, &shortlist, "status-change", json!({}))
        .send()
        .await
        .expect(200);
    assert_eq!(acted["application"]["statusGroup"], "external");
    let again = recruiter
        .act(&application, &shortlist, "status-change", json!({}))
        .version("2")
        .send()
        .await;
    assert_eq!(again.problem(409), "activity-not-available");
}

#[tokio::test]
async fn nobody_acts_without_a_valid_token() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;
    let mut forged = maria.clone();
    for token in [
        "",
        "x",
        "a.b.c",
        &format!("{}x", maria.token),
        maria.token.rsplit_once('.').unwrap().0,
    ] {
        token.clone_into(&mut forged.token);
        for answer in try_all(&forged, &application, &department.activity("reject")).await {
            assert_eq!(answer.problem(401), "unauthenticated");
        }
        assert_eq!(forged.get("/api/me").await.problem(401), "unauthenticated");
    }
    portal.host.clock().advance(std::time::Duration::from_secs(601));
    assert_eq!(maria.get("/api/me").await.problem(401), "unauthenticated");
}

#[tokio::test]
async fn an_activity_of_another_workflow_is_like_one_that_is_not_released() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;
    let foreign = portal.department().await.activity("reject-by-email");

    let draft = format!("/api/applications/{application}/activities/{foreign}/email-draft");
    let draft = maria.request("POST", &draft, &[], Some(&json!({}))).await;
    assert_eq!(draft.problem(403), "activity-not-released");
    let interview = json!({ "interviewId": "any-interview" });
    let interview = maria.act(&application, &foreign, "interview", interview).send().await;
    assert_eq!(interview.problem(403), "activity-not-released");
    for answer in try_all(&maria, &application, &foreign).await {
        assert_eq!(answer.problem(403), "activity-not-released");
    }
    assert_untouched(&portal, &department, &application).await;
}
