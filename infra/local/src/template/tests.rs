use std::collections::BTreeMap;

use super::{BUILT_IN, Template, TemplateError};

fn read(text: &str) -> Result<Template, TemplateError> {
    Template::read(text, &BTreeMap::new())
}

const FUNCTION: &str = r#"
Parameters:
  Sender: { Type: String, Default: portal@example.com }
  Stage: { Type: String, Default: test }
  Secret: { Type: String }
Conditions:
  IsLive: !Equals [!Ref Stage, live]
  IsTest: !Not [!Condition IsLive]
Globals:
  Function:
    Timeout: 29
    Environment: { Variables: { TABLE_NAME: !Ref Table, MODE: global } }
Resources:
  Table: { Type: "AWS::DynamoDB::Table", Condition: IsLive }
  SigningSeed: { Type: "AWS::SecretsManager::Secret" }
  SendEmail:
    Type: AWS::Serverless::Function
    Metadata: { BuildMethod: rust-cargolambda, BuildProperties: { Binary: send-email } }
    Properties:
      Environment:
        Variables:
          MODE: own
          FROM: !Sub "Portal <${Sender}> ${!Literal}"
          SEED: !Ref SigningSeed
          INDEX: !Sub ["${Base}/index", { Base: !GetAtt Table.Arn }]
          STAGE: !If [IsTest, !Join ["-", [a, !Ref Stage]], b]
          LIMIT: 5
      Events:
        Post: { Type: HttpApi, Properties: { Method: post, Path: "/api/{id}/email" } }
        Minute: { Type: ScheduleV2, Properties: { ScheduleExpression: rate(1 minute) } }
"#;

#[test]
fn a_function_has_its_name_settings_and_routes() {
    let template = read(FUNCTION).unwrap();
    assert!(template.tables.is_empty(), "its condition does not hold");
    let function = &template.functions[0];
    assert_eq!(
        (function.logical_id.as_str(), function.name.as_str()),
        ("SendEmail", "send-email")
    );
    assert_eq!(function.timeout.as_secs(), 29);
    let settings: Vec<_> = function
        .settings
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(
        settings,
        [
            ("FROM", "Portal <portal@example.com> ${Literal}"),
            (
                "INDEX",
                "arn:aws:local:eu-central-1:000000000000:hiring-portal-table/index"
            ),
            ("LIMIT", "5"),
            ("MODE", "own"),
            ("SEED", "hiring-portal-signing-seed"),
            ("STAGE", "a-test"),
            ("TABLE_NAME", "hiring-portal-table"),
        ]
    );
    let routes: Vec<_> = function
        .routes
        .iter()
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    assert_eq!(routes, ["POST /api/{id}/email"]);
}

#[test]
fn parameters_can_be_overridden_but_not_invented() {
    let parameters = BTreeMap::from([("Sender".to_owned(), "jobs@example.org".to_owned())]);
    let template = Template::read(FUNCTION, &parameters).unwrap();
    assert_eq!(
        template.functions[0].settings["FROM"],
        "Portal <jobs@example.org> ${Literal}"
    );

    let parameters = BTreeMap::from([("Sendr".to_owned(), String::new())]);
    let error = Template::read(FUNCTION, &parameters).unwrap_err();
    assert_eq!(error.to_string(), "the template has no parameter Sendr");
}

#[test]
fn what_cannot_be_resolved_is_named() {
    for (reference, named) in [
        ("!Ref Tabel", "Ref Tabel"),
        ("!Ref Secret", "Ref Secret"),
        ("!GetAtt Table.StreamArn", "GetAtt Table.StreamArn"),
        ("!Sub \"x ${Tabel}\"", "Ref Tabel"),
        ("!ImportValue Other", "ImportValue \"Other\""),
    ] {
        let error = read(&FUNCTION.replace(
            "FROM: !Sub \"Portal <${Sender}> ${!Literal}\"",
            &format!("FROM: {reference}"),
        ));
        assert_eq!(
            error.unwrap_err().to_string(),
            format!("the template's reference `{named}` cannot be resolved")
        );
    }
}

#[test]
fn the_built_in_template_is_readable() {
    let template = read(BUILT_IN).unwrap();
    assert!(!template.functions.is_empty());
    assert!(
        template
            .functions
            .iter()
            .all(|function| function.settings["TABLE_NAME"] == "hiring-portal-table")
    );
    let table = &template.tables[0].definition;
    assert_eq!(table.key_schema.len(), 2);
    for index in &table.global_secondary_indexes {
        let projection = &index.projection;
        let expected: (&str, &[&str]) = match index.index_name.as_str() {
            "openMails" => ("KEYS_ONLY", &[]),
            name if name.starts_with("feed") => ("INCLUDE", &["feed"]),
            _ => ("ALL", &[]),
        };
        let attributes: Vec<_> = projection.non_key_attributes.iter().map(String::as_str).collect();
        assert_eq!((projection.projection_type.as_str(), attributes.as_slice()), expected);
    }
    let bucket = template.buckets.iter().find(|bucket| bucket.logical_id == "Documents");
    let bucket = bucket.unwrap();
    assert_eq!(bucket.cors[0].allowed_origins, ["https://portal.example.com"]);
    assert_eq!(
        (template.secrets[0].logical_id.as_str(), template.secrets[0].length),
        ("SigningSeed", 64)
    );
}

#[test]
fn the_portals_files_get_the_headers_of_the_response_headers_policy() {
    let headers = read(BUILT_IN).unwrap().page_headers;
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.starts_with("default-src 'none'; ") && policy.contains("frame-ancestors 'none'"),
        "{policy}"
    );
    assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        assert_eq!(headers[name], value);
    }
}

#[test]
fn scripts_reach_the_documents_bucket_and_nothing_else_of_the_endpoint() {
    let headers = read(BUILT_IN).unwrap().page_headers;
    let sources = |headers: &http::HeaderMap| {
        let policy = headers["content-security-policy"].to_str().unwrap();
        let connect = policy
            .split(';')
            .find_map(|part| part.trim().strip_prefix("connect-src "));
        connect.unwrap().to_owned()
    };
    let bucket = "hiring-portal-documents";
    assert_eq!(
        sources(&headers),
        format!("'self' https://{bucket}.s3.eu-central-1.amazonaws.com")
    );
    let here = super::with_buckets_at(headers, "http://127.0.0.1:4000", [bucket]);
    assert_eq!(sources(&here), format!("'self' http://127.0.0.1:4000/{bucket}/"));
}

#[test]
fn a_table_and_each_of_its_indexes_are_allowed_on_their_own() {
    let text = r#"
Resources:
  Table: { Type: "AWS::S3::Bucket" }
  List:
    Type: AWS::Serverless::Function
    Metadata: { BuildMethod: rust-cargolambda, BuildProperties: { Binary: list } }
    Properties:
      Policies:
        - !Ref Guard
        - Statement:
            - { Effect: Allow, Action: [dynamodb:GetItem], Resource: !GetAtt Table.Arn }
            - { Effect: Allow, Action: dynamodb:Query, Resource: [!GetAtt Table.Arn, !Sub "${Table.Arn}/index/byJob"] }
            - { Effect: Deny, Action: dynamodb:PutItem, Resource: !GetAtt Table.Arn }
"#;
    let allowed = read(text).unwrap().functions.remove(0).allowed_actions;
    let allowed: Vec<_> = allowed.iter().map(String::as_str).collect();
    assert_eq!(
        allowed,
        ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:Query index/byJob"]
    );
}
