//! What recruiters and contacts do with documents.

use jiff::{SignedDuration, Timestamp};

use super::*;

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
    assert_eq!(recorded_downloads(&portal, document).await.len(), 1);
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
    let given: Vec<_> = recorded_downloads(&portal, &first).await;
    let uploads = [&first["current"]["uploadId"], &completed["current"]["uploadId"]];
    assert_eq!(
        given,
        uploads.map(|upload| ("Lea Steiner".to_owned(), upload.as_str().unwrap().to_owned()))
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
