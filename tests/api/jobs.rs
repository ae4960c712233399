//! Jobs, as recruiters manage them.

use serde_json::{Value, json};
use tests::{Department, Person, Portal};
use uuid::Uuid;

/// A job to be made that names the decider.
fn job(department: &Department) -> Value {
    json!({
        "externalId": format!("R-{}", Uuid::new_v4()),
        "customerId": department.customer_id(),
        "workflowId": department.workflow_id(),
        "title": "Bäcker:in (m/w/d)",
        "location": "Bad Gößnitz",
        "contactIds": [department.user_id(&department.decider)],
    })
}

async fn made(recruiter: &Person<'_>, job: &Value) -> (String, Value) {
    let answer = recruiter.post("/api/jobs", job).await;
    assert_eq!(answer.headers["etag"], "\"1\"");
    let made = answer.expect(201);
    (format!("/api/jobs/{}", made["id"].as_str().unwrap()), made)
}

#[tokio::test]
async fn a_job_is_made_changed_and_applied_for() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let new = job(&department);

    let (path, first) = made(&recruiter, &new).await;
    for field in [
        "externalId",
        "customerId",
        "workflowId",
        "title",
        "location",
        "contactIds",
    ] {
        assert_eq!(first[field], new[field], "{field}");
    }
    assert_eq!(recruiter.get(&path).await.expect(200), first);

    let external_id = format!("R-{}", Uuid::new_v4());
    let colleague = department.user_id(&department.colleague);
    let change = json!({ "externalId": external_id, "location": null, "contactIds": [colleague] });
    let unversioned = recruiter.request("PATCH", &path, &[], Some(&change)).await;
    assert_eq!(unversioned.problem(428), "version-missing");
    assert_eq!(
        recruiter.patch(&path, "2", &change).await.problem(412),
        "version-conflict"
    );
    let second = recruiter.patch(&path, "1", &change).await;
    assert_eq!(second.headers["etag"], "\"2\"");
    let second = second.expect(200);
    assert_eq!(
        (&second["externalId"], &second["location"], &second["title"]),
        (&json!(external_id), &Value::Null, &new["title"])
    );

    // The applicant tracking system knows it by the new id only, and the named contact may act.
    let application = department
        .application()
        .with("jobExternalId", &external_id)
        .import(&recruiter)
        .await;
    let old = department
        .application()
        .with("jobExternalId", new["externalId"].as_str().unwrap());
    let refused = recruiter
        .import("application/json", old.0.to_string())
        .await
        .expect(200);
    assert_eq!(
        refused["rows"][0]["errors"][0]["pointer"], "/jobExternalId",
        "{refused}"
    );
    let activities = async |address: &str| {
        let person = portal.sign_in(address).await;
        person.application(&application).await["activities"]
            .as_array()
            .unwrap()
            .len()
    };
    assert!(activities(&department.colleague).await > 0);
    assert_eq!(activities(&department.decider).await, 0);
}

#[tokio::test]
async fn jobs_are_listed_by_title_all_or_those_of_a_customer() {
    let portal = Portal::start().await;
    let (department, other) = (portal.department().await, portal.department().await);
    let recruiter = portal.sign_in(&department.recruiter).await;
    made(&recruiter, &job(&department)).await;
    let titles = async |query: &str| {
        let (mut titles, mut cursor) = (Vec::new(), String::new());
        loop {
            portal.wire().forget_calls();
            let page = recruiter
                .get(&format!("/api/jobs?limit=2&cursor={cursor}{query}"))
                .await;
            assert_eq!(portal.wire().count("DynamoDB.Query"), 1);
            let page = page.expect(200);
            let items = page["items"].as_array().unwrap();
            titles.extend(items.iter().map(|job| job["title"].as_str().unwrap().to_owned()));
            let Some(next) = page["nextCursor"].as_str() else {
                return titles;
            };
            next.clone_into(&mut cursor);
        }
    };
    let of = |department: &Department| format!("&customer={}", department.customer_id());
    assert_eq!(
        titles(&of(&department)).await,
        ["Bäcker:in (m/w/d)", "Köchin & Koch", "Köchin & Koch"]
    );
    assert_eq!(titles(&of(&other)).await.len(), 2);
    assert_eq!(titles("").await.len(), 5);
    assert_eq!(titles("&customer=nobody").await, Vec::<String>::new());
    assert_eq!(
        recruiter.get("/api/jobs?customer=A%23B").await.problem(404),
        "not-found"
    );
}

