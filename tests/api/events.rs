//! Each function answers its example event, and template, functions, binaries and events are the same set.

use std::{collections::BTreeSet, path::Path};

use lambda::{Handler, Invocation};
use lambda_http::{
    Context, LambdaEvent, Service, aws_lambda_events::encodings::Body, request::LambdaRequest, service_fn,
};
use serde_json::{Value, json};
use tests::Portal;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

pub(crate) fn event(name: &str) -> String {
    std::fs::read_to_string(root().join(format!("events/{name}.json"))).unwrap()
}

pub(crate) fn template() -> local::template::Template {
    local::template::Template::read(local::template::BUILT_IN, &[].into()).unwrap()
}

/// A path with ids of the right form for its parameters.
pub(crate) fn filled(path: &str) -> String {
    let id = |part: &str| match part {
        "{applicationId}" | "{interviewId}" => "x-y".to_owned(),
        "{activityId}" => "x.y".to_owned(),
        part if part.starts_with('{') => "x".to_owned(),
        part => part.to_owned(),
    };
    path.split('/').map(id).collect::<Vec<_>>().join("/")
}

/// Gives the event to the function as Lambda would, in a process that has just started.
async fn invoke(portal: &Portal, name: &str, event: &str) -> Value {
    let function = functions::FUNCTIONS
        .iter()
        .find(|function| function.name == name)
        .unwrap();
    let settings = template()
        .functions
        .into_iter()
        .find(|function| function.name == name)
        .unwrap()
        .settings;
    let environment = lambda::Environment::new(settings, portal.host.sdk().clone());
    let mut event: Value = serde_json::from_str(event).unwrap();
    let handler = match (function.start)(environment).await.unwrap() {
        Handler::Http(handler) => handler,
        Handler::Event(handler) => {
            let invocation = Invocation {
                event,
                id: "example-invocation".to_owned(),
                received_at: jiff::Timestamp::now(),
            };
            // What is no HTTP has no status.
            return handler
                .call(invocation)
                .await
                .map(|_| json!({ "statusCode": 200 }))
                .unwrap();
        }
    };
    event["requestContext"]["timeEpoch"] = portal.host.clock().now_millis().into();
    let request: LambdaRequest = serde_json::from_value(event).unwrap();
    let mut adapter = lambda_http::Adapter::from(service_fn(move |request: lambda_http::Request| {
        let answer = handler.call(request);
        async move { Ok::<lambda_http::Response<Body>, std::convert::Infallible>(answer.await) }
    }));
    let mut context = Context::default();
    "example-request".clone_into(&mut context.request_id);
    let response = adapter.call(LambdaEvent::new(request, context)).await.unwrap();
    serde_json::to_value(response).unwrap()
}

/// A full hour of tomorrow.
fn tomorrow(hour: i8) -> String {
    let day = jiff::Timestamp::now()
        .in_tz("Europe/Vienna")
        .unwrap()
        .date()
        .tomorrow()
        .unwrap();
    day.at(hour, 0, 0, 0).to_string()
}

