//! `GET /api/applications/{applicationId}`: an application with what the caller may do about it now.

use std::{collections::BTreeSet, sync::Arc};

use domain::{
    Activity, ActivityId, ActivityKind, Case, Channel, Language, MailTemplateId, SingleLine, StatusId,
    TemplateReference,
};
use lambda::{Backend, Environment, Function, Handler, PortalRequest, Problem, Reply, StartError, serve};
use serde::Serialize;

use crate::api::{ApplicationView, status_name};

/// The Lambda.
pub const FUNCTION: Function = Function {
    name: "get-application",
    start: |environment| Box::pin(start(environment)),
};

/// An application and its available activities.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ApplicationWithActivities {
    #[serde(flatten)]
    application: ApplicationView,
    activities: Vec<ActivityView>,
    /// Whether the caller may move and cancel the job's interviews.
    may_arrange_interviews: bool,
}

/// An activity the caller may carry out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ActivityView {
    id: ActivityId,
    name: SingleLine,
    kind: ActivityKind,
    channels: BTreeSet<Channel>,
    target_status: StatusId,
    target_status_name: String,
    rejection: bool,
    templates: Vec<TemplateView>,
}

/// A template offered for an activity, those in the applicant's language first.
#[derive(Serialize)]
struct TemplateView {
    id: MailTemplateId,
    name: SingleLine,
    language: Language,
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
        .map(|(activity, channels)| view(&case, activity, channels))
        .collect();
    let application = ApplicationView::new(user, case.application(), case.job(), case.workflow());
    Ok(Reply::json(&ApplicationWithActivities {
        application,
        activities,
        may_arrange_interviews: case.job().may_arrange_interviews(user, case.workflow()),
    })?
    .etag(case.application().version))
}

fn view(case: &Case, activity: &Activity, channels: BTreeSet<Channel>) -> ActivityView {
    ActivityView {
        id: activity.id.clone(),
        name: activity.name.clone(),
        kind: activity.kind,
        channels,
        target_status: activity.target_status.clone(),
        target_status_name: status_name(case.caller().user(), case.workflow(), &activity.target_status),
        rejection: case.workflow().is_rejection(activity),
        templates: case.templates(&activity.id).into_iter().map(template).collect(),
    }
}

fn template(reference: &TemplateReference) -> TemplateView {
    TemplateView {
        id: reference.id.clone(),
        name: reference.name.clone(),
        language: reference.language,
    }
}
