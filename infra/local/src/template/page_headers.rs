//! What a `ResponseHeadersPolicy` adds to an answer.

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use super::{TemplateError, reference::Resolver};

/// The policy's headers as CloudFront sends them. HSTS says nothing over plain HTTP and is left out.
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
