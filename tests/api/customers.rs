//! Customers, as recruiters manage them.

use serde_json::json;
use tests::Portal;

use crate::events::{filled, template};

#[tokio::test]
async fn a_customer_is_made_changed_and_found_again() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let new = json!({ "name": "Küche & Gästehaus", "locations": ["Bad Gößnitz"], "languages": ["en", "de-AT"] });

    let made = recruiter.post("/api/customers", &new).await;
    assert_eq!(made.headers["etag"], "\"1\"");
    let made = made.expect(201);
    let path = format!("/api/customers/{}", made["id"].as_str().unwrap());
    assert_eq!(
        (&made["name"], &made["locations"], &made["languages"]),
        (&new["name"], &new["locations"], &json!(["de-AT", "en"]))
    );
    assert_eq!(recruiter.get(&path).await.expect(200), made);

    let change = json!({ "locations": ["Bad Gößnitz", "Fürth"] });
    let unversioned = recruiter.request("PATCH", &path, &[], Some(&change)).await;
    assert_eq!(unversioned.problem(428), "version-missing");
    assert_eq!(
        recruiter.patch(&path, "2", &change).await.problem(412),
        "version-conflict"
    );
    let changed = recruiter.patch(&path, "1", &change).await;
    assert_eq!(changed.headers["etag"], "\"2\"");
    let changed = changed.expect(200);
    assert_eq!((&changed["name"], &changed["version"]), (&new["name"], &json!("2")));
    assert_eq!(changed["locations"], change["locations"]);
    assert_eq!(
        recruiter.patch(&path, "1", &change).await.problem(412),
        "version-conflict"
    );

    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = recruiter
            .get(&format!("/api/customers?limit=1&cursor={cursor}"))
            .await
            .expect(200);
        found.extend(page["items"].as_array().unwrap().clone());
        let Some(next) = page["nextCursor"].as_str() else { break };
        next.clone_into(&mut cursor);
    }
    assert_eq!(found.len(), 2);
    assert!(found.contains(&changed), "{found:?}");
}

#[tokio::test]
async fn everything_wrong_with_a_customer_is_said_at_once() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let wrong = json!({ "name": " ", "locations": ["Linz", "a\nb", ""], "languages": ["de-AT", "fr"] });
    let pointers = ["/name", "/locations/1", "/locations/2", "/languages/1"];
    assert_eq!(recruiter.post("/api/customers", &wrong).await.pointers(), pointers);
    let path = format!("/api/customers/{}", department.customer_id());
    assert_eq!(recruiter.patch(&path, "1", &wrong).await.pointers(), pointers);
    let none = json!({ "languages": [] });
    assert_eq!(recruiter.patch(&path, "1", &none).await.pointers(), ["/languages"]);
    let unknown = json!({ "id": "x" });
    assert_eq!(recruiter.patch(&path, "1", &unknown).await.problem(422), "validation");
    let absent = recruiter.patch("/api/customers/nobody", "1", &json!({})).await;
    assert_eq!(absent.problem(404), "not-found");
}

#[tokio::test]
async fn customers_and_contacts_are_for_recruiters() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let maria = portal.sign_in(&department.decider).await;
    for route in template().functions.into_iter().flat_map(|function| {
        let managed = ["manage-customers", "manage-jobs"].contains(&function.name.as_str());
        function.routes.into_iter().filter(move |_| managed)
    }) {
        let path = filled(&route.path).replace("/customers/x", &format!("/customers/{}", department.customer_id()));
        let answer = maria.request(route.method.as_str(), &path, &[], Some(&json!({}))).await;
        assert_eq!(answer.problem(403), "recruiters-only", "{} {path}", route.method);
    }
}
