//! `PUT /api/password-resets/{token}`: sets the password of whoever got the link, by a reset or by an invitation.
//!
//! A link works once. All sessions of its user end with it.

use std::sync::Arc;

use domain::{Password, PasswordHash};
use lambda::{
    Backend, Environment, Function, Handler, LinkToken, PortalRequest, Problem, Reply, StartError, hash_of, random,
    serve,
};
use serde::Deserialize;
use store::ManageError;

use crate::api::Operation;

/// The Lambda.
pub static FUNCTION: Function = Function {
    name: "reset-password",
    start: |environment| Box::pin(start(environment)),
};

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewPassword {
    new_password: String,
}

/// What the API's description says of it.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            &FUNCTION,
            "PUT /api/password-resets/{token}",
            "Set the password, with a link from a mail.",
        )
        .anyone()
        .body::<NewPassword>()
        .answers_nothing(204, "Set; every session has ended.")
        .problem("410", "`link-not-valid`: unknown, expired or used."),
    ]
}

async fn start(environment: Environment) -> Result<Handler, StartError> {
    Ok(serve(
        FUNCTION.name,
        Backend::start(&environment).await?,
        reset_password,
    ))
}

async fn reset_password(backend: Arc<Backend>, request: PortalRequest) -> Result<Reply, Problem> {
    let body: NewPassword = request.json()?;
    let new = Password::parse(&body.new_password).map_err(|error| Problem::invalid("/newPassword", error))?;
    let token: String = request.path("token")?;
    let token = LinkToken::parse(&token).ok_or(Problem::LinkNotValid)?;

    let (user, link) = backend
        .store
        .user_with_link(token.user_id(), request.received_at())
        .await?;
    let user = user.filter(|user| user.active).ok_or(Problem::LinkNotValid)?;
    let link = link.filter(|link| token.has_hash(&link.hash));
    let link = link.ok_or(Problem::LinkNotValid)?;
    let new = new
        .unlike(&user)
        .map_err(|error| Problem::invalid("/newPassword", error))?;

    let hash = PasswordHash::create(&new, random()?).map_err(|error| Problem::Internal(Box::new(error)))?;
    let address_hash = hash_of(&user.email.lookup_form());
    let written = backend.store.use_password_link(&user, &link, &hash, &address_hash);
    match written.await {
        Ok(()) => Ok(Reply::empty()),
        Err(ManageError::Changed) => Err(Problem::LinkNotValid),
        Err(error) => Err(error.into()),
    }
}
