//! Every route, asked by everybody, about what is theirs, what is another department's, and what does not exist.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicI64, Ordering},
};

use serde_json::{Value, json};
use tests::{Answer, Department, Person, Portal};

use crate::{events::template, interviews::new_interview};

/// Whom a route is for.
#[derive(Clone, Copy, PartialEq)]
enum For {
    /// Anybody, or whoever holds another secret than an access token.
    Anybody,
    /// Whoever has signed in.
    Users,
    /// Whoever sees the department.
    Viewers,
    /// Whoever may decide there.
    Deciders,
    /// Whoever did it, and recruiters.
    Actors,
    Recruiters,
}

/// Each route there is; one that is missing here fails the test.
const ROUTES: [(&str, For); 60] = [
    ("GET /api/openapi.json", For::Anybody),
    ("POST /api/session", For::Anybody),
    ("DELETE /api/session", For::Anybody),
    ("POST /api/session/refresh", For::Anybody),
    ("POST /api/password-resets", For::Anybody),
    ("PUT /api/password-resets/{token}", For::Anybody),
    ("GET /api/me", For::Users),
    ("PATCH /api/me", For::Users),
    ("PUT /api/me/password", For::Users),
    ("GET /api/me/second-factor", For::Users),
    ("POST /api/me/second-factor", For::Users),
    ("PUT /api/me/second-factor", For::Users),
    ("POST /api/me/second-factor/removal", For::Users),
    ("GET /api/applications", For::Users),
    ("GET /api/documents", For::Users),
    ("GET /api/applications/{applicationId}", For::Viewers),
    ("GET /api/applications/{applicationId}/history", For::Viewers),
    ("GET /api/jobs/{jobId}/interviews", For::Viewers),
    ("GET /api/documents/{documentId}/download", For::Actors),
    (
        "POST /api/applications/{applicationId}/history/{entryId}/resend",
        For::Actors,
    ),
    (
        "POST /api/applications/{applicationId}/activities/{activityId}/email",
        For::Deciders,
    ),
    (
        "POST /api/applications/{applicationId}/activities/{activityId}/email-draft",
        For::Deciders,
    ),
    (
        "POST /api/applications/{applicationId}/activities/{activityId}/interview",
        For::Deciders,
    ),
    (
        "POST /api/applications/{applicationId}/activities/{activityId}/phone-call",
        For::Deciders,
    ),
    (
        "POST /api/applications/{applicationId}/activities/{activityId}/status-change",
        For::Deciders,
    ),
    ("PATCH /api/interviews/{interviewId}", For::Deciders),
    ("DELETE /api/interviews/{interviewId}", For::Deciders),
    ("POST /api/applications", For::Recruiters),
    ("GET /api/applications/{applicationId}/history/proof", For::Recruiters),
    ("GET /api/customers", For::Recruiters),
    ("POST /api/customers", For::Recruiters),
    ("GET /api/customers/{customerId}", For::Recruiters),
    ("PATCH /api/customers/{customerId}", For::Recruiters),
    ("GET /api/customers/{customerId}/contacts", For::Recruiters),
    ("POST /api/customers/{customerId}/contacts", For::Recruiters),
    ("GET /api/customers/{customerId}/contacts/{contactId}", For::Recruiters),
    (
        "PATCH /api/customers/{customerId}/contacts/{contactId}",
        For::Recruiters,
    ),
    (
        "POST /api/customers/{customerId}/contacts/{contactId}/invitation",
        For::Recruiters,
    ),
    ("POST /api/documents", For::Recruiters),
    ("GET /api/documents/{documentId}", For::Recruiters),
    ("PATCH /api/documents/{documentId}", For::Recruiters),
    ("DELETE /api/documents/{documentId}", For::Recruiters),
    ("POST /api/documents/{documentId}/uploads", For::Recruiters),
    ("GET /api/history", For::Recruiters),
    ("GET /api/jobs", For::Recruiters),
    ("POST /api/jobs", For::Recruiters),
    ("GET /api/jobs/{jobId}", For::Recruiters),
    ("PATCH /api/jobs/{jobId}", For::Recruiters),
    ("GET /api/mail-templates", For::Recruiters),
    ("GET /api/mail-templates/placeholders", For::Recruiters),
    ("GET /api/mail-templates/{mailTemplateId}", For::Recruiters),
    ("PUT /api/mail-templates/{mailTemplateId}", For::Recruiters),
    ("DELETE /api/mail-templates/{mailTemplateId}", For::Recruiters),
    ("POST /api/mail-templates/{mailTemplateId}/preview", For::Recruiters),
    ("GET /api/workflows", For::Recruiters),
    ("GET /api/workflows/{workflowId}", For::Recruiters),
    ("PUT /api/workflows/{workflowId}", For::Recruiters),
    ("DELETE /api/workflows/{workflowId}", For::Recruiters),
    ("GET /api/workflows/{workflowId}/as-contact", For::Recruiters),
    ("POST /api/workflows/{workflowId}/diff", For::Recruiters),
];

