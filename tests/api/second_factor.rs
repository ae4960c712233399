//! The optional second factor: set up, asked for, lost, and switched off.

use std::time::Duration;

use domain::{ProvedFactor, RecoveryCode, Session, UserId};
use jiff::Timestamp;
use serde_json::{Value, json};
use tests::{Authenticator, Department, PASSWORD, Person, Portal};

const FACTOR: &str = "/api/me/second-factor";

async fn removal(person: &Person<'_>, password: &str, code: &str) -> tests::Answer {
    let body = json!({ "currentPassword": password, "code": code });
    person.post("/api/me/second-factor/removal", &body).await
}

async fn signed_in<'a>(portal: &'a Portal, email: &str, code: &str) -> Person<'a> {
    let answer = portal.try_sign_in_with(email, PASSWORD, code).await;
    let token = answer.expect(200)["accessToken"].as_str().unwrap().to_owned();
    let cookie = answer.refresh_cookie().unwrap();
    portal.person(token, cookie)
}

/// A code of six digits that the app does not show, now or around now.
fn wrong_code(app: &Authenticator<'_>) -> String {
    let shown = [app.code(0), app.code(1), app.code(2), app.code(3)];
    let mut codes = ["000000", "000001", "000002", "000003", "000004"].into_iter();
    codes
        .find(|code| !shown.contains(&(*code).to_owned()))
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn once_an_app_is_seen_to_show_the_right_code_its_codes_are_asked_for() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let (here, elsewhere) = (
        portal.sign_in(&department.decider).await,
        portal.sign_in(&department.decider).await,
    );
    assert_eq!(
        here.get(FACTOR).await.expect(200),
        json!({ "onSince": null, "recoveryCodesLeft": 0 })
    );
    assert_eq!(
        here.confirm_second_factor(PASSWORD, "123456").await.problem(409),
        "second-factor-off"
    );

    let offer = here.request("POST", FACTOR, &[], None).await.expect(200);
    let app = Authenticator::scan(&portal, &offer);
    assert_eq!(app.issuer(), Some("Hiring Portal"));
    assert_eq!(offer["secret"].as_str().unwrap().len(), 32, "160 bits");
    let wrong = here.confirm_second_factor("falsches Passwort", &app.code(0)).await;
    assert_eq!(wrong.pointers(), ["/currentPassword"]);
    let wrong = here.confirm_second_factor(PASSWORD, &wrong_code(&app)).await;
    assert_eq!(wrong.pointers(), ["/code"]);
    // Until then nothing has changed.
    portal.try_sign_in(&department.decider, PASSWORD).await.expect(200);
    elsewhere.get("/api/me").await.expect(200);

    let on = here.confirm_second_factor(PASSWORD, &app.code(0)).await.expect(200);

    assert_eq!(on["recoveryCodes"].as_array().unwrap().len(), 10);
    here.get("/api/me").await.expect(200);
    here.refresh(&here.cookie).await.expect(200);
    assert_eq!(elsewhere.get("/api/me").await.problem(401), "unauthenticated");
    let state = here.get(FACTOR).await.expect(200);
    assert!(
        state["onSince"].is_string() && state["recoveryCodesLeft"] == 10,
        "{state}"
    );
    for (method, path) in [("POST", FACTOR), ("PUT", FACTOR)] {
        let answer = here.request(method, path, &[], Some(&json!({}))).await;
        assert_eq!(answer.problem(409), "second-factor-on", "{method}");
    }
    let asked = portal.try_sign_in(&department.decider, PASSWORD).await;
    assert_eq!(asked.problem(401), "second-factor-required");
    assert_eq!(asked.refresh_cookie(), None);
    let wrong = portal
        .try_sign_in_with(&department.decider, PASSWORD, &wrong_code(&app))
        .await;
    assert_eq!(wrong.problem(401), "invalid-code");
    signed_in(&portal, &department.decider, &app.code(1)).await;
}

