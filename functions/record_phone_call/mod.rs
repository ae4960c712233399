//! `POST …/activities/{activityId}/phone-call`: carries the activity out by a call, with a note of what was said.

use std::sync::Arc;

use domain::{Act, Channel, PhoneCall, PhoneCallOutcome};
use jiff::Timestamp;
use lambda::{Action, Environment, Function, Handler, Loaded, PortalRequest, Problem, Reply, StartError, serve};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    acted::{self, Acted, Undertaking},
    desk::Desk,
};

use crate::api::Operation;

/// The Lambda.
pub static FUNCTION: Function = Function {
    name: "record-phone-call",
    start: |environment| Box::pin(start(environment)),
};

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RecordPhoneCall {
    note: String,
    #[schema(value_type = Option<String>, format = DateTime)]
    called_at: Option<Timestamp>,
    outcome: PhoneCallOutcome,
}

/// What the API's description says of it.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            &FUNCTION,
            "POST /api/applications/{applicationId}/activities/{activityId}/phone-call",
            "Carry an activity out by a call; one that reached nobody leaves the status.",
        )
        .commands()
        .body::<RecordPhoneCall>()
        .etag()
        .answers::<Acted>(200, "Done.")
        .answers::<Acted>(
            202,
            "Done; where the mails about ended interviews are, `delivery` says.",
        )
        .problem("403", "`activity-not-released`"),
    ]
}

async fn start(environment: Environment) -> Result<Handler, StartError> {
    Ok(serve(
        FUNCTION.name,
        Desk::start(&environment).await?,
        record_phone_call,
    ))
}

async fn record_phone_call(desk: Arc<Desk>, request: PortalRequest) -> Result<Reply, Problem> {
    let backend = &desk.backend;
    let action = Action::parse(backend, &request).await?;
    let body: RecordPhoneCall = request.json()?;
    let call = PhoneCall::parse(&body.note, body.called_at, body.outcome, request.received_at())?;

    let case = match action.load(backend, &request, None).await? {
        Loaded::New(case, _) => case,
        Loaded::Done(done) => return acted::again(backend, &done).await,
    };
    let activity = case.released(&action.activity_id, Channel::Phone)?;
    let undertaking = Undertaking {
        desk: &desk,
        action: &action,
        request: &request,
        case: &case,
    };
    undertaking
        .carry_out(activity, Act::PhoneCall(call), |_| Ok(None))
        .await
}
