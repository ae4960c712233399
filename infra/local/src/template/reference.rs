//! What a template's references mean on one machine: parameters have their defaults, resources their local names.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::TemplateError;

/// The region every local name and client uses.
pub const REGION: &str = "eu-central-1";
/// The account every local name belongs to.
pub const ACCOUNT: &str = "000000000000";
/// What stands before every local name.
const STACK: &str = "hiring-portal";

/// Resolves references against one template.
pub struct Resolver<'a> {
    parameters: BTreeMap<&'a str, Value>,
    conditions: Option<&'a Map<String, Value>>,
    resources: &'a Map<String, Value>,
}

impl<'a> Resolver<'a> {
    /// `overrides` take the place of the parameters' defaults.
    pub fn new(
        template: &'a Value,
        resources: &'a Map<String, Value>,
        overrides: &BTreeMap<String, String>,
    ) -> Result<Self, TemplateError> {
        let declared = template["Parameters"].as_object();
        if let Some(unknown) = overrides
            .keys()
            .find(|name| declared.is_none_or(|all| !all.contains_key(*name)))
        {
            return Err(TemplateError::UnknownParameter(unknown.clone()));
        }
        let mut parameters = BTreeMap::new();
        for (name, parameter) in declared.into_iter().flatten() {
            let value = overrides.get(name).map(|text| text.as_str().into());
            if let Some(value) = value.or_else(|| parameter.get("Default").cloned()) {
                parameters.insert(name.as_str(), value);
            }
        }
        Ok(Self {
            parameters,
            conditions: template["Conditions"].as_object(),
            resources,
        })
    }

    /// The value without references. `AWS::NoValue` takes its property or list element away.
    pub fn resolve(&self, value: &Value) -> Result<Value, TemplateError> {
        Ok(self.resolve_optional(value)?.unwrap_or(Value::Null))
    }

    /// The value as the text an environment variable or a name holds.
    pub fn text(&self, value: &Value) -> Result<String, TemplateError> {
        match self.resolve(value)? {
            Value::String(text) => Ok(text),
            Value::Bool(flag) => Ok(flag.to_string()),
            Value::Number(number) => Ok(number.to_string()),
            other => Err(TemplateError::NotText(other.to_string())),
        }
    }

    fn resolve_optional(&self, value: &Value) -> Result<Option<Value>, TemplateError> {
        match value {
            Value::Object(map) => match single_entry(map) {
                Some((name, argument)) if name == "Ref" || name.starts_with("Fn::") => self.apply(name, argument),
                _ => {
                    let mut resolved = Map::new();
                    for (name, value) in map {
                        if let Some(value) = self.resolve_optional(value)? {
                            resolved.insert(name.clone(), value);
                        }
                    }
                    Ok(Some(Value::Object(resolved)))
                }
            },
            Value::Array(list) => {
                let resolved: Result<Vec<_>, _> = list.iter().map(|value| self.resolve_optional(value)).collect();
                Ok(Some(resolved?.into_iter().flatten().collect()))
            }
            plain => Ok(Some(plain.clone())),
        }
    }

    fn apply(&self, function: &str, argument: &Value) -> Result<Option<Value>, TemplateError> {
        match (function, argument) {
            ("Ref", Value::String(name)) if name == "AWS::NoValue" => Ok(None),
            ("Ref", Value::String(name)) => self.reference(name).map(Some),
            ("Fn::GetAtt", Value::String(path)) => self.attribute(path).map(Some),
            ("Fn::GetAtt", Value::Array(path)) => {
                let path: Result<Vec<_>, _> = path.iter().map(|part| self.text(part)).collect();
                self.attribute(&path?.join(".")).map(Some)
            }
            ("Fn::Sub", Value::String(pattern)) => self.substitute(pattern, &Map::new()).map(Some),
            ("Fn::Sub", Value::Array(parts)) => match parts.as_slice() {
                [Value::String(pattern), Value::Object(names)] => self.substitute(pattern, names).map(Some),
                _ => Err(unresolvable(function, argument)),
            },
            ("Fn::Join", Value::Array(parts)) => match parts.as_slice() {
                [Value::String(separator), Value::Array(list)] => {
                    let list: Result<Vec<_>, _> = list.iter().map(|value| self.text(value)).collect();
                    Ok(Some(list?.join(separator).into()))
                }
                _ => Err(unresolvable(function, argument)),
            },
            ("Fn::If", Value::Array(parts)) => match parts.as_slice() {
                [Value::String(condition), yes, no] => {
                    self.resolve_optional(if self.named_condition(condition)? { yes } else { no })
                }
                _ => Err(unresolvable(function, argument)),
            },
            _ => Err(unresolvable(function, argument)),
        }
    }

