//! `GET /api/openapi.json`: the API's description as it was made from the types that the functions read and answer.
//! Making it here would link every other function into this one.

use std::sync::Arc;

use lambda::{Function, Handler, PortalRequest, Problem, Reply, serve};

use crate::api::Operation;

/// The Lambda.
pub static FUNCTION: Function = Function {
    name: "get-api-description",
    start: |_| Box::pin(std::future::ready(Ok(start()))),
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

fn start() -> Handler {
    serve(FUNCTION.name, without_spaces(DESCRIPTION), get_api_description)
}

async fn get_api_description(description: Arc<String>, _: PortalRequest) -> Result<Reply, Problem> {
    Ok(Reply::text("application/json", description.to_string()))
}

/// JSON without the spaces it is kept with, so that nobody has to read them. It is not parsed for that.
pub fn without_spaces(json: &str) -> String {
    let (mut in_text, mut escaped) = (false, false);
    let kept = |letter: &char| {
        let kept = in_text || !letter.is_ascii_whitespace();
        in_text ^= *letter == '"' && !escaped;
        escaped = in_text && *letter == '\\' && !escaped;
        kept
    };
    json.chars().filter(kept).collect()
}
