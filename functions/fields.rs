//! Checking the fields of a body, so that everything that is wrong with it is named at once.

use std::fmt::Display;

use domain::{FieldError, Language};
use lambda::Problem;
use serde::{Deserialize, Deserializer};

/// What is wrong so far.
#[derive(Debug, Default)]
pub struct Fields(Vec<FieldError>);

impl Fields {
    /// The value, unless it is wrong.
    pub fn check<T, E: Display>(&mut self, pointer: impl Into<String>, parsed: Result<T, E>) -> Option<T> {
        parsed.map_err(|error| self.wrong(pointer, error)).ok()
    }

    /// The value of a field that may be left out.
    pub fn check_given<T, E: Display>(
        &mut self,
        pointer: impl Into<String>,
        text: Option<&str>,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        text.and_then(|text| self.check(pointer, parse(text)))
    }

    /// Something is wrong with this field.
    pub fn wrong(&mut self, pointer: impl Into<String>, detail: impl Display) {
        self.0.push(FieldError::new(pointer, detail));
    }

    /// Whether nothing is wrong so far.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Ends with what is wrong, if anything is.
    pub fn all_right(self) -> Result<(), Problem> {
        if self.0.is_empty() { Ok(()) } else { Err(self.into()) }
    }
}

/// A field that may be left out, and that null takes away.
#[derive(Debug, Default)]
pub enum Given<T> {
    /// It stays as it is.
    #[default]
    LeftOut,
    /// It is to be empty.
    Null,
    /// It is to be this.
    Value(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Given<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Null, Self::Value))
    }
}

/// A language as the API writes it.
pub fn parse_language(tag: &str) -> Result<Language, &'static str> {
    Language::from_tag(tag).ok_or("must be de-AT, de-DE or en")
}

/// Why somebody else's second factor is not switched on.
pub const ONLY_THEIR_OWN: &str = "only they themselves can switch it on";

impl From<Fields> for Problem {
    fn from(fields: Fields) -> Self {
        fields.0.into()
    }
}
