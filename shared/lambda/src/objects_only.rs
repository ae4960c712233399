//! Reads an object only from an object. serde would also take a list of the fields' values in their order, at every
//! depth of what was sent.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, EnumAccess, Error, MapAccess, SeqAccess, Unexpected, VariantAccess, Visitor},
};

/// A value of exactly this form.
pub(crate) fn read<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    T::deserialize(ObjectsOnly(from))
}

/// Whatever hands out values: each of them is read like the whole.
struct ObjectsOnly<T>(T);

/// What a value is read as.
enum Form {
    /// What its type says.
    Any,
    /// An object.
    Object,
    /// An object with a field that says which of several it is. serde keeps its other fields until it has seen that one,
    /// and reads them itself: a list among them may be one.
    Tagged,
}

/// A type's own visitor, which gets everything inside by [`ObjectsOnly`].
struct Reader<V> {
    visitor: V,
    form: Form,
}

impl<V> Reader<V> {
    fn any(visitor: V) -> Self {
        Self {
            visitor,
            form: Form::Any,
        }
    }

    fn object(visitor: V) -> Self {
        Self {
            visitor,
            form: Form::Object,
        }
    }
}

/// Methods that only read on, each with its arguments before the visitor.
macro_rules! reads_on {
    ($($method:ident($($argument:ident: $type:ty),*))*) => {
        $(fn $method<V: Visitor<'de>>(self, $($argument: $type,)* visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method($($argument,)* Reader::any(visitor))
        })*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for ObjectsOnly<D> {
    type Error = D::Error;

    reads_on! {
        deserialize_bool() deserialize_i8() deserialize_i16() deserialize_i32() deserialize_i64() deserialize_u8()
        deserialize_u16() deserialize_u32() deserialize_u64() deserialize_f32() deserialize_f64() deserialize_char()
        deserialize_str() deserialize_string() deserialize_bytes() deserialize_byte_buf() deserialize_option()
        deserialize_unit() deserialize_unit_struct(name: &'static str) deserialize_newtype_struct(name: &'static str)
        deserialize_seq() deserialize_tuple(length: usize)
        deserialize_tuple_struct(name: &'static str, length: usize) deserialize_map()
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
        deserialize_identifier() deserialize_ignored_any()
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(Reader::object(visitor))
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        let form = Form::Tagged;
        self.0.deserialize_any(Reader { visitor, form })
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

/// Methods that take a value as it is.
macro_rules! takes {
    ($($method:ident($type:ty))*) => {
        $(fn $method<E: Error>(self, value: $type) -> Result<V::Value, E> {
            self.visitor.$method(value)
        })*
    };
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Reader<V> {
    type Value = V::Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.form {
            Form::Any => self.visitor.expecting(formatter),
            Form::Object | Form::Tagged => formatter.write_str("an object"),
        }
    }

    takes! {
        visit_bool(bool) visit_i64(i64) visit_u64(u64) visit_f64(f64) visit_str(&str) visit_borrowed_str(&'de str)
        visit_string(String) visit_bytes(&[u8]) visit_borrowed_bytes(&'de [u8]) visit_byte_buf(Vec<u8>)
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, value: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_some(ObjectsOnly(value))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, value: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_newtype_struct(ObjectsOnly(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<V::Value, A::Error> {
        match self.form {
            Form::Any => self.visitor.visit_seq(ObjectsOnly(items)),
            Form::Object | Form::Tagged => Err(A::Error::invalid_type(Unexpected::Seq, &self)),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<V::Value, A::Error> {
        match self.form {
            Form::Any | Form::Object => self.visitor.visit_map(ObjectsOnly(fields)),
            Form::Tagged => self.visitor.visit_map(fields),
        }
    }

    fn visit_enum<A: EnumAccess<'de>>(self, value: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_enum(ObjectsOnly(value))
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for ObjectsOnly<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(ObjectsOnly(value))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for ObjectsOnly<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(ObjectsOnly(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for ObjectsOnly<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_key_seed(seed)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.0.next_value_seed(ObjectsOnly(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: EnumAccess<'de>> EnumAccess<'de> for ObjectsOnly<A> {
    type Error = A::Error;
    type Variant = ObjectsOnly<A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self::Variant), A::Error> {
        let (value, variant) = self.0.variant_seed(seed)?;
        Ok((value, ObjectsOnly(variant)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for ObjectsOnly<A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.0.unit_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        self.0.newtype_variant_seed(ObjectsOnly(seed))
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.0.tuple_variant(length, Reader::any(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, A::Error> {
        self.0.newtype_variant_seed(Reader::object(visitor))
    }
}

/// The fields of an enum's variant.
impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for Reader<V> {
    type Value = V::Value;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<V::Value, D::Error> {
        value.deserialize_map(self)
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, fmt::Debug};

    use serde::de::DeserializeOwned;

    use super::*;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Place {
        town: String,
        floor: Option<u8>,
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(tag = "kind", rename_all = "camelCase")]
    enum Audience {
        All,
        Some { towns: Vec<String> },
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    enum Way {
        Foot,
        Train { from: Place },
        Bus(Place),
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Wrapped(Place);

    /// What both ways to read JSON make of it, which is the same.
    fn read_json<T: DeserializeOwned + PartialEq + Debug>(json: &str) -> Result<T, String> {
        let value: serde_json::Value = serde_json::from_str(json).unwrap();
        let from_value = read::<T, _>(&value).map_err(|error| error.to_string());
        let from_text = read::<T, _>(&mut serde_json::Deserializer::from_str(json)).map_err(|error| {
            let text = error.to_string();
            text.rsplit_once(" at line ").unwrap().0.to_owned()
        });
        assert_eq!(from_text, from_value);
        from_text
    }

    fn linz() -> Place {
        Place {
            town: "Linz".to_owned(),
            floor: Some(3),
        }
    }

    const OBJECT: &str = r#"{"town": "Linz", "floor": 3}"#;
    const LIST: &str = r#"["Linz", 3]"#;

    /// Reads it with the object, and not with the list of the object's values in its place; serde alone reads both.
    fn only_with_an_object<T: DeserializeOwned + PartialEq + Debug>(json: &str, expected: &T) {
        let with = |place| json.replace("PLACE", place);
        assert_eq!(read_json::<T>(&with(OBJECT)).unwrap(), *expected);
        assert_eq!(&serde_json::from_str::<T>(&with(LIST)).unwrap(), expected);
        assert_eq!(
            read_json::<T>(&with(LIST)).unwrap_err(),
            "invalid type: sequence, expected an object"
        );
    }

    #[test]
    fn a_list_of_its_values_is_no_object_wherever_it_stands() {
        only_with_an_object("PLACE", &linz());
        only_with_an_object("[PLACE]", &vec![linz()]);
        only_with_an_object("[1, PLACE]", &(1, linz()));
        only_with_an_object("PLACE", &Some(linz()));
        only_with_an_object("PLACE", &Wrapped(linz()));
        only_with_an_object(r#"{"office": PLACE}"#, &BTreeMap::from([("office".to_owned(), linz())]));
        only_with_an_object(r#"{"bus": PLACE}"#, &Way::Bus(linz()));
        only_with_an_object(r#"{"train": {"from": PLACE}}"#, &Way::Train { from: linz() });
    }

    #[test]
    fn what_a_field_says_the_kind_of_is_an_object_too_and_may_have_lists() {
        let towns = vec!["Linz".to_owned()];
        let object = r#"{"towns": ["Linz"], "kind": "some"}"#;
        assert_eq!(read_json::<Audience>(object).unwrap(), Audience::Some { towns });
        assert_eq!(read_json::<Audience>(r#"{"kind": "all"}"#).unwrap(), Audience::All);

        let list = r#"["some", ["Linz"]]"#;
        assert!(serde_json::from_str::<Audience>(list).is_ok());
        assert_eq!(
            read_json::<Audience>(list).unwrap_err(),
            "invalid type: sequence, expected an object"
        );
    }

    #[test]
    fn the_fields_of_a_variant_are_an_object() {
        let list = format!(r#"{{"train": [{OBJECT}]}}"#);
        assert!(serde_json::from_str::<Way>(&list).is_ok());
        assert_eq!(
            read_json::<Way>(&list).unwrap_err(),
            "invalid type: sequence, expected an object"
        );
    }

    #[test]
    fn everything_else_is_read_as_ever() {
        type Everything = (bool, i64, f64, String, Option<u8>, (), Vec<u8>, char, Way);
        let json = r#"[true, -7, 0.5, "Grüße", null, null, [1, 2], "ß", "foot"]"#;
        let expected: Everything = serde_json::from_str(json).unwrap();
        assert_eq!(read_json::<Everything>(json).unwrap(), expected);
        assert_eq!(
            read_json::<Place>(r#"{"town": "Linz", "unknown": [{}]}"#)
                .unwrap()
                .floor,
            None
        );
        assert_eq!(
            read_json::<Place>(r#"{"floor": 3}"#).unwrap_err(),
            "missing field `town`"
        );
    }
}
