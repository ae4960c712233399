//! The problems that the API's description names for one route, by their statuses.

use std::collections::BTreeMap;

use lambda::ProblemDocument;
use serde::Serialize;
use utoipa::{
    ToSchema,
    openapi::{
        AllOfBuilder, Content, ContentBuilder, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder, Schema, Type,
        header::Header,
    },
};

use super::operation::Schemas;

/// What API Gateway says itself, when no function could answer.
#[derive(Serialize, ToSchema)]
struct GatewayMessage {
    /// What went wrong.
    message: String,
}

/// Types of problems and when they happen, by the status.
#[derive(Default)]
pub struct Problems(BTreeMap<String, Vec<String>>);

impl Problems {
    /// The description has the problem's type in backticks, and when it happens.
    pub fn add(&mut self, status: &str, description: &str) {
        let known = self.0.entry(status.to_owned()).or_default();
        if !known.iter().any(|other| other == description) {
            known.push(description.to_owned());
        }
    }

    /// As answers. What can go wrong everywhere is among them.
    pub fn answers(mut self, schemas: &mut Schemas) -> impl Iterator<Item = (String, Response)> {
        self.add("500", "`internal`: a defect; or no function could answer.");
        self.add(
            "503",
            "`unavailable`: trying again is safe; or no function answered in time.",
        );
        let problem = named::<ProblemDocument<'static>>(schemas);
        let message = named::<GatewayMessage>(schemas);
        self.0.into_iter().map(move |(status, descriptions)| {
            let mut answer = ResponseBuilder::new().description(descriptions.join(" "));
            let types: Vec<_> = descriptions.iter().filter_map(|text| slug(text)).collect();
            if !types.is_empty() {
                answer = answer.content("application/problem+json", of_types(&problem, &types));
            }
            if matches!(status.as_str(), "413" | "500" | "503") {
                let content = ContentBuilder::new().schema(Some(message.clone())).build();
                answer = answer.content("application/json", content);
            }
            let header = match status.as_str() {
                "401" => Some(("WWW-Authenticate", "`Bearer`")),
                "429" | "503" => Some(("Retry-After", "In how many seconds to try again.")),
                _ => None,
            };
            if let Some((name, description)) = header {
                let mut header = Header::default();
                header.description = Some(description.to_owned());
                answer = answer.header(name, header);
            }
            (status, answer.build())
        })
    }
}

/// A problem document of one of these types.
fn of_types(problem: &RefOr<Schema>, types: &[&str]) -> Content {
    let types = types.iter().map(|slug| format!("/problems/{slug}"));
    let its_type = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(types));
    let narrowed = ObjectBuilder::new().property("type", its_type.build()).build();
    let schema = AllOfBuilder::new().item(problem.clone()).item(narrowed).build();
    ContentBuilder::new().schema(Some(Schema::AllOf(schema))).build()
}

/// `not-found` of "`not-found`: not there".
fn slug(description: &str) -> Option<&str> {
    description.strip_prefix('`')?.split('`').next()
}

fn named<T: ToSchema>(schemas: &mut Schemas) -> RefOr<Schema> {
    let name = T::name().into_owned();
    schemas.push((name.clone(), T::schema()));
    T::schemas(schemas);
    RefOr::Ref(Ref::from_schema_name(name))
}
