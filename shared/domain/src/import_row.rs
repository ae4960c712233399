//! A row as an applicant tracking system exports it.

use crate::{
    Applicant, EmailAddress, ExternalId, FieldError, Language, PhoneNumber, Salutation, SingleLine, StatusId,
    TimeZoneName,
};

/// One row of an import, as it came. An empty text clears its field, an absent one leaves it as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ImportRow {
    /// What the applicant tracking system calls the application.
    pub external_id: Option<String>,
    /// What it calls the job.
    pub job_external_id: Option<String>,
    /// Where the application starts; the workflow's initial status if absent. Moves no application that is there.
    pub status: Option<String>,
    /// "Frau", "Herr", `ms`, `mr`, or nothing.
    pub salutation: Option<String>,
    /// Titles before the name.
    pub title: Option<String>,
    /// Given names.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Degrees after the name.
    pub title_after_name: Option<String>,
    /// The address.
    pub email: Option<String>,
    /// The telephone number.
    pub phone: Option<String>,
    /// `de-AT`, `de-DE`, `en`; German of Austria if absent.
    pub language: Option<String>,
    /// IANA name; Vienna if absent.
    pub time_zone: Option<String>,
}

/// A row that can be imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedApplication {
    /// What the applicant tracking system calls it.
    pub external_id: ExternalId,
    /// Its job there.
    pub job_external_id: ExternalId,
    /// The wanted status.
    pub status: Option<StatusId>,
    /// The person.
    pub applicant: Applicant,
    /// The columns the row has, empty or not. An update leaves the others as they are.
    pub(crate) given: Vec<&'static str>,
}

impl ImportRow {
    /// The columns, as JSON and CSV name them.
    pub const COLUMNS: [&'static str; 12] = [
        "externalId",
        "jobExternalId",
        "status",
        "salutation",
        "title",
        "firstName",
        "lastName",
        "titleAfterName",
        "email",
        "phone",
        "language",
        "timeZone",
    ];

    /// Checks the row and names each field that is wrong.
    pub fn parse(&self) -> Result<ImportedApplication, Vec<FieldError>> {
        let mut errors = Vec::new();
        let own_external_id = required(&mut errors, "externalId", self.external_id.as_deref(), external_id);
        let job_external_id = required(
            &mut errors,
            "jobExternalId",
            self.job_external_id.as_deref(),
            external_id,
        );
        let status = optional(&mut errors, "status", self.status.as_deref(), |text| {
            text.parse::<StatusId>()
                .map_err(|_| "must be the id of a status of the job's workflow")
        });
        let salutation = optional(&mut errors, "salutation", self.salutation.as_deref(), |text| {
            Salutation::parse(text).ok_or("must be one of ms, mr, none, Frau, Herr, divers")
        });
        let title = optional(&mut errors, "title", self.title.as_deref(), SingleLine::parse);
        let first_name = required(&mut errors, "firstName", self.first_name.as_deref(), SingleLine::parse);
        let last_name = required(&mut errors, "lastName", self.last_name.as_deref(), SingleLine::parse);
        let title_after_name = optional(
            &mut errors,
            "titleAfterName",
            self.title_after_name.as_deref(),
            SingleLine::parse,
        );
        let email = optional(&mut errors, "email", self.email.as_deref(), EmailAddress::parse);
        let phone = optional(&mut errors, "phone", self.phone.as_deref(), PhoneNumber::parse);
        let language = optional(&mut errors, "language", self.language.as_deref(), |text| {
            Language::parse(text).ok_or("must be one of de-AT, de-DE, en")
        });
        let time_zone = optional(&mut errors, "timeZone", self.time_zone.as_deref(), TimeZoneName::parse);
        let (Some(external_id), Some(job_external_id), Some(first_name), Some(last_name), true) = (
            own_external_id,
            job_external_id,
            first_name,
            last_name,
            errors.is_empty(),
        ) else {
            return Err(errors);
        };
        let applicant = Applicant {
            salutation: salutation.unwrap_or_default(),
            title,
            first_name,
            last_name,
            title_after_name,
            email,
            phone,
            language: language.unwrap_or_default(),
            time_zone: time_zone.unwrap_or_default(),
        };
        Ok(ImportedApplication {
            given: self.given(),
            external_id,
            job_external_id,
            status,
            applicant,
        })
    }

    fn given(&self) -> Vec<&'static str> {
        let optional = [
            ("salutation", &self.salutation),
            ("title", &self.title),
            ("titleAfterName", &self.title_after_name),
            ("email", &self.email),
            ("phone", &self.phone),
            ("language", &self.language),
            ("timeZone", &self.time_zone),
        ];
        optional
            .into_iter()
            .filter(|(_, value)| value.is_some())
            .map(|(column, _)| column)
            .collect()
    }
}

fn external_id(text: &str) -> Result<ExternalId, &'static str> {
    text.trim()
        .parse()
        .map_err(|_| "must have 1 to 100 visible ASCII characters without spaces")
}

fn optional<T, E: std::fmt::Display>(
    errors: &mut Vec<FieldError>,
    field: &str,
    text: Option<&str>,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Option<T> {
    let text = text.map(str::trim).filter(|text| !text.is_empty())?;
    parse(text)
        .map_err(|error| errors.push(FieldError::new(format!("/{field}"), error)))
        .ok()
}

fn required<T, E: std::fmt::Display>(
    errors: &mut Vec<FieldError>,
    field: &str,
    text: Option<&str>,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Option<T> {
    if text.is_none_or(|text| text.trim().is_empty()) {
        errors.push(FieldError::new(format!("/{field}"), "must not be empty"));
    }
    optional(errors, field, text, parse)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(pairs: &[(&str, &str)]) -> ImportRow {
        let fields = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), serde_json::Value::from(*value)))
            .collect();
        serde_json::from_value(serde_json::Value::Object(fields)).unwrap()
    }

    #[test]
    fn a_row_of_an_austrian_export_is_understood() {
        let imported = row(&[
            ("externalId", "A-1"),
            ("jobExternalId", "R-7"),
            ("salutation", "Frau"),
            ("firstName", "Anna"),
            ("lastName", "Müller"),
            ("titleAfterName", "MSc"),
            ("email", "Anna@Müller.at"),
            ("phone", ""),
            ("language", "de"),
        ])
        .parse()
        .unwrap();
        assert_eq!(imported.applicant.full_name(), "Anna Müller, MSc");
        assert_eq!(imported.applicant.email.unwrap().as_str(), "Anna@xn--mller-kva.at");
        assert_eq!(imported.applicant.phone, None);
        assert_eq!(imported.applicant.language, Language::GermanAustria);
    }

    #[test]
    fn every_wrong_field_of_a_row_is_named_once() {
        let errors = row(&[
            ("externalId", " "),
            ("lastName", "a\nb"),
            ("email", "x"),
            ("language", "klingonisch"),
        ])
        .parse()
        .unwrap_err();
        let pointers: Vec<_> = errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(
            pointers,
            [
                "/externalId",
                "/jobExternalId",
                "/firstName",
                "/lastName",
                "/email",
                "/language"
            ]
        );
    }

    #[test]
    fn the_columns_are_the_fields() {
        for column in ImportRow::COLUMNS {
            assert_ne!(row(&[(column, "x")]), ImportRow::default(), "{column}");
        }
    }
}
