//! `POST /api/password-resets`: mails a link to set a new password, if there is somebody to mail it to.
//!
//! The answer comes at a fixed time after the request, whatever was done until then, so that neither what it says nor
//! how long it takes tells who exists. Whoever has not accepted their invitation yet is sent a new one.

use std::{sync::Arc, time::Duration};

use domain::{EmailAddress, PasswordLink, PasswordLinkKind};
use http::StatusCode;
use lambda::{Backend, Environment, Function, Handler, PortalRequest, Problem, Reply, StartError, hash_of, serve};
use serde::Deserialize;

use crate::{
    api::Operation,
    password_links::{LinkPost, NewLink},
};

/// The Lambda.
pub static FUNCTION: Function = Function {
    name: "request-password-reset",
    start: |environment| Box::pin(start(environment)),
};

/// When the answer is given. Enough for five calls; what takes longer is left, as a mail of which nobody knows.
const ANSWERED_AFTER: Duration = Duration::from_secs(2);

struct RequestPasswordReset {
    backend: Backend,
    post: LinkPost,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct ResetRequest {
    email: String,
}

/// The same whether anybody has that address.
#[derive(serde::Serialize, utoipa::ToSchema)]
struct Asked {}

/// What the API's description says of it.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            &FUNCTION,
            "POST /api/password-resets",
            "Ask for a link to set a password, by mail.",
        )
        .anyone()
        .body::<ResetRequest>()
        .answers::<Asked>(202, "The same for every address, after the same time."),
    ]
}

async fn start(environment: Environment) -> Result<Handler, StartError> {
    let needs = RequestPasswordReset {
        post: LinkPost::start(&environment)?,
        backend: Backend::start(&environment).await?,
    };
    Ok(serve(FUNCTION.name, needs, request_password_reset))
}

async fn request_password_reset(function: Arc<RequestPasswordReset>, request: PortalRequest) -> Result<Reply, Problem> {
    let body: ResetRequest = request.json()?;
    let email = EmailAddress::parse(&body.email).map_err(|error| Problem::invalid("/email", error))?;
    let deadline = request.deadline(ANSWERED_AFTER);
    let sending = send_link(&function, &email, &request);
    match tokio::time::timeout_at(deadline, sending).await {
        Ok(Ok(())) => {}
        Ok(Err(problem)) => problem.log(),
        Err(_) => tracing::warn!("there was not enough time to send a link"),
    }
    tokio::time::sleep_until(deadline).await;
    Ok(Reply::json(&Asked {})?.status(StatusCode::ACCEPTED))
}

async fn send_link(
    function: &RequestPasswordReset,
    email: &EmailAddress,
    request: &PortalRequest,
) -> Result<(), Problem> {
    let now = request.received_at();
    let RequestPasswordReset { backend, post } = function;
    let store = &backend.store;
    let lookup_form = email.lookup_form();
    let address_hash = hash_of(&lookup_form);
    let (requests, owner) = store.load_password_requests(&lookup_form, &address_hash, now).await?;
    let Some(counted) = requests.counted(now) else {
        return Ok(());
    };
    let is_counted = store
        .count_password_request(&address_hash, &requests, &counted, now, &request.id())
        .await?;
    let Some(owner) = owner.filter(|_| is_counted) else {
        return Ok(());
    };
    let user = store.user(&owner).await?;
    let Some(user) = user.filter(|user| user.active && user.email.lookup_form() == lookup_form) else {
        return Ok(());
    };
    let kind = match user.password_hash {
        Some(_) => PasswordLinkKind::Reset,
        None => PasswordLinkKind::Invitation,
    };
    let new = NewLink::draw(&user.id, kind, PasswordLink::REQUESTED_FOR, now)?;
    store.put_password_link(&user, &new.link).await?;
    post.send(store, &user, new).await;
    Ok(())
}
