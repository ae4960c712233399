//! A table's keys and indexes, in the words that the template shares with `CreateTable`.

use serde::Deserialize;
use serde_json::Value;

use super::{TemplateError, reference::Resolver};

/// A DynamoDB table.
#[derive(Debug)]
pub struct TableTemplate {
    /// Its name in the template.
    pub logical_id: String,
    /// Its keys and indexes.
    pub definition: TableDefinition,
}

/// What `CreateTable` needs to know.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TableDefinition {
    /// The types of all key attributes.
    pub attribute_definitions: Vec<AttributeDefinition>,
    /// The table's own key.
    pub key_schema: Vec<KeyPart>,
    /// The global secondary indexes.
    #[serde(default)]
    pub global_secondary_indexes: Vec<IndexDefinition>,
}

/// The type of a key attribute.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttributeDefinition {
    /// The attribute.
    pub attribute_name: String,
    /// `S`, `N` or `B`.
    pub attribute_type: String,
}

/// A part of a key.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct KeyPart {
    /// The attribute.
    pub attribute_name: String,
    /// `HASH` or `RANGE`.
    pub key_type: String,
}

/// A global secondary index.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct IndexDefinition {
    /// The index's name.
    pub index_name: String,
    /// The index's key.
    pub key_schema: Vec<KeyPart>,
    /// Which attributes it holds.
    pub projection: Projection,
}

/// Which attributes an index holds.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Projection {
    /// `ALL`, `KEYS_ONLY` or `INCLUDE`.
    pub projection_type: String,
    /// The attributes of `INCLUDE`.
    #[serde(default)]
    pub non_key_attributes: Vec<String>,
}

/// Reads the resource's properties.
pub(super) fn read(
    logical_id: &str,
    properties: &Value,
    resolver: &Resolver<'_>,
) -> Result<TableTemplate, TemplateError> {
    let definition = serde_json::from_value(resolver.resolve(properties)?).map_err(|source| TemplateError::Table {
        logical_id: logical_id.to_owned(),
        source,
    })?;
    Ok(TableTemplate {
        logical_id: logical_id.to_owned(),
        definition,
    })
}
