//! What can go wrong at the wire, and the services' own forms of an error.

use std::collections::{BTreeMap, VecDeque};

use http::{Response, StatusCode, header};
use serde_json::json;

use super::{Service, WireBody, whole};

/// What goes wrong with a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Answered with an error, without reaching the service.
    Status {
        /// The HTTP status.
        code: u16,
        /// The error's name in the service's model, such as `TooManyRequestsException`.
        error_type: String,
        /// Its message.
        message: String,
    },
    /// The connection is closed without an answer; the service is not reached.
    NotReached,
    /// The service does it, but the connection is closed without the answer.
    AnswerLost,
    /// Never answers, until the client gives up; the service is not reached.
    Hangs,
}

/// The faults that are still to come.
#[derive(Default)]
pub struct Faults {
    once: BTreeMap<String, VecDeque<Fault>>,
    always: BTreeMap<String, Fault>,
}

impl Faults {
    pub fn next(&mut self, operation: &str, fault: Fault) {
        self.once.entry(operation.to_owned()).or_default().push_back(fault);
    }

    pub fn always(&mut self, operation: &str, fault: Option<Fault>) {
        match fault {
            Some(fault) => self.always.insert(operation.to_owned(), fault),
            None => self.always.remove(operation),
        };
    }

    pub fn take(&mut self, operation: &str) -> Option<Fault> {
        let once = self.once.get_mut(operation).and_then(VecDeque::pop_front);
        once.or_else(|| self.always.get(operation).cloned())
    }
}

/// An error in the form the service's SDK models.
pub fn error_answer(service: Service, code: u16, error_type: &str, message: &str) -> Response<WireBody> {
    let (content_type, body) = match service {
        Service::DynamoDb => {
            let error_type = format!("com.amazonaws.dynamodb.v20120810#{error_type}");
            (
                "application/x-amz-json-1.0",
                json!({"__type": error_type, "message": message}).to_string(),
            )
        }
        Service::SecretsManager => (
            "application/x-amz-json-1.1",
            json!({"__type": error_type, "Message": message}).to_string(),
        ),
        Service::Ses => ("application/json", json!({ "message": message }).to_string()),
        Service::S3 => {
            let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
            let (code, message) = (escape(error_type), escape(message));
            (
                "application/xml",
                format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>"),
            )
        }
    };
    let mut answer = Response::new(whole(body));
    *answer.status_mut() = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    answer
        .headers_mut()
        .insert(header::CONTENT_TYPE, header::HeaderValue::from_static(content_type));
    if service == Service::Ses
        && let Ok(error_type) = error_type.parse()
    {
        answer.headers_mut().insert("x-amzn-errortype", error_type);
    }
    answer
}
