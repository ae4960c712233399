//! The API's description as an OpenAPI document, made from the types that the functions read and answer.

use std::collections::BTreeMap;

use utoipa::openapi::{
    ComponentsBuilder, InfoBuilder, OpenApi, OpenApiBuilder, PathItem, Paths, Ref, Response,
    security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use super::Operation;

/// Two types have one name, so that the document could describe only one of them.
#[derive(Debug, thiserror::Error)]
#[error("two types are called {0}")]
pub struct SameName(String);

/// The whole document.
pub fn describe(operations: impl IntoIterator<Item = Operation>) -> Result<OpenApi, SameName> {
    let mut schemas = BTreeMap::new();
    let mut problems = BTreeMap::new();
    let mut paths = Paths::new();
    for operation in operations {
        let mut built = operation.build();
        for (name, schema) in built.schemas {
            if schemas.get(&name).is_some_and(|other| *other != schema) {
                return Err(SameName(name));
            }
            schemas.insert(name, schema);
        }
        for problem in built.problems {
            let reference = refer_to(&mut problems, &problem.name, problem.response);
            let answers = &mut built.operation.responses.responses;
            answers.insert(problem.status, reference.into());
        }
        let item = PathItem::new(built.method, built.operation);
        match paths.paths.get_mut(built.path) {
            Some(known) => known.merge_operations(item),
            None => {
                paths.paths.insert(built.path.to_owned(), item);
            }
        }
    }
    let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT");
    let components = ComponentsBuilder::new()
        .schemas_from_iter(schemas)
        .responses_from_iter(problems)
        .security_scheme("accessToken", SecurityScheme::Http(token.build()));
    let description = "Hiring managers act on the applications of their department as far as recruiters release it. \
                       Errors are problem documents (RFC 9457).";
    Ok(OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Hiring Portal")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(description)),
        )
        .paths(paths)
        .components(Some(components.build()))
        .build())
}

/// To the answer, which is kept once for all operations: under its name, or with a number behind it if another has that.
fn refer_to(kept: &mut BTreeMap<String, Response>, name: &str, response: Response) -> Ref {
    let is_its_own = |name: &str| kept.get(name).is_none_or(|other| *other == response);
    let mut own = name.to_owned();
    let mut number = 1;
    while !is_its_own(&own) {
        number += 1;
        own = format!("{name}{number}");
    }
    kept.insert(own.clone(), response);
    Ref::from_response_name(own)
}
