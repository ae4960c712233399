//! `POST …/activities/{activityId}/status-change`: carries the activity out by the status alone. The applicant is
//! told nothing.

use std::sync::Arc;

use domain::{Act, Channel};
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
    name: "change-status",
    start: |environment| Box::pin(start(environment)),
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangeStatus {}

/// What the API's description says of it.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            &FUNCTION,
            "POST /api/applications/{applicationId}/activities/{activityId}/status-change",
            "Carry an activity out by the status alone; the applicant is told nothing.",
        )
        .commands()
        .body::<ChangeStatus>()
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
    Ok(serve(FUNCTION.name, Desk::start(&environment).await?, change_status))
}

async fn change_status(desk: Arc<Desk>, request: PortalRequest) -> Result<Reply, Problem> {
    let backend = &desk.backend;
    let action = Action::parse(backend, &request).await?;
    let ChangeStatus {} = request.json()?;

    let case = match action.load(backend, &request, None).await? {
        Loaded::New(case, _) => case,
        Loaded::Done(done) => return acted::again(backend, &done).await,
    };
    let activity = case.released(&action.activity_id, Channel::StatusOnly)?;
    let undertaking = Undertaking {
        desk: &desk,
        action: &action,
        request: &request,
        case: &case,
    };
    undertaking.carry_out(activity, Act::StatusOnly, |_| Ok(None)).await
}
