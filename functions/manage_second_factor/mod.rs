//! `/api/me/second-factor`: one's own second factor, switched on and off with the password and a code.
//!
//! Every other session ends with it, as with a new password.

use std::{array, sync::Arc};

use domain::{
    Caller, OfferedSecondFactor, RecoveryCode, SecondFactor, SessionId, SingleLine, TotpSecret, User, WrongCode,
};
use jiff::Timestamp;
use lambda::{Backend, Environment, Function, Handler, PortalRequest, Problem, Reply, StartError, random, serve};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use store::{LoadedSecondFactor, ManageError};
use utoipa::ToSchema;

use crate::{api::Operation, own_password};

/// The Lambda.
pub static FUNCTION: Function = Function {
    name: "manage-second-factor",
    start: |environment| Box::pin(start(environment)),
};

struct ManageSecondFactor {
    backend: Backend,
    company: SingleLine,
}

/// Whether a code is asked for at the sign-in.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SecondFactor)]
struct SecondFactorView {
    #[schema(value_type = Option<String>, format = DateTime)]
    on_since: Option<Timestamp>,
    recovery_codes_left: usize,
}

/// A secret for an authenticator app.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SecondFactorOffer {
    /// As one types it.
    secret: String,
    /// As a QR code has it.
    uri: String,
    #[schema(value_type = String, format = DateTime)]
    valid_until: Timestamp,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PasswordAndCode {
    current_password: String,
    code: String,
}

/// What signs in when the app is lost, each once.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RecoveryCodes {
    recovery_codes: Vec<String>,
}

/// What the API's description says of it.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(&FUNCTION, "GET /api/me/second-factor", "Whether it is on.")
            .answers::<SecondFactorView>(200, "Since when, if it is on."),
        Operation::new(
            &FUNCTION,
            "POST /api/me/second-factor",
            "A secret for an authenticator app.",
        )
        .answers::<SecondFactorOffer>(200, "The secret. Nothing changes until a code of it is confirmed.")
        .problem("409", "`second-factor-on`"),
        Operation::new(
            &FUNCTION,
            "PUT /api/me/second-factor",
            "Switch it on; all other sessions end.",
        )
        .body::<PasswordAndCode>()
        .answers::<RecoveryCodes>(200, "On. The recovery codes are shown this once.")
        .problem("409", "`second-factor-on`")
        .problem(
            "409",
            "`second-factor-off`: no secret was handed out, or its time is over.",
        )
        .problem("429", "`too-many-attempts`: `Retry-After` says when to try again."),
        Operation::new(
            &FUNCTION,
            "POST /api/me/second-factor/removal",
            "Switch it off, with a code of the app or a recovery code; all other sessions end.",
        )
        .body::<PasswordAndCode>()
        .answers_nothing(204, "Off.")
        .problem("409", "`second-factor-off`")
        .problem("429", "`too-many-attempts`: `Retry-After` says when to try again."),
    ]
}

async fn start(environment: Environment) -> Result<Handler, StartError> {
    let needs = ManageSecondFactor {
        company: environment.parsed("COMPANY_NAME", SingleLine::parse)?,
        backend: Backend::start(&environment).await?,
    };
    Ok(serve(FUNCTION.name, needs, manage_second_factor))
}

async fn manage_second_factor(function: Arc<ManageSecondFactor>, request: PortalRequest) -> Result<Reply, Problem> {
    let ManageSecondFactor { backend, company } = function.as_ref();
    let claims = backend.authenticate(&request).await?;
    let now = request.received_at();
    let LoadedSecondFactor { user, factor, offer } = backend.store.load_second_factor(&claims.user_id, now).await?;
    let caller: Caller = Backend::admit(&claims, user)?;
    let own = Own {
        backend,
        request: &request,
        session: &claims.session_id,
        user: caller.user(),
    };
    match (request.route(), factor) {
        ("GET /api/me/second-factor", factor) => Reply::json(&SecondFactorView {
            on_since: factor.as_ref().map(|factor| factor.on_since),
            recovery_codes_left: factor.map_or(0, |factor| factor.recovery_code_hashes.len()),
        }),
        ("POST /api/me/second-factor", None) => own.hand_out(company).await,
        ("PUT /api/me/second-factor", None) => own.switch_on(&offer.ok_or(Problem::SecondFactorOff)?).await,
        ("POST /api/me/second-factor/removal", Some(factor)) => own.switch_off(&factor).await,
        (_, Some(_)) => Err(Problem::SecondFactorOn),
        (_, None) => Err(Problem::SecondFactorOff),
    }
}

/// Somebody who asks about their own.
struct Own<'a> {
    backend: &'a Backend,
    request: &'a PortalRequest,
    session: &'a SessionId,
    user: &'a User,
}

impl Own<'_> {
    async fn hand_out(&self, company: &SingleLine) -> Result<Reply, Problem> {
        let secret = TotpSecret::from_random(random()?);
        let offer = OfferedSecondFactor::new(secret, self.request.received_at());
        self.backend.store.offer_second_factor(&self.user.id, &offer).await?;
        Reply::json(&SecondFactorOffer {
            secret: offer.secret.to_base32(),
            uri: uri(company, self.user, &offer.secret),
            valid_until: offer.valid_until,
        })
    }

    async fn switch_on(&self, offer: &OfferedSecondFactor) -> Result<Reply, Problem> {
        let (code, address_hash) = self.code_and_password().await?;
        let bytes: [u8; 10 * RecoveryCode::COUNT] = random()?;
        let codes: [_; RecoveryCode::COUNT] =
            array::from_fn(|number| RecoveryCode::from_random(array::from_fn(|byte| bytes[10 * number + byte])));
        let factor = offer.confirm(&code, &codes, self.request.received_at())?;
        let store = &self.backend.store;
        store
            .switch_on_second_factor(self.user, &factor, self.session, &address_hash)
            .await?;
        Reply::json(&RecoveryCodes {
            recovery_codes: codes.iter().map(ToString::to_string).collect(),
        })
    }

    async fn switch_off(&self, factor: &SecondFactor) -> Result<Reply, Problem> {
        let (code, address_hash) = self.code_and_password().await?;
        let proved = factor.prove(&code, self.request.received_at())?;
        let store = &self.backend.store;
        let off = store.switch_off_second_factor(self.user, &proved, self.session, &address_hash);
        match off.await {
            Ok(()) => Ok(Reply::empty()),
            Err(ManageError::Changed) => Err(WrongCode.into()),
            Err(error) => Err(error.into()),
        }
    }

    /// The code that was sent, once the password with it has been found right; and under which hash the attempt counts.
    async fn code_and_password(&self) -> Result<(String, String), Problem> {
        let PasswordAndCode { current_password, code } = self.request.json()?;
        let address_hash = own_password::check(self.backend, self.user, &current_password, self.request).await?;
        Ok((code, address_hash))
    }
}

/// What stays as it is in a URI (RFC 3986).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What apps read from a QR code: whose portal it is, who signs in, and the secret. All else is what they take for granted.
fn uri(company: &SingleLine, user: &User, secret: &TotpSecret) -> String {
    let encoded = |text: &str| utf8_percent_encode(text, ENCODED).to_string();
    // A colon would end the issuer.
    let company = encoded(&company.as_str().replace(':', " "));
    let email = encoded(user.email.as_str());
    let secret = secret.to_base32();
    format!("otpauth://totp/{company}:{email}?secret={secret}&issuer={company}")
}
