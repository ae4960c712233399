//! The least that a Lambda in Rust can be: what any function's start is measured against.

use lambda_http::{
    Error, LambdaEvent,
    lambda_runtime::{run, service_fn},
};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    run(service_fn(async |_: LambdaEvent<Value>| {
        Ok::<_, Error>(json!({ "statusCode": 200, "body": "hello" }))
    }))
    .await
}
