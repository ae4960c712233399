//! Global documents, from the announcement to the download.

use aws_sdk_dynamodb::types::AttributeValue;
use documents::Documents;
use domain::DocumentFile;
use jiff::{SignedDuration, Timestamp};
use local::Fault;
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
async fn downloads(portal: &Portal, document: &Value) -> Vec<(String, String)> {
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

#[tokio::test]
async fn a_document_is_announced_uploaded_completed_listed_and_downloaded() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let lea = portal.sign_in(&department.reader).await;

    let answer = recruiter
        .request(
            "POST",
            "/api/documents",
            &[],
            Some(&with(new_document(), "language", "de-AT")),
        )
        .await;
    let announced = answer.expect(201);
    assert_eq!(answer.headers["etag"], "\"1\"");
    let (document, upload) = (&announced["document"], &announced["upload"]);
    assert_eq!(document["current"], Value::Null);
    assert_eq!(document["pendingUpload"]["uploadId"], upload["uploadId"]);
    assert_eq!(document["audience"], json!({ "kind": "all" }));
    let listed = recruiter.get("/api/documents").await.expect(200)["items"][0].clone();
    assert_eq!(
        (&listed["uploadPending"], &listed["fileName"]),
        (&json!(true), &Value::Null)
    );
    assert!(names(&lea, "").await.is_empty());
    assert_eq!(lea.get(&download_path(document)).await.problem(404), "not-found");

    assert_eq!(send(upload, PDF, "").await.status(), 200);
    assert!(
        names(&lea, "").await.is_empty(),
        "a file that is not completed is not there"
    );
    let completed = change(&recruiter, document, "1", json!({ "uploadId": upload["uploadId"] })).await;
    assert_eq!(completed.headers["etag"], "\"2\"");
    let completed = completed.expect(200);
    assert_eq!(completed["current"]["uploadedBy"]["name"], "Renate Recruiter");
    assert_eq!(completed["pendingUpload"], Value::Null);
    let path = format!("/api/documents/{}", document["id"].as_str().unwrap());
    assert_eq!(recruiter.get(&path).await.expect(200), completed);

    let listed = lea.get("/api/documents").await.expect(200)["items"][0].clone();
    let mut fields: Vec<_> = listed.as_object().unwrap().keys().map(String::as_str).collect();
    fields.sort_unstable();
    assert_eq!(
        fields,
        [
            "fileName",
            "id",
            "language",
            "mediaType",
            "name",
            "order",
            "size",
            "updatedAt",
            "uploadedAt",
            "version"
        ],
        "a contact is not told who else may read it"
    );

    portal.wire().forget_calls();
    let download = lea.get(&download_path(document)).await.expect(200);
    let expires_at: Timestamp = download["expiresAt"].as_str().unwrap().parse().unwrap();
    assert!(expires_at.duration_since(Timestamp::now()) <= SignedDuration::from_secs(60));
    assert_eq!(downloads(&portal, document).await.len(), 1);
    let (headers, bytes) = open(&download).await;
    assert_eq!(bytes, PDF);
    assert_eq!(headers["content-type"], "application/pdf");
    assert_eq!(
        headers["content-disposition"],
        "attachment; filename=\"Interviewleitfaden fuer Fuehrungskraefte.pdf\"; \
         filename*=UTF-8''Interviewleitfaden%20f%C3%BCr%20F%C3%BChrungskr%C3%A4fte.pdf"
    );
    let calls: Vec<_> = portal
        .wire()
        .calls()
        .into_iter()
        .filter(|call| call.function.is_some())
        .collect();
    let operations: Vec<_> = calls.iter().map(|call| call.operation.as_str()).collect();
    assert_eq!(
        operations,
        ["DynamoDB.BatchGetItem", "DynamoDB.PutItem", "S3.GetObject"]
    );
    assert_eq!(
        calls[2].function.as_deref(),
        Some("download-document"),
        "who signed the URL answers for it"
    );
}

