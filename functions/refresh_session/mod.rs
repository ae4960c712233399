//! `POST /api/session/refresh`: the refresh cookie for a new access token and a new cookie.
//!
//! A token used twice has been stolen from somebody: its whole family ends. Only within some seconds it gets the answer of
//! the first time once more, which may have got lost; so it does for who asks at the same moment with the same token.

use std::sync::Arc;

use domain::{Caller, Session, SessionClaims};
use jiff::Timestamp;
use lambda::{
    ACCESS_TOKEN_LIFETIME, AccessTokenSigner, Backend, Environment, Function, Handler, PortalRequest, Problem,
    RefreshToken, Reply, SigningSeed, StartError, SuccessorKey, serve,
};
use serde::Serialize;
use store::Rotation;
use utoipa::ToSchema;

use crate::api::{Operation, UserView};

/// The Lambda.
pub static FUNCTION: Function = Function {
    name: "refresh-session",
    start: |environment| Box::pin(start(environment)),
};

struct RefreshSession {
    backend: Backend,
    signer: AccessTokenSigner,
    successor_key: SuccessorKey,
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
        .sends("Set-Cookie", "The refresh token, readable by no script.")
        .problem("401", "`unauthenticated`: the cookie does not count any more."),
    ]
}

async fn start(environment: Environment) -> Result<Handler, StartError> {
    let backend = Backend::start(&environment).await?;
    let seed = SigningSeed::read(&environment).await?;
    let successor_key = seed.successor_key();
    let signer = seed.signer(&backend).await?;
    let function = RefreshSession {
        backend,
        signer,
        successor_key,
    };
    Ok(serve(FUNCTION.name, function, refresh_session))
}

async fn refresh_session(function: Arc<RefreshSession>, request: PortalRequest) -> Result<Reply, Problem> {
    let RefreshSession {
        backend,
        signer,
        successor_key,
    } = function.as_ref();
    let token = request
        .cookie(RefreshToken::COOKIE)
        .and_then(RefreshToken::parse)
        .ok_or(Problem::Unauthenticated)?;
    let now = request.received_at();

    let new_token = token.successor(successor_key);
    let session = load(backend, &token, now).await?;
    let claims = SessionClaims {
        user_id: session.user_id.clone(),
        session_id: session.id.clone(),
        generation: session.generation,
    };
    let caller: Caller = Backend::admit(&claims, backend.store.user(&session.user_id).await?)?;
    if !replace(backend, &session, &token, &new_token, now).await? {
        backend.store.end_session(&session.id).await?;
        tracing::warn!(session = %session.id, "a refresh token was used twice; its session has ended");
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

async fn load(backend: &Backend, token: &RefreshToken, now: Timestamp) -> Result<Session, Problem> {
    let session = backend.store.session(token.session_id()).await?;
    session
        .filter(|session| !session.is_expired(now))
        .ok_or(Problem::Unauthenticated)
}

/// Whether the new token is the valid one now: it takes the place of the old one, or has taken it a moment ago.
async fn replace(
    backend: &Backend,
    session: &Session,
    token: &RefreshToken,
    new_token: &RefreshToken,
    now: Timestamp,
) -> Result<bool, Problem> {
    let was_replaced = |session: &Session| {
        let lately = session.lately_replaced(now).is_some_and(|hash| token.has_hash(hash));
        lately && new_token.has_hash(&session.refresh_token_hash)
    };
    if !token.has_hash(&session.refresh_token_hash) {
        return Ok(was_replaced(session));
    }
    if backend.store.rotate_session(session, &new_token.hash(), now).await? == Rotation::Done {
        return Ok(true);
    }
    Ok(was_replaced(&load(backend, token, now).await?))
}
