//! What pages of another origin may do with a bucket: the rules of its `CorsConfiguration`.

use http::{
    HeaderMap, HeaderValue, Method, Response,
    header::{
        ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
        ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderName, ORIGIN, VARY,
    },
};

use crate::{
    template::CorsRule,
    wire::{Service, WireBody, error_answer, whole},
};

/// The headers that tell the browser what the first rule for such a request allows. None: the request comes from no
/// page, or no rule is for it.
pub fn allowed(rules: &[CorsRule], method: &Method, headers: &HeaderMap) -> Option<HeaderMap> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let origin = text(ORIGIN)?;
    let method = if method == Method::OPTIONS {
        text(ACCESS_CONTROL_REQUEST_METHOD)?
    } else {
        method.as_str()
    };
    let asked = text(ACCESS_CONTROL_REQUEST_HEADERS).unwrap_or_default();
    let mut asked = asked.split(',').map(str::trim).filter(|name| !name.is_empty());
    let has = |list: &[String], wanted: &str| list.iter().any(|one| one == "*" || one.eq_ignore_ascii_case(wanted));
    let rule = rules.iter().find(|rule| {
        has(&rule.allowed_origins, origin)
            && has(&rule.allowed_methods, method)
            && asked.clone().all(|name| has(&rule.allowed_headers, name))
    })?;
    let asked = asked.by_ref().collect::<Vec<_>>().join(", ");
    let methods = rule.allowed_methods.join(", ");
    let values = [
        (ACCESS_CONTROL_ALLOW_ORIGIN, origin),
        (ACCESS_CONTROL_ALLOW_METHODS, methods.as_str()),
        (ACCESS_CONTROL_ALLOW_HEADERS, asked.as_str()),
        (VARY, "Origin"),
    ];
    let values = values
        .into_iter()
        .filter_map(|(name, value)| Some((name, HeaderValue::from_str(value).ok()?)));
    Some(values.filter(|(_, value)| !value.is_empty()).collect())
}

/// The answer to the question that a browser asks before the request.
pub fn preflight(allowed: Option<HeaderMap>) -> Response<WireBody> {
    let Some(headers) = allowed else {
        return error_answer(Service::S3, 403, "AccessForbidden", "CORSResponse: not allowed");
    };
    let mut answer = Response::new(whole(""));
    *answer.headers_mut() = headers;
    answer
}
