//! Placeholders of mail templates, in the form `$Applicant.LastName$`.

use crate::{Applicant, Appointment, Customer, FieldError, Job, User, html::escape, spoken_time};

/// One placeholder the portal can fill.
#[derive(Debug, Clone, Copy)]
pub struct Placeholder {
    /// Its source and value, without the dollar signs: `Applicant.LastName`.
    pub name: &'static str,
    /// Where the value comes from. `None`: not there for this applicant, job or user.
    value: fn(&PlaceholderValues<'_>) -> Option<String>,
}

/// What placeholders are filled from.
#[derive(Debug, Clone, Copy)]
pub struct PlaceholderValues<'a> {
    /// Who gets the mail.
    pub applicant: &'a Applicant,
    /// What they applied for.
    pub job: &'a Job,
    /// Whose job it is.
    pub customer: &'a Customer,
    /// Who writes.
    pub sender: &'a User,
    /// When and where they are to meet, in a mail about that.
    pub interview: Option<&'a Appointment>,
}

/// A text in a form that cannot be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaceholderError {
    /// There is no such placeholder.
    #[error("the placeholder ${0}$ does not exist")]
    Unknown(String),
    /// There is one, but nothing to put in its place.
    #[error("there is no value for the placeholder ${0}$")]
    NoValue(String),
}

impl Placeholder {
    /// Every placeholder there is.
    ///
    /// A missing title is no gap in a letter, a missing address is: the first is filled with nothing,
    /// the second is an error.
    pub const ALL: [Self; 20] = [
        Self {
            name: "Applicant.LetterSalutation",
            value: |values| Some(values.applicant.letter_salutation()),
        },
        Self {
            name: "Applicant.Salutation",
            value: |values| Some(values.applicant.salutation.word(values.applicant.language).to_owned()),
        },
        Self {
            name: "Applicant.Title",
            value: |values| {
                Some(
                    values
                        .applicant
                        .title
                        .as_ref()
                        .map(ToString::to_string)
                        .unwrap_or_default(),
                )
            },
        },
        Self {
            name: "Applicant.FirstName",
            value: |values| Some(values.applicant.first_name.to_string()),
        },
        Self {
            name: "Applicant.LastName",
            value: |values| Some(values.applicant.last_name.to_string()),
        },
        Self {
            name: "Applicant.TitleAfterName",
            value: |values| {
                Some(
                    values
                        .applicant
                        .title_after_name
                        .as_ref()
                        .map(ToString::to_string)
                        .unwrap_or_default(),
                )
            },
        },
        Self {
            name: "Applicant.FullName",
            value: |values| Some(values.applicant.full_name()),
        },
        Self {
            name: "Applicant.Email",
            value: |values| values.applicant.email.as_ref().map(ToString::to_string),
        },
        Self {
            name: "Applicant.Phone",
            value: |values| values.applicant.phone.as_ref().map(|phone| phone.as_str().to_owned()),
        },
        Self {
            name: "Job.Title",
            value: |values| Some(values.job.title.to_string()),
        },
        Self {
            name: "Job.Location",
            value: |values| values.job.location.as_ref().map(ToString::to_string),
        },
        Self {
            name: "Job.Number",
            value: |values| Some(values.job.external_id.to_string()),
        },
        Self {
            name: "Customer.Name",
            value: |values| Some(values.customer.name.to_string()),
        },
        Self {
            name: "Contact.FullName",
            value: |values| Some(values.sender.name.to_string()),
        },
        Self {
            name: "Contact.Email",
            value: |values| Some(values.sender.email.to_string()),
        },
        Self {
            name: "Interview.Date",
            value: |values| {
                let appointment = values.interview?;
                let language = values.applicant.language;
                Some(spoken_time::date(
                    appointment.starts_at,
                    &appointment.time_zone,
                    language,
                ))
            },
        },
        Self {
            name: "Interview.Time",
            value: |values| {
                let appointment = values.interview?;
                let language = values.applicant.language;
                Some(spoken_time::time(
                    appointment.starts_at,
                    &appointment.time_zone,
                    language,
                ))
            },
        },
        Self {
            name: "Interview.EndTime",
            value: |values| {
                let appointment = values.interview?;
                let language = values.applicant.language;
                Some(spoken_time::time(appointment.ends_at, &appointment.time_zone, language))
            },
        },
        Self {
            name: "Interview.Location",
            value: |values| values.interview?.location.as_ref().map(ToString::to_string),
        },
        Self {
            name: "Interview.OnlineMeetingUrl",
            value: |values| {
                values
                    .interview?
                    .online_meeting_url
                    .as_ref()
                    .map(|url| url.as_str().to_owned())
            },
        },
    ];
}