#[tokio::test]
async fn s3_takes_only_what_was_announced_and_only_once() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let announced = announce(&recruiter, &new_document()).await;
    let (document, upload) = (&announced["document"], &announced["upload"]);

    let longer = [PDF, b"x"].concat();
    let shorter = PDF[1..].to_vec();
    let mut attempts = vec![
        send(upload, longer, "").await,
        send(upload, shorter, "").await,
        send(upload, PDF, "content-type").await,
        send(upload, PDF, "if-none-match").await,
    ];
    let other_type = with(
        upload.clone(),
        "headers",
        json!({ "content-type": "text/html", "if-none-match": "*" }),
    );
    attempts.push(send(&other_type, PDF, "").await);
    let url = upload["url"].as_str().unwrap();
    for (part, other) in [
        ("content-length%3B", ""),
        ("content-type%3B", ""),
        ("X-Amz-Expires=900", "X-Amz-Expires=901"),
        ("/documents/", "/other/"),
    ] {
        assert!(url.contains(part), "{part} in {url}");
        attempts.push(send(&with(upload.clone(), "url", url.replace(part, other)), PDF, "").await);
    }
    for (number, attempt) in attempts.iter().enumerate() {
        assert_eq!(attempt.status(), 403, "attempt {number}");
    }
    assert!(send_in_chunks(upload).await.starts_with("HTTP/1.1 403 "));
    let complete = json!({ "uploadId": upload["uploadId"] });
    assert_eq!(
        change(&recruiter, document, "1", complete.clone()).await.pointers(),
        ["/uploadId"]
    );

    assert_eq!(send(upload, PDF, "").await.status(), 200);
    let other = vec![b'x'; PDF.len()];
    assert_eq!(
        send(upload, other, "").await.status(),
        412,
        "what is there stays as it is"
    );
    change(&recruiter, document, "1", complete).await.expect(200);
    let download = recruiter.get(&download_path(document)).await.expect(200);
    assert_eq!(open(&download).await.1, PDF);
}

#[tokio::test]
async fn what_has_not_come_as_announced_is_not_completed() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let announced = announce(&recruiter, &new_document()).await;
    let (document, upload) = (&announced["document"], &announced["upload"]["uploadId"]);
    let path = format!("/api/documents/{}", document["id"].as_str().unwrap());

    let all = json!({ "uploadId": upload, "name": "Anders" });
    assert_eq!(
        change(&recruiter, document, "1", all.clone()).await.pointers(),
        ["/uploadId"]
    );
    for wrong in ["another", "NO/ID", ""] {
        let wrong = json!({ "uploadId": wrong, "name": " " });
        assert_eq!(
            change(&recruiter, document, "1", wrong).await.pointers(),
            ["/name", "/uploadId"]
        );
    }

    // The bucket holds something else under this upload.
    let other = DocumentFile::parse("a.txt", "text/plain", PDF.len() as u64).unwrap();
    let (id, upload_id) = (
        document["id"].as_str().unwrap().parse().unwrap(),
        upload.as_str().unwrap().parse().unwrap(),
    );
    let presigned = bucket(&portal)
        .presign_upload(&id, &upload_id, &other, Timestamp::now())
        .await
        .unwrap();
    let presigned = json!({ "method": presigned.method, "url": presigned.url, "headers": presigned.headers });
    assert_eq!(send(&presigned, PDF, "").await.status(), 200);
    assert_eq!(
        change(&recruiter, document, "1", all.clone()).await.pointers(),
        ["/uploadId"]
    );

    let unavailable = Fault::status(503, "SlowDown");
    portal.wire().always("S3.HeadObject", Some(unavailable));
    assert_eq!(change(&recruiter, document, "1", all).await.problem(503), "unavailable");
    assert_eq!(&recruiter.get(&path).await.expect(200), document, "nothing has changed");
}

