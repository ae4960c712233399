//! Customers and their contacts, as recruiters manage them.

use std::time::Duration;

use local::Fault;
use serde_json::{Value, json};
use tests::{Answer, Department, PASSWORD, Person, Portal};

use crate::events::{filled, template};

const NEW_PASSWORD: &str = "Größer als zwölf";

/// A contact to be made, with an address of the test's own.
fn contact(email: &str) -> Value {
    json!({ "name": "Bärbel Löffler", "email": email, "contactRole": "decider", "language": "de-AT" })
}

fn contacts(department: &Department) -> String {
    format!("/api/customers/{}/contacts", department.customer_id())
}

fn path(department: &Department, contact: &Value) -> String {
    format!("{}/{}", contacts(department), contact["id"].as_str().unwrap())
}

/// A contact as they are now.
async fn shown(recruiter: &Person<'_>, path: &str) -> Value {
    let answer = recruiter.get(path).await;
    let contact = answer.expect(200);
    let version = contact["version"].as_str().unwrap();
    assert_eq!(answer.headers["etag"], format!("\"{version}\""));
    assert!(!answer.text.contains("argon2"), "{}", answer.text);
    contact
}

async fn changed(recruiter: &Person<'_>, path: &str, change: Value) -> Value {
    let version = shown(recruiter, path).await["version"].as_str().unwrap().to_owned();
    recruiter.patch(path, &version, &change).await.expect(200)
}

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

#[tokio::test]
async fn a_new_contact_is_invited_sets_a_password_and_signs_in() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;

    let made = recruiter
        .post(&contacts(&department), &contact("baerbel@example.com"))
        .await
        .expect(201);

    assert_eq!(made["invitation"]["state"], "accepted", "{made}");
    assert_eq!((&made["canSignIn"], &made["active"]), (&json!(false), &json!(true)));
    let path = path(&department, &made);
    assert_eq!(shown(&recruiter, &path).await, made);
    let mails = portal.mails_to("baerbel@example.com").await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0]["subject"], "Ihr Zugang zum Bewerbungsportal von Hiring Portal");
    assert_eq!(mails[0]["tags"], json!({}));
    let bytes = portal.mail_bytes(&mails[0]).await;
    let bytes = String::from_utf8(bytes).unwrap();
    assert!(
        bytes.contains("From: \"Hiring Portal\" <portal@example.com>"),
        "{bytes}"
    );
    let text = mails[0]["text"].as_str().unwrap();
    assert!(text.starts_with("Guten Tag Bärbel Löffler,\n"), "{text}");
    let token = portal.link_token("baerbel@example.com").await;
    assert!(
        text.contains(&format!("{}/set-password#{token}", portal.host.url())),
        "{text}"
    );

    portal.set_password(&token, NEW_PASSWORD).await.expect(204);
    let baerbel = portal
        .try_sign_in("Baerbel@Example.com", NEW_PASSWORD)
        .await
        .expect(200);
    assert_eq!(baerbel["user"]["role"], "decider");
    assert_eq!(
        portal.set_password(&token, NEW_PASSWORD).await.problem(410),
        "link-not-valid"
    );
    let now = shown(&recruiter, &path).await;
    assert_eq!((&now["canSignIn"], &now["invitation"]), (&json!(true), &Value::Null));
    assert_eq!(now["version"], "1", "a password is none of the recruiter's changes");
}

#[tokio::test]
async fn a_contact_is_written_to_in_their_own_language() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let mut new = contact("oliver@example.com");
    new["language"] = "en".into();
    recruiter.post(&contacts(&department), &new).await.expect(201);
    let mail = portal.mails_to("oliver@example.com").await.remove(0);
    assert_eq!(mail["subject"], "Your access to the hiring portal of Hiring Portal");
    assert!(
        mail["text"].as_str().unwrap().contains("works once and for 7 days"),
        "{mail}"
    );
}

