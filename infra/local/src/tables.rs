//! Creates the template's tables where they are missing.

use aws_sdk_dynamodb::{
    Client,
    error::{BuildError, DisplayErrorContext},
    operation::describe_table::DescribeTableError,
    types::{
        AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
        ScalarAttributeType, TableDescription,
    },
};

use crate::template::{self, TableTemplate, local_name};

/// Why a table is not as the template wants it.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The template's definition lacks something.
    #[error("the template's table definition is incomplete")]
    Definition(#[from] BuildError),
    /// The stand-in refused.
    #[error("the DynamoDB stand-in refuses the table: {0}")]
    Refused(String),
    /// The table is from another version of the template.
    #[error("the table {0} is there with other keys or indexes; use another data folder, or delete this one")]
    Differs(String),
}

/// Creates the table, unless it is there with the same keys and indexes.
pub async fn ensure(client: &Client, table: &TableTemplate) -> Result<(), TableError> {
    let name = local_name(&table.logical_id);
    let refused = |error: &dyn std::error::Error| TableError::Refused(DisplayErrorContext(error).to_string());
    match client.describe_table().table_name(&name).send().await {
        Ok(there) if there.table().is_some_and(|there| is_same(there, table)) => return Ok(()),
        Ok(_) => return Err(TableError::Differs(name)),
        Err(error)
            if error
                .as_service_error()
                .is_some_and(DescribeTableError::is_resource_not_found_exception) => {}
        Err(error) => return Err(refused(&error)),
    }

    let definition = &table.definition;
    let mut attributes = Vec::new();
    for attribute in &definition.attribute_definitions {
        let builder = AttributeDefinition::builder().attribute_name(&attribute.attribute_name);
        let attribute_type = ScalarAttributeType::from(attribute.attribute_type.as_str());
        attributes.push(builder.attribute_type(attribute_type).build()?);
    }
    let mut indexes = Vec::new();
    for index in &definition.global_secondary_indexes {
        let projection = Projection::builder()
            .projection_type(ProjectionType::from(index.projection.projection_type.as_str()))
            .set_non_key_attributes(
                Some(index.projection.non_key_attributes.clone()).filter(|attributes| !attributes.is_empty()),
            )
            .build();
        let builder = GlobalSecondaryIndex::builder()
            .index_name(&index.index_name)
            .projection(projection);
        indexes.push(builder.set_key_schema(Some(key_schema(&index.key_schema)?)).build()?);
    }
    client
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .set_attribute_definitions(Some(attributes))
        .set_key_schema(Some(key_schema(&definition.key_schema)?))
        .set_global_secondary_indexes(Some(indexes).filter(|indexes| !indexes.is_empty()))
        .send()
        .await
        .map(drop)
        .map_err(|error| refused(&error))
}

fn key_schema(parts: &[template::KeyPart]) -> Result<Vec<KeySchemaElement>, BuildError> {
    let element = |part: &template::KeyPart| {
        let key_type = KeyType::from(part.key_type.as_str());
        KeySchemaElement::builder()
            .attribute_name(&part.attribute_name)
            .key_type(key_type)
            .build()
    };
    parts.iter().map(element).collect()
}

fn is_same(there: &TableDescription, wanted: &TableTemplate) -> bool {
    let wanted = &wanted.definition;
    let mut there_indexes: Vec<_> = there.global_secondary_indexes().iter().collect();
    let mut wanted_indexes: Vec<_> = wanted.global_secondary_indexes.iter().collect();
    there_indexes.sort_by_key(|index| index.index_name().unwrap_or_default());
    wanted_indexes.sort_by_key(|index| index.index_name.as_str());
    is_same_key(there.key_schema(), &wanted.key_schema)
        && there_indexes.len() == wanted_indexes.len()
        && there_indexes.iter().zip(wanted_indexes).all(|(there, wanted)| {
            there.index_name() == Some(wanted.index_name.as_str())
                && is_same_key(there.key_schema(), &wanted.key_schema)
        })
}

fn is_same_key(there: &[KeySchemaElement], wanted: &[template::KeyPart]) -> bool {
    let there = there
        .iter()
        .map(|part| (part.attribute_name(), part.key_type().as_str()));
    there.eq(wanted
        .iter()
        .map(|part| (part.attribute_name.as_str(), part.key_type.as_str())))
}
