//! The DynamoDB stand-in: dynoxide on an `SQLite` file, asked in this process. What travels is DynamoDB's protocol; only
//! the stand-in's own server, a second hop for each call, is left out.

use std::path::Path;

use dynoxide::{Database, DynoxideError};
use http::{HeaderValue, Request, Response, StatusCode, header};
use hyper::body::Bytes;
use serde::{Serialize, de::DeserializeOwned};

use crate::wire::{Closed, Service, WireBody, error_answer, whole};

/// The tables.
pub struct DynamoDb {
    database: Database,
}

/// Why the stand-in does not start.
#[derive(Debug, thiserror::Error)]
pub enum DynamoDbError {
    /// Its file.
    #[error("cannot open the tables' file")]
    File(#[from] DynoxideError),
    /// A path that `SQLite` does not take.
    #[error("the data folder's path is not UTF-8")]
    Path,
}

impl DynamoDb {
    /// Opens the file, or creates it.
    pub fn open(file: &Path) -> Result<Self, DynamoDbError> {
        let database = Database::new(file.to_str().ok_or(DynamoDbError::Path)?)?;
        // What this sets is SQLite's `synchronous = NORMAL`, and besides that its defaults. A commit outlives the process
        // without waiting for the disk; only a power cut may take the last ones, and leaves the file whole.
        database.disable_bulk_loading()?;
        Ok(Self { database })
    }

    /// The stand-in's answer, and the capacity units that DynamoDB would have charged for it.
    pub async fn answer(&self, request: Request<Bytes>) -> Result<(Response<WireBody>, f64), Closed> {
        let target = request.headers().get("x-amz-target");
        let target = target.and_then(|target| target.to_str().ok()).unwrap_or_default();
        let operation = target.rsplit_once('.').map_or(target, |(_, name)| name).to_owned();
        let (database, body) = (self.database.clone(), asking_for_capacity(request.body()));
        // SQLite blocks the thread that asks it.
        let answered = tokio::task::spawn_blocking(move || run(&database, &operation, &body)).await;
        let answered = answered.map_err(|error| {
            tracing::error!(%error, "the DynamoDB stand-in does not answer");
            Closed
        })?;
        let (status, body) = match answered {
            Ok(body) => (StatusCode::OK, body),
            Err(Refused::Unknown) => {
                let unknown = error_answer(Service::DynamoDb, 400, "UnknownOperationException", "");
                return Ok((unknown, 0.0));
            }
            Err(Refused::ByDynamoDb(error)) => {
                let status = StatusCode::from_u16(error.status_code());
                (status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), error.to_json())
            }
        };
        let consumed = capacity(&body);
        let mut answer = Response::new(whole(body));
        *answer.status_mut() = status;
        let content_type = HeaderValue::from_static("application/x-amz-json-1.0");
        answer.headers_mut().insert(header::CONTENT_TYPE, content_type);
        Ok((answer, consumed))
    }
}

enum Refused {
    /// Not an operation the portal or its tests use.
    Unknown,
    ByDynamoDb(DynoxideError),
}

fn run(database: &Database, operation: &str, body: &[u8]) -> Result<String, Refused> {
    let answered = match operation {
        "BatchGetItem" => ask(body, |request| database.batch_get_item(request)),
        "BatchWriteItem" => ask(body, |request| database.batch_write_item(request)),
        "CreateTable" => ask(body, |request| database.create_table(request)),
        "DeleteItem" => ask(body, |request| database.delete_item(request)),
        "DeleteTable" => ask(body, |request| database.delete_table(request)),
        "DescribeTable" => ask(body, |request| database.describe_table(request)),
        "GetItem" => ask(body, |request| database.get_item(request)),
        "PutItem" => ask(body, |request| database.put_item(request)),
        "Query" => ask(body, |request| database.query(request)),
        "Scan" => ask(body, |request| database.scan(request)),
        "TransactWriteItems" => ask(body, |request| database.transact_write_items(request)),
        "UpdateItem" => ask(body, |request| database.update_item(request)),
        _ => return Err(Refused::Unknown),
    };
    answered.map_err(Refused::ByDynamoDb)
}

fn ask<Q: DeserializeOwned, A: Serialize>(
    body: &[u8],
    answer: impl FnOnce(Q) -> Result<A, DynoxideError>,
) -> Result<String, DynoxideError> {
    let request = serde_json::from_slice(body);
    let request = request.map_err(|error| DynoxideError::SerializationException(error.to_string()))?;
    serde_json::to_string(&answer(request)?).map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}

/// The request with the wish to be told what it cost. Callers that did not ask read past it.
fn asking_for_capacity(body: &Bytes) -> Bytes {
    match body.strip_prefix(b"{") {
        Some(rest) if rest.starts_with(b"\"") => [br#"{"ReturnConsumedCapacity":"TOTAL","#, rest].concat().into(),
        _ => body.clone(),
    }
}

/// The units an answer says were consumed. There is one table, so one number.
fn capacity(body: &str) -> f64 {
    let consumed = body.split_once(r#""ConsumedCapacity":"#).map(|(_, rest)| rest);
    let units = consumed
        .and_then(|rest| rest.split_once(r#""CapacityUnits":"#))
        .map(|(_, rest)| rest);
    let number = units.map(|rest| rest.split([',', '}']).next().unwrap_or_default());
    number.and_then(|number| number.trim().parse().ok()).unwrap_or_default()
}
