//! `GET /api/applications/{applicationId}`: an application with what the caller may do about it now.

use std::sync::Arc;

use lambda::{Backend, Environment, Function, Handler, PortalRequest, Problem, Reply, StartError, serve};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::{ActivityView, ApplicationView, Operation};

/// The Lambda.
pub static FUNCTION: Function = Function {
    name: "get-application",
    start: |environment| Box::pin(start(environment)),
};

/// An application and its available activities.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ApplicationWithActivities {
    #[serde(flatten)]
    application: ApplicationView,
    activities: Vec<ActivityView>,
    /// Whether the caller may move and cancel the job's interviews.
    may_arrange_interviews: bool,
}

/// What the API's description says of it.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            &FUNCTION,
            "GET /api/applications/{applicationId}",
            "An application and what the caller may do.",
        )
        .etag()
        .answers::<ApplicationWithActivities>(200, "The application; its version is the `ETag`."),
    ]
}

async fn start(environment: Environment) -> Result<Handler, StartError> {
    Ok(serve(
        FUNCTION.name,
        Backend::start(&environment).await?,
        get_application,
    ))
}

async fn get_application(backend: Arc<Backend>, request: PortalRequest) -> Result<Reply, Problem> {
    let claims = backend.authenticate(&request).await?;
    let application_id = request.path("applicationId")?;

    let case = backend
        .open_case(&claims, &application_id, None, request.received_at())
        .await?;

    let user = case.caller().user();
    let activities = case.available_activities();
    let activities = activities
        .into_iter()
        .map(|(activity, channels)| {
            ActivityView::new(user, case.workflow(), activity, channels, case.templates(&activity.id))
        })
        .collect();
    let application = ApplicationView::new(user, case.application(), case.job(), case.workflow());
    Ok(Reply::json(&ApplicationWithActivities {
        application,
        activities,
        may_arrange_interviews: case.job().may_arrange_interviews(user, case.workflow()),
    })?
    .etag(case.application().version))
}
