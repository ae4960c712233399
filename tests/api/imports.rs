//! Applications as applicant tracking systems export them.

use std::path::Path;

use serde_json::{Value, json};
use tests::{Department, Portal};

fn csv(department: &Department, separator: &str) -> String {
    let rows = [
        [
            "externalId",
            "jobExternalId",
            "salutation",
            "firstName",
            "lastName",
            "titleAfterName",
            "email",
        ],
        [
            "A-1",
            &department.job,
            "Frau",
            "Anna",
            "Müßig-Größ",
            "\"MSc, \"\"MBA\"\"\"",
            "anna@example.org",
        ],
        ["A-2", &department.job, "Herr", "Jörg", "Ägypter", "", ""],
    ];
    rows.map(|row| row.join(separator)).join("\r\n")
}

/// How a spreadsheet writes its text.
type Encode<'a> = &'a dyn Fn(&str) -> Vec<u8>;

#[tokio::test]
async fn every_way_a_spreadsheet_saves_is_read() {
    let portal = Portal::start().await;
    let windows = |text: &str| encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
    let utf8 = |text: &str| text.as_bytes().to_vec();
    let marked = |text: &str| format!("\u{feff}{text}").into_bytes();
    let ways: [(&str, Encode<'_>); 4] = [(";", &utf8), (",", &marked), (";", &windows), (",", &windows)];
    for (separator, encode) in ways {
        let department = portal.department().await;
        let recruiter = portal.sign_in(&department.recruiter).await;
        // One table holds one company: the same external ids would be the same applications.
        let text = csv(&department, separator).replace("A-", &format!("A-{}-", department.job_id()));
        let imported = recruiter.import("text/csv", encode(&text)).await.expect(200);
        assert_eq!(
            (&imported["created"], &imported["failed"]),
            (&json!(2), &json!(0)),
            "{imported}"
        );
        let id = imported["rows"][0]["applicationId"].as_str().unwrap();
        let application = recruiter.application(id).await;
        assert_eq!(application["applicant"]["fullName"], "Anna Müßig-Größ, MSc, \"MBA\"");
        assert_eq!(application["status"], "proposed");
    }
}

#[tokio::test]
async fn importing_again_updates_the_person_and_never_the_status() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let maria = portal.sign_in(&department.decider).await;
    let row = department.application();
    let id = row.import(&recruiter).await;
    maria
        .act(&id, &department.activity("reject"), "status-change", json!({}))
        .send()
        .await
        .expect(200);

    let same = recruiter
        .import("application/json", row.0.to_string())
        .await
        .expect(200);
    assert_eq!(
        (&same["unchanged"], &same["rows"][0]["applicationId"]),
        (&json!(1), &json!(id))
    );
    let changed = row
        .with("lastName", "Müller-Högl")
        .with("phone", "")
        .with("status", "proposed");
    let changed = recruiter
        .import("application/json", changed.0.to_string())
        .await
        .expect(200);
    assert_eq!(changed["updated"], 1);

    let application = recruiter.application(&id).await;
    assert_eq!(application["applicant"]["lastName"], "Müller-Högl");
    assert_eq!(
        (&application["status"], &application["version"]),
        (&json!("rejected"), &json!("3"))
    );
    let entry = &recruiter.history(&id).await[0];
    assert_eq!(
        entry["import"],
        json!({ "created": false, "changedFields": ["lastName", "phone"] })
    );
    assert_eq!(entry["fromStatus"], entry["toStatus"]);
}

#[tokio::test]
async fn each_bad_row_is_named_and_the_others_go_on() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let good = department.application();
    let rows = json!([
        good.0,
        department.application().with("email", "no address").with("lastName", "").0,
        department.application().with("jobExternalId", "R-absent").0,
        department.application().with("status", "absent").0,
        good.0,
        "no object",
        { "shoe": "42" },
        { "externalId": 7 },
        department.application().0,
    ]);
    let imported = recruiter.import("application/json", rows.to_string()).await.expect(200);
    assert_eq!(
        (&imported["created"], &imported["failed"]),
        (&json!(2), &json!(7)),
        "{imported}"
    );
    let errors: Vec<_> = imported["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let errors = row["errors"].as_array().cloned().unwrap_or_default();
            let errors: Vec<_> = errors
                .iter()
                .map(|error| {
                    format!(
                        "{} {}",
                        error["pointer"].as_str().unwrap(),
                        error["detail"].as_str().unwrap()
                    )
                })
                .collect();
            format!(
                "{} {} {}",
                row["row"],
                row["result"].as_str().unwrap(),
                errors.join("; ")
            )
        })
        .collect();
    insta::assert_snapshot!(errors.join("\n"));
}

