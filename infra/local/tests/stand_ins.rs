//! The stand-ins behind the one endpoint, with the unmodified AWS SDKs.

#![allow(clippy::unwrap_used, reason = "tests and their preparation")]

mod support;

use aws_sdk_dynamodb::types::{AttributeValue, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update};
use local::{Host, HostError, Service};
use support::{BUCKET, mail, ses, start};

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.into())
}

async fn put(host: &Host, pk: &str) {
    let client = aws_sdk_dynamodb::Client::new(host.sdk());
    let put = client
        .put_item()
        .table_name(host.table_name())
        .item("pk", text(pk))
        .item("sk", text("1"));
    put.item("list", text("all")).send().await.unwrap();
}

async fn get(host: &Host, pk: &str) -> Option<String> {
    let client = aws_sdk_dynamodb::Client::new(host.sdk());
    let get = client
        .get_item()
        .table_name(host.table_name())
        .key("pk", text(pk))
        .key("sk", text("1"));
    get.send().await.unwrap().item?.get("list")?.as_s().ok().cloned()
}

async fn seed(host: &Host) -> String {
    let client = aws_sdk_secretsmanager::Client::new(host.sdk());
    let answer = client
        .get_secret_value()
        .secret_id("hiring-portal-signing-seed")
        .send()
        .await
        .unwrap();
    answer.secret_string.unwrap()
}

#[tokio::test]
async fn everything_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let host = start(folder.path()).await.unwrap();
    let s3 = aws_sdk_s3::Client::new(host.sdk());
    put(&host, "one").await;
    let object = s3
        .put_object()
        .bucket(BUCKET)
        .key("a/Übersicht.pdf")
        .body(vec![7; 100_000].into());
    object.content_type("application/pdf").send().await.unwrap();
    let sent = mail(
        &ses(&host),
        "Date: old\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\nText",
    )
    .send()
    .await
    .unwrap();
    let first_seed = seed(&host).await;
    assert_eq!(first_seed.len(), 64);
    drop((host, s3));

    let host = start(folder.path()).await.unwrap();
    assert_eq!(get(&host, "one").await.as_deref(), Some("all"));
    let s3 = aws_sdk_s3::Client::new(host.sdk());
    let object = s3
        .get_object()
        .bucket(BUCKET)
        .key("a/Übersicht.pdf")
        .send()
        .await
        .unwrap();
    assert_eq!(object.content_type(), Some("application/pdf"));
    assert_eq!(object.body.collect().await.unwrap().into_bytes(), vec![7; 100_000]);
    assert_eq!(seed(&host).await, first_seed);
    let later = mail(&ses(&host), "Subject: x\r\n\r\nText").send().await.unwrap();
    assert!(later.message_id > sent.message_id);
    let inbox: serde_json::Value = reqwest::get(format!("{}/inbox/messages", host.url()))
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(inbox.as_array().unwrap().len(), 2);
    assert_eq!(inbox[1]["subject"], "Grüße");
    assert_eq!(inbox[1]["messageId"], sent.message_id.unwrap());
    assert_eq!(inbox[1]["tags"]["mail"], "01J-a_b");
    assert_eq!(inbox[1]["to"][0], "anna@example.org");

    let operations: Vec<_> = host
        .wire()
        .calls()
        .into_iter()
        .map(|call| (call.operation, call.status))
        .collect();
    let expected = [
        "DynamoDB.GetItem",
        "S3.GetObject",
        "SecretsManager.GetSecretValue",
        "SES.SendEmail",
    ];
    assert_eq!(operations, expected.map(|operation| (operation.to_owned(), Some(200))));
    assert_eq!(host.wire().calls()[1].service, Service::S3);
    host.wire().forget_calls();
    assert!(host.wire().calls().is_empty());
}

#[tokio::test]
async fn a_data_folder_has_one_host() {
    let folder = tempfile::tempdir().unwrap();
    let host = start(folder.path()).await.unwrap();
    assert!(matches!(start(folder.path()).await, Err(HostError::InUse(_))));
    drop(host);
    start(folder.path()).await.unwrap();
}

#[tokio::test]
async fn a_dropped_host_answers_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let host = start(folder.path()).await.unwrap();
    let client = reqwest::Client::new();
    let urls = [format!("{}/inbox", host.url()), host.wire().url()];
    for url in &urls {
        client.get(url).send().await.unwrap();
    }
    drop(host);
    tokio::task::yield_now().await;
    for url in &urls {
        assert!(client.get(url).send().await.is_err(), "{url}");
    }
}

#[tokio::test]
async fn a_table_of_another_template_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let host = start(folder.path()).await.unwrap();
    let client = aws_sdk_dynamodb::Client::new(host.sdk());
    client
        .delete_table()
        .table_name(host.table_name())
        .send()
        .await
        .unwrap();
    drop(host);
    let host = start(folder.path()).await.unwrap();
    put(&host, "one").await;
    drop(host);

    let template = folder.path().join("other.yaml");
    let text = std::fs::read_to_string(folder.path().join("template.yaml")).unwrap();
    std::fs::write(&template, text.replace("byList", "byOther")).unwrap();
    let options = local::Options {
        template: Some(template),
        ..local::Options::new(folder.path().join("data"))
    };
    assert!(matches!(
        Host::start_with(options, &[]).await,
        Err(HostError::Table(local::TableError::Differs(_)))
    ));
}

