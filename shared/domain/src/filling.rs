//! Filling the placeholders of a template.

use crate::{FieldError, Placeholder, PlaceholderValues, html::escape};

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
        match Placeholder::find(name) {
            None => errors.push(PlaceholderError::Unknown(name.to_owned())),
            Some(placeholder) => match placeholder.value(values) {
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
pub(crate) fn next_placeholder(text: &str) -> Option<(&str, &str, &str)> {
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
pub(crate) fn is_name(text: &str) -> bool {
    text.starts_with(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Applicant, Customer, Job, Language, PhoneNumber, Role, Salutation, SanitizedHtml, SingleLine, TimeZoneName,
        User, Version,
    };
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
            second_factor: false,
            session_generation: 0,
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
    fn another_system_s_names_and_another_case_are_filled_too() {
        with_values("Müller", |values| {
            assert_eq!(
                fill_text("$applicant.FORMATTEDNAME$ $USER.Name$ $Company.Name$ $Job.Id$", values).unwrap(),
                "Anna Müller, MSc Maria Gruber Gastronomie R-2026-7"
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
