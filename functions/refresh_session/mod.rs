//! `POST /api/session/refresh`: the refresh cookie for a new access token and a new cookie.
//!
//! A token used twice has been stolen from somebody: its whole family ends.

use std::sync::Arc;

use domain::{Caller, Session, SessionClaims};
use lambda::{
    ACCESS_TOKEN_LIFETIME, AccessTokenSigner, Backend, Environment, Function, Handler, PortalRequest, Problem,
    RefreshToken, Reply, SigningSeed, StartError, serve,
};
use serde::Serialize;
use store::Rotation;
use utoipa::ToSchema;

use crate::api::{Operation, UserView};

/// The Lambda.
pub const FUNCTION: Function = Function {
    name: "refresh-session",
    start: |environment| Box::pin(start(environment)),
};

struct RefreshSession {
    backend: Backend,
    signer: AccessTokenSigner,
}

/// A new access token.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Refreshed {
    access_token: String,
    expires_in: i64,
    user: UserView,
}

/// What the API's description says of it.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            &FUNCTION,
            "POST /api/session/refresh",
            "A new access token for the cookie, which changes.",
        )
        .anyone()
        .answers::<Refreshed>(200, "An access token for ten minutes.")
        .problem("401", "`unauthenticated`: the cookie does not count any more."),
    ]
}

async fn start(environment: Environment) -> Result<Handler, StartError> {
    let backend = Backend::start(&environment).await?;
    let signer = SigningSeed::read(&environment).await?.signer(&backend).await?;
    Ok(serve(
        FUNCTION.name,
        RefreshSession { backend, signer },
        refresh_session,
    ))
}

async fn refresh_session(function: Arc<RefreshSession>, request: PortalRequest) -> Result<Reply, Problem> {
    let RefreshSession { backend, signer } = function.as_ref();
    let token = request
        .cookie(RefreshToken::COOKIE)
        .and_then(RefreshToken::parse)
        .ok_or(Problem::Unauthenticated)?;
    let now = request.received_at();

    let session = backend
        .store
        .session(token.session_id())
        .await?
        .filter(|session| !session.is_expired(now));
    let session = session.ok_or(Problem::Unauthenticated)?;
    if !token.has_hash(&session.refresh_token_hash) {
        backend.store.end_session(&session.id).await?;
        tracing::warn!(session = %session.id, "a refresh token was used twice; its session has ended");
        return Err(Problem::Unauthenticated);
    }
    let claims = SessionClaims {
        user_id: session.user_id.clone(),
        session_id: session.id.clone(),
        started_at: session.started_at,
    };
    let caller: Caller = Backend::admit(&claims, backend.store.user(&session.user_id).await?)?;

    let new_token = RefreshToken::generate(session.id.clone())?;
    if backend.store.rotate_session(&session, &new_token.hash()).await? == Rotation::Lost {
        return Err(Problem::Unauthenticated);
    }
    let refreshed = Refreshed {
        access_token: signer
            .sign(&session, now)
            .map_err(|error| Problem::Internal(Box::new(error)))?,
        expires_in: ACCESS_TOKEN_LIFETIME.as_secs(),
        user: UserView::new(caller.user()),
    };
    let lifetime = session
        .valid_until
        .duration_since(now)
        .as_secs()
        .min(Session::LIFETIME.as_secs());
    Ok(Reply::json(&refreshed)?.cookie(RefreshToken::set_cookie(Some(&new_token), lifetime)))
}
