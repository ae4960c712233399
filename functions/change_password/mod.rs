//! `PUT /api/me/password`: a new password; every other session of the user ends.

use std::sync::Arc;

use domain::{Caller, Password, PasswordHash};
use lambda::{Backend, Environment, Function, Handler, PortalRequest, Problem, Reply, StartError, random, serve};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{api::Operation, own_password};

/// The Lambda.
pub static FUNCTION: Function = Function {
    name: "change-password",
    start: |environment| Box::pin(start(environment)),
};

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ChangePassword {
    current_password: String,
    new_password: String,
}

/// What the API's description says of it.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            &FUNCTION,
            "PUT /api/me/password",
            "Change the password; all other sessions end.",
        )
        .body::<ChangePassword>()
        .answers_nothing(204, "Changed."),
    ]
}

async fn start(environment: Environment) -> Result<Handler, StartError> {
    Ok(serve(
        FUNCTION.name,
        Backend::start(&environment).await?,
        change_password,
    ))
}

async fn change_password(backend: Arc<Backend>, request: PortalRequest) -> Result<Reply, Problem> {
    let claims = backend.authenticate(&request).await?;
    let body: ChangePassword = request.json()?;
    let new = Password::parse(&body.new_password).map_err(|error| Problem::invalid("/newPassword", error))?;

    let caller: Caller = Backend::admit(&claims, backend.store.user(&claims.user_id).await?)?;
    let user = caller.user();
    let new = new
        .unlike(user)
        .map_err(|error| Problem::invalid("/newPassword", error))?;
    let address_hash = own_password::check(&backend, user, &body.current_password, &request).await?;

    let hash = PasswordHash::create(&new, random()?).map_err(|error| Problem::Internal(Box::new(error)))?;
    if !backend.store.change_password(user, &hash, &claims.session_id).await? {
        return Err(Problem::invalid("/currentPassword", "is not the current password"));
    }
    // With a second factor attempts stay counted, or whoever knows the password could guess codes without end.
    if !user.second_factor {
        backend.store.forget_sign_ins(&address_hash).await?;
    }
    Ok(Reply::empty())
}