#[tokio::test]
async fn only_the_newest_secret_can_be_confirmed_and_only_for_a_quarter_of_an_hour() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let maria = portal.sign_in(&department.decider).await;
    let older = maria.request("POST", FACTOR, &[], None).await.expect(200);
    let older = Authenticator::scan(&portal, &older);
    let newer = maria.request("POST", FACTOR, &[], None).await.expect(200);
    let newer = Authenticator::scan(&portal, &newer);
    let superseded = maria.confirm_second_factor(PASSWORD, &older.code(0)).await;
    assert_eq!(superseded.pointers(), ["/code"]);
    portal.host.clock().advance(Duration::from_mins(15));
    let maria = portal.sign_in(&department.decider).await;
    let late = maria.confirm_second_factor(PASSWORD, &newer.code(0)).await;
    assert_eq!(late.problem(409), "second-factor-off");
}

#[tokio::test]
async fn who_does_not_know_the_password_does_not_learn_of_the_second_factor() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let maria = portal.sign_in(&department.decider).await;
    let (app, codes) = maria.with_second_factor().await;
    let mut seen = Vec::new();
    for (address, code) in [
        (&department.colleague, None),
        (&department.decider, None),
        (&department.decider, Some(app.code(1))),
        (&department.decider, Some(codes[0].clone())),
    ] {
        let body = json!({ "email": address, "password": "falsches Passwort", "code": code });
        portal.wire().forget_calls();
        let answer = portal.request("POST", "/api/session", &[], Some(&body)).await;
        assert_eq!(answer.problem(401), "invalid-credentials");
        let calls = portal.wire().calls().into_iter().map(|call| call.operation);
        seen.push((answer.text, calls.collect::<Vec<_>>()));
    }
    assert_eq!(seen[0].1.len(), 3);
    assert!(seen.iter().all(|one| *one == seen[0]), "{seen:?}");
    // No code was used up by it.
    signed_in(&portal, &department.decider, &codes[0]).await;
    signed_in(&portal, &department.decider, &app.code(1)).await;
}

#[tokio::test]
async fn a_code_signs_in_once_however_many_come_at_once() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let maria = portal.sign_in(&department.decider).await;
    let (app, codes) = maria.with_second_factor().await;
    for code in [app.code(1), codes[3].clone()] {
        let at_once = (0..8).map(|_| portal.try_sign_in_with(&department.decider, PASSWORD, &code));
        let answers = futures::future::join_all(at_once).await;
        let took = answers.iter().filter(|answer| answer.status.as_u16() == 200).count();
        assert_eq!(took, 1, "{code}");
        assert!(
            answers
                .iter()
                .all(|answer| matches!(answer.status.as_u16(), 200 | 401 | 429))
        );
        portal.host.clock().advance(Duration::from_mins(15));
    }
    let maria = signed_in(&portal, &department.decider, &app.code(0)).await;
    assert_eq!(maria.get(FACTOR).await.expect(200)["recoveryCodesLeft"], 9);
    let again = portal.try_sign_in_with(&department.decider, PASSWORD, &codes[3]).await;
    assert_eq!(again.problem(401), "invalid-code");
}

/// Two sessions for one code at the same moment, past the slow-down that would keep them apart; how many began.
async fn race(portal: &Portal, user: &UserId, proved: &ProvedFactor) -> usize {
    let session = |number: u8| Session {
        id: uuid::Uuid::new_v4().simple().to_string()[..20].parse().unwrap(),
        user_id: user.clone(),
        refresh_token_hash: number.to_string(),
        previous_token_hash: None,
        replaced_at: None,
        generation: 0,
        valid_until: Timestamp::now() + Session::LIFETIME,
    };
    let (one, other) = (session(1), session(2));
    let (first, second) = tokio::join!(
        portal.store.put_proved_session(&one, proved, "address"),
        portal.store.put_proved_session(&other, proved, "address")
    );
    for (begun, session) in [(&first, &one), (&second, &other)] {
        let kept = portal.store.session(&session.id).await.unwrap();
        assert_eq!(begun.is_ok(), kept.is_some(), "a session for each code that was used");
    }
    usize::from(first.is_ok()) + usize::from(second.is_ok())
}