#[tokio::test]
async fn everything_wrong_with_a_contact_is_said_at_once_and_nothing_is_mailed() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let wrong = json!({ "name": "", "email": "bärbel", "contactRole": "boss", "language": "de" });
    let pointers = ["/name", "/email", "/contactRole", "/language"];
    let contacts = contacts(&department);
    assert_eq!(recruiter.post(&contacts, &wrong).await.pointers(), pointers);
    let maria = format!("{contacts}/{}", department.user_id(&department.decider));
    assert_eq!(recruiter.patch(&maria, "1", &wrong).await.pointers(), pointers);
    let elsewhere = json!({ "customerId": "x" });
    assert_eq!(
        recruiter.patch(&maria, "1", &elsewhere).await.problem(422),
        "validation"
    );
    let unversioned = recruiter.request("PATCH", &maria, &[], Some(&json!({}))).await;
    assert_eq!(unversioned.problem(428), "version-missing");
    assert_eq!(
        recruiter.patch(&maria, "7", &json!({})).await.problem(412),
        "version-conflict"
    );
    let nowhere = recruiter
        .post("/api/customers/nobody/contacts", &contact("a@example.com"))
        .await;
    assert_eq!(nowhere.problem(404), "not-found");
    assert_eq!(
        recruiter.get("/api/customers/nobody/contacts").await.problem(404),
        "not-found"
    );
    assert_eq!(portal.wire().count("SES.SendEmail"), 0);
}

#[tokio::test]
async fn an_address_belongs_to_one_user_however_it_is_written() {
    let portal = Portal::start().await;
    let (department, other) = (portal.department().await, portal.department().await);
    let recruiter = portal.sign_in(&department.recruiter).await;
    for (customer, taken) in [
        (&department, department.decider.to_uppercase()),
        (&other, department.decider.clone()),
        (&other, department.recruiter.replace("recruiter", "Recruiter")),
    ] {
        let refused = recruiter.post(&contacts(customer), &contact(&taken)).await;
        assert_eq!(refused.pointers(), ["/email"], "{taken}");
    }
    let made = contacts(&department);
    let at_once = ["Lea@example.com", "lea@Example.com", "LEA@example.com"].map(contact);
    let answers = futures::future::join_all(at_once.iter().map(|new| recruiter.post(&made, new))).await;
    let made = answers.iter().filter(|answer| answer.status.as_u16() == 201).count();
    assert_eq!(made, 1, "{answers:?}");
    assert_eq!(portal.wire().count("SES.SendEmail"), 1);

    let reader = format!("{}/{}", contacts(&department), department.user_id(&department.reader));
    let taken = json!({ "email": department.decider.to_uppercase() });
    assert_eq!(recruiter.patch(&reader, "1", &taken).await.pointers(), ["/email"]);
    portal.try_sign_in(&department.reader, PASSWORD).await.expect(200);
    // Their own address in other letters is no other address.
    let own = json!({ "email": department.reader.to_uppercase() });
    let now = recruiter.patch(&reader, "1", &own).await.expect(200);
    assert_eq!(
        now["email"],
        department
            .reader
            .replace("reader", "READER")
            .to_uppercase()
            .replace("@EXAMPLE.COM", "@example.com")
    );
    portal.try_sign_in(&department.reader, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn an_invited_contact_s_new_address_gets_the_invitation_and_the_old_link_ends() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let made = recruiter
        .post(&contacts(&department), &contact("typo@example.com"))
        .await
        .expect(201);
    let path = path(&department, &made);
    let old = portal.link_token("typo@example.com").await;

    let moved = changed(&recruiter, &path, json!({ "email": "right@example.com" })).await;

    assert_eq!(
        (&moved["email"], &moved["invitation"]["state"]),
        (&json!("right@example.com"), &json!("accepted"))
    );
    assert_eq!(
        portal.set_password(&old, NEW_PASSWORD).await.problem(410),
        "link-not-valid"
    );
    let new = portal.link_token("right@example.com").await;
    portal.set_password(&new, NEW_PASSWORD).await.expect(204);
    portal.try_sign_in("right@example.com", NEW_PASSWORD).await.expect(200);
    portal.try_sign_in("typo@example.com", NEW_PASSWORD).await.problem(401);
    assert_eq!(portal.mails_to("typo@example.com").await.len(), 1);
    // The old address is free again.
    recruiter
        .post(&contacts(&department), &contact("typo@example.com"))
        .await
        .expect(201);
}

#[tokio::test]
async fn a_moved_address_takes_the_sign_in_with_it_and_ends_what_was_sent_to_the_old_one() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let request = json!({ "email": department.decider });
    portal
        .request("POST", "/api/password-resets", &[], Some(&request))
        .await
        .expect(202);
    let token = portal.link_token(&department.decider).await;
    let path = format!("{}/{}", contacts(&department), department.user_id(&department.decider));
    let address = format!("new.{}", department.decider);

    let moved = changed(&recruiter, &path, json!({ "email": address })).await;

    assert_eq!(
        (&moved["canSignIn"], &moved["invitation"]),
        (&json!(true), &Value::Null)
    );
    assert_eq!(
        portal.set_password(&token, NEW_PASSWORD).await.problem(410),
        "link-not-valid"
    );
    portal.try_sign_in(&address, PASSWORD).await.expect(200);
    portal.try_sign_in(&department.decider, PASSWORD).await.problem(401);
    assert_eq!(portal.mails_to(&address).await.len(), 0);
}

