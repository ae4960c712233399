//! The event of an HTTP API with payload format 2.0.

use std::{collections::BTreeMap, net::SocketAddr};

use base64::{Engine, prelude::BASE64_STANDARD};
use http::{HeaderMap, header, request::Parts};
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use crate::{
    clock::moment,
    template::{ACCOUNT, Route},
};

/// A request and what the gateway knows about it.
pub struct Received<'a> {
    /// Its first line and headers.
    pub parts: &'a Parts,
    /// Its body.
    pub body: &'a [u8],
    /// Where it came from.
    pub peer: SocketAddr,
    /// The route that matched.
    pub route: &'a Route,
    /// What the path has for the route's parameters, decoded.
    pub path_parameters: BTreeMap<String, String>,
    /// The gateway's name for this request.
    pub request_id: &'a str,
    /// When it came.
    pub now_millis: i64,
}

/// The event as the function's runtime gets it.
pub fn build(received: &Received<'_>) -> Value {
    let Received {
        parts,
        body,
        peer,
        route,
        path_parameters,
        request_id,
        now_millis,
    } = received;
    let host = parts
        .headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or("localhost");
    let domain_name = host.split(':').next().unwrap_or_default();
    let route_key = format!("{} {}", route.method, route.path);
    let path = parts.uri.path();
    let query = parts.uri.query().unwrap_or_default();
    let user_agent = parts
        .headers
        .get(header::USER_AGENT)
        .and_then(|agent| agent.to_str().ok());
    let time = moment(*now_millis)
        .to_zoned_datetime(TimeZone::UTC)
        .strftime("%d/%b/%Y:%H:%M:%S %z")
        .to_string();
    let is_text = is_textual(&parts.headers);
    let text = std::str::from_utf8(body).ok().filter(|text| is_text || text.is_empty());

    let mut event = json!({
        "version": "2.0",
        "routeKey": route_key,
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers(&parts.headers, *peer, host),
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": "local",
            "domainName": domain_name,
            "domainPrefix": domain_name.split('.').next(),
            "http": {
                "method": parts.method.as_str(),
                "path": path,
                "protocol": format!("{:?}", parts.version),
                "sourceIp": peer.ip().to_string(),
                "userAgent": user_agent.unwrap_or_default(),
            },
            "requestId": request_id,
            "routeKey": route_key,
            "stage": "$default",
            "time": time,
            "timeEpoch": now_millis,
        },
        "isBase64Encoded": text.is_none(),
    });
    // API Gateway leaves out what is not there.
    let cookies = cookies(&parts.headers);
    if !cookies.is_empty() {
        event["cookies"] = cookies.into();
    }
    if !query.is_empty() {
        event["queryStringParameters"] = joined(form_urlencoded::parse(query.as_bytes())).into();
    }
    if !path_parameters.is_empty() {
        event["pathParameters"] = json!(path_parameters);
    }
    if !body.is_empty() {
        event["body"] = text.map_or_else(|| BASE64_STANDARD.encode(body).into(), Value::from);
    }
    event
}

fn headers(headers: &HeaderMap, peer: SocketAddr, host: &str) -> Map<String, Value> {
    let port = host.rsplit_once(':').map_or("80", |(_, port)| port);
    let added = [
        ("x-forwarded-for", peer.ip().to_string()),
        ("x-forwarded-port", port.to_owned()),
        ("x-forwarded-proto", "http".to_owned()),
    ];
    let sent = headers.iter().filter(|(name, _)| *name != header::COOKIE);
    let sent = sent.map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    joined(sent.chain(added))
}

fn cookies(headers: &HeaderMap) -> Vec<String> {
    let lines = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok());
    let cookies = lines.flat_map(|line| line.split(';')).map(str::trim);
    cookies.filter(|cookie| !cookie.is_empty()).map(str::to_owned).collect()
}

/// One value for each name; several become one with commas.
fn joined<N: AsRef<str>, V: AsRef<str>>(pairs: impl Iterator<Item = (N, V)>) -> Map<String, Value> {
    let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in pairs {
        values
            .entry(name.as_ref().to_owned())
            .or_default()
            .push(value.as_ref().to_owned());
    }
    values
        .into_iter()
        .map(|(name, values)| (name, values.join(",").into()))
        .collect()
}

fn is_textual(headers: &HeaderMap) -> bool {
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let media_type = content_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    media_type.starts_with("text/")
        || ["application/json", "application/xml", "application/javascript"].contains(&media_type.as_str())
        || media_type.ends_with("+json")
        || media_type.ends_with("+xml")
}
