//! `CloudFormation`'s YAML as JSON: the short tags become their long form, so that only one form has to be resolved.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value, json};
use serde_saphyr::Tagged;

/// The document, with `!Ref X` as `{"Ref": "X"}` and `!Sub X` as `{"Fn::Sub": "X"}`.
pub fn read(text: &str) -> Result<Value, serde_saphyr::Error> {
    serde_saphyr::from_str::<Node>(text).map(|node| node.0)
}

fn long_form(tag: Option<&str>, value: Value) -> Value {
    match tag.and_then(|tag| tag.strip_prefix('!')) {
        None | Some("") => value,
        Some(name @ ("Ref" | "Condition")) => json!({ name: value }),
        Some(name) => json!({ format!("Fn::{name}"): value }),
    }
}

/// A value together with its own tag, at any depth.
struct Node(Value);

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Tagged(Untagged(value), tag) = Tagged::<Untagged>::deserialize(deserializer)?;
        Ok(Self(long_form(tag.as_deref(), value)))
    }
}

struct Untagged(Value);

impl<'de> Deserialize<'de> for Untagged {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue).map(Self)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a YAML value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Node(value)) = access.next_element()? {
            list.push(value);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some((name, Node(value))) = access.next_entry::<String, Node>()? {
            map.insert(name, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn short_tags_become_their_long_form_at_any_depth() {
        let text = r#"
Version: 2012-10-17
Table: !Ref Table
Index: !Sub "${Table.Arn}/index/*"
Named: !Sub ["${Name}", {Name: !GetAtt Table.Arn}]
Chosen: !If [IsLive, !Ref Live, !Ref "AWS::NoValue"]
Plain: [12, "12", true, null, 1.5, !Condition IsLive]
Block: !GetAtt
  - Table
  - Arn
"#;
        assert_eq!(
            super::read(text).unwrap(),
            json!({
                "Version": "2012-10-17",
                "Table": {"Ref": "Table"},
                "Index": {"Fn::Sub": "${Table.Arn}/index/*"},
                "Named": {"Fn::Sub": ["${Name}", {"Name": {"Fn::GetAtt": "Table.Arn"}}]},
                "Chosen": {"Fn::If": ["IsLive", {"Ref": "Live"}, {"Ref": "AWS::NoValue"}]},
                "Plain": [12, "12", true, null, 1.5, {"Condition": "IsLive"}],
                "Block": {"Fn::GetAtt": ["Table", "Arn"]},
            })
        );
    }

    #[test]
    fn a_key_given_twice_is_an_error() {
        assert!(super::read("Resources: 1\nResources: 2\n").is_err());
    }
}