#[tokio::test]
async fn every_field_that_is_wrong_is_named() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let post = async |body: &Value| recruiter.request("POST", "/api/documents", &[], Some(body)).await;

    let all = json!({
        "name": " ", "customerIds": ["absent", "NO ID"], "order": 1_000_000,
        "fileName": "../a.pdf", "mediaType": "text/html", "size": 0,
    });
    assert_eq!(
        post(&all).await.pointers(),
        [
            "/name",
            "/customerIds/0",
            "/customerIds/1",
            "/order",
            "/fileName",
            "/mediaType",
            "/size"
        ]
    );
    let megabytes = 1024 * 1024;
    for (field, value, pointer) in [
        ("size", json!(26 * megabytes), "/size"),
        ("size", json!(25 * megabytes + 1), "/size"),
        ("fileName", json!("Leitfaden.exe"), "/fileName"),
        ("fileName", json!("Leitfaden.docx"), "/fileName"),
        ("mediaType", json!("application/x-msdownload"), "/mediaType"),
        ("customerIds", json!([]), "/customerIds"),
        ("size", json!(-1), ""),
        ("language", json!("fr"), ""),
        ("unknown", json!(1), ""),
    ] {
        assert_eq!(
            post(&with(new_document(), field, value)).await.pointers(),
            [pointer],
            "{field}"
        );
    }
    post(&with(new_document(), "size", 25 * megabytes)).await.expect(201);
    assert_eq!(
        portal
            .wire()
            .calls()
            .iter()
            .filter(|call| call.operation.starts_with("S3."))
            .count(),
        0
    );
}

#[tokio::test]
async fn a_new_version_takes_the_place_of_the_old_one_which_is_kept() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let lea = portal.sign_in(&department.reader).await;
    let first = publish(&recruiter, &new_document(), PDF).await;
    let uploads = format!("/api/documents/{}/uploads", first["id"].as_str().unwrap());
    let file = json!({ "fileName": "Leitfaden 2027.pdf", "mediaType": "application/pdf", "size": 3 });

    let post = async |version: &str, body: &Value| {
        let version = format!("\"{version}\"");
        recruiter
            .request("POST", &uploads, &[("if-match", &version)], Some(body))
            .await
    };
    assert_eq!(post("2", &with(file.clone(), "size", 0)).await.pointers(), ["/size"]);
    let replaced = post("2", &file).await.expect(201);
    assert_eq!(send(&replaced["upload"], "old", "").await.status(), 200);
    // Announced again: what was sent for the first announcement is taken away.
    let second = post("3", &file).await.expect(201);
    let id = first["id"].as_str().unwrap().parse().unwrap();
    let gone = replaced["upload"]["uploadId"].as_str().unwrap().parse().unwrap();
    assert_eq!(bucket(&portal).head(&id, &gone).await.unwrap(), None);
    assert_eq!(
        change(
            &recruiter,
            &first,
            "4",
            json!({ "uploadId": replaced["upload"]["uploadId"] })
        )
        .await
        .pointers(),
        ["/uploadId"]
    );

    assert_eq!(send(&second["upload"], "new", "").await.status(), 200);
    let before = lea.get(&download_path(&first)).await.expect(200);
    assert_eq!(open(&before).await.1, PDF, "until it is completed the old one is given");
    let body = json!({ "uploadId": second["upload"]["uploadId"], "name": "Leitfaden" });
    let completed = change(&recruiter, &first, "4", body).await.expect(200);
    assert_eq!(completed["current"]["fileName"], "Leitfaden 2027.pdf");
    assert_eq!(completed["earlierVersions"], json!([first["current"]]));
    assert_eq!(completed["version"], "5");

    let after = lea.get(&download_path(&first)).await.expect(200);
    assert_eq!(open(&after).await.1, b"new");
    let given: Vec<_> = downloads(&portal, &first).await;
    let uploads = [&first["current"]["uploadId"], &completed["current"]["uploadId"]];
    assert_eq!(
        given,
        uploads.map(|upload| ("Lea Steiner".to_owned(), upload.as_str().unwrap().to_owned()))
    );
}

