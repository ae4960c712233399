//! Functions that no route leads to, invoked as ops do it.

use serde_json::{Value, json};
use tests::Portal;

const NEW_PASSWORD: &str = "Größer als zwölf";

fn baerbel() -> Value {
    json!({ "email": "baerbel@example.com", "name": "Bärbel Löffler", "language": "de-AT" })
}

/// The function's error and what it says.
fn error(answer: &tests::Answer) -> (String, String) {
    assert_eq!(answer.headers["x-amz-function-error"], "Unhandled");
    let error = answer.expect(200);
    let text = |name: &str| error[name].as_str().unwrap().to_owned();
    (text("errorType"), text("errorMessage"))
}

#[tokio::test]
async fn the_first_recruiter_comes_in_by_an_invitation() {
    let portal = Portal::start().await;

    let invited = portal.invoke("invite-recruiter", &baerbel()).await;
    assert_eq!(invited.headers["x-amz-executed-version"], "$LATEST");
    assert!(!invited.headers.contains_key("x-amz-function-error"));
    let first = invited.expect(200);
    assert_eq!(first["invitation"]["state"], "accepted", "{first}");
    let expires_at: jiff::Timestamp = first["invitation"]["expiresAt"].as_str().unwrap().parse().unwrap();
    let left = expires_at.duration_since(jiff::Timestamp::now());
    assert!(left > jiff::SignedDuration::from_hours(7 * 24 - 1), "{left}");
    let old = portal.link_token("baerbel@example.com").await;

    // A corrected name and a new link, by the function's name in the template.
    let mut corrected = baerbel();
    corrected["name"] = "Mag. Bärbel Löffler".into();
    corrected["email"] = "Baerbel@Example.com".into();
    let again = portal.invoke("InviteRecruiter", &corrected).await.expect(200);
    assert_eq!(again["userId"], first["userId"]);
    assert_eq!(
        portal.set_password(&old, NEW_PASSWORD).await.problem(410),
        "link-not-valid"
    );
    let token = portal.link_token("baerbel@example.com").await;
    portal.set_password(&token, NEW_PASSWORD).await.expect(204);

    let signed_in = portal
        .try_sign_in("baerbel@example.com", NEW_PASSWORD)
        .await
        .expect(200);
    assert_eq!(
        (&signed_in["user"]["role"], &signed_in["user"]["name"]),
        (&json!("recruiter"), &json!("Mag. Bärbel Löffler"))
    );
    let bearer = format!("Bearer {}", signed_in["accessToken"].as_str().unwrap());
    let headers = [("authorization", bearer.as_str())];
    let customer = json!({ "name": "Küche", "languages": ["de-AT"] });
    portal
        .request("POST", "/api/customers", &headers, Some(&customer))
        .await
        .expect(201);

    let (kind, message) = error(&portal.invoke("invite-recruiter", &baerbel()).await);
    assert_eq!(kind, "not-invitable");
    assert!(message.contains("has a password"), "{message}");
    assert_eq!(portal.mails_to("baerbel@example.com").await.len(), 2);
}

#[tokio::test]
async fn what_cannot_be_invited_is_a_function_s_error() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let event = |email: &str| json!({ "email": email, "name": "X", "language": "de-AT" });

    let (kind, message) = error(
        &portal
            .invoke("invite-recruiter", &event(&department.decider.to_uppercase()))
            .await,
    );
    assert_eq!(kind, "validation");
    assert!(message.ends_with("; /email belongs to a contact"), "{message}");
    let (kind, _) = error(&portal.invoke("invite-recruiter", &event(&department.recruiter)).await);
    assert_eq!(kind, "not-invitable");
    let wrong = json!({ "email": "x", "name": "", "language": "fr" });
    let (kind, message) = error(&portal.invoke("invite-recruiter", &wrong).await);
    assert_eq!(kind, "validation");
    for pointer in ["/email", "/name", "/language"] {
        assert!(message.contains(pointer), "{message}");
    }
    let (_, message) = error(&portal.invoke("invite-recruiter", &json!({ "email": "x" })).await);
    assert!(message.contains("missing field `name`"), "{message}");
    assert_eq!(portal.wire().count("SES.SendEmail"), 0);
}

#[tokio::test]
async fn only_signed_calls_of_functions_without_routes_are_taken() {
    let portal = Portal::start().await;
    for name in ["sign-in", "SignIn", "manage-customers", "nothing"] {
        let refused = portal.invoke(name, &json!({})).await;
        assert_eq!(refused.status.as_u16(), 404, "{name}");
        assert_eq!(refused.headers["x-amzn-errortype"], "ResourceNotFoundException");
    }
    let path = "/2015-03-31/functions/invite-recruiter/invocations";
    let unsigned = portal.request("POST", path, &[], Some(&baerbel())).await;
    assert_eq!(unsigned.status.as_u16(), 403);
    let headers = [
        ("authorization", "AWS4-HMAC-SHA256 x"),
        ("x-amz-invocation-type", "Event"),
    ];
    let later = portal.request("POST", path, &headers, Some(&baerbel())).await;
    assert_eq!(later.status.as_u16(), 400);
    assert_eq!(portal.wire().calls(), []);
}