/// An appointment on a day of its own: nobody can be at two at once.
fn appointment() -> Value {
    static DAY: AtomicI64 = AtomicI64::new(7);
    new_interview(DAY.fetch_add(1, Ordering::Relaxed), 1)
}

/// What the ids of a path stand for.
#[derive(Clone)]
struct Things {
    application: String,
    activity: String,
    appointment: String,
    customer: String,
    contact: String,
    workflow: String,
    template: String,
    job: String,
}

impl Things {
    /// A new application of the department that nobody has acted on, and an appointment of it with a new one.
    async fn of(portal: &Portal, department: &Department) -> Self {
        let decider = portal.sign_in(&department.decider).await;
        let application = department.new_application(portal).await;
        let meet = department.activity("interview");
        let body = json!({ "interview": appointment() });
        let other = department.new_application(portal).await;
        let arranged = decider.act(&other, &meet, "interview", body).send().await.expect(200);
        Self {
            application,
            activity: department.activity("reject"),
            appointment: arranged["interview"]["id"].as_str().unwrap().to_owned(),
            customer: department.customer_id(),
            contact: department.user_id(&department.reader).to_string(),
            workflow: department.workflow_id(),
            template: department.template("standard"),
            job: department.job_id(),
        }
    }

    /// Ids as those, of nothing.
    fn absent(&self) -> Self {
        Self {
            application: "absent-absent".to_owned(),
            appointment: "absent-absent".to_owned(),
            customer: "absent".to_owned(),
            contact: "absent".to_owned(),
            workflow: "absent".to_owned(),
            template: "absent".to_owned(),
            job: "absent".to_owned(),
            activity: self.activity.clone(),
        }
    }

    fn path(&self, route: &str) -> String {
        let (_, path) = route.split_once(' ').unwrap();
        path.replace("{applicationId}", &self.application)
            .replace("{activityId}", &self.activity)
            .replace("{interviewId}", &self.appointment)
            .replace("{customerId}", &self.customer)
            .replace("{contactId}", &self.contact)
            .replace("{workflowId}", &self.workflow)
            .replace("{mailTemplateId}", &self.template)
            .replace("{jobId}", &self.job)
            .replace("{entryId}", "1")
            .replace("{documentId}", "absent")
    }
}

fn body(route: &str) -> Value {
    match route.rsplit('/').next().unwrap() {
        "email" => json!({ "subject": "Ihre Bewerbung", "bodyHtml": "<p>Leider nein.</p>" }),
        "phone-call" => json!({ "note": "Abgesagt.", "outcome": "reached" }),
        "interview" => json!({ "interview": appointment() }),
        "{interviewId}" => {
            let wanted = appointment();
            json!({ "startsAt": wanted["startsAt"], "endsAt": wanted["endsAt"] })
        }
        _ => json!({}),
    }
}

/// Asks with everything that any route wants.
async fn ask(person: &Person<'_>, route: &str, things: &Things) -> Answer {
    let key = uuid::Uuid::new_v4().to_string();
    let headers = [("if-match", "\"1\""), ("idempotency-key", key.as_str())];
    let (method, _) = route.split_once(' ').unwrap();
    let body = body(route);
    let body = (method != "GET" && method != "DELETE").then_some(&body);
    person.request(method, &things.path(route), &headers, body).await
}

fn assert_same(one: &Answer, other: &Answer, what: &str) {
    assert_eq!((one.status, &one.text), (other.status, &other.text), "{what}");
}

#[test]
fn every_route_has_its_row() {
    let rows: BTreeSet<_> = ROUTES.iter().map(|(route, _)| (*route).to_owned()).collect();
    let functions = template().functions;
    let routes = functions.iter().flat_map(|function| &function.routes);
    let there: BTreeSet<_> = routes.map(|route| format!("{} {}", route.method, route.path)).collect();
    assert_eq!(rows, there);
}

#[tokio::test]
async fn who_has_no_session_any_more_is_nobody() {
    let portal = Portal::start().await;
    let ours = portal.department_with_interviews().await;
    let things = Things::of(&portal, &ours).await;
    let maria = portal.sign_in(&ours.decider).await;
    portal.host.clock().advance(std::time::Duration::from_mins(11));
    for (route, _) in ROUTES.iter().filter(|(_, whom)| *whom != For::Anybody) {
        assert_eq!(
            ask(&maria, route, &things).await.problem(401),
            "unauthenticated",
            "{route}"
        );
        let (method, _) = route.split_once(' ').unwrap();
        let answer = portal
            .request(method, &things.path(route), &[], Some(&body(route)))
            .await;
        assert_eq!(answer.problem(401), "unauthenticated", "{route}");
    }
}