#[tokio::test]
async fn an_invitation_is_sent_again_until_it_is_accepted() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let made = recruiter
        .post(&contacts(&department), &contact("lea@example.com"))
        .await
        .expect(201);
    let path = path(&department, &made);
    let invitation = format!("{path}/invitation");
    let first = portal.link_token("lea@example.com").await;

    portal.host.clock().advance(Duration::from_hours(7 * 24));
    let recruiter = portal.sign_in(&department.recruiter).await;
    assert_eq!(
        portal.set_password(&first, NEW_PASSWORD).await.problem(410),
        "link-not-valid"
    );
    assert_eq!(shown(&recruiter, &path).await["invitation"], Value::Null);
    let again = recruiter.request("POST", &invitation, &[], None).await.expect(200);
    assert_eq!(again["invitation"]["state"], "accepted");
    assert_eq!(
        portal.set_password(&first, NEW_PASSWORD).await.problem(410),
        "link-not-valid"
    );

    changed(&recruiter, &path, json!({ "active": false })).await;
    let refused = recruiter.request("POST", &invitation, &[], None).await;
    assert_eq!(refused.problem(409), "not-invitable");
    assert!(refused.text.contains("deactivated"), "{}", refused.text);
    let second = portal.link_token("lea@example.com").await;
    assert_eq!(
        portal.set_password(&second, NEW_PASSWORD).await.problem(410),
        "link-not-valid"
    );
    changed(&recruiter, &path, json!({ "active": true })).await;
    assert_eq!(
        portal.set_password(&second, NEW_PASSWORD).await.problem(410),
        "link-not-valid"
    );

    recruiter.request("POST", &invitation, &[], None).await.expect(200);
    let third = portal.link_token("lea@example.com").await;
    portal.set_password(&third, NEW_PASSWORD).await.expect(204);
    let refused = recruiter.request("POST", &invitation, &[], None).await;
    assert_eq!(refused.problem(409), "not-invitable");
    assert!(refused.text.contains("has a password"), "{}", refused.text);
    assert_eq!(portal.mails_to("lea@example.com").await.len(), 3);
}

#[tokio::test]
async fn what_became_of_an_invitation_s_mail_is_said_now_and_later() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    for (number, (fault, state)) in [
        (Fault::status(429, "TooManyRequestsException"), "pending"),
        (Fault::status(400, "BadRequestException"), "failed"),
        (Fault::status(500, "InternalFailure"), "sending"),
        (Fault::AnswerLost, "sending"),
    ]
    .into_iter()
    .enumerate()
    {
        portal.wire().next("SES.SendEmail", fault);
        let address = format!("contact{number}@example.com");
        let made = recruiter
            .post(&contacts(&department), &contact(&address))
            .await
            .expect(201);
        assert_eq!(made["invitation"]["state"], state);
        assert_eq!(shown(&recruiter, &path(&department, &made)).await, made);
    }
    assert_eq!(portal.wire().count("SES.SendEmail"), 4, "each was tried once");
}

