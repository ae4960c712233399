//! The contacts of a customer, as recruiters manage them.

use serde_json::{Value, json};
use tests::{Answer, Department, PASSWORD, Person, Portal};

pub(crate) const NEW_PASSWORD: &str = "Größer als zwölf";

/// A contact to be made, with an address of the test's own.
pub(crate) fn contact(email: &str) -> Value {
    json!({ "name": "Bärbel Löffler", "email": email, "contactRole": "decider", "language": "de-AT" })
}

pub(crate) fn contacts(department: &Department) -> String {
    format!("/api/customers/{}/contacts", department.customer_id())
}

pub(crate) fn path(department: &Department, contact: &Value) -> String {
    format!("{}/{}", contacts(department), contact["id"].as_str().unwrap())
}

/// A contact as they are now.
pub(crate) async fn shown(recruiter: &Person<'_>, path: &str) -> Value {
    let answer = recruiter.get(path).await;
    let contact = answer.expect(200);
    let version = contact["version"].as_str().unwrap();
    assert_eq!(answer.headers["etag"], format!("\"{version}\""));
    assert!(!answer.text.contains("argon2"), "{}", answer.text);
    contact
}

pub(crate) async fn changed(recruiter: &Person<'_>, path: &str, change: Value) -> Value {
    let version = shown(recruiter, path).await["version"].as_str().unwrap().to_owned();
    recruiter.patch(path, &version, &change).await.expect(200)
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