#[tokio::test]
async fn everything_wrong_with_a_job_is_said_at_once() {
    let portal = Portal::start().await;
    let (department, other) = (portal.department().await, portal.department().await);
    let recruiter = portal.sign_in(&department.recruiter).await;
    let contacts = format!("/api/customers/{}/contacts", department.customer_id());
    let reader = department.user_id(&department.reader);
    recruiter
        .patch(&format!("{contacts}/{reader}"), "1", &json!({ "active": false }))
        .await
        .expect(200);
    let wrong_contacts = json!([
        department.user_id(&department.decider),
        other.user_id(&other.decider),
        department.user_id(&department.recruiter),
        reader,
        "nobody",
        "No Id",
    ]);
    let contact_pointers = [
        "/contactIds/1",
        "/contactIds/2",
        "/contactIds/3",
        "/contactIds/4",
        "/contactIds/5",
    ];
    let sorted = |answer: &tests::Answer| {
        let mut pointers = answer.pointers();
        pointers.sort();
        pointers
    };

    let missing = recruiter.post("/api/jobs", &json!({})).await;
    assert_eq!(
        sorted(&missing),
        ["/contactIds", "/customerId", "/externalId", "/title", "/workflowId"]
    );
    let mut wrong = job(&department);
    wrong["externalId"] = department.job.clone().into();
    wrong["workflowId"] = "unknown".into();
    wrong["title"] = "\n".into();
    wrong["location"] = "".into();
    wrong["contactIds"] = wrong_contacts.clone();
    let mut pointers = contact_pointers.to_vec();
    pointers.extend(["/externalId", "/location", "/title", "/workflowId"]);
    assert_eq!(sorted(&recruiter.post("/api/jobs", &wrong).await), pointers);
    wrong["customerId"] = "nobody".into();
    wrong["contactIds"] = json!([]);
    assert_eq!(
        sorted(&recruiter.post("/api/jobs", &wrong).await),
        ["/customerId", "/externalId", "/location", "/title", "/workflowId"]
    );
    let mut many = job(&department);
    many["contactIds"] = (0..31).map(|number| format!("contact{number}")).collect();
    assert_eq!(recruiter.post("/api/jobs", &many).await.pointers(), ["/contactIds"]);

    let path = format!("/api/jobs/{}", department.job_id());
    let change =
        json!({ "externalId": department.other_job, "customerId": other.customer_id(), "contactIds": wrong_contacts });
    let mut pointers = contact_pointers.to_vec();
    pointers.retain(|pointer| *pointer != "/contactIds/3");
    pointers.extend(["/customerId", "/externalId"]);
    assert_eq!(sorted(&recruiter.patch(&path, "1", &change).await), pointers);
    assert_eq!(
        recruiter.patch(&path, "1", &json!({ "id": "x" })).await.problem(422),
        "validation"
    );
    assert_eq!(
        recruiter.patch("/api/jobs/nobody", "1", &json!({})).await.problem(404),
        "not-found"
    );
    assert_eq!(recruiter.get("/api/jobs/nobody").await.problem(404), "not-found");
}

#[tokio::test]
async fn a_contact_who_has_left_does_not_stand_in_the_way_of_another_change() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let reader = department.user_id(&department.reader);
    let contact = format!("/api/customers/{}/contacts/{reader}", department.customer_id());
    let gone = json!({ "active": false });
    recruiter.patch(&contact, "1", &gone).await.expect(200);

    // As the portal does it: all fields, and one of them changed.
    let path = format!("/api/jobs/{}", department.job_id());
    let before = recruiter.get(&path).await.expect(200);
    let mut change = json!({ "title": "Köch:in" });
    for field in ["externalId", "workflowId", "location", "contactIds"] {
        change[field] = before[field].clone();
    }
    let changed = recruiter.patch(&path, "1", &change).await.expect(200);
    assert_eq!(changed["contactIds"], before["contactIds"]);
    assert!(changed["contactIds"].as_array().unwrap().contains(&json!(reader)));

    // Who was taken away once is not named again.
    change["contactIds"] = json!([]);
    recruiter.patch(&path, "2", &change).await.expect(200);
    change["contactIds"] = json!([reader]);
    assert_eq!(recruiter.patch(&path, "3", &change).await.pointers(), ["/contactIds/0"]);
}

