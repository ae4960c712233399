//! A host without functions, so that only the stand-ins are tested here.

#![allow(clippy::unwrap_used, reason = "a test's preparation")]

use std::path::Path;

use aws_sdk_sesv2::{
    primitives::Blob,
    types::{Destination, EmailContent, MessageTag, RawMessage},
};
use local::{Host, HostError, Options};

const TEMPLATE: &str = r"
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions:
        - { AttributeName: pk, AttributeType: S }
        - { AttributeName: sk, AttributeType: S }
        - { AttributeName: list, AttributeType: S }
      KeySchema:
        - { AttributeName: pk, KeyType: HASH }
        - { AttributeName: sk, KeyType: RANGE }
      GlobalSecondaryIndexes:
        - IndexName: byList
          KeySchema: [{ AttributeName: list, KeyType: HASH }, { AttributeName: sk, KeyType: RANGE }]
          Projection: { ProjectionType: ALL }
  Documents: { Type: 'AWS::S3::Bucket' }
  SigningSeed:
    Type: AWS::SecretsManager::Secret
    Properties: { GenerateSecretString: { PasswordLength: 64 } }
";

/// The bucket of the template.
#[allow(dead_code, reason = "not every test file needs it")]
pub const BUCKET: &str = "hiring-portal-documents";

/// Starts a host on the folder.
pub async fn start(folder: &Path) -> Result<Host, HostError> {
    let template = folder.join("template.yaml");
    std::fs::write(&template, TEMPLATE).unwrap();
    let options = Options {
        template: Some(template),
        ..Options::new(folder.join("data"))
    };
    Host::start_with(options, &[]).await
}

/// A client that sends each request once.
pub fn ses(host: &Host) -> aws_sdk_sesv2::Client {
    let once = aws_sdk_sesv2::config::retry::RetryConfig::disabled();
    let config = aws_sdk_sesv2::config::Builder::from(host.sdk())
        .retry_config(once)
        .build();
    aws_sdk_sesv2::Client::from_conf(config)
}

/// A mail with a tag, not sent yet.
pub fn mail(
    client: &aws_sdk_sesv2::Client,
    raw: &str,
) -> aws_sdk_sesv2::operation::send_email::builders::SendEmailFluentBuilder {
    let raw = RawMessage::builder().data(Blob::new(raw)).build().unwrap();
    client
        .send_email()
        .from_email_address("portal@example.com")
        .destination(Destination::builder().to_addresses("anna@example.org").build())
        .content(EmailContent::builder().raw(raw).build())
        .email_tags(MessageTag::builder().name("mail").value("01J-a_b").build().unwrap())
}
