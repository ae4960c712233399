//! What the bucket takes, and when a document is complete.

use domain::DocumentFile;
use jiff::Timestamp;
use local::Fault;

use super::*;

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
