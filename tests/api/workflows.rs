//! What recruiters configure: statuses, activities and releases, and what comes of it for contacts.

use domain::Job;
use serde_json::{Value, json};
use tests::{Answer, Department, Person, Portal};

fn path(department: &Department) -> String {
    format!("/api/workflows/{}", department.workflow().id)
}

async fn put(person: &Person<'_>, path: &str, version: Option<&str>, body: &Value) -> Answer {
    let tag = version.map(|version| format!("\"{version}\""));
    let headers: Vec<_> = tag.iter().map(|tag| ("if-match", tag.as_str())).collect();
    person.request("PUT", path, &headers, Some(body)).await
}

async fn delete(person: &Person<'_>, path: &str, version: Option<&str>) -> Answer {
    let tag = version.map(|version| format!("\"{version}\""));
    let headers: Vec<_> = tag.iter().map(|tag| ("if-match", tag.as_str())).collect();
    person.request("DELETE", path, &headers, None).await
}

/// The workflow as it can be sent again, and its version.
async fn read(person: &Person<'_>, path: &str) -> (Value, String) {
    let answer = person.get(path).await.expect(200);
    (
        answer["workflow"].clone(),
        answer["version"].as_str().unwrap().to_owned(),
    )
}

/// The activity of that name in a document.
fn activity<'a>(workflow: &'a mut Value, name: &str) -> &'a mut Value {
    let activities = workflow["activities"].as_array_mut().unwrap();
    let end = format!(".{name}");
    activities
        .iter_mut()
        .find(|activity| activity["id"].as_str().unwrap().ends_with(&end))
        .unwrap()
}

#[tokio::test]
async fn a_recruiter_releases_the_phone_and_the_decider_can_call_at_the_next_request() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let (first, second) = (
        department.new_application(&portal).await,
        department.new_application(&portal).await,
    );
    let recruiter = portal.sign_in(&department.recruiter).await;
    let maria = portal.sign_in(&department.decider).await;
    let path = path(&department);
    let call = json!({ "note": "Sehr erfreut.", "outcome": "reached" });
    let shortlist = department.activity("shortlist");
    let refused = maria.act(&first, &shortlist, "phone-call", call.clone()).send().await;
    assert_eq!(refused.problem(403), "activity-not-released");

    let (mut workflow, version) = read(&recruiter, &path).await;
    activity(&mut workflow, "shortlist")["release"] = json!({ "decider": ["phone"] });
    let saved = put(&recruiter, &path, Some(&version), &workflow).await;
    assert_eq!(saved.headers["etag"], "\"2\"");
    assert_eq!(saved.expect(200)["workflow"], workflow);
    maria
        .act(&first, &shortlist, "phone-call", call.clone())
        .send()
        .await
        .expect(200);

    activity(&mut workflow, "shortlist")["release"] = json!({});
    put(&recruiter, &path, Some("2"), &workflow).await.expect(200);
    let refused = maria.act(&second, &shortlist, "phone-call", call).send().await;
    assert_eq!(refused.problem(403), "activity-not-released");
}

#[tokio::test]
async fn what_is_read_can_be_sent_again_and_templates_stay() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let path = path(&department);
    let answer = recruiter.get(&path).await;
    assert_eq!(answer.headers["etag"], "\"1\"");
    let before = answer.expect(200);
    assert_eq!(before["templates"].as_array().unwrap().len(), 4);
    let after = put(&recruiter, &path, Some("1"), &before["workflow"]).await.expect(200);
    assert_eq!(after["workflow"], before["workflow"]);
    assert_eq!(after["templates"], before["templates"]);
    assert_eq!(after["version"], "2");

    let mut workflow = before["workflow"].clone();
    let activities = workflow["activities"].as_array_mut().unwrap();
    activities.retain(|activity| !activity["id"].as_str().unwrap().ends_with(".reject-by-email"));
    let after = put(&recruiter, &path, Some("2"), &workflow).await.expect(200);
    let tied = after["templates"][0]["activityIds"].clone();
    assert_eq!(tied, json!([department.activity("reject")]));
}

