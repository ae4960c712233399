//! `PATCH /api/me`: sets the caller's language or signature.

use std::sync::Arc;

use domain::{Caller, FieldError, Language, SanitizedHtml, User};
use lambda::{Backend, Environment, Function, Handler, PortalRequest, Problem, Reply, StartError, serve};
use serde::{Deserialize, Serialize};
use store::LoadedProfile;
use utoipa::ToSchema;

use crate::get_profile::can_edit_settings;

use crate::api::Operation;

/// The Lambda.
pub static FUNCTION: Function = Function {
    name: "update-settings",
    start: |environment| Box::pin(start(environment)),
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Settings {
    language: Option<Language>,
    signature: Option<String>,
}

/// The settings as they are now.
#[derive(Serialize, ToSchema)]
struct Updated {
    language: Language,
    signature: SanitizedHtml,
}

/// What the API's description says of it.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(&FUNCTION, "PATCH /api/me", "Set language and signature.")
            .body::<Settings>()
            .answers::<Updated>(200, "The settings as they are now.")
            .problem("403", "`settings-not-available`: nothing is released to the contact."),
    ]
}

async fn start(environment: Environment) -> Result<Handler, StartError> {
    Ok(serve(
        FUNCTION.name,
        Backend::start(&environment).await?,
        update_settings,
    ))
}

async fn update_settings(backend: Arc<Backend>, request: PortalRequest) -> Result<Reply, Problem> {
    let claims = backend.authenticate(&request).await?;
    let settings: Settings = request.json()?;
    let signature = settings.signature.as_deref().map(parse_signature).transpose()?;
    let LoadedProfile { user, workflow_ids } = backend.store.load_profile(&claims.user_id).await?;
    let caller: Caller = Backend::admit(&claims, user)?;
    let user = caller.user();
    let (workflows, _) = backend.store.load_workflows_and_customer(&workflow_ids, None).await?;
    if !can_edit_settings(user, &workflows) {
        return Err(Problem::SettingsNotAvailable);
    }
    backend
        .store
        .update_settings(user, settings.language, signature.as_ref())
        .await?;
    Reply::json(&Updated {
        language: settings.language.unwrap_or(user.language),
        signature: signature.unwrap_or_else(|| user.signature.clone()),
    })
}

fn parse_signature(html: &str) -> Result<SanitizedHtml, Problem> {
    let signature = SanitizedHtml::sanitize_within(html, User::MAX_SIGNATURE_BYTES)
        .map_err(|error| Problem::invalid("/signature", error))?;
    // Placeholders are filled in templates only; in a signature they would go out as they stand.
    let unresolved: Vec<FieldError> = domain::unresolved("/signature", &signature.text());
    if unresolved.is_empty() {
        Ok(signature)
    } else {
        Err(unresolved.into())
    }
}