/// An interview of the demo's application, made by the decider.
async fn interview(portal: &Portal, token: &str, application: &str) -> String {
    let application = format!("/api/applications/{application}");
    let bearer = format!("Bearer {token}");
    let found = portal
        .request("GET", &application, &[("authorization", &bearer)], None)
        .await
        .expect(200);
    let activities = found["activities"].as_array().unwrap();
    let activity = activities
        .iter()
        .find(|activity| activity["kind"] == "interview")
        .unwrap();
    let path = format!(
        "{application}/activities/{}/interview",
        activity["id"].as_str().unwrap()
    );
    let version = format!("\"{}\"", found["version"].as_str().unwrap());
    let headers = [
        ("authorization", bearer.as_str()),
        ("if-match", &version),
        ("idempotency-key", &application),
    ];
    let body =
        json!({ "interview": { "startsAt": tomorrow(12), "endsAt": tomorrow(13), "timeZone": "Europe/Vienna" } });
    let acted = portal.request("POST", &path, &headers, Some(&body)).await.expect(200);
    acted["application"]["interviews"][0]["interviewId"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// An application of the demo that was rejected by a mail that SES refused, and the entry that ordered it.
async fn refused_mail(portal: &Portal, token: &str) -> (String, String) {
    let bearer = format!("Bearer {token}");
    let list = "/api/applications?job=instandhaltung&statusGroup=proposed";
    let list = portal
        .request("GET", list, &[("authorization", &bearer)], None)
        .await
        .expect(200);
    let id = list["items"][0]["id"].as_str().unwrap().to_owned();
    let version = list["items"][0]["version"].as_str().unwrap();
    let refusal = local::Fault::status(400, "MessageRejected");
    portal.wire().next("SES.SendEmail", refusal);
    let path = format!("/api/applications/{id}/activities/betrieb.absagen/email");
    let headers = [
        ("authorization", bearer.as_str()),
        ("if-match", &format!("\"{version}\"")),
        ("idempotency-key", "a-mail-to-be-refused"),
    ];
    let body = json!({ "subject": "Ihre Bewerbung", "bodyHtml": "<p>Leider nein.</p>" });
    let acted = portal.request("POST", &path, &headers, Some(&body)).await.expect(202);
    (id, acted["historyEntry"]["id"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn every_example_event_is_answered_with_success() {
    let portal = Portal::start().await;
    local::demo::load(&portal.host).await.unwrap();
    let sign_in = async |email: &str| {
        let answer = portal.try_sign_in(email, "Demo-Portal-2026!").await;
        (
            answer.expect(200)["accessToken"].as_str().unwrap().to_owned(),
            answer.refresh_cookie().unwrap(),
        )
    };
    let (recruiter, _) = sign_in("recruiter@demo.example").await;
    for function in functions::FUNCTIONS {
        let (token, refresh) = sign_in("decider@demo.example").await;
        let event = event(function.name)
            .replace("${accessToken}", &token)
            .replace("${recruiterAccessToken}", &recruiter)
            .replace("${refreshToken}", &refresh)
            .replace("${startsAt}", &tomorrow(10))
            .replace("${endsAt}", &tomorrow(11));
        let event = match function.name {
            "reschedule-interview" => event.replace(
                "${interviewId}",
                &interview(&portal, &token, "instandhaltung-a01").await,
            ),
            "cancel-interview" => event.replace(
                "${interviewId}",
                &interview(&portal, &token, "instandhaltung-a02").await,
            ),
            "resend-mail" => {
                let (application, entry) = refused_mail(&portal, &token).await;
                event
                    .replace("${applicationId}", &application)
                    .replace("${entryId}", &entry)
            }
            // The request for it came before.
            "reset-password" => event.replace("${linkToken}", &portal.link_token("decider@demo.example").await),
            _ => event,
        };
        assert!(!event.contains("${"), "{}", function.name);
        let answer = invoke(&portal, function.name, &event).await;
        let status = answer["statusCode"].as_u64().unwrap();
        assert!((200..300).contains(&status), "{} {answer}", function.name);
        if function.name == "change-password" {
            // Back to the one the next sign-ins use.
            let back = event
                .replace("newPassword", "x")
                .replace("currentPassword", "newPassword")
                .replace("\\\"x", "\\\"currentPassword");
            assert_eq!(invoke(&portal, function.name, &back).await["statusCode"], 204);
        }
    }
}

#[test]
fn template_functions_binaries_and_events_are_the_same_set() {
    let functions: BTreeSet<_> = functions::FUNCTIONS
        .iter()
        .map(|function| function.name.to_owned())
        .collect();
    assert_eq!(functions.len(), functions::FUNCTIONS.len());
    let template = template();
    let in_template: BTreeSet<_> = template
        .functions
        .iter()
        .map(|function| function.name.clone())
        .collect();
    assert_eq!(functions, in_template);

    let manifest = std::fs::read_to_string(root().join("functions/Cargo.toml")).unwrap();
    let (_, binaries) = manifest.split_once("[[bin]]").unwrap();
    let binaries: BTreeSet<_> = binaries
        .lines()
        .filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"').map(str::to_owned))
        .collect();
    assert_eq!(functions, binaries);

    let names = std::fs::read_dir(root().join("events"))
        .unwrap()
        .map(|file| file.unwrap().path());
    let events: BTreeSet<_> = names
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(functions, events);
    for function in template.functions.iter().filter(|function| !function.routes.is_empty()) {
        let event: Value = serde_json::from_str(&event(&function.name)).unwrap();
        let routes: Vec<_> = function
            .routes
            .iter()
            .map(|route| format!("{} {}", route.method, route.path))
            .collect();
        assert!(
            routes.contains(&event["routeKey"].as_str().unwrap().to_owned()),
            "{} {routes:?}",
            function.name
        );
    }
}
