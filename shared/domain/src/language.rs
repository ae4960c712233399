//! The languages people read in.

/// A language of a user, an applicant or a template.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    serde::Serialize,
    serde::Deserialize,
    utoipa::ToSchema,
)]
pub enum Language {
    /// German as written in Austria.
    #[default]
    #[serde(rename = "de-AT")]
    GermanAustria,
    /// German as written in Germany.
    #[serde(rename = "de-DE")]
    GermanGermany,
    /// English.
    #[serde(rename = "en")]
    English,
}

impl Language {
    /// The BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::GermanAustria => "de-AT",
            Self::GermanGermany => "de-DE",
            Self::English => "en",
        }
    }

    /// The language of exactly that tag.
    pub fn from_tag(tag: &str) -> Option<Self> {
        [Self::GermanAustria, Self::GermanGermany, Self::English]
            .into_iter()
            .find(|language| language.tag() == tag)
    }

    /// Reads a tag as other systems write it: `de`, `DE-at` and `en-GB` are understood too.
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim().to_ascii_lowercase().replace('_', "-").as_str() {
            "de" | "de-at" | "deutsch" | "german" => Some(Self::GermanAustria),
            "de-de" => Some(Self::GermanGermany),
            "en" | "en-gb" | "en-us" | "englisch" | "english" => Some(Self::English),
            _ => None,
        }
    }

    /// Whether a reader of one is served by the other: both kinds of German are German.
    pub fn same_language(self, other: Self) -> bool {
        self.is_german() == other.is_german()
    }

    pub(crate) fn is_german(self) -> bool {
        self != Self::English
    }
}
