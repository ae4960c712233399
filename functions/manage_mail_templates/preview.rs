//! Templates filled with invented people, and what there is to fill them with.

use domain::{
    Example, FieldError, Language, MailTemplateId, Placeholder, PlaceholderError, SanitizedHtml, TemplateText,
    fill_html, fill_text,
};
use lambda::{Backend, PortalRequest, Problem, Reply};
use serde::{Deserialize, Serialize};

use crate::api::Page;

/// What has not been saved yet.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = UnsavedMailTemplate)]
pub(super) struct Unsaved {
    subject: Option<String>,
    body_html: Option<String>,
    language: Option<Language>,
}

/// A mail as an applicant would get it.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MailTemplatePreview)]
pub(super) struct Preview {
    subject: String,
    body_html: SanitizedHtml,
    body_text: String,
    language: Language,
}

/// A placeholder as recruiters read of it.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PlaceholderView {
    placeholder: String,
    explanation: InBothLanguages,
    example: InBothLanguages,
    /// Has a value only in activities that arrange an interview.
    interview_only: bool,
}

#[derive(Serialize, utoipa::ToSchema)]
struct InBothLanguages {
    de: String,
    en: String,
}

/// Every placeholder.
pub(super) fn placeholders() -> Result<Reply, Problem> {
    let german = Example::new(Language::GermanAustria)?;
    let english = Example::new(Language::English)?;
    let items = Placeholder::ALL.iter().map(|placeholder| PlaceholderView {
        placeholder: format!("${}$", placeholder.name),
        explanation: InBothLanguages {
            de: placeholder.german.to_owned(),
            en: placeholder.english.to_owned(),
        },
        example: InBothLanguages {
            de: placeholder.value(&german.values()).unwrap_or_default(),
            en: placeholder.value(&english.values()).unwrap_or_default(),
        },
        interview_only: placeholder.is_about_an_interview(),
    });
    Reply::json(&Page {
        items: items.collect(),
        next_cursor: None,
    })
}

/// The template as it is saved, or as it would be.
pub(super) async fn preview(backend: &Backend, request: &PortalRequest) -> Result<Reply, Problem> {
    let id: MailTemplateId = request.path("mailTemplateId")?;
    let unsaved: Unsaved = request.json()?;
    let saved = backend.store.mail_template(&id).await?;
    let language = unsaved.language.or(saved.as_ref().map(|saved| saved.language));
    let (subject, body_html) = match saved {
        Some(saved) => (Some(saved.subject), Some(saved.body_html)),
        None => (None, None),
    };
    // One that was never saved can be looked at if all of it is sent.
    let subject = unsaved.subject.or(subject).ok_or(Problem::NotFound)?;
    let body_html = unsaved.body_html.or(body_html).ok_or(Problem::NotFound)?;

    let text = TemplateText::parse(&subject, &body_html, true)?;
    let language = language.unwrap_or_default();
    let example = Example::new(language)?;
    let refused = |pointer: &'static str| {
        move |errors: Vec<PlaceholderError>| {
            let errors = errors.iter().map(|error| FieldError::new(pointer, error));
            Problem::from(errors.collect::<Vec<_>>())
        }
    };
    let subject = fill_text(&text.subject, &example.values()).map_err(refused("/subject"))?;
    let body = fill_html(&text.body_html, &example.values()).map_err(refused("/bodyHtml"))?;
    let body_html = SanitizedHtml::sanitize(&body);
    Reply::json(&Preview {
        subject,
        body_text: body_html.text(),
        body_html,
        language,
    })
}