/// Fills a subject.
pub fn fill_text(template: &str, values: &PlaceholderValues<'_>) -> Result<String, Vec<PlaceholderError>> {
    fill(template, values, |value| value)
}

/// Fills a body; the values are escaped, so that nobody's name becomes markup.
pub fn fill_html(template: &str, values: &PlaceholderValues<'_>) -> Result<String, Vec<PlaceholderError>> {
    fill(template, values, |value| escape(&value))
}

fn fill(
    template: &str,
    values: &PlaceholderValues<'_>,
    write: impl Fn(String) -> String,
) -> Result<String, Vec<PlaceholderError>> {
    let mut filled = String::with_capacity(template.len());
    let mut errors = Vec::new();
    let mut rest = template;
    while let Some((before, name, after)) = next_placeholder(rest) {
        filled.push_str(before);
        rest = after;
        match Placeholder::ALL.iter().find(|placeholder| placeholder.name == name) {
            None => errors.push(PlaceholderError::Unknown(name.to_owned())),
            Some(placeholder) => match (placeholder.value)(values) {
                None => errors.push(PlaceholderError::NoValue(name.to_owned())),
                // "Frau $Applicant.Title$ Müller" must not show the gap of a missing title.
                Some(value) if value.is_empty() && ends_a_word(&filled) => {
                    rest = rest.strip_prefix(' ').unwrap_or(rest);
                }
                Some(value) => filled.push_str(&write(value)),
            },
        }
    }
    filled.push_str(rest);
    if errors.is_empty() { Ok(filled) } else { Err(errors) }
}

fn ends_a_word(text: &str) -> bool {
    text.chars()
        .next_back()
        .is_none_or(|last| last.is_whitespace() || last == '>')
}

/// The errors for each placeholder still standing in what someone wants to send.
pub fn unresolved(pointer: &str, text: &str) -> Vec<FieldError> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, name, after)) = next_placeholder(rest) {
        found.push(FieldError::new(
            pointer,
            format!("the placeholder ${name}$ has not been filled"),
        ));
        rest = after;
    }
    found
}

/// What stands before the next placeholder, its name, and what follows.
fn next_placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(start) = text[from..].find('$').map(|found| from + found) {
        let inner = &text[start + 1..];
        let end = inner.find(|character: char| !character.is_alphanumeric() && !"._-".contains(character));
        if let Some(end) = end
            && inner[end..].starts_with('$')
            && is_name(&inner[..end])
        {
            return Some((&text[..start], &inner[..end], &inner[end + 1..]));
        }
        from = start + 1;
    }
    None
}

