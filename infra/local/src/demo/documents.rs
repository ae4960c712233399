//! The global documents, uploaded as a browser would.

use std::collections::BTreeSet;

use documents::Documents;
use domain::{
    Audience, Author, DocumentFile, DocumentOrder, GlobalDocument, Language, PendingUpload, SingleLine, SomeCustomers,
    User, Version,
};
use http::{Request, StatusCode};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use jiff::Timestamp;
use store::Store;

use super::{DemoError, company, refused};
use crate::{Host, template::local_name};

/// A document of one version.
struct Record {
    id: &'static str,
    name: &'static str,
    file_name: &'static str,
    /// Its only customer; none: for all.
    customer: Option<&'static str>,
    order: u64,
    bytes: &'static [u8],
}

const RECORDS: [Record; 3] = [
    Record {
        id: "interviewleitfaden",
        name: "Interviewleitfaden für Führungskräfte",
        file_name: "Interviewleitfaden für Führungskräfte.pdf",
        customer: None,
        order: 10,
        bytes: include_bytes!("documents/interviewleitfaden.pdf"),
    },
    Record {
        id: "portalhandbuch",
        name: "Portal-Handbuch",
        file_name: "Portal-Handbuch.pdf",
        customer: None,
        order: 20,
        bytes: include_bytes!("documents/portal-handbuch.pdf"),
    },
    Record {
        id: "kuechenhygiene",
        name: "Probearbeiten in der Küche: Hygiene",
        file_name: "Probearbeiten in der Küche.pdf",
        customer: Some("gastronomie"),
        order: 30,
        bytes: include_bytes!("documents/kuechenhygiene.pdf"),
    },
];

/// Writes those that are missing.
pub(super) async fn write(host: &Host, store: &Store, recruiter: &User, now: Timestamp) -> Result<(), DemoError> {
    let documents = Documents::new(host.sdk(), local_name("Documents"));
    for record in &RECORDS {
        let upload = PendingUpload {
            upload_id: "first".parse().map_err(|error| refused(&record.id, &error))?,
            file: DocumentFile::parse(record.file_name, "application/pdf", record.bytes.len() as u64)
                .map_err(|_| refused(&record.id, &"no such file"))?,
            requested_at: now,
        };
        let document = document(record, &upload, recruiter, now)?;
        send(&documents, &document, &upload, record.bytes).await?;
        company::unless_there(store.save_document(&document).await)?;
    }
    Ok(())
}

fn document(
    record: &Record,
    upload: &PendingUpload,
    recruiter: &User,
    now: Timestamp,
) -> Result<GlobalDocument, DemoError> {
    let wrong = |error: &dyn std::fmt::Display| refused(&record.id, error);
    let audience = match record.customer {
        None => Audience::All,
        Some(customer) => {
            let customers = BTreeSet::from([customer.parse().map_err(|error| wrong(&error))?]);
            let customer_ids = SomeCustomers::try_from(customers).map_err(|error| wrong(&error))?;
            Audience::Customers { customer_ids }
        }
    };
    let mut document = GlobalDocument {
        id: record.id.parse().map_err(|error| wrong(&error))?,
        name: SingleLine::parse(record.name).map_err(|error| wrong(&error))?,
        language: Some(Language::GermanAustria),
        audience,
        order: DocumentOrder::try_from(record.order).map_err(|error| wrong(&error))?,
        versions: Vec::new(),
        pending: Some(upload.clone()),
        version: Version::FIRST,
        updated_at: now,
    };
    let author = Author {
        id: recruiter.id.clone(),
        name: recruiter.name.clone(),
    };
    document
        .complete(&upload.upload_id, author, now)
        .map_err(|error| wrong(&error))?;
    Ok(document)
}

async fn send(
    documents: &Documents,
    document: &GlobalDocument,
    upload: &PendingUpload,
    bytes: &'static [u8],
) -> Result<(), DemoError> {
    // S3 signs with the real time, whatever the host's clock says.
    let presigned = documents
        .presign_upload(&document.id, &upload.upload_id, &upload.file, Timestamp::now())
        .await
        .map_err(|error| DemoError::Documents(error.into()))?;
    let mut request = Request::builder().method(presigned.method.as_str()).uri(presigned.url);
    for (name, value) in presigned.headers {
        request = request.header(name, value);
    }
    let request = request
        .body(Full::new(Bytes::from_static(bytes)))
        .map_err(|error| DemoError::Documents(error.into()))?;
    let client: Client<_, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let answer = client
        .request(request)
        .await
        .map_err(|error| DemoError::Documents(error.into()))?;
    match answer.status() {
        // A load that was interrupted had come as far as this.
        StatusCode::OK | StatusCode::PRECONDITION_FAILED => Ok(()),
        status => Err(refused(&document.id, &status)),
    }
}
