//! What is wrong with one field of a request.

use std::{collections::BTreeSet, fmt::Display, str::FromStr};

use serde::{
    Deserialize,
    de::{IntoDeserializer, value::StrDeserializer},
};

use crate::SingleLine;

/// One refused field: where it is and why, in words that hold nobody's data.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FieldError {
    /// JSON pointer (RFC 6901) to the field, such as `/subject`.
    pub pointer: String,
    /// What the caller can mend.
    pub detail: String,
}

impl FieldError {
    /// An error at `pointer`.
    #[allow(clippy::needless_pass_by_value, reason = "texts and errors are given as they come")]
    pub fn new(pointer: impl Into<String>, detail: impl Display) -> Self {
        Self {
            pointer: pointer.into(),
            detail: detail.to_string(),
        }
    }
}

/// What has been found wrong so far.
#[derive(Debug, Default)]
pub(crate) struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    pub fn add(&mut self, pointer: impl Into<String>, detail: impl Display) {
        self.0.push(FieldError::new(pointer, detail));
    }

    pub fn extend(&mut self, more: impl IntoIterator<Item = FieldError>) {
        self.0.extend(more);
    }

    pub fn line(&mut self, pointer: impl Into<String>, text: &str) -> Option<SingleLine> {
        SingleLine::parse(text).map_err(|error| self.add(pointer, error)).ok()
    }

    pub fn id<T: FromStr>(&mut self, pointer: impl Into<String>, text: &str) -> Option<T> {
        let id = text.parse().ok();
        if id.is_none() {
            self.add(pointer, "must be 1 to 40 lower-case letters, digits and hyphens");
        }
        id
    }

    /// One of the words of an enum.
    pub fn word<'a, T: Deserialize<'a>>(&mut self, pointer: impl Into<String>, text: &'a str) -> Option<T> {
        let words: StrDeserializer<'a, serde::de::value::Error> = text.into_deserializer();
        T::deserialize(words)
            .map_err(|error| {
                let error = error.to_string();
                let expected = error
                    .rsplit_once("expected ")
                    .map_or("another word", |(_, words)| words);
                self.add(pointer, format!("must be {expected}"));
            })
            .ok()
    }
}

impl From<FieldErrors> for Vec<FieldError> {
    fn from(errors: FieldErrors) -> Self {
        errors.0
    }
}

/// Texts of which each may be there once, whatever their case.
#[derive(Default)]
pub(crate) struct Unique(BTreeSet<String>);

impl Unique {
    pub fn check(&mut self, pointer: String, text: &str, what: &str, errors: &mut FieldErrors) {
        let text = text.trim().to_lowercase();
        if !text.is_empty() && !self.0.insert(text) {
            errors.add(pointer, format!("is {what} too"));
        }
    }
}
