//! `POST …/activities/{activityId}/phone-call`: carries the activity out by a call, with a note of what was said.

use std::sync::Arc;

use domain::{Act, Channel, PhoneCall, PhoneCallOutcome};
use jiff::Timestamp;
use lambda::{
    Action, Backend, Committed, Environment, Function, Handler, Loaded, PortalRequest, Problem, Reply, StartError,
    serve,
};
use serde::Deserialize;

use crate::acted;

/// The Lambda.
pub const FUNCTION: Function = Function {
    name: "record-phone-call",
    start: |environment| Box::pin(start(environment)),
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RecordPhoneCall {
    note: String,
    called_at: Option<Timestamp>,
    outcome: PhoneCallOutcome,
}

async fn start(environment: Environment) -> Result<Handler, StartError> {
    Ok(serve(
        FUNCTION.name,
        Backend::start(&environment).await?,
        record_phone_call,
    ))
}

async fn record_phone_call(backend: Arc<Backend>, request: PortalRequest) -> Result<Reply, Problem> {
    let action = Action::parse(&backend, &request).await?;
    let body: RecordPhoneCall = request.json()?;
    let call = PhoneCall::parse(&body.note, body.called_at, body.outcome, request.received_at())?;

    let case = match action.load(&backend, &request).await? {
        Loaded::New(case) => case,
        Loaded::Done(done) => return acted::again(&backend, &done).await,
    };
    let activity = case.released(&action.activity_id, Channel::Phone)?;
    let decision = activity.decide(Act::PhoneCall(call), request.received_at(), acted::salt()?)?;

    match action
        .commit(&backend, &case, &decision, &[], acted::application(&case, &decision)?)
        .await?
    {
        Committed::Now => acted::now(&case, &decision, None),
        Committed::Before(done) => acted::again(&backend, &done).await,
    }
}
