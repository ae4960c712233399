//! `POST /api/session`: address and password, and a code if the user wants one asked for, for an access token and the
//! refresh cookie.
//!
//! A known and an unknown address take the same calls, the same password check and get the same answer. Whether there is a
//! second factor is looked at when the password is right.

use std::sync::Arc;

use domain::{EmailAddress, PasswordHash, ProvedFactor, Session, SessionId, User, UserId};
use jiff::Timestamp;
use lambda::{
    ACCESS_TOKEN_LIFETIME, AccessTokenSigner, Backend, Environment, Function, Handler, PortalRequest, Problem,
    RefreshToken, Reply, SigningSeed, StartError, hash_of, random, serve,
};
use serde::{Deserialize, Serialize};
use store::ManageError;
use utoipa::ToSchema;

use crate::{
    api::{Operation, UserView},
    counted_attempt::CountedAttempt,
};

/// The Lambda.
pub static FUNCTION: Function = Function {
    name: "sign-in",
    start: |environment| Box::pin(start(environment)),
};

struct SignIn {
    backend: Backend,
    signer: AccessTokenSigner,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Credentials {
    email: String,
    password: String,
    code: Option<String>,
}

/// An access token and whose it is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SignedIn {
    access_token: String,
    expires_in: i64,
    user: UserView,
}

/// What the API's description says of it.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            &FUNCTION,
            "POST /api/session",
            "Sign in; the cookie for the next access token comes along.",
        )
        .anyone()
        .body::<Credentials>()
        .answers::<SignedIn>(200, "An access token for ten minutes.")
        .sends("Set-Cookie", "The refresh token, readable by no script.")
        .problem("401", "`invalid-credentials`")
        .problem(
            "401",
            "`second-factor-required`: the password is right, and `code` is missing.",
        )
        .problem("401", "`invalid-code`")
        .problem("429", "`too-many-attempts`: `Retry-After` says when to try again."),
    ]
}

async fn start(environment: Environment) -> Result<Handler, StartError> {
    let backend = Backend::start(&environment).await?;
    let signer = SigningSeed::read(&environment).await?.signer(&backend).await?;
    Ok(serve(FUNCTION.name, SignIn { backend, signer }, sign_in))
}

async fn sign_in(function: Arc<SignIn>, request: PortalRequest) -> Result<Reply, Problem> {
    let SignIn { backend, signer } = function.as_ref();
    let credentials: Credentials = request.json()?;
    let now = request.received_at();
    // What is no address at all is counted and refused like one that nobody has.
    let lookup_form = EmailAddress::parse(&credentials.email)
        .map_or_else(|_| hash_of(&credentials.email), |address| address.lookup_form());
    let CountedAttempt { address_hash, owner } = CountedAttempt::count(backend, &lookup_form, &request).await?;

    let user_id = owner.unwrap_or(UserId::from_random([0; 10]));
    let user = backend.store.user(&user_id).await?;
    let hash = user.as_ref().and_then(|user| user.password_hash.as_ref());
    let verified = PasswordHash::verify(hash, &credentials.password);
    let user = user
        .filter(|user| verified && user.active)
        .ok_or(Problem::InvalidCredentials)?;
    let proved = prove(backend, &user, credentials.code.as_deref(), now).await?;

    let token = RefreshToken::generate(SessionId::from_random(random()?))?;
    let session = Session {
        id: token.session_id().clone(),
        user_id: user.id.clone(),
        refresh_token_hash: token.hash(),
        previous_token_hash: None,
        replaced_at: None,
        generation: user.session_generation,
        valid_until: now + Session::LIFETIME,
    };
    begin(backend, &session, proved.as_ref(), &address_hash).await?;
    let signed_in = SignedIn {
        access_token: signer
            .sign(&session, now)
            .map_err(|error| Problem::Internal(Box::new(error)))?,
        expires_in: ACCESS_TOKEN_LIFETIME.as_secs(),
        user: UserView::new(&user),
    };
    Ok(Reply::json(&signed_in)?.cookie(RefreshToken::set_cookie(Some(&token), Session::LIFETIME.as_secs())))
}

/// That the code is one of the user's, if they want one asked for. The attempt stays counted without one, or whoever knows
/// the password could guess codes without end.
async fn prove(
    backend: &Backend,
    user: &User,
    code: Option<&str>,
    now: Timestamp,
) -> Result<Option<ProvedFactor>, Problem> {
    if !user.second_factor {
        return Ok(None);
    }
    let code = code.ok_or(Problem::SecondFactorRequired)?;
    let factor = backend.store.second_factor(&user.id).await?;
    let proved = factor.ok_or(Problem::InvalidCode)?.prove(code, now);
    proved.map(Some).map_err(|_| Problem::InvalidCode)
}

/// The session begins, the code is used, and wrong attempts from before are forgotten.
async fn begin(
    backend: &Backend,
    session: &Session,
    proved: Option<&ProvedFactor>,
    address_hash: &str,
) -> Result<(), Problem> {
    let Some(proved) = proved else {
        backend.store.put_session(session).await?;
        backend.store.forget_sign_ins(address_hash).await?;
        return Ok(());
    };
    match backend.store.put_proved_session(session, proved, address_hash).await {
        Ok(()) => Ok(()),
        Err(ManageError::Changed) => Err(Problem::InvalidCode),
        Err(error) => Err(error.into()),
    }
}
