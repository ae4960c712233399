//! What a `ResponseHeadersPolicy` adds to an answer.

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use super::{
    TemplateError,
    reference::{Resolver, bucket_domain},
};

/// The policy's headers as `CloudFront` sends them. HSTS says nothing over plain HTTP and is left out.
pub fn read(logical_id: &str, properties: &Value, resolver: &Resolver<'_>) -> Result<HeaderMap, TemplateError> {
    let config = &properties["ResponseHeadersPolicyConfig"];
    let security = &config["SecurityHeadersConfig"];
    let mut headers = HeaderMap::new();
    let mut add = |name: &str, value: &Value| -> Result<(), TemplateError> {
        let unusable = || TemplateError::Property {
            logical_id: logical_id.to_owned(),
            property: "ResponseHeadersPolicyConfig",
        };
        let name: HeaderName = name.parse().map_err(|_| unusable())?;
        let value: HeaderValue = resolver.text(value)?.parse().map_err(|_| unusable())?;
        headers.insert(name, value);
        Ok(())
    };
    for (kind, property, name) in [
        (
            "ContentSecurityPolicy",
            "ContentSecurityPolicy",
            "content-security-policy",
        ),
        ("FrameOptions", "FrameOption", "x-frame-options"),
        ("ReferrerPolicy", "ReferrerPolicy", "referrer-policy"),
    ] {
        if let Some(value) = security[kind].get(property) {
            add(name, value)?;
        }
    }
    if security.get("ContentTypeOptions").is_some() {
        add("x-content-type-options", &"nosniff".into())?;
    }
    for item in config["CustomHeadersConfig"]["Items"].as_array().into_iter().flatten() {
        add(&resolver.text(&item["Header"])?, &item["Value"])?;
    }
    Ok(headers)
}

/// The headers with the buckets where they are on one machine: a folder of the endpoint each.
pub fn with_buckets_at<'a>(
    mut headers: HeaderMap,
    endpoint: &str,
    buckets: impl IntoIterator<Item = &'a str>,
) -> HeaderMap {
    for bucket in buckets {
        let (there, here) = (
            format!("https://{}", bucket_domain(bucket)),
            format!("{endpoint}/{bucket}/"),
        );
        for value in headers.values_mut() {
            let moved = value.to_str().map(|text| text.replace(&there, &here));
            if let Some(moved) = moved.ok().and_then(|text| text.parse().ok()) {
                *value = moved;
            }
        }
    }
    headers
}