#[tokio::test]
async fn contacts_are_listed_by_name_with_their_invitations_in_one_query_a_page() {
    let portal = Portal::start().await;
    let (department, other) = (portal.department().await, portal.department().await);
    let recruiter = portal.sign_in(&department.recruiter).await;
    let made = recruiter
        .post(&contacts(&department), &contact("baerbel@example.com"))
        .await
        .expect(201);
    recruiter
        .post(&contacts(&other), &contact("foreign@example.com"))
        .await
        .expect(201);
    let (mut names, mut cursor) = (Vec::new(), String::new());
    loop {
        portal.wire().forget_calls();
        let page = format!("{}?limit=2&cursor={cursor}", contacts(&department));
        let answer = recruiter.get(&page).await;
        assert_eq!(portal.wire().count("DynamoDB.Query"), 1);
        assert!(!answer.text.contains("argon2"), "{}", answer.text);
        let page = answer.expect(200);
        for contact in page["items"].as_array().unwrap() {
            names.push(contact["name"].as_str().unwrap().to_owned());
            if contact["id"] == made["id"] {
                assert_eq!(*contact, made);
            } else {
                assert_eq!(
                    (&contact["canSignIn"], &contact["invitation"]),
                    (&json!(true), &Value::Null)
                );
            }
        }
        let Some(next) = page["nextCursor"].as_str() else { break };
        next.clone_into(&mut cursor);
    }
    assert_eq!(
        names,
        ["Bärbel Löffler", "Jürgen Öllinger", "Lea Steiner", "Maria Gruber"]
    );
    let foreign = format!("{}?cursor={cursor}", contacts(&other));
    assert_eq!(recruiter.get(&foreign).await.pointers(), ["/cursor"]);

    // A new name moves the contact in the list.
    changed(&recruiter, &path(&department, &made), json!({ "name": "Zoë Löffler" })).await;
    let page = recruiter.get(&contacts(&department)).await.expect(200);
    assert_eq!(page["items"][3]["name"], "Zoë Löffler");
}

#[tokio::test]
async fn a_contact_of_another_customer_is_not_there() {
    let portal = Portal::start().await;
    let (department, other) = (portal.department().await, portal.department().await);
    let recruiter = portal.sign_in(&department.recruiter).await;
    let get = async |id: &str| recruiter.get(&format!("{}/{id}", contacts(&department))).await;
    let foreign = get(other.user_id(&other.decider).as_str()).await;
    assert_eq!(foreign.problem(404), "not-found");
    for id in ["nobody", department.user_id(&department.recruiter).as_str()] {
        let absent: Answer = get(id).await;
        assert_eq!((absent.status, &absent.text), (foreign.status, &foreign.text), "{id}");
    }
    let path = format!("{}/{}", contacts(&department), other.user_id(&other.decider));
    let change = recruiter.patch(&path, "1", &json!({ "active": false })).await;
    assert_eq!(change.problem(404), "not-found");
    let invite = recruiter
        .request("POST", &format!("{path}/invitation"), &[], None)
        .await;
    assert_eq!(invite.problem(404), "not-found");
}

#[tokio::test]
async fn a_recruiter_s_change_undoes_nothing_the_contact_does_meanwhile() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let maria = portal.sign_in(&department.decider).await;
    let path = format!("{}/{}", contacts(&department), department.user_id(&department.decider));
    let version = shown(&recruiter, &path).await["version"].as_str().unwrap().to_owned();

    let settings = json!({ "signature": "<p>Schöne Grüße</p>", "language": "en" });
    maria
        .request("PATCH", "/api/me", &[], Some(&settings))
        .await
        .expect(200);
    let passwords = json!({ "currentPassword": PASSWORD, "newPassword": NEW_PASSWORD });
    maria
        .request("PUT", "/api/me/password", &[], Some(&passwords))
        .await
        .expect(204);
    let change = json!({ "name": "Mag. Maria Größl", "contactRole": "reader" });
    recruiter.patch(&path, &version, &change).await.expect(200);

    let me = maria.get("/api/me").await.expect(200);
    assert_eq!(
        (&me["name"], &me["role"], &me["language"], &me["signature"]),
        (
            &json!("Mag. Maria Größl"),
            &json!("reader"),
            &json!("en"),
            &json!("<p>Schöne Grüße</p>")
        )
    );
    portal.try_sign_in(&department.decider, NEW_PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_contact_can_be_prepared_before_they_are_invited() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let mut new = contact("later@example.com");
    new["active"] = false.into();
    let made = recruiter.post(&contacts(&department), &new).await.expect(201);
    assert_eq!((&made["active"], &made["invitation"]), (&json!(false), &Value::Null));
    assert_eq!(portal.wire().count("SES.SendEmail"), 0);
    let path = path(&department, &made);
    changed(&recruiter, &path, json!({ "active": true })).await;
    let invitation = format!("{path}/invitation");
    let invited = recruiter.request("POST", &invitation, &[], None).await.expect(200);
    assert_eq!(invited["invitation"]["state"], "accepted");
}
