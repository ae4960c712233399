//! `POST …/activities/{activityId}/email-draft`: the mail as it would go out, for the caller to edit. Changes nothing.

use std::sync::Arc;

use domain::{
    Case, Channel, EmailAddress, FieldError, Language, MailTemplate, MailTemplateId, PlaceholderError,
    PlaceholderValues, SanitizedHtml, fill_html, fill_text,
};
use lambda::{Backend, Environment, Function, Handler, PortalRequest, Problem, Reply, StartError, serve};
use serde::{Deserialize, Serialize};

/// The Lambda.
pub const FUNCTION: Function = Function {
    name: "draft-email",
    start: |environment| Box::pin(start(environment)),
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct DraftEmail {
    template_id: Option<MailTemplateId>,
}

/// A mail to edit.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Draft {
    to: EmailAddress,
    subject: String,
    body_html: SanitizedHtml,
    body_text: String,
    signature_html: SanitizedHtml,
    language: Language,
    template_id: Option<MailTemplateId>,
}

async fn start(environment: Environment) -> Result<Handler, StartError> {
    Ok(serve(FUNCTION.name, Backend::start(&environment).await?, draft_email))
}

async fn draft_email(backend: Arc<Backend>, request: PortalRequest) -> Result<Reply, Problem> {
    let claims = backend.authenticate(&request).await?;
    let application_id = request.path("applicationId")?;
    let activity_id = request.path("activityId")?;
    let body: DraftEmail = request.json()?;

    let case = backend
        .open_case(&claims, &application_id, Some(&activity_id), request.received_at())
        .await?;
    case.released(&activity_id, Channel::Email)?;
    let to = case
        .application()
        .applicant
        .email
        .clone()
        .ok_or(Problem::ApplicantWithoutEmail)?;
    let offered = case.templates(&activity_id);
    let reference = match &body.template_id {
        None => offered.first(),
        Some(id) => Some(
            offered
                .iter()
                .find(|reference| reference.id == *id)
                .ok_or_else(|| Problem::invalid("/templateId", "is no template offered for this activity"))?,
        ),
    };
    let template_id = reference.map(|reference| reference.id.clone());
    let (customer, template) = backend
        .store
        .load_draft(&case.job().customer_id, template_id.as_ref())
        .await?;
    let customer = customer.ok_or_else(|| Problem::Internal("the job's customer is missing".into()))?;

    let values = PlaceholderValues {
        applicant: &case.application().applicant,
        job: case.job(),
        customer: &customer,
        sender: case.caller().user(),
    };
    let draft = fill(&case, to, template.as_ref(), &values)?;
    Reply::json(&draft)
}

fn fill(
    case: &Case,
    to: EmailAddress,
    template: Option<&MailTemplate>,
    values: &PlaceholderValues<'_>,
) -> Result<Draft, Problem> {
    let (subject, body) = template.map_or(("", ""), |template| (&template.subject, &template.body_html));
    let (subject, body) = match (fill_text(subject, values), fill_html(body, values)) {
        (Ok(subject), Ok(body)) => (subject, body),
        (subject, body) => {
            let errors = subject
                .err()
                .into_iter()
                .flatten()
                .map(|error| refused("/subject", &error));
            let errors = errors.chain(
                body.err()
                    .into_iter()
                    .flatten()
                    .map(|error| refused("/bodyHtml", &error)),
            );
            return Err(Problem::Validation(errors.collect()));
        }
    };
    let body_html = SanitizedHtml::sanitize(&body);
    Ok(Draft {
        to,
        subject,
        body_text: body_html.text(),
        body_html,
        signature_html: case.caller().user().signature.clone(),
        language: template.map_or(case.application().applicant.language, |template| template.language),
        template_id: template.map(|template| template.id.clone()),
    })
}

fn refused(pointer: &str, error: &PlaceholderError) -> FieldError {
    FieldError::new(pointer, error)
}