#[tokio::test]
async fn of_two_sessions_for_one_code_one_begins() {
    const RACES: usize = 100;
    let portal = Portal::start().await;
    let department = portal.department().await;
    let maria = portal.sign_in(&department.decider).await;
    let (app, codes) = maria.with_second_factor().await;
    let id = department.user_id(&department.decider);
    let mut begun = 0;
    for _ in 0..RACES {
        portal.host.clock().advance(Duration::from_secs(30));
        let now = Timestamp::from_millisecond(portal.host.clock().now_millis()).unwrap();
        let factor = portal.store.second_factor(&id).await.unwrap().unwrap();
        begun += race(&portal, &id, &factor.prove(&app.code(1), now).unwrap()).await;
    }
    let factor = portal.store.second_factor(&id).await.unwrap().unwrap();
    for code in &codes {
        begun += race(&portal, &id, &factor.prove(code, Timestamp::now()).unwrap()).await;
    }
    assert_eq!(begun, RACES + RecoveryCode::COUNT);
    let left = portal.store.second_factor(&id).await.unwrap().unwrap();
    assert!(left.recovery_code_hashes.is_empty());
    tests::report(
        "5-second-factor",
        &format!("second factor: {begun} races of two sign-ins with one code, one of them each"),
    );
}

#[tokio::test]
async fn guessed_codes_count_like_guessed_passwords_and_the_password_alone_does_not_start_anew() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let maria = portal.sign_in(&department.decider).await;
    let (app, codes) = maria.with_second_factor().await;
    let wrong = wrong_code(&app);
    for _ in 0..4 {
        let guess = portal.try_sign_in_with(&department.decider, PASSWORD, &wrong).await;
        assert_eq!(guess.problem(401), "invalid-code");
    }
    assert_eq!(
        portal.try_sign_in(&department.decider, PASSWORD).await.problem(401),
        "second-factor-required"
    );
    // A new password by mail does not buy new guesses either.
    let email = json!({ "email": department.decider });
    portal
        .request("POST", "/api/password-resets", &[], Some(&email))
        .await
        .expect(202);
    let token = portal.link_token(&department.decider).await;
    portal.set_password(&token, PASSWORD).await.expect(204);
    let refused = portal.try_sign_in_with(&department.decider, PASSWORD, &codes[0]).await;
    assert_eq!(refused.problem(429), "too-many-attempts");

    portal.host.clock().advance(Duration::from_secs(31));
    let maria = signed_in(&portal, &department.decider, &codes[0]).await;
    // Who holds a stolen access token guesses no faster.
    for _ in 0..5 {
        assert_eq!(removal(&maria, PASSWORD, &wrong_code(&app)).await.pointers(), ["/code"]);
    }
    assert_eq!(
        removal(&maria, PASSWORD, &codes[1]).await.problem(429),
        "too-many-attempts"
    );
}

#[tokio::test]
async fn switched_off_by_password_and_code_it_leaves_nothing_behind() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let maria = portal.sign_in(&department.decider).await;
    assert_eq!(
        removal(&maria, PASSWORD, "123456").await.problem(409),
        "second-factor-off"
    );
    let (app, codes) = maria.with_second_factor().await;
    let used = app.code(1);
    let elsewhere = signed_in(&portal, &department.decider, &used).await;
    assert_eq!(removal(&maria, PASSWORD, &used).await.pointers(), ["/code"], "used");
    assert_eq!(
        removal(&maria, "falsches Passwort", &codes[0]).await.pointers(),
        ["/currentPassword"]
    );

    removal(&maria, PASSWORD, &codes[0].to_uppercase().replace('-', " "))
        .await
        .expect(204);

    maria.get("/api/me").await.expect(200);
    assert_eq!(elsewhere.get("/api/me").await.problem(401), "unauthenticated");
    assert_eq!(maria.get(FACTOR).await.expect(200)["onSince"], Value::Null);
    portal.try_sign_in(&department.decider, PASSWORD).await.expect(200);
    let (again, _) = maria.with_second_factor().await;
    for old in [app.code(1), codes[1].clone()] {
        let refused = portal.try_sign_in_with(&department.decider, PASSWORD, &old).await;
        assert_eq!(refused.problem(401), "invalid-code");
    }
    removal(&maria, PASSWORD, &again.code(1)).await.expect(204);
}

