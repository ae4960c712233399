//! Signing in and out.

use std::time::{Duration, Instant};

use domain::{Session, SessionId};
use jiff::Timestamp;
use lambda::RefreshToken;
use serde_json::{Value, json};
use tests::{PASSWORD, Portal};

#[tokio::test]
async fn signing_in_gives_a_short_token_and_a_strict_cookie() {
    let portal = Portal::start().await;
    let department = portal.department().await;

    let answer = portal.try_sign_in(&department.decider.to_uppercase(), PASSWORD).await;

    let body = answer.expect(200);
    assert_eq!(
        (&body["expiresIn"], &body["user"]["role"]),
        (&json!(600), &json!("decider"))
    );
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    assert!(
        cookie.ends_with("; HttpOnly; Secure; SameSite=Strict; Path=/api/session; Max-Age=2592000"),
        "{cookie}"
    );
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert!(!answer.text.contains("argon2"), "{}", answer.text);
}

#[tokio::test]
async fn guessing_is_slowed_down_and_the_answer_never_tells_who_exists() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    for guess in 0..5 {
        let known = portal.try_sign_in(&department.decider, "falsches Passwort").await;
        let unknown = portal.try_sign_in("nobody@example.com", "falsches Passwort").await;
        assert_eq!(known.problem(401), "invalid-credentials", "guess {guess}");
        assert_eq!((known.status, &known.text), (unknown.status, &unknown.text));
    }
    // The sixth is refused without a look at the password, even the right one.
    let known = portal.try_sign_in(&department.decider, PASSWORD).await;
    let unknown = portal.try_sign_in("nobody@example.com", PASSWORD).await;
    assert_eq!(known.problem(429), "too-many-attempts");
    assert_eq!(
        (&known.text, &known.headers["retry-after"]),
        (&unknown.text, &unknown.headers["retry-after"])
    );
    portal.try_sign_in(&department.colleague, PASSWORD).await.expect(200);

    portal.host.clock().advance(Duration::from_secs(31));
    portal.try_sign_in(&department.decider, PASSWORD).await.expect(200);
    assert_eq!(
        portal.try_sign_in(&department.decider, "x").await.problem(401),
        "invalid-credentials"
    );
}

#[tokio::test]
async fn guesses_at_once_count_one_by_one() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let guesses = (0..20).map(|_| portal.try_sign_in(&department.decider, "falsches Passwort"));
    let answers = futures::future::join_all(guesses).await;
    let checked = answers.iter().filter(|answer| answer.status.as_u16() == 401).count();
    assert!((1..=5).contains(&checked), "{checked} passwords were checked");
    assert!(answers.iter().all(|answer| matches!(answer.status.as_u16(), 401 | 429)));
}

#[tokio::test]
async fn known_and_unknown_addresses_take_the_same_aws_calls() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let mut calls = Vec::new();
    for address in [department.decider.as_str(), "nobody@example.com", "no address"] {
        portal.wire().forget_calls();
        portal.try_sign_in(address, "falsches Passwort").await.problem(401);
        calls.push(
            portal
                .wire()
                .calls()
                .into_iter()
                .map(|call| call.operation)
                .collect::<Vec<_>>(),
        );
    }
    assert_eq!(
        calls[0],
        ["DynamoDB.BatchGetItem", "DynamoDB.PutItem", "DynamoDB.GetItem"]
    );
    assert_eq!((&calls[1], &calls[2]), (&calls[0], &calls[0]));
}

