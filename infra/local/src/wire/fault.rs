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
    /// The service does it, and the invocation that asked for it ends there, as if its process were killed.
    Killed,
}

impl Fault {
    /// Answered with this error, whose message says nothing.
    pub fn status(code: u16, error_type: &str) -> Self {
        Self::Status {
            code,
            error_type: error_type.to_owned(),
            message: "on purpose".to_owned(),
        }
    }
}

/// A fault at one call of an invocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedFault {
    /// At which of its calls, from 0.
    pub call: usize,
    /// What goes wrong.
    pub fault: Fault,
    /// Also at each further call of the same operation, so that the SDK's own retries do not mend it.
    pub lasting: bool,
}

/// How far an invocation with a planned fault has come.
struct Plan {
    fault: PlannedFault,
    calls: usize,
    /// The operation it was played at.
    played: Option<String>,
}

/// The faults that are still to come.
#[derive(Default)]
pub struct Faults {
    once: BTreeMap<String, VecDeque<Fault>>,
    always: BTreeMap<String, Fault>,
    plans: BTreeMap<String, Plan>,
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

    pub fn plan(&mut self, trace: &str, fault: PlannedFault) {
        let plan = Plan {
            fault,
            calls: 0,
            played: None,
        };
        self.plans.insert(trace.to_owned(), plan);
    }

    /// Whether it was played.
    pub fn end_plan(&mut self, trace: &str) -> bool {
        self.plans.remove(trace).is_some_and(|plan| plan.played.is_some())
    }

    pub fn take(&mut self, operation: &str, trace: Option<&str>) -> Option<Fault> {
        if let Some(plan) = trace.and_then(|trace| self.plans.get_mut(trace)) {
            let call = plan.calls;
            plan.calls += 1;
            if call == plan.fault.call {
                plan.played = Some(operation.to_owned());
                return Some(plan.fault.fault.clone());
            }
            if plan.fault.lasting && plan.played.as_deref() == Some(operation) {
                return Some(plan.fault.fault.clone());
            }
        }
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
