//! Lists of applications, page by page.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use tests::{Person, Portal};

/// All items of a list, and how many pages they were.
async fn all_pages(person: &Person<'_>, path: &str) -> (Vec<Value>, usize) {
    let (mut items, mut pages, mut cursor) = (Vec::new(), 0, String::new());
    loop {
        let page = person.get(&format!("{path}{cursor}")).await.expect(200);
        items.extend(page["items"].as_array().unwrap().clone());
        pages += 1;
        match page["nextCursor"].as_str() {
            None => return (items, pages),
            Some(next) => cursor = format!("&cursor={next}"),
        }
    }
}

#[tokio::test]
async fn what_waits_longest_comes_first_and_no_page_repeats() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let mut ids = Vec::new();
    for _ in 0..7 {
        portal.host.clock().advance(std::time::Duration::from_secs(1));
        ids.push(department.new_application(&portal).await);
    }
    let maria = portal.sign_in(&department.decider).await;
    maria
        .act(&ids[2], &department.activity("reject"), "status-change", json!({}))
        .send()
        .await
        .expect(200);

    let (items, pages) = all_pages(&maria, "/api/applications?limit=3").await;
    let listed: Vec<_> = items.iter().map(|item| item["id"].as_str().unwrap()).collect();
    let rejected = ids.remove(2);
    assert_eq!(listed[..6], ids);
    assert_eq!(listed[6], rejected, "what is decided comes last");
    assert_eq!(pages, 3);
    assert_eq!(items[0]["applicant"]["fullName"], "Anna Müller, MSc");

    let (open, _) = all_pages(&maria, "/api/applications?statusGroup=proposed&limit=2").await;
    assert_eq!(open.len(), 6);
    let (rejections, _) = all_pages(&maria, "/api/applications?statusGroup=rejected&limit=2").await;
    assert_eq!(rejections.len(), 1);
}