#[tokio::test]
async fn an_unknown_secret_and_a_wrong_signature_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let host = start(folder.path()).await.unwrap();
    let secrets = aws_sdk_secretsmanager::Client::new(host.sdk());
    let error = secrets.get_secret_value().secret_id("other").send().await.unwrap_err();
    assert!(error.as_service_error().unwrap().is_resource_not_found_exception());

    let wrong = aws_sdk_s3::config::Credentials::new(local::ACCESS_KEY, "wrong", None, None, "test");
    let config = aws_sdk_s3::config::Builder::from(host.sdk())
        .credentials_provider(wrong)
        .build();
    let error = aws_sdk_s3::Client::from_conf(config)
        .list_objects_v2()
        .bucket(BUCKET)
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 403);
}

#[tokio::test]
async fn transactions_are_those_of_dynamodb() {
    let folder = tempfile::tempdir().unwrap();
    let host = start(folder.path()).await.unwrap();
    let client = aws_sdk_dynamodb::Client::new(host.sdk());
    put(&host, "there").await;
    let add = |pk: &str, step: &str| {
        let update = Update::builder()
            .table_name(host.table_name())
            .key("pk", text(pk))
            .key("sk", text("count"));
        let update = update.update_expression("ADD amount :step");
        let update = update
            .expression_attribute_values(":step", AttributeValue::N(step.into()))
            .build()
            .unwrap();
        TransactWriteItem::builder().update(update).build()
    };
    let amount = || async {
        let get = client
            .get_item()
            .table_name(host.table_name())
            .key("pk", text("n"))
            .key("sk", text("count"));
        get.send()
            .await
            .unwrap()
            .item
            .map(|item| item["amount"].as_n().unwrap().clone())
    };

    // The same token does the same only once, and another thing never.
    for _ in 0..2 {
        client
            .transact_write_items()
            .client_request_token("token")
            .transact_items(add("n", "1"))
            .send()
            .await
            .unwrap();
    }
    assert_eq!(amount().await.as_deref(), Some("1"));
    let other = client
        .transact_write_items()
        .client_request_token("token")
        .transact_items(add("n", "2"))
        .send();
    assert!(
        other
            .await
            .unwrap_err()
            .as_service_error()
            .unwrap()
            .is_idempotent_parameter_mismatch_exception()
    );

    // One failed condition stops all, and the reason shows what was there.
    let new = Put::builder()
        .table_name(host.table_name())
        .item("pk", text("there"))
        .item("sk", text("1"));
    let new = new.condition_expression("attribute_not_exists(pk)");
    let new = new.return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    let new = TransactWriteItem::builder().put(new.build().unwrap()).build();
    let error = client
        .transact_write_items()
        .transact_items(add("n", "5"))
        .transact_items(new)
        .send()
        .await;
    let error = error.unwrap_err().into_service_error();
    assert!(error.is_transaction_canceled_exception());
    let aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError::TransactionCanceledException(error) =
        error
    else {
        unreachable!()
    };
    let reasons = error.cancellation_reasons();
    let codes: Vec<_> = reasons.iter().map(|reason| reason.code().unwrap_or_default()).collect();
    assert_eq!(codes, ["None", "ConditionalCheckFailed"]);
    assert_eq!(reasons[1].item().unwrap()["list"], text("all"));
    assert_eq!(amount().await.as_deref(), Some("1"));
}

#[tokio::test]
async fn the_inbox_shows_filters_and_hands_out_mails() {
    let folder = tempfile::tempdir().unwrap();
    let host = start(folder.path()).await.unwrap();
    let raw =
        "Subject: <b>Absage</b>\r\nMessage-ID: <old>\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Grüße</p>";
    let id = mail(&ses(&host), raw).send().await.unwrap().message_id.unwrap();

    let page = |path: &str| {
        let url = format!("{}/inbox{path}", host.url());
        async move { reqwest::get(url).await.unwrap() }
    };
    let shown = page("").await;
    assert!(
        shown.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .starts_with("default-src 'none'")
    );
    assert!(shown.text().await.unwrap().contains("&lt;b&gt;Absage&lt;/b&gt;"));
    assert!(page("?to=ANNA%40").await.text().await.unwrap().contains("Absage"));
    assert!(!page("?to=bert").await.text().await.unwrap().contains("Absage"));
    let json: serde_json::Value = page("/messages").await.json().await.unwrap();
    assert_eq!(
        (&json[0]["text"], &json[0]["html"]),
        (&"".into(), &"<p>Grüße</p>".into())
    );

    let file = page(&format!("/messages/{id}.eml")).await;
    assert_eq!(file.headers()["content-type"], "message/rfc822");
    let file = file.text().await.unwrap();
    assert!(file.contains(&format!("Message-ID: <{id}@eu-central-1.amazonses.com>\r\n")) && !file.contains("<old>"));
    for path in [
        "/messages/1.eml",
        "/messages/..%2F..%2Flock.eml",
        "/messages/%2e%2e.eml",
        "/messages/x",
        "/other",
    ] {
        assert_eq!(page(path).await.status(), 404, "{path}");
    }
}
