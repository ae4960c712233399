//! Invented people and a job, to show a mail template filled.

use crate::{Applicant, Appointment, Customer, Job, Language, PlaceholderValues, User};

/// What a preview is filled from: everything a placeholder can ask for is there.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Example {
    applicant: Applicant,
    job: Job,
    customer: Customer,
    sender: User,
    interview: Appointment,
}

impl Example {
    /// The one for readers of that language. Fails only if the files beside this one are broken, which a test sees.
    pub fn new(language: Language) -> Result<Self, serde_json::Error> {
        let text = if language.is_german() {
            include_str!("example_german.json")
        } else {
            include_str!("example_english.json")
        };
        let mut example: Self = serde_json::from_str(text)?;
        example.applicant.language = language;
        Ok(example)
    }

    /// What placeholders are filled from.
    pub fn values(&self) -> PlaceholderValues<'_> {
        PlaceholderValues {
            applicant: &self.applicant,
            job: &self.job,
            customer: &self.customer,
            sender: &self.sender,
            interview: Some(&self.interview),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Placeholder;

    #[test]
    fn every_placeholder_has_a_value_and_the_german_ones_have_umlauts() {
        for language in [Language::GermanAustria, Language::GermanGermany, Language::English] {
            let example = Example::new(language).unwrap();
            let values = Placeholder::ALL.map(|placeholder| placeholder.value(&example.values()).unwrap());
            assert!(values.iter().all(|value| !value.is_empty()), "{values:?}");
            assert_eq!(values.concat().contains(['ä', 'ö', 'ü']), language != Language::English);
        }
    }
}
