//! A function's answer, as it crosses from Lambda to API Gateway, as HTTP.

use axum::body::Body;
use base64::{Engine, prelude::BASE64_STANDARD};
use http::{HeaderName, HeaderValue, Response, header};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Lambda refuses to hand on longer answers.
const MAX_ANSWER: usize = 6 * 1024 * 1024;

/// Why API Gateway would answer with its own error instead.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// Lambda's limit of 6 MB.
    #[error("the answer is longer than Lambda allows")]
    TooLong,
    /// Not the form API Gateway reads.
    #[error("the answer is not JSON of API Gateway's form")]
    Form(#[from] serde_json::Error),
    /// Not what HTTP can carry.
    #[error("the answer is not possible in HTTP")]
    Http(#[from] http::Error),
    /// Said to be base64, but is not.
    #[error("the answer's body is not base64")]
    Base64(#[from] base64::DecodeError),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    status_code: u16,
    #[serde(default)]
    headers: Map<String, Value>,
    #[serde(default)]
    multi_value_headers: Map<String, Value>,
    #[serde(default)]
    cookies: Vec<String>,
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

/// Turns the answer into HTTP by way of its JSON, because that is all that leaves a Lambda.
pub fn to_http(response: &impl Serialize) -> Result<Response<Body>, AnswerError> {
    let text = serde_json::to_string(response)?;
    if text.len() > MAX_ANSWER {
        return Err(AnswerError::TooLong);
    }
    let answer: Answer = serde_json::from_str(&text)?;
    let body = answer.body.unwrap_or_default();
    let body = if answer.is_base64_encoded {
        BASE64_STANDARD.decode(body)?
    } else {
        body.into_bytes()
    };

    let mut http = Response::builder().status(answer.status_code);
    if !body.is_empty()
        && !answer
            .headers
            .keys()
            .any(|name| name.eq_ignore_ascii_case("content-type"))
    {
        http = http.header(header::CONTENT_TYPE, "text/plain;charset=UTF-8");
    }
    for (name, value) in answer.headers.into_iter().chain(answer.multi_value_headers) {
        let name: HeaderName = name.parse().map_err(http::Error::from)?;
        // The body's length is what it is, whatever the function says.
        if name == header::CONTENT_LENGTH {
            continue;
        }
        for value in texts(&value) {
            http = http.header(
                &name,
                HeaderValue::from_bytes(value.as_bytes()).map_err(http::Error::from)?,
            );
        }
    }
    for cookie in answer.cookies {
        http = http.header(header::SET_COOKIE, cookie);
    }
    Ok(http.body(Body::from(body))?)
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        other => vec![other.to_string()],
    }
}
