//! The API's description as an OpenAPI document, made from the types that the functions read and answer.

use std::collections::BTreeMap;

use utoipa::openapi::{
    ComponentsBuilder, InfoBuilder, OpenApi, OpenApiBuilder, PathItem, Paths,
    security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use super::Operation;

/// The whole document.
pub fn describe(operations: impl IntoIterator<Item = Operation>) -> OpenApi {
    let mut schemas = BTreeMap::new();
    let mut paths = Paths::new();
    for operation in operations {
        let (method, path, operation, referred) = operation.build();
        schemas.extend(referred);
        let item = PathItem::new(method, operation);
        match paths.paths.get_mut(path) {
            Some(known) => known.merge_operations(item),
            None => {
                paths.paths.insert(path.to_owned(), item);
            }
        }
    }
    let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT");
    let components = ComponentsBuilder::new()
        .schemas_from_iter(schemas)
        .security_scheme("accessToken", SecurityScheme::Http(token.build()));
    let description = "Hiring managers act on the applications of their department as far as recruiters release it. \
                       Errors are problem documents (RFC 9457).";
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Hiring Portal")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(description)),
        )
        .paths(paths)
        .components(Some(components.build()))
        .build()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    #[test]
    fn no_two_types_have_one_name_in_it() {
        let mut seen = BTreeMap::new();
        for operation in crate::operations() {
            let (_, path, _, schemas) = operation.build();
            for (name, schema) in schemas {
                let schema = serde_json::to_value(schema).unwrap();
                let first = seen.entry(name.clone()).or_insert_with(|| schema.clone());
                assert_eq!(*first, schema, "{name} in {path}");
            }
        }
        assert!(seen.len() > 50);
    }
}
