//! The department, or an agency's client.

use crate::{CustomerId, SingleLine, Version};

/// A customer. A contact belongs to one and never sees another.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Customer {
    /// Its id.
    pub id: CustomerId,
    /// Its name.
    pub name: SingleLine,
    /// Where its people meet applicants, as they are offered when an interview is arranged.
    #[serde(default)]
    pub locations: Vec<SingleLine>,
    /// How often it was written. Its `ETag`.
    #[serde(default)]
    pub version: Version,
}