/// Anything that begins with a letter, a mistyped name too: it must not go out as it stands. "$5.00$" is money.
fn is_name(text: &str) -> bool {
    text.starts_with(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Language, PhoneNumber, Role, Salutation, SanitizedHtml, SingleLine, TimeZoneName, Version};
    use proptest::prelude::*;

    fn line(text: &str) -> SingleLine {
        SingleLine::parse(text).unwrap()
    }

    fn with_values(last_name: &str, test: impl FnOnce(&PlaceholderValues<'_>)) {
        let applicant = Applicant {
            salutation: Salutation::Ms,
            title: None,
            first_name: line("Anna"),
            last_name: line(last_name),
            title_after_name: Some(line("MSc")),
            email: None,
            phone: PhoneNumber::parse("+43 1 2345").ok(),
            language: Language::GermanAustria,
            time_zone: TimeZoneName::default(),
        };
        let job = Job {
            id: "job1".parse().unwrap(),
            external_id: "R-2026-7".parse().unwrap(),
            customer_id: "cust1".parse().unwrap(),
            workflow_id: "standard".parse().unwrap(),
            title: line("Köchin & Koch"),
            location: None,
            contact_ids: [].into(),
            version: Version::FIRST,
        };
        let customer = Customer {
            id: job.customer_id.clone(),
            name: line("Gastronomie"),
            locations: Vec::new(),
            languages: std::collections::BTreeSet::new(),
            version: Version::FIRST,
        };
        let sender = User {
            id: "user1".parse().unwrap(),
            email: "m.gruber@example.com".to_owned().try_into().unwrap(),
            name: line("Maria Gruber"),
            role: Role::Recruiter,
            language: Language::GermanAustria,
            signature: SanitizedHtml::default(),
            active: true,
            password_hash: None,
            sessions_ended_at: None,
            surviving_session: None,
            version: Version::FIRST,
        };
        test(&PlaceholderValues {
            applicant: &applicant,
            job: &job,
            customer: &customer,
            sender: &sender,
            interview: None,
        });
    }

    #[test]
    fn a_letter_is_filled_and_a_missing_title_leaves_no_gap() {
        with_values("Müller", |values| {
            assert_eq!(
                fill_text(
                    "$Applicant.Salutation$ $Applicant.Title$ $Applicant.LastName$: $Job.Title$",
                    values
                )
                .unwrap(),
                "Frau Müller: Köchin & Koch"
            );
            assert_eq!(
                fill_html("<p>$Applicant.Title$ $Applicant.FullName$, $Job.Title$</p>", values).unwrap(),
                "<p>Anna Müller, MSc, Köchin &amp; Koch</p>"
            );
        });
    }

    #[test]
    fn unknown_and_empty_placeholders_are_errors_each_of_them() {
        with_values("Müller", |values| {
            assert_eq!(
                fill_text("$Applicant.Shoe$ $Applicant.Email$ $Job.Location$", values),
                Err(vec![
                    PlaceholderError::Unknown("Applicant.Shoe".into()),
                    PlaceholderError::NoValue("Applicant.Email".into()),
                    PlaceholderError::NoValue("Job.Location".into()),
                ])
            );
        });
    }

    #[test]
    fn a_value_is_not_read_as_a_template_or_as_markup() {
        with_values("$Job.Title$", |values| {
            assert_eq!(fill_text("$Applicant.LastName$", values).unwrap(), "$Job.Title$");
        });
        with_values("<b>O'Neil & Söhne</b>", |values| {
            assert_eq!(
                fill_html("$Applicant.LastName$", values).unwrap(),
                "&lt;b&gt;O&#39;Neil &amp; Söhne&lt;/b&gt;"
            );
        });
    }

    #[test]
    fn money_and_single_dollars_are_no_placeholders() {
        assert_eq!(unresolved("/subject", "Gehalt $5.000$, US$ und $$ a.b $"), []);
        assert_eq!(unresolved("/subject", "US$$Job.Title$").len(), 1);
    }

    #[test]
    fn a_mistyped_placeholder_is_found_too() {
        for text in [
            "$Applicant.Straße$",
            "$Applicant.Last_Name$",
            "$LastName$",
            "$Job-Title$",
        ] {
            assert_eq!(unresolved("/subject", text).len(), 1, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_was_filled_has_nothing_left_to_fill(before in "[^$]{0,20}", after in "[$.a-zA-Z <>]{0,30}") {
            let template = format!("{before}$Applicant.LastName${after}");
            with_values("Müller", |values| {
                if let Ok(filled) = fill_text(&template, values) {
                    assert_eq!(unresolved("/subject", &filled), []);
                }
            });
        }

        #[test]
        fn any_text_can_be_searched(text in "\\PC{0,60}") {
            prop_assert!(unresolved("/subject", &text).len() <= text.matches('$').count() / 2);
        }
    }
}
