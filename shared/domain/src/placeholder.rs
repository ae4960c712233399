//! Placeholders of mail templates, in the form `$Applicant.LastName$`.

use jiff::Timestamp;

use crate::{Applicant, Appointment, Customer, Job, User, spoken_time};

/// One placeholder the portal can fill.
#[derive(Debug, Clone, Copy)]
pub struct Placeholder {
    /// Its source and value, without the dollar signs: `Applicant.LastName`.
    pub name: &'static str,
    /// What other systems call the same.
    aliases: &'static [&'static str],
    /// What it stands for, in German.
    pub german: &'static str,
    /// What it stands for, in English.
    pub english: &'static str,
    /// Where the value comes from. `None`: not there for this applicant, job or user.
    pub(crate) value: fn(&PlaceholderValues<'_>) -> Option<String>,
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

/// In the interview's zone, and in the applicant's where the clocks differ.
fn time_for_applicant(values: &PlaceholderValues<'_>, appointment: &Appointment, moment: Timestamp) -> String {
    let Applicant {
        time_zone, language, ..
    } = values.applicant;
    spoken_time::time_for(moment, &appointment.time_zone, time_zone, *language)
}

impl Placeholder {
    /// Every placeholder there is.
    ///
    /// A missing title is no gap in a letter, a missing address is: the first is filled with nothing,
    /// the second is an error.
    pub const ALL: [Self; 20] = [
        Self::new(
            "Applicant.LetterSalutation",
            &["Applicant.FormattedLetterSalutation"],
            "Die ganze Briefanrede, ohne Beistrich",
            "The whole salutation of a letter, without comma",
            |values| Some(values.applicant.letter_salutation()),
        ),
        Self::new(
            "Applicant.Salutation",
            &["Applicant.FormattedSalutation"],
            "Frau, Herr oder nichts",
            "Ms, Mr or nothing",
            |values| Some(values.applicant.salutation.word(values.applicant.language).to_owned()),
        ),
        Self::new(
            "Applicant.Title",
            &[
                "Applicant.FormattedTitle",
                "Applicant.TitleBeforeName",
                "Applicant.TitleInFront",
            ],
            "Akademische Titel vor dem Namen",
            "Academic titles before the name",
            |values| {
                Some(
                    values
                        .applicant
                        .title
                        .as_ref()
                        .map(ToString::to_string)
                        .unwrap_or_default(),
                )
            },
        ),
        Self::new(
            "Applicant.FirstName",
            &["Applicant.FormattedFirstName", "Applicant.GivenName"],
            "Vorname",
            "Given name",
            |values| Some(values.applicant.first_name.to_string()),
        ),
        Self::new(
            "Applicant.LastName",
            &[
                "Applicant.FormattedLastName",
                "Applicant.FamilyName",
                "Applicant.Surname",
            ],
            "Nachname",
            "Family name",
            |values| Some(values.applicant.last_name.to_string()),
        ),
        Self::new(
            "Applicant.TitleAfterName",
            &["Applicant.FormattedTitleAfterName", "Applicant.TitleBehind"],
            "Akademische Titel nach dem Namen",
            "Academic titles after the name",
            |values| {
                Some(
                    values
                        .applicant
                        .title_after_name
                        .as_ref()
                        .map(ToString::to_string)
                        .unwrap_or_default(),
                )
            },
        ),
        Self::new(
            "Applicant.FullName",
            &[
                "Applicant.FormattedName",
                "Applicant.FormattedFullName",
                "Applicant.Name",
            ],
            "Titel, Vor- und Nachname",
            "Titles, given and family name",
            |values| Some(values.applicant.full_name()),
        ),
        Self::new(
            "Applicant.Email",
            &["Applicant.Mail", "Applicant.EmailAddress"],
            "E-Mail-Adresse der Bewerberin oder des Bewerbers",
            "The applicant's e-mail address",
            |values| values.applicant.email.as_ref().map(ToString::to_string),
        ),
        Self::new(
            "Applicant.Phone",
            &["Applicant.Telephone", "Applicant.PhoneNumber"],
            "Telefonnummer der Bewerberin oder des Bewerbers",
            "The applicant's telephone number",
            |values| values.applicant.phone.as_ref().map(|phone| phone.as_str().to_owned()),
        ),
        Self::new(
            "Job.Title",
            &["Job.Name", "Job.FormattedTitle", "Job.FormattedName"],
            "Bezeichnung der Stelle",
            "Title of the job",
            |values| Some(values.job.title.to_string()),
        ),
        Self::new(
            "Job.Location",
            &["Job.City", "Job.WorkLocation", "Job.FormattedLocation"],
            "Arbeitsort",
            "Where the work is",
            |values| values.job.location.as_ref().map(ToString::to_string),
        ),
        Self::new(
            "Job.Number",
            &["Job.Id", "Job.ReferenceNumber"],
            "Nummer der Stelle im Bewerbermanagement",
            "Number of the job in the applicant tracking system",
            |values| Some(values.job.external_id.to_string()),
        ),
        Self::new(
            "Customer.Name",
            &[
                "Customer.FormattedName",
                "Company.Name",
                "Company.FormattedName",
                "Job.CompanyName",
            ],
            "Abteilung oder Kunde",
            "Department or client",
            |values| Some(values.customer.name.to_string()),
        ),
        Self::new(
            "Contact.FullName",
            &[
                "Contact.FormattedName",
                "Contact.Name",
                "User.FullName",
                "User.FormattedName",
                "User.Name",
            ],
            "Name der Person, die schreibt",
            "Name of whoever writes",
            |values| Some(values.sender.name.to_string()),
        ),
        Self::new(
            "Contact.Email",
            &[
                "Contact.Mail",
                "Contact.EmailAddress",
                "User.Email",
                "User.Mail",
                "User.EmailAddress",
            ],
            "E-Mail-Adresse der Person, die schreibt",
            "E-mail address of whoever writes",
            |values| Some(values.sender.email.to_string()),
        ),
        Self::new(
            "Interview.Date",
            &["Appointment.Date"],
            "Tag des Gesprächs",
            "Day of the interview",
            |values| {
                let appointment = values.interview?;
                let language = values.applicant.language;
                Some(spoken_time::date(
                    appointment.starts_at,
                    &appointment.time_zone,
                    language,
                ))
            },
        ),
        Self::new(
            "Interview.Time",
            &["Appointment.Time", "Appointment.StartTime", "Interview.StartTime"],
            "Beginn des Gesprächs",
            "When the interview begins",
            |values| {
                let appointment = values.interview?;
                Some(time_for_applicant(values, appointment, appointment.starts_at))
            },
        ),
        Self::new(
            "Interview.EndTime",
            &["Appointment.EndTime"],
            "Ende des Gesprächs",
            "When the interview ends",
            |values| {
                let appointment = values.interview?;
                Some(time_for_applicant(values, appointment, appointment.ends_at))
            },
        ),
        Self::new(
            "Interview.Location",
            &["Appointment.Location"],
            "Ort des Gesprächs",
            "Where the interview takes place",
            |values| values.interview?.location.as_ref().map(ToString::to_string),
        ),
        Self::new(
            "Interview.OnlineMeetingUrl",
            &["Appointment.OnlineMeetingUrl"],
            "Link zum Online-Gespräch, auch als Ziel eines Links",
            "Link to the online interview, also as the target of a link",
            |values| {
                values
                    .interview?
                    .online_meeting_url
                    .as_ref()
                    .map(|url| url.as_str().to_owned())
            },
        ),
    ];

    const fn new(
        name: &'static str,
        aliases: &'static [&'static str],
        german: &'static str,
        english: &'static str,
        value: fn(&PlaceholderValues<'_>) -> Option<String>,
    ) -> Self {
        Self {
            name,
            aliases,
            german,
            english,
            value,
        }
    }

    /// The one of that name, in upper or lower case, or by the name that another system has for it.
    pub fn find(name: &str) -> Option<&'static Self> {
        static ALL: &[Placeholder] = &Placeholder::ALL;
        ALL.iter()
            .find(|placeholder| placeholder.names().any(|known| known.eq_ignore_ascii_case(name)))
    }

    /// Whether only a mail about an interview has something to put in its place.
    pub fn is_about_an_interview(&self) -> bool {
        self.name.starts_with("Interview.")
    }

    /// The value, if there is one.
    pub fn value(&self, values: &PlaceholderValues<'_>) -> Option<String> {
        (self.value)(values)
    }

    /// Its name and its aliases.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }
}
