//! Reads the SAM template: which functions there are, by which routes they are reached, with which settings, and which
//! tables, buckets and secrets stand behind them.

mod bucket;
mod page_headers;
mod reference;
mod table;
#[cfg(test)]
mod tests;
mod yaml;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use http::{HeaderMap, Method};
use serde_json::{Map, Value};

use self::reference::Resolver;
pub use self::{
    bucket::{BucketTemplate, CorsRule},
    page_headers::with_buckets_at,
    reference::{ACCOUNT, REGION, kebab_case, local_name},
    table::{AttributeDefinition, IndexDefinition, KeyPart, Projection, TableDefinition, TableTemplate},
};

/// The template that was there at build time.
pub const BUILT_IN: &str = include_str!("../../../template.yaml");

/// What the one-machine host takes from the template.
#[derive(Debug)]
pub struct Template {
    /// One for each `AWS::Serverless::Function`.
    pub functions: Vec<FunctionTemplate>,
    /// One for each `AWS::DynamoDB::Table`.
    pub tables: Vec<TableTemplate>,
    /// One for each `AWS::S3::Bucket`.
    pub buckets: Vec<BucketTemplate>,
    /// One for each `AWS::SecretsManager::Secret`.
    pub secrets: Vec<SecretTemplate>,
    /// What `CloudFront` adds to each file of the portal.
    pub page_headers: HeaderMap,
}

/// A Lambda as the template declares it.
#[derive(Debug)]
pub struct FunctionTemplate {
    /// The actions its inline policies allow, such as `dynamodb:PutItem`, whatever the resource; only a table's index is
    /// named with its action, as in `dynamodb:Query index/byJob`.
    pub allowed_actions: BTreeSet<String>,
    /// Its name in the template.
    pub logical_id: String,
    /// Its binary's name, by which `sam build` builds it.
    pub name: String,
    /// Its environment variables, those of `Globals` included.
    pub settings: BTreeMap<String, String>,
    /// The partitions of the table its inline policies bind it to (`dynamodb:LeadingKeys`), such as `USER#*`; all if empty.
    pub leading_keys: BTreeSet<String>,
    /// How long it may run.
    pub timeout: Duration,
    /// What the HTTP API sends to it.
    pub routes: Vec<Route>,
}

/// A method and a path such as `/api/jobs/{jobId}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path, with its parameters in braces.
    pub path: String,
}

/// A secret that the deployment generates.
#[derive(Debug)]
pub struct SecretTemplate {
    /// Its name in the template.
    pub logical_id: String,
    /// How many characters it has.
    pub length: usize,
}

/// Why the template cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// Not YAML, or not of the form this host reads.
    #[error("the template is not readable YAML")]
    Yaml(#[from] Box<serde_saphyr::Error>),
    /// A reference this host cannot follow, in something it needs.
    #[error("the template's reference `{0}` cannot be resolved")]
    Unresolvable(String),
    /// A value that has to be text.
    #[error("the template has {0} where text is needed")]
    NotText(String),
    /// An override of something that is no parameter.
    #[error("the template has no parameter {0}")]
    UnknownParameter(String),
    /// A resource whose properties do not say what they must.
    #[error("the template's resource {logical_id} has no usable {property}")]
    Property {
        /// The resource.
        logical_id: String,
        /// The property.
        property: &'static str,
    },
    /// A table whose properties are not those of a table.
    #[error("the template's table {logical_id} has no usable definition")]
    Table {
        /// The resource.
        logical_id: String,
        /// What is wrong.
        #[source]
        source: serde_json::Error,
    },
}

impl Template {
    /// The names of the parameters that the template's text declares.
    pub fn parameters(text: &str) -> Result<BTreeSet<String>, TemplateError> {
        let template = yaml::read(text).map_err(Box::new)?;
        let declared = template["Parameters"].as_object().into_iter().flatten();
        Ok(declared.map(|(name, _)| name.clone()).collect())
    }

