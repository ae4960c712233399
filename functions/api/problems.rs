//! The problems that the API's description names for one route, by their statuses.

use std::collections::BTreeMap;

use lambda::ProblemDocument;
use serde::Serialize;
use utoipa::{
    ToSchema,
    openapi::{
        AllOfBuilder, ContentBuilder, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder, Schema, Type,
        header::Header, schema::AnyOfBuilder,
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

/// An answer with a problem.
pub struct ProblemAnswer {
    /// Its status.
    pub status: String,
    /// After the types of problems it may have: `NotFound`.
    pub name: String,
    /// The answer.
    pub response: Response,
}

impl Problems {
    /// The description has the problem's type in backticks, and when it happens.
    pub fn add(&mut self, status: &str, description: &str) {
        let known = self.0.entry(status.to_owned()).or_default();
        if !known.iter().any(|other| other == description) {
            known.push(description.to_owned());
        }
    }

    /// As answers. What can go wrong everywhere is among them.
    pub fn answers(mut self, schemas: &mut Schemas) -> Vec<ProblemAnswer> {
        self.add("500", "`internal`: a defect; or no function could answer.");
        self.add(
            "503",
            "`unavailable`: trying again is safe; or no function answered in time.",
        );
        let statuses = self.0.into_iter();
        statuses
            .map(|(status, descriptions)| answer(status, &descriptions, schemas))
            .collect()
    }
}

fn answer(status: String, descriptions: &[String], schemas: &mut Schemas) -> ProblemAnswer {
    let mut response = ResponseBuilder::new().description(descriptions.join(" "));
    let mut types: Vec<_> = descriptions.iter().filter_map(|text| slug(text)).collect();
    types.sort_unstable();
    types.dedup();
    let mut name: String = types.iter().map(|slug| in_one_word(slug)).collect();
    if types.is_empty() {
        name.push_str("GatewayAnswer");
    } else {
        let content = ContentBuilder::new().schema(Some(of_types(&types, schemas)));
        response = response.content("application/problem+json", content.build());
    }
    if matches!(status.as_str(), "413" | "500" | "503") {
        let message = named::<GatewayMessage>(schemas);
        response = response.content("application/json", ContentBuilder::new().schema(Some(message)).build());
    }
    let header = match status.as_str() {
        "401" => Some(("WWW-Authenticate", "`Bearer`")),
        "429" | "503" => Some(("Retry-After", "In how many seconds to try again.")),
        _ => None,
    };
    if let Some((name, description)) = header {
        let mut header = Header::default();
        header.description = Some(description.to_owned());
        response = response.header(name, header);
    }
    let response = response.build();
    ProblemAnswer { status, name, response }
}

/// A problem document of one of these types.
fn of_types(types: &[&str], schemas: &mut Schemas) -> RefOr<Schema> {
    let mut references: Vec<_> = types.iter().map(|slug| of_type(slug, schemas)).collect();
    if references.len() == 1 {
        return references.remove(0);
    }
    let any = references.into_iter().fold(AnyOfBuilder::new(), AnyOfBuilder::item);
    RefOr::T(Schema::AnyOf(any.build()))
}

fn of_type(slug: &str, schemas: &mut Schemas) -> RefOr<Schema> {
    let problem = named::<ProblemDocument<'static>>(schemas);
    let its_type = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some([format!("/problems/{slug}")]));
    let narrowed = ObjectBuilder::new().property("type", its_type.build()).build();
    let schema = AllOfBuilder::new().item(problem).item(narrowed).build();
    let name = format!("{}Problem", in_one_word(slug));
    schemas.push((name.clone(), RefOr::T(Schema::AllOf(schema))));
    RefOr::Ref(Ref::from_schema_name(name))
}

/// `not-found` of "`not-found`: not there".
fn slug(description: &str) -> Option<&str> {
    description.strip_prefix('`')?.split('`').next()
}

/// `NotFound` of `not-found`.
fn in_one_word(slug: &str) -> String {
    let mut name = String::new();
    for word in slug.split('-') {
        name.extend(word.chars().take(1).map(|letter| letter.to_ascii_uppercase()));
        name.extend(word.chars().skip(1));
    }
    name
}

fn named<T: ToSchema>(schemas: &mut Schemas) -> RefOr<Schema> {
    let name = T::name().into_owned();
    schemas.push((name.clone(), T::schema()));
    T::schemas(schemas);
    RefOr::Ref(Ref::from_schema_name(name))
}
