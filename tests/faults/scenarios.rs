//! Everything that changes something, ready to be asked for once.

use serde_json::{Value, json};
use tests::{Authenticator, PASSWORD};
use uuid::Uuid;

use crate::{
    ask::{Ask, Who},
    scene::Scene,
};
use local::{Fault, PlannedFault};

/// What to ask for, and what it comes to.
pub struct Prepared {
    pub ask: Ask,
    /// The application it changes, and its version once it is done.
    pub changes: Option<(String, u64)>,
}

impl From<Ask> for Prepared {
    fn from(ask: Ask) -> Self {
        Self { ask, changes: None }
    }
}

/// Each operation, and what else is the case.
pub const SCENARIOS: [(&str, &str); 43] = [
    ("POST /api/applications", ""),
    (
        "POST /api/applications/{applicationId}/activities/{activityId}/email",
        "",
    ),
    (
        "POST /api/applications/{applicationId}/activities/{activityId}/email",
        "an interview ends with it",
    ),
    (
        "POST /api/applications/{applicationId}/activities/{activityId}/email-draft",
        "",
    ),
    (
        "POST /api/applications/{applicationId}/activities/{activityId}/interview",
        "a new one",
    ),
    (
        "POST /api/applications/{applicationId}/activities/{activityId}/interview",
        "an existing one",
    ),
    (
        "POST /api/applications/{applicationId}/activities/{activityId}/phone-call",
        "",
    ),
    (
        "POST /api/applications/{applicationId}/activities/{activityId}/status-change",
        "",
    ),
    ("POST /api/applications/{applicationId}/history/{entryId}/resend", ""),
    ("PATCH /api/interviews/{interviewId}", ""),
    ("DELETE /api/interviews/{interviewId}", ""),
    ("POST /api/customers", ""),
    ("PATCH /api/customers/{customerId}", ""),
    ("POST /api/customers/{customerId}/contacts", ""),
    ("PATCH /api/customers/{customerId}/contacts/{contactId}", ""),
    ("POST /api/customers/{customerId}/contacts/{contactId}/invitation", ""),
    ("POST /api/documents", ""),
    ("PATCH /api/documents/{documentId}", "an upload is completed"),
    ("DELETE /api/documents/{documentId}", ""),
    ("POST /api/documents/{documentId}/uploads", ""),
    ("GET /api/documents/{documentId}/download", "it is written down"),
    ("POST /api/jobs", ""),
    ("PATCH /api/jobs/{jobId}", ""),
    ("PUT /api/mail-templates/{mailTemplateId}", ""),
    ("DELETE /api/mail-templates/{mailTemplateId}", ""),
    ("POST /api/mail-templates/{mailTemplateId}/preview", ""),
    ("PATCH /api/me", ""),
    ("PUT /api/me/password", ""),
    ("POST /api/me/second-factor", ""),
    ("PUT /api/me/second-factor", ""),
    ("POST /api/me/second-factor/removal", ""),
    ("POST /api/password-resets", ""),
    ("PUT /api/password-resets/{token}", ""),
    ("POST /api/session", ""),
    ("POST /api/session", "with a second factor"),
    ("DELETE /api/session", ""),
    ("POST /api/session/refresh", ""),
    ("PUT /api/workflows/{workflowId}", ""),
    ("DELETE /api/workflows/{workflowId}", ""),
    ("POST /api/workflows/{workflowId}/diff", ""),
    ("invite-recruiter", ""),
    ("handle-mail-events", ""),
    ("sweep", ""),
];

/// Makes what the operation needs.
pub async fn prepare(scene: &Scene, (operation, case): (&str, &str)) -> Prepared {
    let path = operation.split_once(' ').map_or(operation, |(_, path)| path);
    match path.split('/').nth(2).unwrap_or(path) {
        "applications" => application(scene, operation, case).await,
        "interviews" => interview(scene, operation).await,
        "customers" => customer(scene, operation).await.into(),
        "documents" => document(scene, operation).await.into(),
        "jobs" => job(scene, operation).await.into(),
        "mail-templates" => mail_template(scene, operation).await.into(),
        "workflows" => workflow(scene, operation).await.into(),
        "me" | "password-resets" | "session" => account(scene, operation, case).await.into(),
        _ => event(scene, operation).await.into(),
    }
}

pub fn email() -> Value {
    json!({ "subject": "Ihre Bewerbung", "bodyHtml": "<p>Leider müssen wir Ihnen absagen.</p>" })
}

pub fn invitation() -> Value {
    json!({ "subject": "Einladung zum Gespräch", "bodyHtml": "<p>Wir freuen uns auf Sie.</p>" })
}

