//! `GET /api/openapi.json`: the API's description, made from the types that the functions read and answer.

use std::sync::Arc;

use lambda::{Function, Handler, PortalRequest, Problem, Reply, serve};

use crate::api::Operation;

/// The Lambda.
pub const FUNCTION: Function = Function {
    name: "get-api-description",
    start: |_| Box::pin(std::future::ready(Ok(start()))),
};

/// What the API's description says of it.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(&FUNCTION, "GET /api/openapi.json", "This description.")
            .anyone()
            .answers::<serde_json::Value>(200, "An OpenAPI document."),
    ]
}

fn start() -> Handler {
    serve(FUNCTION.name, (), get_api_description)
}

async fn get_api_description(_: Arc<()>, _: PortalRequest) -> Result<Reply, Problem> {
    Reply::json(&crate::describe())
}
