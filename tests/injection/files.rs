//! The history's table with a text in each of its columns, and the addresses under which files are saved.

use std::{fs, path::Path};

use documents::Documents;
use domain::{Author, DocumentFile, DocumentVersion, HistoryChannel, SingleLine};
use functions::{
    api::{FeedActorView, FeedApplicationView, FeedItemView, FeedSubjectView, NamedView},
    read_history::csv,
};
use jiff::Timestamp;
use serde_json::json;

use crate::edges::Taken;

/// Writes `history.csv` and, as JSON, the names in each of its rows. Two rows for a text: an application, a document.
pub fn write_history(folder: &Path, taken: &[Taken]) -> usize {
    let lines: Vec<_> = taken
        .iter()
        .filter_map(|taken| Some((taken.line.clone()?, taken.name())))
        .collect();
    let items: Vec<_> = lines
        .iter()
        .flat_map(|(line, name)| [application(line, name), document(line)])
        .collect();
    fs::write(folder.join("history.csv"), csv::table(&items, true, true).unwrap()).unwrap();
    let expected = lines.iter().flat_map(|(line, name)| {
        let (at, line) = ("2026-11-24 09:00:00", line.as_str());
        let subject = format!("{line}, reached");
        [
            json!([
                at,
                line,
                line,
                name,
                line,
                "Contact",
                "E-mail",
                line,
                line,
                line,
                subject,
                "",
                "job1-app1"
            ]),
            json!([at, line, "", "", line, "Contact", "Document", "", "", "", line, "", ""]),
        ]
    });
    let expected: Vec<_> = expected.collect();
    fs::write(folder.join("history.json"), json!(expected).to_string()).unwrap();
    expected.len()
}

fn item(line: &SingleLine, channel: HistoryChannel, about: FeedSubjectView) -> FeedItemView {
    FeedItemView {
        at: at(),
        actor: FeedActorView {
            id: "maria".parse().unwrap(),
            kind: domain::ActorKind::Contact,
            name: line.clone(),
        },
        channel,
        customer: Some(NamedView {
            id: "cust1".parse().unwrap(),
            name: Some(line.clone()),
        }),
        about,
    }
}

fn application(line: &SingleLine, name: &str) -> FeedItemView {
    let status = |id: &str| NamedView {
        id: id.parse().unwrap(),
        name: Some(line.clone()),
    };
    item(
        line,
        HistoryChannel::Email,
        FeedSubjectView::Application {
            application: FeedApplicationView {
                id: "job1-app1".parse().unwrap(),
                applicant_name: name.to_owned(),
            },
            job: NamedView {
                id: "job1".parse().unwrap(),
                name: Some(line.clone()),
            },
            entry_id: "2".to_owned(),
            activity_name: Some(line.clone()),
            from_status: Some(status("new")),
            to_status: status("rejected"),
            email_subject: Some(line.clone()),
            phone_call_outcome: Some(domain::PhoneCallOutcome::Reached),
            interviews: Vec::new(),
            delivery: None,
        },
    )
}

fn document(line: &SingleLine) -> FeedItemView {
    let document = NamedView {
        id: "doc1".parse().unwrap(),
        name: Some(line.clone()),
    };
    item(line, HistoryChannel::Download, FeedSubjectView::Document { document })
}

fn at() -> Timestamp {
    "2026-11-24T08:00:00Z".parse().unwrap()
}

/// Writes `downloads.json`: each name and the address of its download.
pub async fn write_downloads(folder: &Path, taken: &[Taken]) -> usize {
    let environment = [
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "portal"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ];
    let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let sdk = lambda::sdk_config(&environment.into()).unwrap();
    let documents = Documents::new(&sdk, "documents");
    let mut downloads = Vec::new();
    for name in taken.iter().filter_map(|taken| taken.file_name.as_ref()) {
        let version = DocumentVersion {
            upload_id: "upload1".parse().unwrap(),
            file: DocumentFile {
                file_name: name.clone(),
                ..DocumentFile::parse("a.pdf", "application/pdf", 1).unwrap()
            },
            uploaded_at: at(),
            uploaded_by: Author {
                id: "maria".parse().unwrap(),
                name: SingleLine::parse("Maria").unwrap(),
            },
        };
        let presigned = documents
            .presign_download(&"doc1".parse().unwrap(), &version, at())
            .await
            .unwrap();
        downloads.push(json!([name.as_str(), presigned.url]));
    }
    fs::write(folder.join("downloads.json"), json!(downloads).to_string()).unwrap();
    downloads.len()
}
