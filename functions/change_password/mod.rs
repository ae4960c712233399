//! `PUT /api/me/password`: a new password; every other session of the user ends.

use std::sync::Arc;

use domain::{Caller, Password, PasswordHash};
use jiff::SignedDuration;
use lambda::{
    Backend, Environment, Function, Handler, PortalRequest, Problem, Reply, StartError, hash_of, random, serve,
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::Operation;

/// The Lambda.
pub const FUNCTION: Function = Function {
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
    let now = request.received_at();

    let caller: Caller = Backend::admit(&claims, backend.store.user(&claims.user_id).await?)?;
    let user = caller.user();
    let new = new
        .unlike(user)
        .map_err(|error| Problem::invalid("/newPassword", error))?;
    // Whoever holds a stolen access token must not guess the password here faster than at the sign-in.
    let address_hash = hash_of(&user.email.lookup_form());
    let (attempts, _) = backend
        .store
        .load_sign_in(&user.email.lookup_form(), &address_hash, now)
        .await?;
    if let Some(wait) = attempts.wait(now) {
        return Err(Problem::TooManyAttempts(wait));
    }
    if !backend
        .store
        .count_sign_in(&address_hash, &attempts, &attempts.failed(now), now)
        .await?
    {
        return Err(Problem::TooManyAttempts(SignedDuration::from_secs(1)));
    }
    if !PasswordHash::verify(user.password_hash.as_ref(), &body.current_password) {
        return Err(Problem::invalid("/currentPassword", "is not the current password"));
    }

    let hash = PasswordHash::create(&new, random()?).map_err(|error| Problem::Internal(Box::new(error)))?;
    // By the time it is written: a sign-in with the old password may have begun while this one was checked.
    if !backend
        .store
        .change_password(user, &hash, &claims.session_id, request.now())
        .await?
    {
        return Err(Problem::invalid("/currentPassword", "is not the current password"));
    }
    backend.store.forget_sign_ins(&address_hash).await?;
    Ok(Reply::empty())
}
