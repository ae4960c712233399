//! Interviews: arranged, joined, moved, cancelled, each with its calendar.

mod groups;
mod races;
mod refusals;
mod stories;

use mailparse::ParsedMail;
use serde_json::{Value, json};
use tests::{Answer, Department, Person, Portal};

/// Ten o'clock in Vienna, that many days ahead, for an hour.
fn day(ahead: i64) -> (String, String) {
    let today = jiff::Timestamp::now().in_tz("Europe/Vienna").unwrap().date();
    let date = today.checked_add(jiff::SignedDuration::from_hours(24 * ahead)).unwrap();
    (format!("{date}T10:00"), format!("{date}T11:00"))
}

pub(crate) fn new_interview(ahead: i64, places: u8) -> Value {
    let (starts_at, ends_at) = day(ahead);
    json!({ "startsAt": starts_at, "endsAt": ends_at, "timeZone": "Europe/Vienna", "location": "Linz, Raum \"Donau\"; 2. Stock", "places": places })
}

fn invitation() -> Value {
    json!({ "subject": "Einladung zum Gespräch", "bodyHtml": "<p>Wir freuen uns auf Sie.</p>" })
}

async fn schedule(
    person: &Person<'_>,
    department: &Department,
    application: &str,
    version: &str,
    body: Value,
) -> Answer {
    person
        .act(application, &department.activity("interview"), "interview", body)
        .version(version)
        .send()
        .await
}

/// The id of the interview the answer's application takes part in.
fn interview_of(answer: &Value) -> String {
    answer["application"]["interviews"][0]["interviewId"]
        .as_str()
        .unwrap()
        .to_owned()
}

async fn change(person: &Person<'_>, method: &str, path: &str, version: &str, body: Option<&Value>) -> Answer {
    let version = format!("\"{version}\"");
    let key = uuid::Uuid::new_v4().to_string();
    person
        .request(method, path, &[("if-match", &version), ("idempotency-key", &key)], body)
        .await
}

/// The calendar object in the newest mail to an address, unfolded: from the alternative and from the attachment.
async fn newest_calendar(portal: &Portal, address: &str) -> String {
    let mail = portal.mails_to(address).await.remove(0);
    let bytes = portal.mail_bytes(&mail).await;
    let parsed = mailparse::parse_mail(&bytes).unwrap();
    let mut found = Vec::new();
    collect(&parsed, &mut found);
    let [inline, attached] = found.as_slice() else {
        panic!("two calendars, not {}", found.len())
    };
    assert_eq!(inline, attached);
    inline.replace("\r\n ", "")
}

fn collect(part: &ParsedMail<'_>, found: &mut Vec<String>) {
    if part.ctype.mimetype == "text/calendar" || part.ctype.mimetype == "application/ics" {
        found.push(String::from_utf8(part.get_body_raw().unwrap()).unwrap());
    }
    part.subparts.iter().for_each(|part| collect(part, found));
}

fn line(calendar: &str, name: &str) -> String {
    let lines: Vec<_> = calendar.lines().filter(|line| line.starts_with(name)).collect();
    assert_eq!(lines.len(), 1, "{name} in {calendar}");
    lines[0].to_owned()
}

/// An application of somebody with an address of their own, where their mails are found.
async fn applicant(portal: &Portal, department: &Department, last_name: &str) -> (String, String) {
    let address = format!("{}.{}@example.org", last_name.to_lowercase(), department.job_id());
    let application = department
        .application()
        .with("lastName", last_name)
        .with("email", &address);
    let recruiter = portal.sign_in(&department.recruiter).await;
    (application.import(&recruiter).await, address)
}