#[tokio::test]
async fn a_new_workflow_gets_its_id_from_the_recruiter_and_goes_while_no_job_follows_it() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let document = json!({
        "name": "Lehrlinge",
        "initialStatus": "neu",
        "statuses": [
            { "id": "neu", "group": "new", "name": "Neu", "nameForContacts": "Neu" },
            { "id": "abgesagt", "group": "rejected", "name": "Abgesagt", "nameForContacts": "Abgesagt" },
        ],
        "activities": [
            { "id": "absagen", "name": "Absagen", "fromStatuses": ["neu"], "targetStatus": "abgesagt",
              "release": { "decider": ["phone"] } },
        ],
    });
    let created = put(&recruiter, "/api/workflows/lehrlinge", None, &document)
        .await
        .expect(201);
    assert_eq!(created["id"], "lehrlinge");
    assert_eq!(created["workflow"]["activities"][0]["id"], "lehrlinge.absagen");
    assert_eq!(created["workflow"]["activities"][0]["kind"], "decision");

    let listed = recruiter.get("/api/workflows?limit=1").await.expect(200);
    assert_eq!(
        listed["items"],
        json!([{ "id": "lehrlinge", "name": "Lehrlinge", "version": "1" }])
    );
    let next = format!(
        "/api/workflows?limit=1&cursor={}",
        listed["nextCursor"].as_str().unwrap()
    );
    let rest = recruiter.get(&next).await.expect(200);
    assert_eq!(rest["items"][0]["id"], department.workflow().id.as_str());

    let again = put(&recruiter, "/api/workflows/lehrlinge", None, &document).await;
    assert_eq!(again.problem(428), "version-missing");
    let stale = put(&recruiter, "/api/workflows/lehrlinge", Some("7"), &document).await;
    assert_eq!(stale.problem(412), "version-conflict");
    let absent = put(&recruiter, "/api/workflows/absent", Some("1"), &document).await;
    assert_eq!(absent.problem(412), "version-conflict");
    let misnamed = put(&recruiter, "/api/workflows/Gro%C3%9F", None, &document).await;
    assert_eq!(misnamed.pointers(), ["/workflowId"]);

    assert_eq!(
        delete(&recruiter, "/api/workflows/lehrlinge", None).await.problem(428),
        "version-missing"
    );
    assert_eq!(
        delete(&recruiter, "/api/workflows/lehrlinge", Some("2"))
            .await
            .problem(412),
        "version-conflict"
    );
    delete(&recruiter, "/api/workflows/lehrlinge", Some("1"))
        .await
        .expect(204);
    assert_eq!(
        recruiter.get("/api/workflows/lehrlinge").await.problem(404),
        "not-found"
    );
    assert_eq!(
        delete(&recruiter, "/api/workflows/lehrlinge", Some("1"))
            .await
            .problem(404),
        "not-found"
    );

    let followed = delete(&recruiter, &path(&department), Some("1")).await;
    assert_eq!(followed.pointers(), [""]);
    assert_eq!(followed.json()["errors"][0]["detail"], "2 jobs follow this workflow");
}

#[tokio::test]
async fn an_unsound_workflow_is_refused_with_every_reason_at_once() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    department.new_application(&portal).await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let path = path(&department);
    let (mut workflow, version) = read(&recruiter, &path).await;
    workflow["name"] = " ".into();
    // The status with the application goes; what begins there begins nowhere.
    workflow["statuses"][0]["id"] = "anders".into();
    workflow["initialStatus"] = "anders".into();
    activity(&mut workflow, "reject")["name"] = "vormerken".into();
    activity(&mut workflow, "reject")["fromStatuses"] = json!([]);
    activity(&mut workflow, "reject-by-phone")["release"] = json!({ "decider": ["phone", "interview"] });
    activity(&mut workflow, "reject-silently")["release"] = json!({ "reader": [] });
    activity(&mut workflow, "shortlist")["release"] = json!({ "decider": ["email"] });
    activity(&mut workflow, "shortlist")["fromStatuses"] = json!(["anders", "proposed"]);
    let answer = put(&recruiter, &path, Some(&version), &workflow).await;
    let expected = [
        "/name",
        "/activities/0/fromStatuses",
        "/activities/1/fromStatuses/0",
        "/activities/2/fromStatuses/0",
        "/activities/2/release/decider/1",
        "/activities/3/fromStatuses/0",
        "/activities/3/release/reader",
        "/activities/4/name",
        "/activities/4/fromStatuses/1",
        "/activities/4/release/decider/0",
        "/statuses/2",
        "/statuses",
    ];
    assert_eq!(answer.pointers(), expected);
    let diff = recruiter
        .request("POST", &format!("{path}/diff"), &[], Some(&workflow))
        .await
        .expect(200);
    assert_eq!(diff["errors"], answer.json()["errors"]);
    assert_eq!(read(&recruiter, &path).await.1, version);

    workflow["colour"] = "red".into();
    assert_eq!(put(&recruiter, &path, Some(&version), &workflow).await.pointers(), [""]);
}