pub fn new_interview(places: u8) -> Value {
    let today = jiff::Timestamp::now().in_tz("Europe/Vienna").unwrap().date();
    let date = today.checked_add(jiff::SignedDuration::from_hours(24 * 30)).unwrap();
    json!({
        "startsAt": format!("{date}T10:00"), "endsAt": format!("{date}T11:00"), "timeZone": "Europe/Vienna",
        "location": "Linz", "places": places,
    })
}

/// An application with an interview of that many places to come; the ids of both.
pub async fn invited(scene: &Scene, places: u8) -> (String, String) {
    let application = scene.application().await;
    let body = json!({ "interview": new_interview(places), "invitation": invitation() });
    let path = scene.path(&application, "interview", "interview");
    let ask = Ask::http(Who::Decider, "POST", path, Some(body)).command("1");
    let answer = scene.done(ask).await;
    let interview = answer["interview"]["id"].as_str().unwrap().to_owned();
    (application, interview)
}

async fn application(scene: &Scene, operation: &str, case: &str) -> Prepared {
    let act = |application: &str, activity: &str, channel: &str, version: u64, body: Value| Prepared {
        ask: Ask::http(
            Who::Decider,
            "POST",
            scene.path(application, activity, channel),
            Some(body),
        )
        .command(&version.to_string()),
        changes: Some((application.to_owned(), version + 1)),
    };
    let last = operation.rsplit('/').next().unwrap();
    match (last, case) {
        ("applications", _) => {
            let rows = json!([scene.row(), scene.row()]);
            Ask::http(Who::Recruiter, "POST", "/api/applications", Some(rows)).into()
        }
        ("email", "") => act(&scene.application().await, "reject", "email", 1, email()),
        ("email", _) => act(&invited(scene, 1).await.0, "reject", "email", 2, email()),
        ("phone-call", _) => {
            let call = json!({ "note": "Sehr erfreut.", "outcome": "reached" });
            act(&scene.application().await, "reject", "phone-call", 1, call)
        }
        ("status-change", _) => act(&scene.application().await, "reject", "status-change", 1, json!({})),
        ("interview", "a new one") => {
            let body = json!({ "interview": new_interview(1), "invitation": invitation() });
            act(&scene.application().await, "interview", "interview", 1, body)
        }
        ("interview", _) => {
            let (_, interview) = invited(scene, 2).await;
            let body = json!({ "interviewId": interview, "invitation": invitation() });
            act(&scene.application().await, "interview", "interview", 1, body)
        }
        ("email-draft", _) => {
            let path = scene.path(&scene.application().await, "reject", "email-draft");
            let body = json!({ "templateId": scene.department.template("standard") });
            Ask::http(Who::Decider, "POST", path, Some(body)).into()
        }
        ("resend", _) => {
            let application = scene.application().await;
            let ask = Ask::http(
                Who::Decider,
                "POST",
                scene.path(&application, "reject", "email"),
                Some(email()),
            );
            let refused = PlannedFault {
                call: 2,
                fault: Fault::status(400, "MessageRejected"),
                lasting: false,
            };
            let (status, text) = ask
                .command("1")
                .send_with(scene, &Uuid::new_v4().to_string(), refused)
                .await;
            assert!(status == 202 && text.contains("failed"), "{status} {text}");
            let path = format!("/api/applications/{application}/history/2/resend");
            Prepared {
                ask: Ask::http(Who::Decider, "POST", path, Some(json!({}))),
                changes: Some((application, 2)),
            }
        }
        _ => panic!("no scenario for {operation}"),
    }
}

async fn interview(scene: &Scene, operation: &str) -> Prepared {
    let (application, interview) = invited(scene, 1).await;
    let path = format!("/api/interviews/{interview}");
    let ask = match operation.split_once(' ').unwrap().0 {
        "PATCH" => Ask::http(Who::Decider, "PATCH", path, Some(json!({ "location": "Wels" }))),
        _ => Ask::http(Who::Decider, "DELETE", path, None),
    };
    Prepared {
        ask: ask.command("1"),
        changes: Some((application, 3)),
    }
}

fn recruiter(method: &'static str, path: impl Into<String>, body: Value) -> Ask {
    Ask::http(Who::Recruiter, method, path, Some(body))
}

fn id(answer: &Value) -> &str {
    answer["id"].as_str().unwrap()
}

fn address() -> String {
    format!("{}@example.com", Uuid::new_v4().simple())
}

