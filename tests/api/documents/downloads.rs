//! Who is given what, under which name and for how long.

use jiff::{SignedDuration, Timestamp};
use local::Fault;

use super::*;

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
    assert!(recorded_downloads(&portal, &document).await.is_empty());

    portal.wire().always("DynamoDB.PutItem", None);
    portal.wire().next("DynamoDB.PutItem", Fault::AnswerLost);
    lea.get(&download_path(&document)).await.expect(200);
    let upload = document["current"]["uploadId"].as_str().unwrap().to_owned();
    assert_eq!(
        recorded_downloads(&portal, &document).await,
        [("Lea Steiner".to_owned(), upload)]
    );
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
