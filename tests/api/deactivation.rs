//! What deactivating a contact ends, at once and for good.

use serde_json::{Value, json};
use tests::{Department, PASSWORD, Person, Portal};

use crate::events::{event, filled, template};

const NEW_PASSWORD: &str = "Größer als zwölf";

/// The contact with another value of `active`.
async fn set_active(recruiter: &Person<'_>, department: &Department, active: bool) -> Value {
    let id = department.user_id(&department.decider);
    let path = format!("/api/customers/{}/contacts/{id}", department.customer_id());
    let version = recruiter.get(&path).await.expect(200)["version"]
        .as_str()
        .unwrap()
        .to_owned();
    recruiter
        .patch(&path, &version, &json!({ "active": active }))
        .await
        .expect(200)
}

/// The functions that know their callers by something else than an access token, or answer anybody.
const WITHOUT_TOKEN: [&str; 6] = [
    "get-api-description",
    "refresh-session",
    "request-password-reset",
    "reset-password",
    "sign-in",
    "sign-out",
];

#[tokio::test]
async fn a_deactivated_contact_is_refused_by_every_function_at_once_and_for_good() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let maria = portal.sign_in(&department.decider).await;
    let request = json!({ "email": department.decider });
    portal
        .request("POST", "/api/password-resets", &[], Some(&request))
        .await
        .expect(202);
    let link = portal.link_token(&department.decider).await;
    maria.get("/api/me").await.expect(200);

    let gone = set_active(&recruiter, &department, false).await;

    assert_eq!((&gone["active"], &gone["canSignIn"]), (&json!(false), &json!(false)));
    let mut asked = 0;
    for function in template().functions {
        if function.routes.is_empty() || WITHOUT_TOKEN.contains(&function.name.as_str()) {
            continue;
        }
        // The body of the example, where there is one: most functions look at it before they look at the user.
        let example: Value = serde_json::from_str(&event(&function.name)).unwrap();
        for route in function.routes {
            let of_the_example = example["routeKey"] == format!("{} {}", route.method, route.path);
            let body = example["body"].as_str().filter(|_| of_the_example).unwrap_or("{}");
            let body = body
                .replace("${startsAt}", "2999-01-01T10:00:00")
                .replace("${endsAt}", "2999-01-01T11:00:00");
            let body = body.replace("${interviewId}", "x-y");
            let key = format!("deactivated-{asked}");
            let headers = [("if-match", "\"1\""), ("idempotency-key", &key)];
            let body = serde_json::from_str(&body).ok();
            let answer = maria
                .request(route.method.as_str(), &filled(&route.path), &headers, body.as_ref())
                .await;
            assert_eq!(
                answer.problem(401),
                "unauthenticated",
                "{} {}",
                route.method,
                route.path
            );
            asked += 1;
        }
    }
    assert!(asked > 20, "{asked}");
    assert_eq!(maria.refresh(&maria.cookie).await.problem(401), "unauthenticated");
    portal.try_sign_in(&department.decider, PASSWORD).await.problem(401);
    assert_eq!(
        portal.set_password(&link, NEW_PASSWORD).await.problem(410),
        "link-not-valid"
    );

    let back = set_active(&recruiter, &department, true).await;
    assert_eq!(back["canSignIn"], true);
    assert_eq!(maria.get("/api/me").await.problem(401), "unauthenticated");
    assert_eq!(maria.refresh(&maria.cookie).await.problem(401), "unauthenticated");
    assert_eq!(
        portal.set_password(&link, NEW_PASSWORD).await.problem(410),
        "link-not-valid"
    );
    let maria = portal.sign_in(&department.decider).await;
    maria.get("/api/me").await.expect(200);
}

#[tokio::test]
async fn the_session_that_changed_the_password_ends_with_its_user_too() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let maria = portal.sign_in(&department.decider).await;
    let passwords = json!({ "currentPassword": PASSWORD, "newPassword": NEW_PASSWORD });
    maria
        .request("PUT", "/api/me/password", &[], Some(&passwords))
        .await
        .expect(204);
    set_active(&recruiter, &department, false).await;
    set_active(&recruiter, &department, true).await;
    assert_eq!(maria.get("/api/me").await.problem(401), "unauthenticated");
}
