//! What is refused, and what goes wrong beside others.

use local::Fault;

use super::*;

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
    assert!(recorded_downloads(&portal, &unfinished).await.is_empty());

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
        assert_eq!(
            recorded_downloads(&portal, &document).await.len(),
            1,
            "who had it stays written"
        );
    }
    assert!(names(&recruiter, "").await.is_empty());
}
