//! Global documents, from the announcement to the download.

mod downloads;
mod refusals;
mod stories;
mod uploads;

use aws_sdk_dynamodb::types::AttributeValue;
use documents::Documents;
use reqwest::{Response, header::HeaderMap};
use serde_json::{Value, json};
use tests::{Answer, Person, Portal};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const PDF: &[u8] = b"%PDF-1.7\nInterviewleitfaden\n%%EOF\n";
const NAME: &str = "Interviewleitfaden für Führungskräfte.pdf";

/// A document about to be announced: a PDF for all.
fn new_document() -> Value {
    json!({
        "name": "Interviewleitfaden", "fileName": NAME, "mediaType": "application/pdf", "size": PDF.len(),
    })
}

fn with(mut document: Value, field: &str, value: impl Into<Value>) -> Value {
    document[field] = value.into();
    document
}

async fn announce(recruiter: &Person<'_>, body: &Value) -> Value {
    let answer = recruiter.request("POST", "/api/documents", &[], Some(body)).await;
    answer.expect(201)
}

/// Sends the bytes as the announcement's answer says, as a browser would: its length is the body's own.
async fn send(upload: &Value, bytes: impl Into<reqwest::Body>, leave_out: &str) -> Response {
    let mut request = reqwest::Client::new().request(
        upload["method"].as_str().unwrap().parse().unwrap(),
        upload["url"].as_str().unwrap(),
    );
    for (name, value) in upload["headers"].as_object().unwrap() {
        if name != "content-length" && name != leave_out {
            request = request.header(name, value.as_str().unwrap());
        }
    }
    request.body(bytes).send().await.unwrap()
}

/// Sends the right bytes without saying how many they are; what comes back.
async fn send_in_chunks(upload: &Value) -> String {
    let url: reqwest::Url = upload["url"].as_str().unwrap().parse().unwrap();
    let address = (url.host_str().unwrap(), url.port().unwrap());
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "PUT {}?{} HTTP/1.1\r\nHost: {}:{}\r\nContent-Type: application/pdf\r\nIf-None-Match: *\r\n\
         Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n{:x}\r\n",
        url.path(),
        url.query().unwrap(),
        address.0,
        address.1,
        PDF.len()
    );
    let request = [head.as_bytes(), PDF, b"\r\n0\r\n\r\n"].concat();
    stream.write_all(&request).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

async fn change(recruiter: &Person<'_>, document: &Value, version: &str, body: Value) -> Answer {
    let path = format!("/api/documents/{}", document["id"].as_str().unwrap());
    let version = format!("\"{version}\"");
    recruiter
        .request("PATCH", &path, &[("if-match", &version)], Some(&body))
        .await
}

/// Announces, uploads and completes; the document then.
async fn publish(recruiter: &Person<'_>, body: &Value, bytes: &'static [u8]) -> Value {
    let announced = announce(recruiter, body).await;
    assert_eq!(send(&announced["upload"], bytes, "").await.status(), 200);
    let upload = &announced["upload"]["uploadId"];
    let completed = change(recruiter, &announced["document"], "1", json!({ "uploadId": upload })).await;
    completed.expect(200)
}

fn download_path(document: &Value) -> String {
    format!("/api/documents/{}/download", document["id"].as_str().unwrap())
}

async fn open(download: &Value) -> (HeaderMap, Vec<u8>) {
    let response = reqwest::get(download["url"].as_str().unwrap()).await.unwrap();
    assert_eq!(response.status(), 200);
    (response.headers().clone(), response.bytes().await.unwrap().to_vec())
}

async fn names(person: &Person<'_>, query: &str) -> Vec<String> {
    let page = person.get(&format!("/api/documents{query}")).await.expect(200);
    let items = page["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["name"].as_str().unwrap().to_owned())
        .collect()
}

/// What is written of a document's downloads.
async fn recorded_downloads(portal: &Portal, document: &Value) -> Vec<(String, String)> {
    let client = aws_sdk_dynamodb::Client::new(portal.host.sdk());
    let pk = format!("DOCUMENT#{}", document["id"].as_str().unwrap());
    let query = client
        .query()
        .table_name(portal.host.table_name())
        .key_condition_expression("pk = :pk AND begins_with(sk, :download)")
        .expression_attribute_values(":pk", AttributeValue::S(pk))
        .expression_attribute_values(":download", AttributeValue::S("DOWNLOAD#".to_owned()));
    let items = query.send().await.unwrap().items.unwrap();
    let text = |value: &AttributeValue| value.as_s().unwrap().clone();
    items
        .iter()
        .map(|item| (text(&item["userName"]), text(&item["uploadId"])))
        .collect()
}

fn bucket(portal: &Portal) -> Documents {
    Documents::new(portal.host.sdk(), "hiring-portal-documents")
}
