//! `POST …/activities/{activityId}/status-change`: carries the activity out by the status alone. The applicant is
//! told nothing.

use std::sync::Arc;

use domain::{Act, Channel};
use lambda::{
    Action, Backend, Committed, Environment, Function, Handler, Loaded, PortalRequest, Problem, Reply, StartError,
    serve,
};
use serde::Deserialize;

use crate::acted;

/// The Lambda.
pub const FUNCTION: Function = Function {
    name: "change-status",
    start: |environment| Box::pin(start(environment)),
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeStatus {}

async fn start(environment: Environment) -> Result<Handler, StartError> {
    Ok(serve(FUNCTION.name, Backend::start(&environment).await?, change_status))
}

async fn change_status(backend: Arc<Backend>, request: PortalRequest) -> Result<Reply, Problem> {
    let action = Action::parse(&backend, &request).await?;
    let ChangeStatus {} = request.json()?;

    let case = match action.load(&backend, &request).await? {
        Loaded::New(case) => case,
        Loaded::Done(done) => return acted::again(&backend, &done).await,
    };
    let activity = case.released(&action.activity_id, Channel::StatusOnly)?;
    let decision = activity.decide(Act::StatusOnly, request.received_at(), acted::salt()?)?;

    match action
        .commit(&backend, &case, &decision, &[], acted::application(&case, &decision)?)
        .await?
    {
        Committed::Now => acted::now(&case, &decision, None),
        Committed::Before(done) => acted::again(&backend, &done).await,
    }
}