fn path(department: &Department) -> String {
    let id = department.user_id(&department.decider);
    format!("/api/customers/{}/contacts/{id}", department.customer_id())
}

#[tokio::test]
async fn a_recruiter_takes_it_away_from_a_contact_who_has_lost_it() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let maria = portal.sign_in(&department.decider).await;
    let offer = maria.request("POST", FACTOR, &[], None).await.expect(200);
    let app = Authenticator::scan(&portal, &offer);
    maria.confirm_second_factor(PASSWORD, &app.code(0)).await.expect(200);
    let path = path(&department);
    let shown = recruiter.get(&path).await;
    assert_eq!(shown.json()["secondFactor"], true);
    let list = recruiter
        .get(&format!("/api/customers/{}/contacts", department.customer_id()))
        .await;
    let secret = offer["secret"].as_str().unwrap();
    for answer in [&shown, &list, &maria.get("/api/me").await, &maria.get(FACTOR).await] {
        assert!(!answer.text.contains(secret), "{}", answer.text);
    }
    let on = recruiter.patch(&path, "1", &json!({ "secondFactor": true })).await;
    assert_eq!(on.pointers(), ["/secondFactor"]);
    let role = json!({ "contactRole": "reader" });
    let unchanged = recruiter.patch(&path, "1", &role).await.expect(200);
    assert_eq!(unchanged["secondFactor"], true);
    maria.get("/api/me").await.expect(200);

    let off = recruiter.patch(&path, "2", &json!({ "secondFactor": false })).await;

    assert_eq!(off.expect(200)["secondFactor"], false);
    assert_eq!(maria.get("/api/me").await.problem(401), "unauthenticated");
    assert_eq!(maria.refresh(&maria.cookie).await.problem(401), "unauthenticated");
    let maria = portal.sign_in(&department.decider).await;
    assert_eq!(maria.get(FACTOR).await.expect(200)["onSince"], Value::Null);
    let id = department.user_id(&department.decider);
    assert_eq!(portal.store.second_factor(&id).await.unwrap(), None);
    maria.with_second_factor().await;
}

#[tokio::test]
async fn whoever_knows_the_password_cannot_guess_on_by_changing_it() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let maria = portal.sign_in(&department.decider).await;
    let (app, _) = maria.with_second_factor().await;
    for _ in 0..4 {
        let guessed = removal(&maria, PASSWORD, &wrong_code(&app)).await;
        assert_eq!(guessed.pointers(), ["/code"]);
    }
    let same = json!({ "currentPassword": PASSWORD, "newPassword": PASSWORD });
    let changed = maria.request("PUT", "/api/me/password", &[], Some(&same)).await;
    assert_eq!(changed.status.as_u16(), 204, "{}", changed.text);
    let guessed = removal(&maria, PASSWORD, &wrong_code(&app)).await;
    assert_eq!(guessed.problem(429), "too-many-attempts");
}

#[tokio::test]
async fn ops_take_it_away_from_a_recruiter_who_has_lost_it() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let renate = portal.sign_in(&department.recruiter).await;
    renate.with_second_factor().await;
    let event = |email: &str, factor: bool| json!({ "email": email, "name": "Renate Recruiter", "language": "de-AT", "secondFactor": factor });

    let answer = portal
        .invoke("invite-recruiter", &event(&department.recruiter, false))
        .await
        .expect(200);

    let id = department.user_id(&department.recruiter).to_string();
    assert_eq!(answer, json!({ "userId": id, "invitation": null }));
    assert_eq!(renate.get("/api/me").await.problem(401), "unauthenticated");
    portal.sign_in(&department.recruiter).await;
    for (email, factor, says) in [
        ("nobody@example.com", false, "/email belongs to nobody"),
        (&department.decider, false, "/email belongs to a contact"),
        (&department.recruiter, true, "/secondFactor only they themselves"),
    ] {
        let refused = portal
            .invoke("invite-recruiter", &event(email, factor))
            .await
            .expect(200);
        let message = refused["errorMessage"].as_str().unwrap();
        assert!(message.contains(says), "{message}");
    }
    assert_eq!(portal.wire().count("SES.SendEmail"), 0);
}