/// Interleaved, so that whatever else the machine does slows down both alike.
#[tokio::test]
async fn known_and_unknown_addresses_take_the_same_time() {
    let portal = Portal::start().await;
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..8 {
        let department = portal.department().await;
        // Each address once, or the slow-down would answer.
        for known in [&department.decider, &department.colleague, &department.reader] {
            let unknown = format!("nobody-{round}-{known}");
            let mut asked = [(0, known.as_str()), (1, unknown.as_str())];
            if round % 2 == 1 {
                asked.reverse();
            }
            for (kind, address) in asked {
                let begin = Instant::now();
                portal.try_sign_in(address, "falsches Passwort").await.problem(401);
                times[kind].push(begin.elapsed());
            }
        }
    }
    let tried = times[0].len();
    let [known, unknown] = times.map(|mut times| {
        times.sort();
        times[tried / 2].as_secs_f64() * 1_000.0
    });
    let ratio = known / unknown;
    assert!((0.7..1.4).contains(&ratio), "{known:.1} ms against {unknown:.1} ms");
    tests::report(
        "5-sign-ins",
        &format!(
            "sign-in: median of {tried} with a wrong password {known:.1} ms, with an unknown address {unknown:.1} ms"
        ),
    );
}

#[tokio::test]
async fn each_refresh_replaces_the_cookie_and_an_old_one_ends_the_session() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let maria = portal.sign_in(&department.decider).await;

    let second = maria.refresh(&maria.cookie).await;
    assert!(second.expect(200)["accessToken"].is_string());
    let second = second.refresh_cookie().unwrap();
    let third = maria.refresh(&second).await;
    third.expect(200);

    assert_eq!(maria.refresh(&maria.cookie).await.problem(401), "unauthenticated");
    let newest = third.refresh_cookie().unwrap();
    assert_eq!(
        maria.refresh(&newest).await.problem(401),
        "unauthenticated",
        "the whole family has ended"
    );
    for cookie in ["", "x", "session.secret", &format!("{newest}x")] {
        assert_eq!(maria.refresh(cookie).await.problem(401), "unauthenticated", "{cookie}");
    }
}

#[tokio::test]
async fn of_a_thousand_races_each_has_one_winner_and_nobody_is_locked_out() {
    const RACES: usize = 1_000;
    let portal = Portal::start().await;
    let department = portal.department().await;
    let maria = portal.sign_in(&department.decider).await;
    let mut cookie = maria.cookie.clone();
    portal.wire().forget_calls();
    for race in 0..RACES {
        let (one, other) = tokio::join!(maria.refresh(&cookie), maria.refresh(&cookie));
        one.expect(200);
        other.expect(200);
        let winner = one.refresh_cookie().unwrap();
        assert_eq!(other.refresh_cookie().unwrap(), winner, "race {race}");
        assert_ne!(winner, cookie);
        cookie = winner;
    }
    let calls = portal.wire().calls();
    let replacements = calls
        .iter()
        .filter(|call| call.operation == "DynamoDB.UpdateItem" && call.status == Some(200));
    assert_eq!(replacements.count(), RACES);
    tests::report(
        "5-refreshes",
        &format!("refresh: {RACES} races, one new token each, nobody locked out"),
    );
}

#[tokio::test]
async fn an_answer_that_got_lost_is_given_again_for_ten_seconds_then_the_token_was_stolen() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let maria = portal.sign_in(&department.decider).await;
    let lost = maria.refresh(&maria.cookie).await.refresh_cookie().unwrap();
    portal.host.clock().advance(Duration::from_secs(8));
    let again = maria.refresh(&maria.cookie).await.refresh_cookie().unwrap();
    assert_eq!(again, lost);

    portal.host.clock().advance(Duration::from_secs(3));
    assert_eq!(maria.refresh(&maria.cookie).await.problem(401), "unauthenticated");
    assert_eq!(
        maria.refresh(&again).await.problem(401),
        "unauthenticated",
        "the whole family has ended"
    );
}

#[tokio::test]
async fn a_token_whose_successor_was_used_is_never_answered_again() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let maria = portal.sign_in(&department.decider).await;
    let second = maria.refresh(&maria.cookie).await.refresh_cookie().unwrap();
    let third = maria.refresh(&second).await.refresh_cookie().unwrap();
    assert_eq!(maria.refresh(&maria.cookie).await.problem(401), "unauthenticated");
    assert_eq!(maria.refresh(&third).await.problem(401), "unauthenticated");
}

#[tokio::test]
async fn a_session_ends_after_thirty_days_though_its_item_is_still_there() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let maria = portal.sign_in(&department.decider).await;
    portal.host.clock().advance(Duration::from_hours(30 * 24));
    assert_eq!(maria.refresh(&maria.cookie).await.problem(401), "unauthenticated");
}

