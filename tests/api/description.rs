//! The API's description says what the API does.

use std::collections::BTreeSet;

use functions::get_api_description::without_spaces;
use serde_json::{Value, json};
use tests::Portal;

#[tokio::test]
async fn it_describes_exactly_the_routes_that_there_are() {
    let portal = Portal::start().await;
    let document = portal.request("GET", "/api/openapi.json", &[], None).await.expect(200);
    let mut described = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            described.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    let template = local::template::Template::read(local::template::BUILT_IN, &[].into()).unwrap();
    let routes: BTreeSet<_> = template
        .functions
        .iter()
        .flat_map(|function| &function.routes)
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    assert_eq!(described, routes);
}

#[tokio::test]
async fn every_name_it_refers_to_is_there() {
    let portal = Portal::start().await;
    let document = portal.request("GET", "/api/openapi.json", &[], None).await.expect(200);
    let mut references = BTreeSet::new();
    collect(&document, &mut references);
    assert!(references.contains("#/components/schemas/ApplicationView"));
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
    let mut ids = BTreeSet::new();
    for methods in document["paths"].as_object().unwrap().values() {
        for operation in methods.as_object().unwrap().values() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(ids.insert(id.to_owned()), "{id} twice");
        }
    }
}

#[tokio::test]
async fn what_it_calls_an_object_is_refused_as_a_list_of_its_values() {
    let portal = Portal::start().await;
    let department = portal.department().await;
    let maria = portal.sign_in(&department.decider).await;
    let before = maria.get("/api/me").await.expect(200);

    let list = maria
        .request("PATCH", "/api/me", &[], Some(&json!(["en", "<p>List</p>"])))
        .await;
    assert_eq!(list.problem(422), "validation");
    let detail = "a field has a value of another form; expected an object";
    assert_eq!(list.json()["errors"][0]["detail"], detail);
    assert_eq!(maria.get("/api/me").await.expect(200), before);

    let renate = portal.sign_in(&department.recruiter).await;
    let status =
        |status: Value| json!({"name": "List", "initialStatus": "open", "statuses": [status], "activities": []});
    let object = json!({"id": "open", "group": "proposed", "name": "Open", "nameForContacts": "Open"});
    let path = format!("/api/workflows/{}-list", department.workflow_id());
    let list = status(json!(["open", "proposed", "Open", "Open"]));
    let list = renate.request("PUT", &path, &[], Some(&list)).await;
    assert_eq!(list.problem(422), "validation");
    assert_eq!(list.json()["errors"][0]["detail"], detail);
    assert_eq!(
        renate.request("PUT", &path, &[], Some(&status(object))).await.status,
        201
    );
}

fn collect(value: &Value, references: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            if let Some(reference) = fields.get("$ref").and_then(Value::as_str) {
                references.insert(reference.to_owned());
            }
            fields.values().for_each(|value| collect(value, references));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, references)),
        _ => {}
    }
}

#[tokio::test]
async fn only_spaces_are_left_out_of_the_document() {
    let portal = Portal::start().await;
    let answer = portal.request("GET", "/api/openapi.json", &[], None).await;
    let document = answer.expect(200);
    assert_eq!(document, serde_json::from_str::<Value>(KEPT).unwrap());
    assert_eq!(answer.text.len(), document.to_string().len());
}

#[test]
fn a_text_keeps_its_spaces_whatever_it_quotes() {
    let json = r#" { "a \" b" : [ "c \\" , " ä \\\" " , 1 ] } "#;
    assert_eq!(without_spaces(json), r#"{"a \" b":["c \\"," ä \\\" ",1]}"#);
}

/// The description as it is kept.
const KEPT: &str = include_str!("../../portal/openapi.json");

/// Says that the portal's copy is to be written anew.
const WRITE: &str = "WRITE_OPENAPI";

#[test]
fn the_portals_types_are_made_from_the_description_as_it_is() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../portal/openapi.json");
    let document = serde_json::to_string_pretty(&functions::describe().unwrap()).unwrap() + "\n";
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(path, &document).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        kept == document,
        "portal/openapi.json is not the API's description any more: run `make openapi`"
    );
}