#[tokio::test]
async fn an_emptied_status_can_go_and_one_with_applications_cannot() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let application = department.new_application(&portal).await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let path = path(&department);
    let (mut workflow, version) = read(&recruiter, &path).await;
    workflow["statuses"].as_array_mut().unwrap().remove(1);
    workflow["activities"].as_array_mut().unwrap().remove(4);
    let act = recruiter.act(
        &application,
        &department.activity("shortlist"),
        "status-change",
        json!({}),
    );
    act.send().await.expect(200);
    let answer = put(&recruiter, &path, Some(&version), &workflow).await;
    assert_eq!(answer.pointers(), ["/statuses"]);
    let detail = "the status shortlist cannot be removed: 1 application is in it";
    assert_eq!(answer.json()["errors"][0]["detail"], detail);

    let (mut regrouped, _) = read(&recruiter, &path).await;
    regrouped["statuses"][1]["group"] = "internal".into();
    assert_eq!(
        put(&recruiter, &path, Some(&version), &regrouped).await.pointers(),
        ["/statuses/1/group"]
    );

    let other = portal.department().await;
    let path = self::path(&other);
    let (mut workflow, version) = read(&recruiter, &path).await;
    workflow["statuses"].as_array_mut().unwrap().remove(1);
    workflow["activities"].as_array_mut().unwrap().remove(4);
    put(&recruiter, &path, Some(&version), &workflow).await.expect(200);
}

#[tokio::test]
async fn two_recruiters_saving_at_once_do_not_overwrite_each_other() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let path = path(&department);
    let (mut one, version) = read(&recruiter, &path).await;
    let mut other = one.clone();
    one["name"] = "Köche".into();
    other["name"] = "Köchinnen".into();
    let answers = tokio::join!(
        put(&recruiter, &path, Some(&version), &one),
        put(&recruiter, &path, Some(&version), &other)
    );
    let mut statuses = [answers.0.status.as_u16(), answers.1.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
    let kept = if answers.0.status == 200 { &one } else { &other };
    assert_eq!(read(&recruiter, &path).await.0, *kept);
}

#[tokio::test]
async fn the_preview_shows_what_the_contact_is_shown() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let application = department.new_application(&portal).await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let path = path(&department);
    for (address, role) in [(&department.decider, "decider"), (&department.reader, "reader")] {
        let contact = department.user_id(address);
        let seen = portal.sign_in(address).await.application(&application).await;
        let preview = recruiter
            .get(&format!("{path}/as-contact?contact={contact}&status=proposed"))
            .await
            .expect(200);
        assert_eq!(preview["activities"], seen["activities"], "{role}");
        assert_eq!(preview["contact"]["role"], role);
        assert_eq!(
            preview["jobs"],
            json!([{ "id": department.job_id(), "title": "Köchin & Koch" }])
        );
    }
    let contact = department.user_id(&department.decider);
    let elsewhere = recruiter
        .get(&format!("{path}/as-contact?contact={contact}&status=rejected"))
        .await;
    assert_eq!(elsewhere.expect(200)["activities"], json!([]));

    // Nobody's job, somebody else's workflow, somebody who has left.
    let other = portal.department().await;
    let stranger = other.user_id(&other.decider);
    let preview = recruiter
        .get(&format!("{path}/as-contact?contact={stranger}&status=proposed"))
        .await;
    let preview = preview.expect(200);
    assert_eq!((&preview["jobs"], &preview["activities"]), (&json!([]), &json!([])));
    let before = portal.store.user(&contact).await.unwrap().unwrap();
    let mut gone = before.clone();
    gone.active = false;
    gone.version = before.version.next();
    portal
        .store
        .save_user(&gone, &before, store::LinkWrite::Remove)
        .await
        .unwrap();
    let preview = recruiter
        .get(&format!("{path}/as-contact?contact={contact}&status=proposed"))
        .await;
    let preview = preview.expect(200);
    assert_eq!(
        (&preview["activities"], &preview["contact"]["active"]),
        (&json!([]), &json!(false))
    );

    let recruiter_id = department.user_id(&department.recruiter);
    for (query, pointers) in [
        ("", vec!["/contact", "/status"]),
        ("contact=nobody&status=proposed", vec!["/contact"]),
        (&format!("contact={recruiter_id}&status=proposed"), vec!["/contact"]),
        (&format!("contact={stranger}&status=absent"), vec!["/status"]),
    ] {
        let answer = recruiter.get(&format!("{path}/as-contact?{query}")).await;
        assert_eq!(answer.pointers(), pointers, "{query}");
    }
    let absent = recruiter
        .get("/api/workflows/absent/as-contact?contact=x&status=y")
        .await;
    assert_eq!(absent.problem(404), "not-found");
}