    /// Reads the template's text; `parameters` take the place of its parameters' defaults.
    pub fn read(text: &str, parameters: &BTreeMap<String, String>) -> Result<Self, TemplateError> {
        let template = yaml::read(text).map_err(Box::new)?;
        let none = Map::new();
        let resources = template["Resources"].as_object().unwrap_or(&none);
        let resolver = Resolver::new(&template, resources, parameters)?;
        let globals = &template["Globals"]["Function"];

        let mut found = Self {
            functions: Vec::new(),
            tables: Vec::new(),
            buckets: Vec::new(),
            secrets: Vec::new(),
            page_headers: HeaderMap::new(),
        };
        for (logical_id, resource) in resources {
            if let Some(condition) = resource["Condition"].as_str()
                && !resolver.named_condition(condition)?
            {
                continue;
            }
            let properties = &resource["Properties"];
            match resource["Type"].as_str() {
                Some("AWS::Serverless::Function") => {
                    found
                        .functions
                        .push(function(logical_id, resource, globals, &resolver)?);
                }
                Some("AWS::DynamoDB::Table") => found.tables.push(table::read(logical_id, properties, &resolver)?),
                Some("AWS::S3::Bucket") => found.buckets.push(bucket::read(logical_id, properties, &resolver)?),
                Some("AWS::SecretsManager::Secret") => {
                    let length = resolver.resolve(&properties["GenerateSecretString"]["PasswordLength"])?;
                    let length = length.as_u64().and_then(|length| length.try_into().ok()).unwrap_or(32);
                    found.secrets.push(SecretTemplate {
                        logical_id: logical_id.clone(),
                        length,
                    });
                }
                Some("AWS::CloudFront::ResponseHeadersPolicy") => {
                    found.page_headers = page_headers::read(logical_id, properties, &resolver)?;
                }
                _ => {}
            }
        }
        Ok(found)
    }
}

fn leading_keys(policies: &Value) -> BTreeSet<String> {
    let statements = policies.as_array().into_iter().flatten();
    let statements = statements.flat_map(|policy| policy["Statement"].as_array().into_iter().flatten());
    let patterns = statements.filter_map(|statement| {
        let bound = &statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"];
        bound.as_array()
    });
    patterns
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

fn function(
    logical_id: &str,
    resource: &Value,
    globals: &Value,
    resolver: &Resolver<'_>,
) -> Result<FunctionTemplate, TemplateError> {
    let properties = &resource["Properties"];
    let missing = |property| TemplateError::Property {
        logical_id: logical_id.to_owned(),
        property,
    };

    let name = resource["Metadata"]["BuildProperties"]["Binary"].as_str();

    let mut settings = BTreeMap::new();
    for source in [globals, properties] {
        for (name, value) in source["Environment"]["Variables"].as_object().into_iter().flatten() {
            settings.insert(name.clone(), resolver.text(value)?);
        }
    }

    let timeout = properties.get("Timeout").or_else(|| globals.get("Timeout"));
    let timeout = timeout.map(|seconds| resolver.resolve(seconds)).transpose()?;
    let timeout = timeout
        .map_or(Some(3), |seconds| seconds.as_u64())
        .ok_or_else(|| missing("Timeout"))?;

    let mut routes = Vec::new();
    for event in properties["Events"]
        .as_object()
        .into_iter()
        .flat_map(|events| events.values())
    {
        if event["Type"] == "HttpApi" {
            let method = resolver.text(&event["Properties"]["Method"]).ok();
            let method = method.and_then(|method| method.to_ascii_uppercase().parse().ok());
            let path = resolver
                .text(&event["Properties"]["Path"])
                .ok()
                .filter(|path| path.starts_with('/'));
            routes.push(Route {
                method: method
                    .filter(|method: &Method| method != "ANY")
                    .ok_or_else(|| missing("Method"))?,
                path: path.filter(|path| !path.contains('+')).ok_or_else(|| missing("Path"))?,
            });
        }
    }

    Ok(FunctionTemplate {
        allowed_actions: allowed_actions(&properties["Policies"], resolver),
        logical_id: logical_id.to_owned(),
        name: name.ok_or_else(|| missing("Binary"))?.to_owned(),
        settings,
        leading_keys: leading_keys(&properties["Policies"]),
        timeout: Duration::from_secs(timeout),
        routes,
    })
}

fn allowed_actions(policies: &Value, resolver: &Resolver<'_>) -> BTreeSet<String> {
    let several = |value: &Value| value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
    let statements = several(policies)
        .into_iter()
        .flat_map(|policy| several(&policy["Statement"]));
    let mut allowed = BTreeSet::new();
    for statement in statements.filter(|statement| statement["Effect"] == "Allow") {
        let actions = several(&statement["Action"]);
        for resource in several(&statement["Resource"]) {
            let resource = resolver.text(&resource).unwrap_or_default();
            let index = resource.split_once("/index/").map(|(_, index)| index);
            allowed.extend(actions.iter().filter_map(Value::as_str).map(|action| match index {
                Some(index) => format!("{action} index/{index}"),
                None => action.to_owned(),
            }));
        }
    }
    allowed
}
