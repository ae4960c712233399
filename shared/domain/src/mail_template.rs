//! Prepared mails.

use std::collections::BTreeSet;

use crate::{ActivityId, Language, MailTemplateId, SingleLine, Version};

/// A mail with placeholders, in one language.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MailTemplate {
    /// Its id.
    pub id: MailTemplateId,
    /// What it is called in the choice of templates.
    pub name: SingleLine,
    /// Its language.
    pub language: Language,
    /// The activities it is meant for.
    pub activity_ids: BTreeSet<ActivityId>,
    /// Whether contacts may use it.
    pub released_to_portal: bool,
    /// The subject, with placeholders.
    pub subject: String,
    /// The body as HTML, with placeholders; sanitised after they are filled.
    pub body_html: String,
    /// How often it was written. Its `ETag`.
    #[serde(default)]
    pub version: Version,
}