#[tokio::test]
async fn foreign_unfinished_removed_and_absent_documents_are_the_same_nothing() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let other_department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let maria = portal.sign_in(&department.decider).await;
    let stranger = portal.sign_in(&other_department.decider).await;
    let customer = department.customer_id();
    let foreign = publish(&recruiter, &with(new_document(), "customerIds", json!([customer])), PDF).await;
    let unfinished = announce(&recruiter, &new_document()).await["document"].clone();
    let removed = publish(&recruiter, &new_document(), PDF).await;
    let path = format!("/api/documents/{}", removed["id"].as_str().unwrap());
    let answer = recruiter.request("DELETE", &path, &[("if-match", "\"2\"")], None).await;
    answer.expect(204);

    maria.get(&download_path(&foreign)).await.expect(200);
    assert_eq!(names(&maria, "").await, ["Interviewleitfaden"]);
    assert!(names(&stranger, "").await.is_empty());
    let absent = stranger.get("/api/documents/absent/download").await;
    assert_eq!(absent.problem(404), "not-found");
    let answers = [
        stranger.get(&download_path(&foreign)).await,
        stranger.get(&download_path(&unfinished)).await,
        stranger.get(&download_path(&removed)).await,
        stranger.get("/api/documents/NO_ID/download").await,
        recruiter.get(&download_path(&unfinished)).await,
        recruiter.get(&download_path(&removed)).await,
    ];
    for answer in answers {
        assert_eq!((answer.status, &answer.text), (absent.status, &absent.text));
    }
    assert_eq!(recruiter.get(&path).await.problem(404), "not-found");
    assert!(downloads(&portal, &unfinished).await.is_empty());

    // What it is taken from, and given to, is so at the next request.
    let given = json!({ "customerIds": [other_department.customer_id()] });
    let changed = change(&recruiter, &foreign, "2", given).await.expect(200);
    assert_eq!(
        changed["audience"],
        json!({ "kind": "customers", "customerIds": [other_department.customer_id()] })
    );
    assert_eq!(maria.get(&download_path(&foreign)).await.problem(404), "not-found");
    stranger.get(&download_path(&foreign)).await.expect(200);
    change(&recruiter, &foreign, "3", json!({ "customerIds": null }))
        .await
        .expect(200);
    maria.get(&download_path(&foreign)).await.expect(200);
}

#[tokio::test]
async fn managing_is_for_recruiters() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let maria = portal.sign_in(&department.decider).await;
    let document = publish(&recruiter, &new_document(), PDF).await;
    let path = format!("/api/documents/{}", document["id"].as_str().unwrap());
    for (method, path) in [
        ("POST", "/api/documents".to_owned()),
        ("GET", path.clone()),
        ("PATCH", path.clone()),
        ("DELETE", path.clone()),
        ("POST", format!("{path}/uploads")),
        ("GET", "/api/documents/absent".to_owned()),
    ] {
        let headers = [("if-match", "\"2\"")];
        let answer = maria.request(method, &path, &headers, Some(&new_document())).await;
        assert_eq!(answer.problem(403), "recruiters-only", "{method} {path}");
        let answer = portal.request(method, &path, &headers, Some(&new_document())).await;
        assert_eq!(answer.problem(401), "unauthenticated", "{method} {path}");
    }
    for path in ["/api/documents".to_owned(), download_path(&document)] {
        assert_eq!(
            portal.request("GET", &path, &[], None).await.problem(401),
            "unauthenticated"
        );
    }
    assert_eq!(recruiter.get(&path).await.expect(200), document);
}

#[tokio::test]
async fn of_two_who_change_the_same_version_one_is_told() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let document = publish(&recruiter, &new_document(), PDF).await;
    let path = format!("/api/documents/{}", document["id"].as_str().unwrap());
    for (method, path) in [
        ("PATCH", path.clone()),
        ("DELETE", path.clone()),
        ("POST", format!("{path}/uploads")),
    ] {
        let answer = recruiter.request(method, &path, &[], Some(&json!({}))).await;
        assert_eq!(answer.problem(428), "version-missing", "{method}");
        let answer = recruiter
            .request(method, &path, &[("if-match", "\"1\"")], Some(&json!({})))
            .await;
        assert_eq!(answer.problem(412), "version-conflict", "{method}");
    }
    let (one, other) = tokio::join!(
        change(&recruiter, &document, "2", json!({ "name": "Eins", "order": 7 })),
        change(&recruiter, &document, "2", json!({ "name": "Zwei", "language": "en" })),
    );
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
    let won = if one.status == 200 { one } else { other };
    assert_eq!(recruiter.get(&path).await.expect(200), won.json());
}