#[tokio::test]
async fn the_difference_says_who_gains_and_loses_what_for_how_many_applications() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    for _ in 0..3 {
        department.new_application(&portal).await;
    }
    let decided = department.new_application(&portal).await;
    let act = recruiter.act(&decided, &department.activity("reject"), "status-change", json!({}));
    act.send().await.expect(200);
    // Of a job that names nobody.
    let unnamed = department.application().with("jobExternalId", &department.other_job);
    unnamed.import(&recruiter).await;

    let path = path(&department);
    let (workflow, version) = read(&recruiter, &path).await;
    let diff = format!("{path}/diff");
    let same = recruiter.request("POST", &diff, &[], Some(&workflow)).await.expect(200);
    assert_eq!(same, json!({ "errors": [], "contacts": [], "complete": true }));

    let mut changed = workflow.clone();
    activity(&mut changed, "reject-by-phone")["release"] = json!({ "reader": ["phone"] });
    activity(&mut changed, "shortlist")["release"] = json!({ "decider": ["statusOnly"] });
    let answer = recruiter.request("POST", &diff, &[], Some(&changed)).await.expect(200);
    let change = |name: &str, called: &str, channel: &str| json!({ "activityId": department.activity(name), "name": called, "channel": channel, "openApplications": 3 });
    let customer = answer["contacts"][0]["customerId"].clone();
    let contact = |address: &str, name: &str, gains: &Value, loses: &Value| json!({ "id": department.user_id(address), "name": name, "customerId": customer, "gains": gains, "loses": loses });
    let (gains, loses) = (
        json!([change("shortlist", "Vormerken", "statusOnly")]),
        json!([change("reject-by-phone", "reject-by-phone", "phone")]),
    );
    let mut expected = vec![
        contact(&department.decider, "Maria Gruber", &gains, &loses),
        contact(&department.colleague, "Jürgen Öllinger", &gains, &loses),
        contact(&department.reader, "Lea Steiner", &loses, &json!([])),
    ];
    expected.sort_by_key(|contact| contact["id"].as_str().unwrap().to_owned());
    assert_eq!(answer["contacts"], json!(expected));
    assert_eq!(answer["complete"], true);
    assert_eq!(read(&recruiter, &path).await, (workflow, version), "nothing is stored");
}

#[tokio::test]
async fn a_status_can_go_however_many_jobs_follow_the_workflow() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let maria = department.user_id(&department.decider);
    let store = &portal.store;
    let (_, job) = store
        .load_user_and_job(&maria, Some(&department.job_id().parse().unwrap()))
        .await
        .unwrap();
    for number in 0..120 {
        let job = Job {
            id: format!("{}x{number}", department.job_id()).parse().unwrap(),
            external_id: format!("{}-{number}", department.job).parse().unwrap(),
            ..job.clone().unwrap()
        };
        store.save_job(&job, None).await.unwrap();
    }
    // One of the last to be counted.
    let application = department.application();
    let application = application.with("jobExternalId", &format!("{}-99", department.job));
    application.import(&recruiter).await;
    let path = path(&department);
    let (workflow, version) = read(&recruiter, &path).await;

    let mut released = workflow.clone();
    activity(&mut released, "shortlist")["release"] = json!({ "decider": ["phone"] });
    let answer = recruiter
        .request("POST", &format!("{path}/diff"), &[], Some(&released))
        .await
        .expect(200);
    assert_eq!(answer["complete"], true);
    let contacts = answer["contacts"].as_array().unwrap();
    assert_eq!(contacts.len(), 2);
    for contact in contacts {
        assert_eq!(contact["gains"][0]["openApplications"], 1, "{contact}");
    }

    let mut regrouped = workflow.clone();
    regrouped["statuses"][0]["group"] = "internal".into();
    let refused = put(&recruiter, &path, Some(&version), &regrouped).await;
    assert_eq!(refused.pointers(), ["/statuses/0/group"]);
    let detail = "the status proposed cannot get another group: 1 application is in it";
    assert_eq!(refused.json()["errors"][0]["detail"], detail);
    let mut smaller = workflow;
    smaller["statuses"].as_array_mut().unwrap().remove(1);
    smaller["activities"].as_array_mut().unwrap().remove(4);
    put(&recruiter, &path, Some(&version), &smaller).await.expect(200);
}

#[tokio::test]
async fn contacts_have_no_business_with_workflows() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let maria = portal.sign_in(&department.decider).await;
    let path = path(&department);
    for (method, path) in [
        ("GET", "/api/workflows"),
        ("GET", &path),
        ("PUT", &path),
        ("DELETE", &path),
        ("GET", &format!("{path}/as-contact")),
        ("POST", &format!("{path}/diff")),
    ] {
        let answer = maria.request(method, path, &[], Some(&json!({}))).await;
        assert_eq!(answer.problem(403), "recruiters-only", "{method} {path}");
        let nobody = portal.request(method, path, &[], Some(&json!({}))).await;
        assert_eq!(nobody.problem(401), "unauthenticated", "{method} {path}");
    }
}
