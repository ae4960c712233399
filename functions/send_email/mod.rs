//! `POST …/activities/{activityId}/email`: carries the activity out by a mail to the applicant, sent at once.

use std::sync::Arc;

use domain::{Act, Case, Channel, ComposedEmail, Decision, EmailAddress, MailId, MailRecord, RecipientKind};
use lambda::{Action, Environment, Function, Handler, Loaded, PortalRequest, Problem, Reply, StartError, serve};
use mail::ApplicantMail;
use serde::Deserialize;
use store::OrderedMail;
use utoipa::ToSchema;

use crate::{
    acted::{self, Acted, Undertaking},
    delivery::Post,
    desk::Desk,
};

use crate::api::Operation;

/// The Lambda.
pub static FUNCTION: Function = Function {
    name: "send-email",
    start: |environment| Box::pin(start(environment)),
};

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Email {
    subject: String,
    body_html: String,
}

/// What the API's description says of it.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            &FUNCTION,
            "POST /api/applications/{applicationId}/activities/{activityId}/email",
            "Carry an activity out by a mail to the applicant, sent at once.",
        )
        .commands()
        .body::<Email>()
        .etag()
        .answers::<Acted>(200, "Done, and SES has the mail.")
        .answers::<Acted>(202, "Done; where the mail is, `delivery` says.")
        .problem("403", "`activity-not-released`"),
    ]
}

async fn start(environment: Environment) -> Result<Handler, StartError> {
    Ok(serve(
        FUNCTION.name,
        Desk::start_to_mail(&environment).await?,
        send_email,
    ))
}

async fn send_email(desk: Arc<Desk>, request: PortalRequest) -> Result<Reply, Problem> {
    let backend = &desk.backend;
    let action = Action::parse(backend, &request).await?;
    let body: Email = request.json()?;
    let email = ComposedEmail::parse(&body.subject, &body.body_html)?;

    let case = match action.load(backend, &request, None).await? {
        Loaded::New(case, _) => case,
        Loaded::Done(done) => return acted::again(backend, &done).await,
    };
    let activity = case.released(&action.activity_id, Channel::Email)?;
    let to = case
        .application()
        .applicant
        .email
        .clone()
        .ok_or(Problem::ApplicantWithoutEmail)?;
    let undertaking = Undertaking {
        desk: &desk,
        action: &action,
        request: &request,
        case: &case,
    };
    let act = Act::Email {
        to: to.clone(),
        email: email.clone(),
    };
    let mail = |decision: &Decision| order(&case, decision, &email, &to, &desk.post, &request).map(Some);
    undertaking.carry_out(activity, act, mail).await
}

fn order(
    case: &Case,
    decision: &Decision,
    email: &ComposedEmail,
    to: &EmailAddress,
    post: &Post,
    request: &PortalRequest,
) -> Result<OrderedMail, Problem> {
    let (user, applicant) = (case.caller().user(), &case.application().applicant);
    let id = MailId {
        application_id: case.application().id.clone(),
        sequence: decision.entry.sequence,
        number: 1,
    };
    let mime = ApplicantMail {
        id: &id,
        sender_address: post.sender(),
        sender_name: &user.name,
        reply_to: &user.email,
        to,
        to_name: &applicant.full_name(),
        email,
        signature: &user.signature,
        ordered_at: decision.entry.at,
    }
    .render()
    .map_err(|error| Problem::Internal(Box::new(error)))?;
    Ok(OrderedMail {
        record: MailRecord::first_attempt(
            id,
            to.clone(),
            RecipientKind::Applicant,
            request.id(),
            decision.entry.at,
        ),
        mime,
    })
}