#[tokio::test]
async fn a_download_is_written_once_or_not_given() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let lea = portal.sign_in(&department.reader).await;
    let document = publish(&recruiter, &new_document(), PDF).await;

    let broken = Fault::status(500, "InternalServerError");
    portal.wire().always("DynamoDB.PutItem", Some(broken));
    let refused = lea.get(&download_path(&document)).await;
    assert_eq!(refused.problem(503), "unavailable");
    assert!(!refused.text.contains("http"), "{}", refused.text);
    assert!(downloads(&portal, &document).await.is_empty());

    portal.wire().always("DynamoDB.PutItem", None);
    portal.wire().next("DynamoDB.PutItem", Fault::AnswerLost);
    lea.get(&download_path(&document)).await.expect(200);
    let upload = document["current"]["uploadId"].as_str().unwrap().to_owned();
    assert_eq!(
        downloads(&portal, &document).await,
        [("Lea Steiner".to_owned(), upload)]
    );
}

#[tokio::test]
async fn the_list_goes_by_order_and_name_a_query_a_page() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let other_department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let lea = portal.sign_in(&department.reader).await;
    for (name, order) in [("beta", 2), ("Alpha", 2), ("Handbuch", 10), ("Zuerst", 1)] {
        publish(
            &recruiter,
            &with(with(new_document(), "name", name), "order", order),
            PDF,
        )
        .await;
    }
    let own = with(new_document(), "customerIds", json!([other_department.customer_id()]));
    publish(&recruiter, &with(with(own, "name", "Fremd"), "order", 2), PDF).await;
    announce(&recruiter, &with(with(new_document(), "name", "Unfertig"), "order", 2)).await;

    assert_eq!(
        names(&recruiter, "").await,
        ["Zuerst", "Alpha", "beta", "Fremd", "Unfertig", "Handbuch"]
    );
    let (mut found, mut pages, mut cursor) = (Vec::new(), 0, String::new());
    loop {
        portal.wire().forget_calls();
        let page = lea.get(&format!("/api/documents?limit=2{cursor}")).await.expect(200);
        let calls: Vec<_> = portal.wire().calls().into_iter().map(|call| call.operation).collect();
        assert_eq!(calls, ["DynamoDB.GetItem", "DynamoDB.Query"]);
        let items = page["items"].as_array().unwrap();
        found.extend(items.iter().map(|item| item["name"].as_str().unwrap().to_owned()));
        pages += 1;
        match page["nextCursor"].as_str() {
            None => break,
            Some(next) => cursor = format!("&cursor={next}"),
        }
    }
    assert_eq!(found, ["Zuerst", "Alpha", "beta", "Handbuch"]);
    assert!(pages >= 3);
    assert_eq!(
        recruiter.get(&format!("/api/documents?{cursor}")).await.pointers(),
        ["/cursor"]
    );

    let page = recruiter.get("/api/documents?limit=1").await.expect(200);
    change(
        &recruiter,
        &page["items"][0],
        "2",
        json!({ "order": 11, "language": null }),
    )
    .await
    .expect(200);
    assert_eq!(names(&lea, "").await, ["Alpha", "beta", "Handbuch", "Zuerst"]);
}

#[tokio::test]
async fn a_url_ends_with_its_time() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let document = publish(&recruiter, &new_document(), PDF).await;
    let id = document["id"].as_str().unwrap().parse().unwrap();
    let stored = portal.store.document(&id).await.unwrap().unwrap();
    let version = stored.current().unwrap();
    let (bucket, now) = (bucket(&portal), Timestamp::now());
    for (ago, status) in [(30, 200), (62, 403)] {
        let at = now - SignedDuration::from_secs(ago);
        let download = bucket.presign_download(&id, version, at).await.unwrap();
        assert_eq!(reqwest::get(&download.url).await.unwrap().status(), status, "{ago}");
        let longer = download.url.replace("X-Amz-Expires=60", "X-Amz-Expires=600");
        assert_ne!(longer, download.url);
        assert_eq!(reqwest::get(&longer).await.unwrap().status(), 403, "{ago}");
    }
    let upload = "late".parse().unwrap();
    let at = now - SignedDuration::from_secs(15 * 60 + 2);
    let late = bucket.presign_upload(&id, &upload, &version.file, at).await.unwrap();
    let late = json!({ "method": late.method, "url": late.url, "headers": late.headers });
    assert_eq!(send(&late, PDF, "").await.status(), 403);
}