#[tokio::test]
async fn a_short_row_is_named_and_the_next_one_read() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let short = format!("\r\nA-0;{}\r\n", department.job);
    let body = csv(&department, ";").replacen("\r\n", &short, 1);
    let imported = recruiter.import("text/csv", body).await.expect(200);
    assert_eq!(
        (&imported["created"], &imported["failed"]),
        (&json!(2), &json!(1)),
        "{imported}"
    );
    let detail = imported["rows"][0]["errors"][0]["detail"].as_str();
    assert_eq!(detail, Some("has 2 fields instead of 7"));
}

#[tokio::test]
async fn a_body_that_is_no_list_of_rows_is_refused_as_a_whole() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    assert_eq!(
        recruiter.import("application/json", "{").await.problem(400),
        "bad-request"
    );
    assert_eq!(
        recruiter.import("text/plain", "x").await.problem(415),
        "unsupported-media-type"
    );
    for (kind, body) in [
        ("application/json", "[]"),
        ("text/csv", ""),
        ("text/csv", "externalId;shoe\nA;1\n"),
    ] {
        assert_eq!(recruiter.import(kind, body).await.pointers(), [""], "{body}");
    }
    let many = Value::Array(vec![json!({}); 1_001]);
    assert_eq!(
        recruiter.import("application/json", many.to_string()).await.pointers(),
        [""]
    );
    let maria = portal.sign_in(&department.decider).await;
    assert_eq!(
        maria.import("application/json", "[]").await.problem(403),
        "recruiters-only"
    );
}

#[tokio::test]
async fn a_thousand_rows_are_imported_and_exactly_the_bad_ones_are_named() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let csv = std::fs::read(data.join("applications-1000.csv")).unwrap();
    let bad = std::fs::read_to_string(data.join("applications-1000.bad-rows.json")).unwrap();
    let bad: serde_json::Map<String, Value> = serde_json::from_str(&bad).unwrap();
    let portal = Portal::start().await;
    let department = portal.department().await;
    department
        .add_jobs(&portal, &["R-2026-101", "R-2026-102", "R-2026-103", "R-2026-104"])
        .await;
    let recruiter = portal.sign_in(&department.recruiter).await;

    let imported = recruiter.import("text/csv", csv.clone()).await.expect(200);
    assert_eq!((&imported["created"], &imported["failed"]), (&json!(990), &json!(10)));
    let rows = imported["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 1_000);
    let named: serde_json::Map<String, Value> = rows
        .iter()
        .filter(|row| row["result"] == "failed")
        .map(|row| (row["row"].to_string(), row["errors"][0]["pointer"].clone()))
        .collect();
    assert_eq!(named, bad);

    let again = recruiter.import("text/csv", csv).await.expect(200);
    assert_eq!((&again["unchanged"], &again["failed"]), (&json!(990), &json!(10)));
}

#[tokio::test]
async fn two_imports_of_the_same_rows_at_once_make_each_application_once() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let rows = Value::Array((0..20).map(|_| department.application().0).collect()).to_string();
    let (one, other) = futures::join!(
        recruiter.import("application/json", rows.clone()),
        recruiter.import("application/json", rows.clone())
    );
    let created = |answer: Value| answer["created"].as_u64().unwrap();
    assert_eq!(created(one.expect(200)) + created(other.expect(200)), 20);
    let listed = recruiter.get("/api/applications?limit=100").await.expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 20);
}

#[tokio::test]
async fn letters_lost_on_the_way_are_noticed_and_bytes_sent_as_they_are_arrive() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let lost = csv(&department, ";").replace('ü', "\u{fffd}");
    assert_eq!(recruiter.import("text/csv", lost).await.pointers(), [""]);
    let bytes = encoding_rs::WINDOWS_1252.encode(&csv(&department, ";")).0.into_owned();
    let imported = recruiter.import("application/octet-stream", bytes).await.expect(200);
    assert_eq!(imported["created"], 2);
}

#[tokio::test]
async fn a_column_that_is_absent_leaves_its_field_as_it_is() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let row = department.application().with("language", "en");
    let id = row.import(&recruiter).await;
    let short = json!({ "externalId": row.0["externalId"], "jobExternalId": row.0["jobExternalId"], "firstName": "Anne", "lastName": "Müller", "phone": "" });
    assert_eq!(
        recruiter
            .import("application/json", short.to_string())
            .await
            .expect(200)["updated"],
        1
    );
    let applicant = recruiter.application(&id).await["applicant"].clone();
    assert_eq!(
        (&applicant["firstName"], &applicant["language"]),
        (&json!("Anne"), &json!("en"))
    );
    assert_eq!(
        (&applicant["email"], &applicant["phone"]),
        (&json!(department.applicant_address()), &Value::Null)
    );
}
