//! The person who applies.

use crate::{EmailAddress, Language, SingleLine};

/// How the person is addressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Salutation {
    /// Frau.
    Ms,
    /// Herr.
    Mr,
    /// By the name alone.
    #[default]
    None,
}

impl Salutation {
    /// Reads what applicant tracking systems export, in German or English.
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim().to_lowercase().trim_end_matches('.') {
            "frau" | "fr" | "ms" | "mrs" | "weiblich" | "w" | "f" => Some(Self::Ms),
            "herr" | "hr" | "mr" | "männlich" | "m" => Some(Self::Mr),
            "" | "none" | "keine" | "divers" | "d" | "x" => Some(Self::None),
            _ => None,
        }
    }

    /// "Frau" or "Ms"; nothing for a person addressed by the name alone.
    pub fn word(self, language: Language) -> &'static str {
        match (self, language.is_german()) {
            (Self::Ms, true) => "Frau",
            (Self::Mr, true) => "Herr",
            (Self::Ms, false) => "Ms",
            (Self::Mr, false) => "Mr",
            (Self::None, _) => "",
        }
    }
}

/// A telephone number as people write it: digits, spaces and `+ ( ) / - .`, 3 to 40 characters.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Checks the number's characters, not whether it can be reached.
    pub fn parse(text: &str) -> Result<Self, PhoneNumberError> {
        let text = text.trim();
        let valid = (3..=40).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_digit() || b" +()/-.".contains(&byte))
            && text.bytes().any(|byte| byte.is_ascii_digit());
        if valid {
            Ok(Self(text.to_owned()))
        } else {
            Err(PhoneNumberError)
        }
    }

    /// The number as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text is no telephone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a telephone number such as +43 1 234 56 78")]
pub struct PhoneNumberError;

impl TryFrom<String> for PhoneNumber {
    type Error = PhoneNumberError;
    fn try_from(text: String) -> Result<Self, PhoneNumberError> {
        Self::parse(&text)
    }
}

impl From<PhoneNumber> for String {
    fn from(number: PhoneNumber) -> String {
        number.0
    }
}

/// The name of a time zone in the IANA database, such as `Europe/Vienna`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeZoneName(String);

/// No such zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an IANA time zone such as Europe/Vienna")]
pub struct TimeZoneNameError;

impl TimeZoneName {
    /// Looks the zone up in the database compiled in.
    pub fn parse(text: &str) -> Result<Self, TimeZoneNameError> {
        let zone = jiff::tz::TimeZone::get(text.trim()).map_err(|_| TimeZoneNameError)?;
        zone.iana_name()
            .map(|name| Self(name.to_owned()))
            .ok_or(TimeZoneNameError)
    }

    /// The zone's name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for TimeZoneName {
    fn default() -> Self {
        Self("Europe/Vienna".to_owned())
    }
}

impl TryFrom<String> for TimeZoneName {
    type Error = TimeZoneNameError;
    fn try_from(text: String) -> Result<Self, TimeZoneNameError> {
        Self::parse(&text)
    }
}

impl From<TimeZoneName> for String {
    fn from(zone: TimeZoneName) -> String {
        zone.0
    }
}

/// The person, as the applicant tracking system last described them for this application.
///
/// Kept with the application: another application of the same person has its own copy, so that no department
/// learns from its own applicant what only another one knows.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Applicant {
    /// How to address them.
    pub salutation: Salutation,
    /// Academic titles before the name, such as `Mag. Dr.`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<SingleLine>,
    /// Given names.
    pub first_name: SingleLine,
    /// Family name.
    pub last_name: SingleLine,
    /// Degrees after the name, such as `MSc`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title_after_name: Option<SingleLine>,
    /// Where mails go; without one, only the telephone and the status are left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<EmailAddress>,
    /// Where calls go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<PhoneNumber>,
    /// What they read.
    pub language: Language,
    /// Where they live.
    pub time_zone: TimeZoneName,
}

impl Applicant {
    /// `Mag. Anna Müller, MSc`.
    pub fn full_name(&self) -> String {
        let title = self.title.as_ref().map(|title| format!("{title} ")).unwrap_or_default();
        let after = self
            .title_after_name
            .as_ref()
            .map(|title| format!(", {title}"))
            .unwrap_or_default();
        format!("{title}{} {}{after}", self.first_name, self.last_name)
    }

    /// The first line of a letter: "Sehr geehrte Frau Mag. Müller", "Guten Tag Kim Berger", "Dear Ms Müller".
    pub fn letter_salutation(&self) -> String {
        let title = self.title.as_ref().map(|title| format!("{title} ")).unwrap_or_default();
        let word = self.salutation.word(self.language);
        match (self.salutation, self.language.is_german()) {
            (Salutation::Ms, true) => format!("Sehr geehrte {word} {title}{}", self.last_name),
            (Salutation::Mr, true) => format!("Sehr geehrter {word} {title}{}", self.last_name),
            (Salutation::None, true) => format!("Guten Tag {title}{} {}", self.first_name, self.last_name),
            (Salutation::Ms | Salutation::Mr, false) => format!("Dear {word} {}", self.last_name),
            (Salutation::None, false) => format!("Dear {} {}", self.first_name, self.last_name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applicant(salutation: Salutation, title: Option<&str>, language: Language) -> Applicant {
        let line = |text| SingleLine::parse(text).unwrap();
        Applicant {
            salutation,
            title: title.map(line),
            first_name: line("Anna"),
            last_name: line("Müller-Högl"),
            title_after_name: Some(line("MSc")),
            email: None,
            phone: None,
            language,
            time_zone: TimeZoneName::default(),
        }
    }

    #[test]
    fn a_person_is_addressed_as_they_would_expect() {
        use Language::{English, GermanAustria, GermanGermany};
        use Salutation::{Mr, Ms};
        for (applicant, expected) in [
            (
                applicant(Ms, Some("Mag. Dr."), GermanAustria),
                "Sehr geehrte Frau Mag. Dr. Müller-Högl",
            ),
            (applicant(Mr, None, GermanGermany), "Sehr geehrter Herr Müller-Högl"),
            (
                applicant(Salutation::None, Some("Dr."), GermanAustria),
                "Guten Tag Dr. Anna Müller-Högl",
            ),
            (applicant(Ms, Some("Dr."), English), "Dear Ms Müller-Högl"),
            (applicant(Salutation::None, None, English), "Dear Anna Müller-Högl"),
        ] {
            assert_eq!(applicant.letter_salutation(), expected);
        }
        assert_eq!(
            applicant(Ms, Some("Mag."), GermanAustria).full_name(),
            "Mag. Anna Müller-Högl, MSc"
        );
    }

    #[test]
    fn only_zones_of_the_database_are_zones() {
        assert_eq!(TimeZoneName::parse("europe/vienna").unwrap().as_str(), "Europe/Vienna");
        for text in ["", "Wien", "CEST", "Europe/Atlantis", "+02:00"] {
            assert_eq!(TimeZoneName::parse(text), Err(TimeZoneNameError), "{text}");
        }
    }

    #[test]
    fn a_number_is_what_one_can_dial() {
        assert!(PhoneNumber::parse("+43 (0)662 / 12 34-5").is_ok());
        for text in ["", "--", "siehe Lebenslauf", "1\r\n2", "12"] {
            assert_eq!(PhoneNumber::parse(text), Err(PhoneNumberError), "{text:?}");
        }
    }
}