#[tokio::test]
async fn a_file_is_saved_under_its_name_whatever_letters_it_has() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    for (name, fallback, encoded) in [
        (
            "Plan \"B\"; 100%.pdf",
            "Plan _B_; 100_.pdf",
            "Plan%20%22B%22%3B%20100%25.pdf",
        ),
        (
            "Größe 😀 & mehr+.pdf",
            "Groesse _ & mehr+.pdf",
            "Gr%C3%B6%C3%9Fe%20%F0%9F%98%80%20&%20mehr+.pdf",
        ),
    ] {
        let document = publish(&recruiter, &with(new_document(), "fileName", name), PDF).await;
        let download = recruiter.get(&download_path(&document)).await.expect(200);
        let expected = format!("attachment; filename=\"{fallback}\"; filename*=UTF-8''{encoded}");
        assert_eq!(open(&download).await.0["content-disposition"], expected.as_str());
    }
}

#[tokio::test]
async fn a_page_of_another_origin_may_upload_and_nothing_else() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let upload = announce(&recruiter, &new_document()).await["upload"].clone();
    let ask = async |method: &str, headers: &str| {
        let question = reqwest::Client::new().request(reqwest::Method::OPTIONS, upload["url"].as_str().unwrap());
        let question = question
            .header("origin", portal.host.url())
            .header("access-control-request-method", method)
            .header("access-control-request-headers", headers);
        question.send().await.unwrap()
    };
    let allowed = ask("PUT", "content-type,if-none-match").await;
    assert_eq!(allowed.status(), 200);
    assert_eq!(
        allowed.headers()["access-control-allow-origin"],
        portal.host.url().as_str()
    );
    assert_eq!(
        allowed.headers()["access-control-allow-headers"],
        "content-type, if-none-match"
    );
    assert_eq!(ask("DELETE", "").await.status(), 403);
    assert_eq!(ask("PUT", "x-amz-acl").await.status(), 403);

    let mut from_page = upload.clone();
    from_page["headers"]["origin"] = portal.host.url().into();
    let sent = send(&from_page, PDF, "").await;
    assert_eq!(sent.status(), 200);
    assert_eq!(
        sent.headers()["access-control-allow-origin"],
        portal.host.url().as_str()
    );
}

#[tokio::test]
async fn what_a_role_may_not_do_its_urls_do_not_either() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let document = publish(&recruiter, &new_document(), PDF).await;
    let announced = announce(&recruiter, &new_document()).await;
    let complete = json!({ "uploadId": announced["upload"]["uploadId"] });
    let allow = |function: &str, actions: &[&str]| {
        let dynamodb = ["BatchGetItem", "GetItem", "PutItem", "Query"].map(|action| format!("dynamodb:{action}"));
        let s3 = actions.iter().map(|action| format!("s3:{action}"));
        portal.wire().allow(function, dynamodb.into_iter().chain(s3).collect());
    };

    allow("download-document", &["ListBucket", "PutObject"]);
    let download = recruiter.get(&download_path(&document)).await.expect(200);
    let url = download["url"].as_str().unwrap();
    assert_eq!(reqwest::get(url).await.unwrap().status(), 403);
    allow("download-document", &["GetObject"]);
    assert_eq!(reqwest::get(url).await.unwrap().status(), 200);

    // Who may not list the bucket cannot tell that nothing was uploaded.
    allow("manage-documents", &["GetObject"]);
    let forbidden = change(&recruiter, &announced["document"], "1", complete.clone()).await;
    assert_eq!(forbidden.problem(503), "unavailable");
    assert_eq!(send(&announced["upload"], PDF, "").await.status(), 403);
    allow("manage-documents", &["GetObject", "ListBucket", "PutObject"]);
    let nothing = change(&recruiter, &announced["document"], "1", complete).await;
    assert_eq!(nothing.pointers(), ["/uploadId"]);
    assert_eq!(send(&announced["upload"], PDF, "").await.status(), 200);
}