async fn customer(scene: &Scene, operation: &str) -> Ask {
    let new = json!({ "name": "Küche", "locations": [], "languages": ["de-AT"] });
    let make = recruiter("POST", "/api/customers", new);
    if operation == "POST /api/customers" {
        return make;
    }
    let customer = format!("/api/customers/{}", id(&scene.done(make).await));
    if operation == "PATCH /api/customers/{customerId}" {
        return recruiter("PATCH", customer, json!({ "name": "Gästehaus" })).version("1");
    }
    let contact =
        json!({ "name": "Bärbel Löffler", "email": address(), "contactRole": "decider", "language": "de-AT" });
    let make = recruiter("POST", format!("{customer}/contacts"), contact);
    if operation == "POST /api/customers/{customerId}/contacts" {
        return make;
    }
    let contact = format!("{customer}/contacts/{}", id(&scene.done(make).await));
    match operation.split_once(' ').unwrap().0 {
        "PATCH" => recruiter("PATCH", contact, json!({ "email": address() })).version("1"),
        _ => Ask::http(Who::Recruiter, "POST", format!("{contact}/invitation"), None),
    }
}

const PDF: &[u8] = b"%PDF-1.7\nInterviewleitfaden\n%%EOF\n";

async fn document(scene: &Scene, operation: &str) -> Ask {
    let file = json!({ "fileName": "a.pdf", "mediaType": "application/pdf", "size": PDF.len() });
    let mut new = file.clone();
    new["name"] = json!("Leitfaden");
    let make = recruiter("POST", "/api/documents", new);
    if operation == "POST /api/documents" {
        return make;
    }
    let announced = scene.done(make).await;
    let upload = &announced["upload"];
    let mut request = reqwest::Client::new().put(upload["url"].as_str().unwrap()).body(PDF);
    for (name, value) in upload["headers"].as_object().unwrap() {
        if name != "content-length" {
            request = request.header(name, value.as_str().unwrap());
        }
    }
    assert_eq!(request.send().await.unwrap().status(), 200);
    let path = format!("/api/documents/{}", id(&announced["document"]));
    let complete = recruiter("PATCH", &path, json!({ "uploadId": upload["uploadId"] })).version("1");
    if operation == "PATCH /api/documents/{documentId}" {
        return complete;
    }
    scene.done(complete).await;
    match operation.split_once(' ').unwrap().0 {
        "DELETE" => Ask::http(Who::Recruiter, "DELETE", path, None).version("2"),
        "GET" => Ask::http(Who::Decider, "GET", format!("{path}/download"), None),
        _ => recruiter("POST", format!("{path}/uploads"), file).version("2"),
    }
}

async fn job(scene: &Scene, operation: &str) -> Ask {
    let department = &scene.department;
    let make = recruiter(
        "POST",
        "/api/jobs",
        json!({
            "externalId": format!("R-{}", Uuid::new_v4()),
            "customerId": department.customer_id(),
            "workflowId": department.workflow_id(),
            "title": "Bäcker:in (m/w/d)",
            "contactIds": [department.user_id(&department.decider)],
        }),
    );
    if operation == "POST /api/jobs" {
        return make;
    }
    let path = format!("/api/jobs/{}", id(&scene.done(make).await));
    let change = json!({
        "externalId": format!("R-{}", Uuid::new_v4()),
        "contactIds": [department.user_id(&department.colleague)],
    });
    recruiter("PATCH", path, change).version("1")
}

fn fresh(name: &str) -> String {
    format!("{name}{}", Uuid::new_v4().simple())[..30].to_owned()
}

async fn mail_template(scene: &Scene, operation: &str) -> Ask {
    let path = format!("/api/mail-templates/{}", fresh("t"));
    // Without an activity, so that scenarios do not meet in the workflow.
    let template = json!({
        "name": "Absage", "language": "de-AT", "activityIds": [], "releasedToPortal": true,
        "subject": "Ihre Bewerbung als $Job.Title$", "bodyHtml": "<p>leider nein.</p>",
    });
    let make = recruiter("PUT", &path, template);
    if operation == "PUT /api/mail-templates/{mailTemplateId}" {
        return make;
    }
    scene.done(make).await;
    match operation.split_once(' ').unwrap().0 {
        "DELETE" => Ask::http(Who::Recruiter, "DELETE", path, None).version("1"),
        _ => recruiter("POST", format!("{path}/preview"), json!({})),
    }
}

async fn workflow(scene: &Scene, operation: &str) -> Ask {
    let known = format!("/api/workflows/{}", scene.department.workflow_id());
    let known = scene.done(Ask::http(Who::Recruiter, "GET", known, None)).await;
    let name = fresh("w");
    let text = known["workflow"]
        .to_string()
        .replace(&scene.department.workflow_id(), &name);
    let workflow: Value = serde_json::from_str(&text).unwrap();
    let path = format!("/api/workflows/{name}");
    let make = recruiter("PUT", &path, workflow.clone());
    if operation == "PUT /api/workflows/{workflowId}" {
        return make;
    }
    scene.done(make).await;
    match operation.split_once(' ').unwrap().0 {
        "DELETE" => Ask::http(Who::Recruiter, "DELETE", path, None).version("1"),
        _ => recruiter("POST", format!("{path}/diff"), workflow),
    }
}