#[tokio::test]
async fn a_list_of_one_job_holds_only_its_applications() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let application = department.new_application(&portal).await;
    let recruiter = portal.sign_in(&department.recruiter).await;
    department
        .application()
        .with("jobExternalId", &department.other_job)
        .import(&recruiter)
        .await;
    let maria = portal.sign_in(&department.decider).await;

    let path = format!("/api/applications?job={}", department.job_id());
    let items = maria.get(&path).await.expect(200)["items"].clone();
    assert_eq!(items.as_array().unwrap().len(), 1);
    assert_eq!(items[0]["id"], application);
    assert_eq!(
        maria.get("/api/applications").await.expect(200)["items"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    assert_eq!(
        maria.get("/api/applications?job=absent").await.problem(404),
        "not-found"
    );
}

#[tokio::test]
async fn a_recruiter_s_list_goes_through_every_customer() {
    let portal = Portal::start().await;
    let mut ids = Vec::new();
    let departments = [
        portal.department().await,
        portal.department().await,
        portal.department().await,
    ];
    for department in [&departments[0], &departments[2]] {
        for _ in 0..3 {
            ids.push(department.new_application(&portal).await);
        }
    }
    let recruiter = portal.sign_in(&departments[0].recruiter).await;
    let (items, _) = all_pages(&recruiter, "/api/applications?limit=2").await;
    let mut listed: Vec<_> = items
        .iter()
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect();
    listed.sort();
    ids.sort();
    assert_eq!(listed, ids);
    let stranger = portal.sign_in(&departments[1].decider).await;
    assert_eq!(stranger.get("/api/applications").await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn a_cursor_counts_for_its_own_list_and_reader_only() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    for _ in 0..3 {
        department.new_application(&portal).await;
    }
    let (maria, colleague) = (
        portal.sign_in(&department.decider).await,
        portal.sign_in(&department.colleague).await,
    );
    let page = maria.get("/api/applications?limit=1").await.expect(200);
    let cursor = page["nextCursor"].as_str().unwrap();

    maria
        .get(&format!("/api/applications?limit=2&cursor={cursor}"))
        .await
        .expect(200);
    for (person, path) in [
        (&colleague, format!("/api/applications?cursor={cursor}")),
        (&maria, format!("/api/applications?statusGroup=new&cursor={cursor}")),
        (&maria, format!("/api/applications?cursor={}", &cursor[1..])),
    ] {
        assert_eq!(person.get(&path).await.pointers(), ["/cursor"], "{path}");
    }
    for (path, pointer) in [
        ("limit=0", "/limit"),
        ("limit=101", "/limit"),
        ("limit=x", "/limit"),
        ("statusGroup=x", "/statusGroup"),
    ] {
        assert_eq!(
            maria.get(&format!("/api/applications?{path}")).await.pointers(),
            [pointer]
        );
    }
}

#[tokio::test]
async fn a_page_costs_the_same_whatever_lies_behind_it() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let maria = portal.sign_in(&department.decider).await;
    let mut calls = Vec::new();
    for _ in 0..2 {
        for _ in 0..6 {
            department.new_application(&portal).await;
        }
        portal.wire().forget_calls();
        maria.get("/api/applications?limit=5").await.expect(200);
        calls.push(
            portal
                .wire()
                .calls()
                .into_iter()
                .map(|call| call.operation)
                .collect::<Vec<_>>(),
        );
    }
    let page = [
        "DynamoDB.BatchGetItem",
        "DynamoDB.Query",
        "DynamoDB.BatchGetItem",
        "DynamoDB.BatchGetItem",
    ];
    assert_eq!(calls[1], page);
}

#[tokio::test]
async fn a_long_history_pages_without_gap_or_repetition_and_its_chain_holds() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;
    for version in 1..=30 {
        let call = json!({ "note": format!("Versuch {version}"), "outcome": "notReached" });
        let act = maria.act(&application, &department.activity("reject"), "phone-call", call);
        act.version(&version.to_string()).send().await.expect(200);
    }
    let rejection = maria.reject_by_email(&application, &department.activity("reject"));
    rejection.version("31").send().await.expect(200);

    let recruiter = portal.sign_in(&department.recruiter).await;
    let (entries, pages) = all_pages(&recruiter, &format!("/api/applications/{application}/history?limit=7")).await;
    let sequences: Vec<u64> = entries
        .iter()
        .map(|entry| entry["id"].as_str().unwrap().parse().unwrap())
        .collect();
    assert_eq!(sequences, (1..=32).rev().collect::<Vec<_>>());
    assert_eq!(pages, 5);

    let id = application.parse().unwrap();
    let mut recorded = portal.store.history(&id, None, 100).await.unwrap().entries;
    recorded.reverse();
    let user = department.user_id(&department.recruiter);
    let now = jiff::Timestamp::now();
    let stored = portal
        .store
        .load_case(
            store::CaseKeys {
                user: &user,
                application: &id,
                activity: None,
                command: None,
                interview: None,
            },
            now,
        )
        .await
        .unwrap()
        .application
        .unwrap();
    let entries: Vec<_> = recorded.iter().map(|recorded| &recorded.entry).collect();
    assert_eq!(
        domain::verify_chain(entries, &stored.history_head, stored.version.0),
        Ok(())
    );
}

/// The same entry, that many times more. Its mails are not copied.
async fn repeat_entry(portal: &Portal, application: &str, times: u64) {
    let table = aws_sdk_dynamodb::Client::new(portal.host.sdk());
    let key = [
        ("pk", format!("APPLICATION#{application}")),
        ("sk", "HISTORY#0000000002".to_owned()),
    ];
    let key = key.map(|(name, text)| (name.to_owned(), AttributeValue::S(text)));
    let read = table.get_item().table_name(portal.host.table_name());
    let entry = read.set_key(Some(key.into())).send().await.unwrap().item.unwrap();
    for sequence in 3..3 + times {
        let mut another = entry.clone();
        another.insert("sk".to_owned(), AttributeValue::S(format!("HISTORY#{sequence:010}")));
        another.insert("sequence".to_owned(), AttributeValue::N(sequence.to_string()));
        let put = table.put_item().table_name(portal.host.table_name());
        put.set_item(Some(another)).send().await.unwrap();
    }
}

#[tokio::test]
async fn a_history_of_the_longest_mails_comes_in_pages_that_the_gateway_passes_on() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let application = department.new_application(&portal).await;
    let maria = portal.sign_in(&department.decider).await;
    // Quotation marks are what takes most room in an answer.
    let body = json!({ "subject": "Absage", "bodyHtml": format!("<p>Leider. {}</p>", "\"".repeat(99_000)) });
    let reject = department.activity("reject");
    maria.act(&application, &reject, "email", body).send().await.expect(200);
    repeat_entry(&portal, &application, 30).await;

    let path = format!("/api/applications/{application}/history?limit=100");
    let (entries, pages) = all_pages(&maria, &path).await;
    assert_eq!(entries.len(), 31);
    assert!(pages > 5, "{pages}");
}