    fn reference(&self, name: &str) -> Result<Value, TemplateError> {
        if let Some(value) = self.parameters.get(name) {
            return Ok(value.clone());
        }
        match name {
            "AWS::Region" => Ok(REGION.into()),
            "AWS::AccountId" => Ok(ACCOUNT.into()),
            "AWS::StackName" => Ok(STACK.into()),
            "AWS::Partition" => Ok("aws".into()),
            "AWS::URLSuffix" => Ok("amazonaws.com".into()),
            _ if self.resources.contains_key(name) => Ok(local_name(name).into()),
            _ => Err(TemplateError::Unresolvable(format!("Ref {name}"))),
        }
    }

    fn attribute(&self, path: &str) -> Result<Value, TemplateError> {
        match path.split_once('.') {
            Some((resource, "Arn")) if self.resources.contains_key(resource) => {
                Ok(format!("arn:aws:local:{REGION}:{ACCOUNT}:{}", local_name(resource)).into())
            }
            Some((resource, "RegionalDomainName")) if self.resources.contains_key(resource) => {
                Ok(bucket_domain(&local_name(resource)).into())
            }
            _ => Err(TemplateError::Unresolvable(format!("GetAtt {path}"))),
        }
    }

    fn substitute(&self, pattern: &str, names: &Map<String, Value>) -> Result<Value, TemplateError> {
        let mut text = String::new();
        let mut rest = pattern;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) = after
                .split_once('}')
                .ok_or_else(|| TemplateError::Unresolvable(format!("Sub {pattern}")))?;
            text.push_str(before);
            // `${!Literal}` stands for `${Literal}`.
            if let Some(literal) = name.strip_prefix('!') {
                text.extend(["${", literal, "}"]);
            } else if let Some(value) = names.get(name) {
                text.push_str(&self.text(value)?);
            } else if name.contains('.') {
                text.push_str(&self.text(&self.attribute(name)?)?);
            } else {
                text.push_str(&self.text(&self.reference(name)?)?);
            }
            rest = after;
        }
        text.push_str(rest);
        Ok(text.into())
    }

    /// Whether the condition of this name holds.
    pub fn named_condition(&self, name: &str) -> Result<bool, TemplateError> {
        let condition = self.conditions.and_then(|conditions| conditions.get(name));
        self.condition(condition.ok_or_else(|| TemplateError::Unresolvable(format!("Condition {name}")))?)
    }

    fn condition(&self, condition: &Value) -> Result<bool, TemplateError> {
        let Some((function, argument)) = condition.as_object().and_then(single_entry) else {
            return Err(TemplateError::Unresolvable(condition.to_string()));
        };
        match (function, argument) {
            ("Condition", Value::String(name)) => self.named_condition(name),
            ("Fn::Equals", Value::Array(sides)) if sides.len() == 2 => {
                Ok(self.text(&sides[0])? == self.text(&sides[1])?)
            }
            ("Fn::Not", Value::Array(conditions)) if conditions.len() == 1 => Ok(!self.condition(&conditions[0])?),
            ("Fn::And", Value::Array(conditions)) => conditions
                .iter()
                .try_fold(true, |all, next| Ok(all & self.condition(next)?)),
            ("Fn::Or", Value::Array(conditions)) => conditions
                .iter()
                .try_fold(false, |any, next| Ok(any | self.condition(next)?)),
            _ => Err(unresolvable(function, argument)),
        }
    }
}

/// The name a resource has on one machine: `SigningSeed` is `hiring-portal-signing-seed`.
pub fn local_name(logical_id: &str) -> String {
    format!("{STACK}-{}", kebab_case(logical_id))
}

/// Where AWS has the bucket of that name.
pub fn bucket_domain(bucket: &str) -> String {
    format!("{bucket}.s3.{REGION}.amazonaws.com")
}

/// `SigningSeed` as `signing-seed`.
pub fn kebab_case(logical_id: &str) -> String {
    let mut text = String::new();
    for (position, letter) in logical_id.chars().enumerate() {
        if position > 0 && letter.is_ascii_uppercase() {
            text.push('-');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

fn single_entry(map: &Map<String, Value>) -> Option<(&str, &Value)> {
    (map.len() == 1)
        .then(|| map.iter().next())
        .flatten()
        .map(|(name, value)| (name.as_str(), value))
}

fn unresolvable(function: &str, argument: &Value) -> TemplateError {
    TemplateError::Unresolvable(format!("{} {argument}", function.trim_start_matches("Fn::")))
}
