//! `GET /api/openapi.json`: the API's description as it was made from the types that the functions read and answer.
//! Making it here would link every other function into this one.

use std::sync::Arc;

use lambda::{Function, Handler, PortalRequest, Problem, Reply, StartError, serve};

use crate::api::Operation;

/// The Lambda.
pub const FUNCTION: Function = Function {
    name: "get-api-description",
    start: |_| Box::pin(std::future::ready(start())),
};

/// What `make openapi` writes; a test holds it to be what the functions say of themselves.
const DESCRIPTION: &str = include_str!("../../portal/openapi.json");

/// What the API's description says of it.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(&FUNCTION, "GET /api/openapi.json", "This description.")
            .anyone()
            .answers::<serde_json::Value>(200, "An OpenAPI document."),
    ]
}

fn start() -> Result<Handler, StartError> {
    // Without the spaces it is kept with, so that nobody has to read them.
    let description: serde_json::Value =
        serde_json::from_str(DESCRIPTION).map_err(|error| StartError::SettingInvalid {
            name: "description",
            source: Box::new(error),
        })?;
    Ok(serve(FUNCTION.name, description, get_api_description))
}

async fn get_api_description(description: Arc<serde_json::Value>, _: PortalRequest) -> Result<Reply, Problem> {
    Reply::json(&*description)
}
