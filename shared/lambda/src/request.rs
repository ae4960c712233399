//! An HTTP request as the functions read it.

use std::{str::FromStr, time::Duration};

use aws_lc_rs::digest;
use domain::{FieldError, Version};
use jiff::Timestamp;
use lambda_http::{Body, Request, RequestExt, request::RequestContext};
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use crate::{IdempotencyKey, Precondition, Problem, objects_only, secret::hex};

/// A request with the time it came at.
pub struct PortalRequest {
    request: Request,
    received_at: Timestamp,
    received: Instant,
}

impl PortalRequest {
    /// The time is the gateway's, so that every part of a request has the same one.
    pub(crate) fn new(request: Request) -> Self {
        let epoch = match request.request_context_ref() {
            Some(RequestContext::ApiGatewayV2(context)) => context.time_epoch,
            _ => 0,
        };
        let received_at = Timestamp::from_millisecond(epoch).ok().filter(|_| epoch > 0);
        let received_at = received_at.unwrap_or_else(Timestamp::now);
        Self {
            request,
            received_at,
            received: Instant::now(),
        }
    }

    /// When the gateway got the request, to the millisecond.
    pub fn received_at(&self) -> Timestamp {
        self.received_at
    }

    /// The moment when the function has had the request for that long.
    pub fn deadline(&self, after: Duration) -> Instant {
        self.received + after
    }

    /// The time by the gateway's clock.
    pub fn now(&self) -> Timestamp {
        let elapsed = i64::try_from(self.received.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.received_at
            .saturating_add(jiff::SignedDuration::from_millis(elapsed))
            .unwrap_or(self.received_at)
    }

    /// The id of this invocation, by which logs are found.
    pub fn id(&self) -> String {
        self.request
            .lambda_context_ref()
            .map(|context| context.request_id.clone())
            .unwrap_or_default()
    }

    /// The route that led here, as `template.yaml` names it: `GET /api/history`.
    pub fn route(&self) -> &str {
        match self.request.request_context_ref() {
            Some(RequestContext::ApiGatewayV2(context)) => context.route_key.as_deref().unwrap_or_default(),
            _ => "",
        }
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.request.headers().get(name).and_then(|value| value.to_str().ok())
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let cookies = self
            .request
            .headers()
            .get_all("cookie")
            .into_iter()
            .filter_map(|value| value.to_str().ok());
        cookies
            .flat_map(|header| header.split(';'))
            .filter_map(|cookie| cookie.trim().split_once('='))
            .find_map(|(found, value)| (found == name).then_some(value))
    }

    pub(crate) fn bearer_token(&self) -> Option<&str> {
        let (scheme, token) = self.header("authorization")?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    }

    /// A part of the path. What is no id of its kind is not found, as if it were one that is not there.
    pub fn path<T: FromStr>(&self, name: &str) -> Result<T, Problem> {
        self.request
            .path_parameters_ref()
            .and_then(|path| path.first(name))
            .and_then(|text| text.parse().ok())
            .ok_or(Problem::NotFound)
    }

    /// A query parameter.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.request
            .query_string_parameters_ref()
            .and_then(|query| query.first(name))
            .filter(|text| !text.is_empty())
    }

    /// The names and values of all query parameters, empty ones too.
    pub fn queries(&self) -> Vec<(&str, &str)> {
        self.request
            .query_string_parameters_ref()
            .map(|query| query.iter().collect())
            .unwrap_or_default()
    }

    /// The page size asked for, 1 to 100.
    pub fn limit(&self, default: u16) -> Result<u16, Problem> {
        match self.query("limit").map(str::parse) {
            None => Ok(default),
            Some(Ok(limit @ 1..=100)) => Ok(limit),
            Some(_) => Err(Problem::invalid("/limit", "must be a number from 1 to 100")),
        }
    }

    /// The body's bytes.
    pub fn body(&self) -> &[u8] {
        self.request.body().as_ref()
    }

    /// The body as JSON of exactly this form.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let content_type = self.header("content-type").unwrap_or_default();
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        if !media_type.eq_ignore_ascii_case("application/json") {
            return Err(Problem::UnsupportedMediaType("application/json"));
        }
        let mut body = serde_json::Deserializer::from_slice(self.body());
        let parsed = objects_only::read(&mut body).and_then(|parsed| body.end().map(|()| parsed));
        parsed.map_err(|error| match error.classify() {
            serde_json::error::Category::Data => refused(&error),
            _ => Problem::bad_request("the body is not JSON"),
        })
    }

    /// The header `Idempotency-Key`.
    pub fn idempotency_key(&self) -> Result<IdempotencyKey, Problem> {
        IdempotencyKey::parse(self.header("idempotency-key"))
    }

    /// The header `If-Match`.
    pub fn precondition(&self) -> Result<Precondition, Problem> {
        Precondition::parse(self.header("if-match"))
    }

    /// The header `If-Match`, if there is one: who makes something new has none.
    pub fn precondition_if_any(&self) -> Result<Option<Precondition>, Problem> {
        self.header("if-match")
            .map(|header| Precondition::parse(Some(header)))
            .transpose()
    }

    /// The version to write, if the caller has seen the current one: the first of what is new, the next of what is
    /// there.
    pub fn version_to_write(&self, current: Option<Version>) -> Result<Version, Problem> {
        match (self.precondition_if_any()?, current) {
            (None, None) => Ok(Version::FIRST),
            (None, Some(_)) => Err(Problem::VersionMissing),
            (Some(seen), Some(current)) if seen.holds_for(current) => Ok(current.next()),
            (Some(_), _) => Err(Problem::VersionConflict(None)),
        }
    }

    /// What makes this request the same as another one: method, path, query and body. Not the version: a caller who lost
    /// the answer asks again with the version they see now.
    pub fn fingerprint(&self) -> String {
        let mut context = digest::Context::new(&digest::SHA256);
        for part in [
            self.request.method().as_str().as_bytes(),
            self.request.uri().path().as_bytes(),
            self.request.uri().query().unwrap_or_default().as_bytes(),
            self.body(),
        ] {
            context.update(part.len().to_string().as_bytes());
            context.update(b":");
            context.update(part);
        }
        hex(context.finish().as_ref())
    }
}

/// JSON of another form.
pub(crate) fn refused(error: &serde_json::Error) -> Problem {
    Problem::Validation(vec![FieldError::new("", describe(error))])
}

/// serde's words without the place in the text, and without what the caller sent: a value may be personal.
fn describe(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(text, _)| text);
    if text.starts_with("unknown field") || text.starts_with("missing field") || text.starts_with("duplicate field") {
        return text.to_owned();
    }
    match text.rsplit_once("expected ") {
        Some((_, expected)) => format!("a field has a value of another form; expected {expected}"),
        None => "a field has a value of another form".to_owned(),
    }
}

impl From<Request> for PortalRequest {
    fn from(request: Request) -> Self {
        Self::new(request)
    }
}

impl std::fmt::Debug for PortalRequest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body = match self.request.body() {
            Body::Empty => 0,
            body => body.len(),
        };
        formatter
            .debug_struct("PortalRequest")
            .field("method", self.request.method())
            .field("bytes", &body)
            .finish_non_exhaustive()
    }
}