#[tokio::test]
async fn every_route_tells_a_contact_nothing_that_is_not_theirs() {
    let portal = Portal::start().await;
    let (ours, theirs) = (
        portal.department_with_interviews().await,
        portal.department_with_interviews().await,
    );
    let own = Things::of(&portal, &ours).await;
    let foreign = Things::of(&portal, &theirs).await;
    let absent = own.absent();
    let mut compared = 0;
    for address in [&ours.reader, &ours.decider, &ours.colleague] {
        let person = portal.sign_in(address).await;
        for (route, whom) in ROUTES {
            let answers = [ask(&person, route, &foreign).await, ask(&person, route, &absent).await];
            match whom {
                For::Anybody | For::Users => continue,
                For::Recruiters => {
                    for answer in [&answers[0], &ask(&person, route, &own).await] {
                        assert_eq!(answer.problem(403), "recruiters-only", "{route}");
                    }
                }
                _ => assert_eq!(answers[0].problem(404), "not-found", "{route}"),
            }
            assert_same(&answers[0], &answers[1], route);
            compared += 1;
        }
    }
    tests::report(
        "7-routes",
        &format!(
            "routes: {} of {} asked for what is foreign and what is absent, {compared} times the same answer to both; the others \
             are about nobody else",
            compared / 3,
            ROUTES.len()
        ),
    );
}

#[tokio::test]
async fn every_route_lets_act_whom_it_is_for_and_nobody_else() {
    let portal = Portal::start().await;
    let ours = portal.department_with_interviews().await;
    let [reader, decider, recruiter] = [
        portal.sign_in(&ours.reader).await,
        portal.sign_in(&ours.decider).await,
        portal.sign_in(&ours.recruiter).await,
    ];
    // A job of the same department that names nobody.
    let outside = ours
        .application()
        .with("jobExternalId", &ours.other_job)
        .import(&recruiter)
        .await;
    for (route, whom) in ROUTES {
        match whom {
            For::Viewers => {
                let own = Things::of(&portal, &ours).await;
                for person in [&reader, &decider, &recruiter] {
                    ask(person, route, &own).await.expect(200);
                }
            }
            For::Actors => {
                let own = Things::of(&portal, &ours).await;
                for person in [&reader, &decider] {
                    assert_eq!(ask(person, route, &own).await.problem(404), "not-found", "{route}");
                }
            }
            For::Deciders => {
                for (person, allowed) in [(&reader, false), (&decider, true), (&recruiter, true)] {
                    let mut own = Things::of(&portal, &ours).await;
                    if route.ends_with("/interview") {
                        own.activity = ours.activity("interview");
                    }
                    let answer = ask(person, route, &own).await;
                    if allowed {
                        assert_eq!(answer.status.as_u16(), 200, "{route}: {}", answer.text);
                    } else {
                        assert_eq!(answer.problem(403), "activity-not-released", "{route}");
                    }
                }
                if !route.contains("interviewId") {
                    let elsewhere = Things {
                        application: outside.clone(),
                        ..Things::of(&portal, &ours).await
                    };
                    let answer = ask(&decider, route, &elsewhere).await;
                    assert_eq!(answer.problem(403), "activity-not-released", "{route}");
                }
            }
            For::Users => {
                for address in [&ours.reader, &ours.decider, &ours.recruiter] {
                    let own = Things::of(&portal, &ours).await;
                    let person = portal.sign_in(address).await;
                    is_let_in(&ask(&person, route, &own).await, route);
                }
            }
            For::Recruiters => {
                // Some of them remove what others need.
                let department = portal.department_with_interviews().await;
                let own = Things::of(&portal, &department).await;
                let recruiter = portal.sign_in(&department.recruiter).await;
                is_let_in(&ask(&recruiter, route, &own).await, route);
            }
            For::Anybody => {}
        }
    }
}

/// Whatever else is wrong with what was asked: there is no document, and who has nothing released has no settings.
fn is_let_in(answer: &Answer, route: &str) {
    let refused = match answer.status.as_u16() {
        403 => !answer.text.contains("/problems/settings-not-available"),
        401 => true,
        404 => !route.contains("{documentId}"),
        status => status >= 500,
    };
    assert!(!refused, "{route}: {} {}", answer.status, answer.text);
}
