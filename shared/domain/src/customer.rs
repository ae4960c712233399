//! The department, or an agency's client.

use std::collections::BTreeSet;

use crate::{CustomerId, Language, SingleLine, Version};

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
    /// The languages its applicants are written to in: a channel by e-mail needs a template in each of them.
    #[serde(default = "german")]
    pub languages: BTreeSet<Language>,
    /// How often it was written. Its `ETag`.
    #[serde(default)]
    pub version: Version,
}

fn german() -> BTreeSet<Language> {
    [Language::GermanAustria].into()
}
