//! `POST …/activities/{activityId}/email-draft`: the mail as it would go out, for the caller to edit. Changes nothing.

use std::sync::Arc;

use domain::{
    ActivityKind, Appointment, Booking, Case, Channel, EmailAddress, FieldError, Language, MailTemplate,
    MailTemplateId, NotBookable, PlaceholderError, PlaceholderValues, SanitizedHtml, fill_html, fill_text,
};
use lambda::{Backend, Environment, Function, Handler, PortalRequest, Problem, Reply, StartError, serve};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    api::{NewInterview, Operation},
    interview_change::to_be_joined,
};

/// The Lambda.
pub static FUNCTION: Function = Function {
    name: "draft-email",
    start: |environment| Box::pin(start(environment)),
};

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct DraftEmail {
    template_id: Option<MailTemplateId>,
    /// The appointment an invitation is for, an existing one,
    interview_id: Option<String>,
    /// or a new one.
    interview: Option<NewInterview>,
}

/// A mail to edit.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Draft {
    to: EmailAddress,
    subject: String,
    body_html: SanitizedHtml,
    body_text: String,
    signature_html: SanitizedHtml,
    language: Language,
    template_id: Option<MailTemplateId>,
    /// The coming interviews that sending it cancels for the applicant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cancels_interviews: Vec<Booking>,
}

/// What the API's description says of it.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            &FUNCTION,
            "POST /api/applications/{applicationId}/activities/{activityId}/email-draft",
            "A mail to edit, its placeholders filled.",
        )
        .body::<DraftEmail>()
        .answers::<Draft>(200, "The draft.")
        .problem("403", "`activity-not-released`")
        .problem(
            "409",
            "`activity-not-available`: the activity does not start from the application's status.",
        )
        .problem("422", "`applicant-without-email`"),
    ]
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
    let activity = case.workflow().activity(&activity_id);
    let is_interview = activity.is_some_and(|activity| activity.kind == ActivityKind::Interview);
    let channel = if is_interview {
        Channel::Interview
    } else {
        Channel::Email
    };
    let ends = case
        .released(&activity_id, channel)?
        .interviews_it_ends(request.received_at());
    let appointment = appointment(&backend, &case, &body, &request).await?;
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
        interview: appointment.as_ref(),
    };
    let bookings = case
        .application()
        .bookings
        .iter()
        .filter(|booking| ends.contains(&booking.interview_id));
    let cancels_interviews = bookings.cloned().collect();
    Reply::json(&Draft {
        cancels_interviews,
        ..fill(&case, to, template.as_ref(), &values)?
    })
}

/// When and where the invitation invites to.
async fn appointment(
    backend: &Backend,
    case: &Case,
    body: &DraftEmail,
    request: &PortalRequest,
) -> Result<Option<Appointment>, Problem> {
    let (application, now) = (case.application(), request.received_at());
    let elsewhere = if body.interview_id.is_some() || body.interview.is_some() {
        let calendar = backend.store.person_calendar(application, None).await?;
        calendar.map(|calendar| calendar.elsewhere).unwrap_or_default()
    } else {
        Vec::new()
    };
    match (&body.interview_id, &body.interview) {
        (None, None) => Ok(None),
        (None, Some(interview)) => {
            let appointment = interview.parse(now)?.appointment;
            application.is_free_for(&appointment, &elsewhere, now)?;
            Ok(Some(appointment))
        }
        (Some(id), None) => {
            let id = id.parse().map_err(|_| NotBookable::Absent)?;
            let interview = backend.store.interviews(&[id]).await?.pop();
            let interview = to_be_joined(backend, application, interview).await?;
            let joined = interview.joined_by(application, case.caller(), None, &elsewhere, now)?;
            Ok(Some(joined.appointment))
        }
        (Some(_), Some(_)) => Err(Problem::invalid("", "must have either interviewId or interview")),
    }
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
        cancels_interviews: Vec::new(),
    })
}

fn refused(pointer: &str, error: &PlaceholderError) -> FieldError {
    FieldError::new(pointer, error)
}