async fn account(scene: &Scene, operation: &str, case: &str) -> Ask {
    let user = scene.user().await;
    let credentials = json!({ "email": user.email, "password": PASSWORD });
    let nobody = |method, path: String, body| Ask::http(Who::Nobody, method, path, body);
    let reset = || json!({ "email": user.email });
    match operation {
        "POST /api/session" if case.is_empty() => return nobody("POST", "/api/session".to_owned(), Some(credentials)),
        "POST /api/password-resets" => return nobody("POST", "/api/password-resets".to_owned(), Some(reset())),
        "PUT /api/password-resets/{token}" => {
            // By an invitation: a link somebody asks for themselves is left when the machine is too busy.
            let contact =
                json!({ "name": "Bärbel Löffler", "email": address(), "contactRole": "decider", "language": "de-AT" });
            let contacts = format!("/api/customers/{}/contacts", scene.department.customer_id());
            scene.done(recruiter("POST", contacts, contact.clone())).await;
            let token = scene.portal.link_token(contact["email"].as_str().unwrap()).await;
            let body = json!({ "newPassword": "Größer als zwölf" });
            return nobody("PUT", format!("/api/password-resets/{token}"), Some(body));
        }
        _ => {}
    }
    let person = scene.portal.sign_in(user.email.as_str()).await;
    let cookie = format!("refresh={}", person.cookie);
    let own = |method, path: &str, body| Ask::http(Who::Bearer(person.token.clone()), method, path, Some(body));
    match operation {
        "POST /api/session" => {
            let (app, _) = person.with_second_factor().await;
            let with_code = json!({ "email": user.email, "password": PASSWORD, "code": app.code(1) });
            nobody("POST", "/api/session".to_owned(), Some(with_code))
        }
        "POST /api/me/second-factor" => own("POST", "/api/me/second-factor", json!({})),
        "PUT /api/me/second-factor" => {
            let offer = person.post("/api/me/second-factor", &json!({})).await.expect(200);
            let code = Authenticator::scan(&scene.portal, &offer).code(0);
            let body = json!({ "currentPassword": PASSWORD, "code": code });
            own("PUT", "/api/me/second-factor", body)
        }
        "POST /api/me/second-factor/removal" => {
            let (_, codes) = person.with_second_factor().await;
            let body = json!({ "currentPassword": PASSWORD, "code": codes[0] });
            own("POST", "/api/me/second-factor/removal", body)
        }
        "DELETE /api/session" => nobody("DELETE", "/api/session".to_owned(), None).header("cookie", cookie),
        "POST /api/session/refresh" => nobody("POST", "/api/session/refresh".to_owned(), None).header("cookie", cookie),
        "PATCH /api/me" => own("PATCH", "/api/me", json!({ "language": "en" })),
        "PUT /api/me/password" => {
            let passwords = json!({ "currentPassword": PASSWORD, "newPassword": "Größer als zwölf" });
            own("PUT", "/api/me/password", passwords)
        }
        _ => panic!("no scenario for {operation}"),
    }
}

async fn event(scene: &Scene, operation: &str) -> Ask {
    match operation {
        "invite-recruiter" => Ask::Event {
            function: "invite-recruiter",
            event: json!({ "email": address(), "name": "Bärbel Löffler", "language": "de-AT" }),
        },
        "handle-mail-events" => {
            let application = scene.application().await;
            let path = scene.path(&application, "reject", "email");
            scene
                .done(Ask::http(Who::Decider, "POST", path, Some(email())).command("1"))
                .await;
            let tags = json!({ "mail": [format!("{application}_2_1")], "attempt": ["1"] });
            Ask::Event {
                function: "handle-mail-events",
                event: json!({ "detail": { "eventType": "Bounce", "mail": { "messageId": "m", "tags": tags } } }),
            }
        }
        "sweep" => {
            let application = scene.application().await;
            let ask = Ask::http(
                Who::Decider,
                "POST",
                scene.path(&application, "reject", "email"),
                Some(email()),
            );
            let busy = PlannedFault {
                call: 2,
                fault: Fault::status(429, "TooManyRequestsException"),
                lasting: true,
            };
            let (status, text) = ask
                .command("1")
                .send_with(scene, &Uuid::new_v4().to_string(), busy)
                .await;
            assert!(status == 202 && text.contains("pending"), "{status} {text}");
            Ask::Event {
                function: "sweep",
                event: json!({}),
            }
        }
        _ => panic!("no scenario for {operation}"),
    }
}
