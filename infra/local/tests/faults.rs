//! The faults, as a real SDK client sees them.

#![allow(clippy::unwrap_used, reason = "tests and their preparation")]

mod support;

use std::time::Duration;

use aws_sdk_sesv2::{error::SdkError, operation::send_email::SendEmailError};
use local::{Fault, Host};
use support::{mail, ses, start};

const SEND: &str = "SES.SendEmail";
const MAIL: &str = "Subject: x\r\n\r\nText";

async fn received(host: &Host) -> usize {
    let url = format!("{}/inbox/messages", host.url());
    reqwest::get(url)
        .await
        .unwrap()
        .json::<Vec<serde_json::Value>>()
        .await
        .unwrap()
        .len()
}

async fn send(host: &Host) -> Result<(), SdkError<SendEmailError>> {
    mail(&ses(host), MAIL).send().await.map(drop)
}

#[tokio::test]
async fn a_status_is_an_error_of_the_services_model() {
    let folder = tempfile::tempdir().unwrap();
    let host = start(folder.path()).await.unwrap();
    host.wire().next(SEND, Fault::status(429, "TooManyRequestsException"));
    let error = send(&host).await.unwrap_err();
    assert!(
        error.as_service_error().unwrap().is_too_many_requests_exception(),
        "{error:?}"
    );
    assert_eq!(error.as_service_error().unwrap().meta().message(), Some("on purpose"));
    assert_eq!(received(&host).await, 0);
    send(&host).await.unwrap();
    assert_eq!(received(&host).await, 1);
    let statuses: Vec<_> = host.wire().calls().into_iter().map(|call| call.status).collect();
    assert_eq!(statuses, [Some(429), Some(200)]);

    let dynamodb = aws_sdk_dynamodb::Client::new(host.sdk());
    let describe = || dynamodb.describe_table().table_name(host.table_name()).send();
    host.wire().next(
        "DynamoDB.DescribeTable",
        Fault::status(400, "ResourceNotFoundException"),
    );
    assert!(
        describe()
            .await
            .unwrap_err()
            .as_service_error()
            .unwrap()
            .is_resource_not_found_exception()
    );
    describe().await.unwrap();

    let s3 = aws_sdk_s3::Client::new(host.sdk());
    host.wire().next("S3.GetObject", Fault::status(404, "NoSuchKey"));
    let error = s3
        .get_object()
        .bucket(support::BUCKET)
        .key("x")
        .send()
        .await
        .unwrap_err();
    assert!(error.as_service_error().unwrap().is_no_such_key());

    let secrets = aws_sdk_secretsmanager::Client::new(host.sdk());
    let get = secrets.get_secret_value().secret_id("hiring-portal-signing-seed");
    host.wire()
        .next("SecretsManager.GetSecretValue", Fault::status(400, "DecryptionFailure"));
    let error = get.send().await.unwrap_err();
    assert!(error.as_service_error().unwrap().is_decryption_failure());
    assert_eq!(error.as_service_error().unwrap().meta().message(), Some("on purpose"));
}

#[tokio::test]
async fn a_mail_that_is_not_reached_is_not_received() {
    let folder = tempfile::tempdir().unwrap();
    let host = start(folder.path()).await.unwrap();
    // The second one on a connection that was in use before.
    for fault in [true, false, true] {
        if fault {
            host.wire().next(SEND, Fault::NotReached);
        }
        let sent = send(&host).await;
        assert_eq!(matches!(sent, Err(SdkError::DispatchFailure(_))), fault, "{sent:?}");
    }
    assert_eq!(received(&host).await, 1);
    let statuses: Vec<_> = host.wire().calls().into_iter().map(|call| call.status).collect();
    assert_eq!(statuses, [None, Some(200), None], "no request came twice");
}

#[tokio::test]
async fn a_mail_whose_answer_is_lost_is_received() {
    let folder = tempfile::tempdir().unwrap();
    let host = start(folder.path()).await.unwrap();
    host.wire().next(SEND, Fault::AnswerLost);
    assert!(matches!(send(&host).await, Err(SdkError::DispatchFailure(_))));
    assert_eq!(received(&host).await, 1);
    assert_eq!(host.wire().calls()[0].status, None);

    let dynamodb = aws_sdk_dynamodb::config::Builder::from(host.sdk());
    let once = dynamodb
        .retry_config(aws_sdk_dynamodb::config::retry::RetryConfig::disabled())
        .build();
    let dynamodb = aws_sdk_dynamodb::Client::from_conf(once);
    let value = |text: &str| aws_sdk_dynamodb::types::AttributeValue::S(text.into());
    host.wire().next("DynamoDB.PutItem", Fault::AnswerLost);
    let put = dynamodb
        .put_item()
        .table_name(host.table_name())
        .item("pk", value("a"))
        .item("sk", value("b"));
    assert!(put.send().await.is_err());
    let get = dynamodb
        .get_item()
        .table_name(host.table_name())
        .key("pk", value("a"))
        .key("sk", value("b"));
    assert!(get.send().await.unwrap().item.is_some());
}

#[tokio::test]
async fn a_hanging_call_ends_when_its_client_gives_up() {
    let folder = tempfile::tempdir().unwrap();
    let host = start(folder.path()).await.unwrap();
    host.wire().next(SEND, Fault::Hangs);
    let patience = aws_sdk_sesv2::config::timeout::TimeoutConfig::builder();
    let patience = patience.operation_attempt_timeout(Duration::from_millis(200)).build();
    let client = ses(&host);
    let impatient = mail(&client, MAIL).customize();
    let impatient = impatient.config_override(aws_sdk_sesv2::Config::builder().timeout_config(patience));
    assert!(matches!(impatient.send().await, Err(SdkError::TimeoutError(_))));
    assert_eq!(received(&host).await, 0);
    assert_eq!((host.wire().count(SEND), host.wire().calls()[0].status), (1, None));
}

#[tokio::test]
async fn faults_come_in_order_and_the_lasting_one_last() {
    let folder = tempfile::tempdir().unwrap();
    let host = start(folder.path()).await.unwrap();
    host.wire()
        .always(SEND, Some(Fault::status(500, "InternalServiceErrorException")));
    host.wire().next(SEND, Fault::status(400, "MessageRejected"));
    host.wire().next(SEND, Fault::status(404, "NotFoundException"));
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(send(&host).await.unwrap_err().raw_response().unwrap().status().as_u16());
    }
    assert_eq!(statuses, [400, 404, 500, 500]);
    host.wire().always(SEND, None);
    send(&host).await.unwrap();

    // The SDK's usual retries are visible at the wire.
    host.wire().forget_calls();
    host.wire()
        .always(SEND, Some(Fault::status(500, "InternalServiceErrorException")));
    mail(&aws_sdk_sesv2::Client::new(host.sdk()), MAIL)
        .send()
        .await
        .unwrap_err();
    assert_eq!(host.wire().count(SEND), 3);
}
