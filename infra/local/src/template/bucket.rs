//! The buckets of the template.

use serde::Deserialize;
use serde_json::Value;

use super::{Resolver, TemplateError};

/// An `AWS::S3::Bucket`.
#[derive(Debug)]
pub struct BucketTemplate {
    /// Its name in the template.
    pub logical_id: String,
    /// Which pages of other origins may use it.
    pub cors: Vec<CorsRule>,
}

/// A rule of `CorsConfiguration`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CorsRule {
    /// The origins of the pages, or `*`.
    pub allowed_origins: Vec<String>,
    /// The methods they may use.
    pub allowed_methods: Vec<String>,
    /// The headers they may send.
    #[serde(default)]
    pub allowed_headers: Vec<String>,
}

/// Reads the resource's properties.
pub(super) fn read(
    logical_id: &str,
    properties: &Value,
    resolver: &Resolver<'_>,
) -> Result<BucketTemplate, TemplateError> {
    let rules = resolver.resolve(&properties["CorsConfiguration"]["CorsRules"])?;
    let cors = serde_json::from_value::<Option<Vec<CorsRule>>>(rules).map_err(|_| TemplateError::Property {
        logical_id: logical_id.to_owned(),
        property: "CorsConfiguration",
    })?;
    Ok(BucketTemplate {
        logical_id: logical_id.to_owned(),
        cors: cors.unwrap_or_default(),
    })
}
