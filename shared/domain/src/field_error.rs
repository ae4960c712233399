//! What is wrong with one field of a request.

use std::fmt::Display;

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
