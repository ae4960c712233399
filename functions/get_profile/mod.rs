//! `GET /api/me`: who is signed in, and whether they have settings to change.

use std::sync::Arc;

use domain::{Caller, Role, SanitizedHtml, User, Workflow};
use lambda::{Backend, Environment, Function, Handler, PortalRequest, Problem, Reply, StartError, serve};
use serde::Serialize;
use store::LoadedProfile;
use utoipa::ToSchema;

use crate::api::{CustomerView, Operation, UserView};

/// The Lambda.
pub static FUNCTION: Function = Function {
    name: "get-profile",
    start: |environment| Box::pin(start(environment)),
};

/// The caller's own profile.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Profile {
    #[serde(flatten)]
    user: UserView,
    customer: Option<CustomerView>,
    signature: SanitizedHtml,
    can_edit_settings: bool,
}

/// What the API's description says of it.
pub(crate) fn operations() -> Vec<Operation> {
    vec![Operation::new(&FUNCTION, "GET /api/me", "Who is signed in.").answers::<Profile>(200, "The caller.")]
}

async fn start(environment: Environment) -> Result<Handler, StartError> {
    Ok(serve(FUNCTION.name, Backend::start(&environment).await?, get_profile))
}

async fn get_profile(backend: Arc<Backend>, request: PortalRequest) -> Result<Reply, Problem> {
    let claims = backend.authenticate(&request).await?;
    let LoadedProfile { user, workflow_ids } = backend.store.load_profile(&claims.user_id).await?;
    let caller: Caller = Backend::admit(&claims, user)?;
    let user = caller.user();
    let (workflows, customer) = backend
        .store
        .load_workflows_and_customer(&workflow_ids, user.customer_id())
        .await?;
    Reply::json(&Profile {
        user: UserView::new(user),
        customer: customer.map(CustomerView::new),
        signature: user.signature.clone(),
        can_edit_settings: can_edit_settings(user, &workflows),
    })
}

/// A contact has settings once something is released to them in a job that names them; a recruiter always has.
pub(crate) fn can_edit_settings(user: &User, workflows: &[Workflow]) -> bool {
    match &user.role {
        Role::Recruiter => true,
        Role::Contact { contact_role, .. } => workflows
            .iter()
            .any(|workflow| workflow.releases_anything_to(*contact_role)),
    }
}