#[tokio::test]
async fn of_two_jobs_with_one_external_id_at_once_one_is_made() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let new = job(&department);
    let answers = futures::future::join_all((0..3).map(|_| recruiter.post("/api/jobs", &new))).await;
    let made = answers.iter().filter(|answer| answer.status.as_u16() == 201).count();
    assert_eq!(made, 1, "{answers:?}");
    for answer in answers.iter().filter(|answer| answer.status.as_u16() != 201) {
        assert_eq!(answer.pointers(), ["/externalId"]);
    }
}

#[tokio::test]
async fn a_job_keeps_its_workflow_once_somebody_has_applied() {
    let portal = Portal::start().await;
    let (department, other) = (portal.department().await, portal.department().await);
    let recruiter = portal.sign_in(&department.recruiter).await;
    let (path, new) = made(&recruiter, &job(&department)).await;
    let change = json!({ "workflowId": other.workflow_id() });
    let changed = recruiter.patch(&path, "1", &change).await.expect(200);
    assert_eq!(changed["workflowId"], change["workflowId"]);

    let external_id = new["externalId"].as_str().unwrap();
    department
        .application()
        .with("jobExternalId", external_id)
        .import(&recruiter)
        .await;
    let back = json!({ "workflowId": department.workflow_id() });
    assert_eq!(recruiter.patch(&path, "2", &back).await.pointers(), ["/workflowId"]);
    // The one it has is no change.
    recruiter.patch(&path, "2", &change).await.expect(200);
}

#[tokio::test]
async fn a_job_follows_a_workflow_only_with_templates_in_its_customer_s_languages() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let customer = json!({ "name": "Export", "languages": ["de-DE", "en"] });
    let customer = recruiter.post("/api/customers", &customer).await.expect(201);
    let mut new = job(&department);
    new["customerId"] = customer["id"].clone();
    new["contactIds"] = json!([]);
    // Both kinds of German serve each other; English is its own, and its last template stays from now on.
    recruiter.post("/api/jobs", &new).await.expect(201);
    let english = format!("/api/mail-templates/{}", department.template("english"));
    let refused = recruiter
        .request("DELETE", &english, &[("if-match", "\"1\"")], None)
        .await;
    assert!(
        refused.json()["errors"][0]["detail"]
            .as_str()
            .unwrap()
            .contains("a mail template in en")
    );
    new["externalId"] = json!(format!("R-{}", Uuid::new_v4()));
    let mut workflow = recruiter
        .get(&format!("/api/workflows/{}", department.workflow_id()))
        .await
        .expect(200)["workflow"]
        .clone();
    for activity in workflow["activities"].as_array_mut().unwrap() {
        let id = activity["id"].as_str().unwrap().split('.').nth(1).unwrap().to_owned();
        activity["id"] = id.into();
    }
    let unserved = format!("{}-neu", department.workflow_id());
    let path = format!("/api/workflows/{unserved}");
    recruiter.request("PUT", &path, &[], Some(&workflow)).await.expect(201);
    new["workflowId"] = json!(unserved);
    let refused = recruiter.post("/api/jobs", &new).await;
    let pointers = refused.pointers();
    assert!(
        pointers.len() >= 2 && pointers.iter().all(|pointer| pointer == "/workflowId"),
        "{}",
        refused.text
    );
}

#[tokio::test]
async fn a_customer_gets_a_language_only_with_templates_in_it() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let path = format!("/api/customers/{}", department.customer_id());
    let english = json!({ "languages": ["de-AT", "en"] });
    let template = format!("/api/mail-templates/{}", department.template("english"));
    recruiter
        .request("DELETE", &template, &[("if-match", "\"1\"")], None)
        .await
        .expect(204);
    let refused = recruiter.patch(&path, "1", &english).await;
    assert_eq!(refused.pointers().first().map(String::as_str), Some("/languages"));
    let german = json!({ "languages": ["de-AT", "de-DE"] });
    recruiter.patch(&path, "1", &german).await.expect(200);
}