#[tokio::test]
async fn a_removed_document_takes_its_files_along_as_far_as_the_bucket_answers() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let broken = Fault::status(503, "SlowDown");
    for (fault, left) in [(None, false), (Some(broken), true)] {
        let document = publish(&recruiter, &new_document(), PDF).await;
        recruiter.get(&download_path(&document)).await.expect(200);
        portal.wire().always("S3.DeleteObject", fault);
        let path = format!("/api/documents/{}", document["id"].as_str().unwrap());
        let removed = recruiter.request("DELETE", &path, &[("if-match", "\"2\"")], None).await;
        removed.expect(204);
        assert_eq!(
            recruiter
                .request("DELETE", &path, &[("if-match", "\"2\"")], None)
                .await
                .problem(404),
            "not-found"
        );
        let id = document["id"].as_str().unwrap().parse().unwrap();
        let upload = document["current"]["uploadId"].as_str().unwrap().parse().unwrap();
        assert_eq!(bucket(&portal).head(&id, &upload).await.unwrap().is_some(), left);
        assert_eq!(downloads(&portal, &document).await.len(), 1, "who had it stays written");
    }
    assert!(names(&recruiter, "").await.is_empty());
}

#[tokio::test]
async fn the_demo_has_documents_for_all_and_for_one_customer() {
    let portal = Portal::start().await;
    local::demo::load(&portal.host).await.unwrap();
    let sign_in = async |email: &str| {
        let answer = portal.try_sign_in(email, local::demo::PASSWORD).await.expect(200);
        format!("Bearer {}", answer["accessToken"].as_str().unwrap())
    };
    let get = async |bearer: &str, path: &str| portal.request("GET", path, &[("authorization", bearer)], None).await;
    let (decider, other) = (
        sign_in("decider@demo.example").await,
        sign_in("other@demo.example").await,
    );
    for (bearer, count) in [(&decider, 2), (&other, 3)] {
        let items = get(bearer, "/api/documents").await.expect(200)["items"].clone();
        assert_eq!(items.as_array().unwrap().len(), count);
        for item in items.as_array().unwrap() {
            let (headers, bytes) = open(&get(bearer, &download_path(item)).await.expect(200)).await;
            assert_eq!(headers["content-type"], "application/pdf");
            assert!(bytes.starts_with(b"%PDF-1.7\n") && bytes.ends_with(b"%%EOF\n"));
        }
    }
    let foreign = get(&decider, "/api/documents/kuechenhygiene/download").await;
    assert_eq!(foreign.problem(404), "not-found");
}

#[tokio::test]
async fn the_feed_says_who_was_given_what() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    let lea = portal.sign_in(&department.reader).await;
    let announced = announce(&recruiter, &new_document()).await;
    let (document, upload) = (&announced["document"], &announced["upload"]);
    assert_eq!(send(upload, PDF, "").await.status(), 200);
    let path = format!("/api/documents/{}", document["id"].as_str().unwrap());
    let complete = json!({ "uploadId": upload["uploadId"] });
    recruiter.patch(&path, "1", &complete).await.expect(200);
    lea.get(&download_path(document)).await.expect(200);

    for query in [
        "channel=download",
        "",
        &format!("contact={}", department.user_id(&department.reader)),
    ] {
        let feed = recruiter.get(&format!("/api/history?{query}")).await.expect(200);
        let item = &feed["items"][0];
        assert_eq!(
            (&item["channel"], &item["actor"]["name"]),
            (&json!("download"), &json!("Lea Steiner"))
        );
        assert_eq!(item["document"]["id"], document["id"]);
        assert_eq!(item["customer"]["name"], "Produktion");
    }
    let csv = recruiter
        .request("GET", "/api/history", &[("accept", "text/csv")], None)
        .await;
    assert!(csv.text.contains(";Dokument;"), "{}", csv.text);
}
