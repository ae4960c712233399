//! An import: whatever the bytes are, each row is either named as bad or has fields that are safe to mail and to show,
//! and says the same when it is written as CSV once more.
#![no_main]

use domain::{Applicant, ImportedApplication};
use functions::import_applications::rows::parse;
use libfuzzer_sys::fuzz_target;

const COLUMNS: [&str; 5] = ["externalId", "jobExternalId", "firstName", "lastName", "email"];

fn fields(row: &ImportedApplication) -> [String; COLUMNS.len()] {
    let Applicant {
        first_name,
        last_name,
        email,
        ..
    } = &row.applicant;
    [
        row.external_id.to_string(),
        row.job_external_id.to_string(),
        first_name.to_string(),
        last_name.to_string(),
        email.as_ref().map(ToString::to_string).unwrap_or_default(),
    ]
}

fuzz_target!(|data: &[u8]| {
    let (kind, body) = data.split_first().unwrap_or((&0, data));
    let media_type = if kind % 4 == 0 {
        "application/json"
    } else {
        "text/csv; charset=utf-8"
    };
    let Ok(rows) = parse(media_type, body) else {
        return;
    };
    assert!((1..=1_000).contains(&rows.len()));
    assert!(rows.iter().map(|row| row.number).eq(1..=rows.len()));
    let good: Vec<_> = rows.iter().filter_map(|row| row.imported.as_ref().ok()).collect();
    let bad = rows.iter().filter_map(|row| row.imported.as_ref().err());
    assert!(bad.into_iter().all(|errors| !errors.is_empty()));
    let mut ids: Vec<_> = good.iter().map(|row| &row.external_id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), good.len(), "an external id twice");

    let mut again = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
    again.write_record(COLUMNS).unwrap();
    for row in &good {
        let fields = fields(row);
        assert!(
            !fields.iter().any(|field| field.contains(char::is_control)),
            "{fields:?}"
        );
        again.write_record(fields).unwrap();
    }
    if good.is_empty() {
        return;
    }
    let again = parse("text/csv", &again.into_inner().unwrap()).unwrap();
    let again: Vec<_> = again.into_iter().map(|row| fields(&row.imported.unwrap())).collect();
    assert_eq!(again, good.into_iter().map(fields).collect::<Vec<_>>());
});