#[tokio::test]
async fn signing_out_ends_the_session_and_never_fails() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let maria = portal.sign_in(&department.decider).await;
    let cookie = format!("other=1; refresh={}", maria.cookie);
    for _ in 0..2 {
        let answer = portal
            .request("DELETE", "/api/session", &[("cookie", &cookie)], None)
            .await;
        answer.expect(204);
        assert_eq!(answer.refresh_cookie().unwrap(), "");
    }
    assert_eq!(maria.refresh(&maria.cookie).await.problem(401), "unauthenticated");
    portal.request("DELETE", "/api/session", &[], None).await.expect(204);
}

#[tokio::test]
async fn a_new_password_ends_every_other_session_at_once() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let (here, elsewhere) = (
        portal.sign_in(&department.decider).await,
        portal.sign_in(&department.decider).await,
    );
    let change = |current: &str, new: &str| json!({ "currentPassword": current, "newPassword": new });
    let path = "/api/me/password";

    let wrong = here
        .request("PUT", path, &[], Some(&change("falsch", "ein neues Passwort")))
        .await;
    assert_eq!(wrong.pointers(), ["/currentPassword"]);
    let short = here.request("PUT", path, &[], Some(&change(PASSWORD, "zu kurz"))).await;
    assert_eq!(short.pointers(), ["/newPassword"]);
    here.request("PUT", path, &[], Some(&change(PASSWORD, "ein neues Passwort")))
        .await
        .expect(204);

    here.get("/api/me").await.expect(200);
    here.refresh(&here.cookie).await.expect(200);
    assert_eq!(elsewhere.get("/api/me").await.problem(401), "unauthenticated");
    assert_eq!(
        elsewhere.refresh(&elsewhere.cookie).await.problem(401),
        "unauthenticated"
    );
    assert_eq!(
        portal.try_sign_in(&department.decider, PASSWORD).await.problem(401),
        "invalid-credentials"
    );
    portal
        .try_sign_in(&department.decider, "ein neues Passwort")
        .await
        .expect(200);
}

#[tokio::test]
async fn a_signature_set_in_the_portal_stands_under_the_next_mail() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;
    let settings = json!({ "language": "en", "signature": "<p>Schöne Grüße<script>x</script></p><p>M. Gruber</p>" });
    let updated = maria
        .request("PATCH", "/api/me", &[], Some(&settings))
        .await
        .expect(200);
    assert_eq!(
        updated,
        json!({ "language": "en", "signature": "<p>Schöne Grüße</p><p>M. Gruber</p>" })
    );

    let profile = maria.get("/api/me").await.expect(200);
    assert_eq!(
        (&profile["language"], &profile["canEditSettings"]),
        (&json!("en"), &json!(true))
    );
    assert_eq!(profile["customer"]["name"], "Produktion");
    assert_eq!(profile["customer"]["locations"], json!(["Linz, Hafenstraße 12"]));
    maria
        .reject_by_email(&application, &department.activity("reject"))
        .send()
        .await
        .expect(200);
    let mail = portal.mails_to(&department.applicant_address()).await.remove(0);
    assert!(
        mail["text"]
            .as_str()
            .unwrap()
            .ends_with("-- \nSchöne Grüße\n\nM. Gruber\n"),
        "{mail}"
    );
}

#[tokio::test]
async fn who_has_nothing_released_has_no_settings() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let lea = portal.sign_in(&department.reader).await;
    assert_eq!(lea.get("/api/me").await.expect(200)["canEditSettings"], false);
    let refused = lea
        .request("PATCH", "/api/me", &[], Some(&json!({ "language": "en" })))
        .await;
    assert_eq!(refused.problem(403), "settings-not-available");
    let recruiter = portal.sign_in(&department.recruiter).await;
    let profile = recruiter.get("/api/me").await.expect(200);
    assert_eq!(
        (&profile["customer"], &profile["canEditSettings"]),
        (&Value::Null, &json!(true))
    );
    recruiter
        .request("PATCH", "/api/me", &[], Some(&json!({ "language": "en" })))
        .await
        .expect(200);
    for wrong in [
        json!({ "language": "fr" }),
        json!({ "name": "x" }),
        json!({ "signature": "$Job.Title$" }),
    ] {
        assert_eq!(
            recruiter
                .request("PATCH", "/api/me", &[], Some(&wrong))
                .await
                .problem(422),
            "validation"
        );
    }
}

