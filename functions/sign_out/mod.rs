//! `DELETE /api/session`: ends the session of the refresh cookie.

use std::sync::Arc;

use lambda::{Backend, Environment, Function, Handler, PortalRequest, Problem, RefreshToken, Reply, StartError, serve};

use crate::api::Operation;

/// The Lambda.
pub static FUNCTION: Function = Function {
    name: "sign-out",
    start: |environment| Box::pin(start(environment)),
};

/// What the API's description says of it.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(&FUNCTION, "DELETE /api/session", "Sign out: the cookie counts no more.")
            .anyone()
            .answers_nothing(204, "Signed out.")
            .sends("Set-Cookie", "The refresh token, readable by no script."),
    ]
}

async fn start(environment: Environment) -> Result<Handler, StartError> {
    Ok(serve(FUNCTION.name, Backend::start(&environment).await?, sign_out))
}

/// Always succeeds: whoever has no cookie of a session is signed out already. An old token ends the session too, as it
/// would at a refresh: somebody else may hold the new one.
async fn sign_out(backend: Arc<Backend>, request: PortalRequest) -> Result<Reply, Problem> {
    let token = request.cookie(RefreshToken::COOKIE).and_then(RefreshToken::parse);
    if let Some(token) = token
        && let Some(session) = backend.store.session(token.session_id()).await?
    {
        backend.store.end_session(&session.id).await?;
    }
    Ok(Reply::empty().cookie(RefreshToken::set_cookie(None, 0)))
}