#[tokio::test]
async fn signing_out_with_an_old_cookie_ends_the_session_of_whoever_has_the_new_one() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let maria = portal.sign_in(&department.decider).await;
    let stolen = maria.refresh(&maria.cookie).await.refresh_cookie().unwrap();
    let cookie = format!("refresh={}", maria.cookie);
    portal
        .request("DELETE", "/api/session", &[("cookie", &cookie)], None)
        .await
        .expect(204);
    assert_eq!(maria.refresh(&stolen).await.problem(401), "unauthenticated");
}

#[tokio::test]
async fn a_stolen_access_token_does_not_let_anybody_guess_the_password() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let maria = portal.sign_in(&department.decider).await;
    let change = |current: &str| json!({ "currentPassword": current, "newPassword": "ein neues Passwort" });
    let (wrong, right) = (change("falsches Passwort"), change(PASSWORD));
    let guesses = (0..20).map(|_| maria.request("PUT", "/api/me/password", &[], Some(&wrong)));
    let answers = futures::future::join_all(guesses).await;
    let checked = answers.iter().filter(|answer| answer.status.as_u16() == 422).count();
    assert!((1..=5).contains(&checked), "{checked} passwords were checked");

    portal.host.clock().advance(Duration::from_mins(1));
    maria
        .request("PUT", "/api/me/password", &[], Some(&right))
        .await
        .expect(204);
    // Typing errors before a success are forgotten.
    for _ in 0..5 {
        portal
            .try_sign_in(&department.decider, "falsches Passwort")
            .await
            .problem(401);
    }
}

#[tokio::test]
async fn a_long_signature_is_refused_however_it_is_written() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let maria = portal.sign_in(&department.decider).await;
    for signature in ["x".repeat(10_001), "&".repeat(5_000)] {
        let settings = json!({ "signature": signature });
        assert_eq!(
            maria.request("PATCH", "/api/me", &[], Some(&settings)).await.pointers(),
            ["/signature"]
        );
    }
}

#[tokio::test]
async fn a_sign_in_that_a_new_password_overtakes_begins_a_session_that_is_over() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let id = department.user_id(&department.decider);
    // It has read the user and found the password right; then the password is changed; then it writes its session.
    let read = portal.store.user(&id).await.unwrap().unwrap();
    let maria = portal.sign_in(&department.decider).await;
    let change = json!({ "currentPassword": PASSWORD, "newPassword": "ein ganz anderes Passwort" });
    let changed = maria.request("PUT", "/api/me/password", &[], Some(&change)).await;
    assert_eq!(changed.status.as_u16(), 204);
    let later = Timestamp::now() + jiff::SignedDuration::from_mins(1);
    let begin = async |generation: u32| {
        let token = RefreshToken::generate(SessionId::from_random(
            uuid::Uuid::new_v4().as_bytes()[..10].try_into().unwrap(),
        ));
        let token = token.unwrap();
        let session = Session {
            id: token.session_id().clone(),
            user_id: id.clone(),
            refresh_token_hash: token.hash(),
            previous_token_hash: None,
            replaced_at: None,
            generation,
            valid_until: later + Session::LIFETIME,
        };
        portal.store.put_session(&session).await.unwrap();
        portal.person(String::new(), token.to_string())
    };
    let overtaken = begin(read.session_generation).await;
    assert_eq!(
        overtaken.refresh(&overtaken.cookie).await.problem(401),
        "unauthenticated"
    );
    let after = begin(read.session_generation + 1).await;
    after.refresh(&after.cookie).await.expect(200);
}
