//! `/api/mail-templates`: the mails recruiters prepare, per language and tied to activities.

mod preview;
mod write;

use std::{collections::BTreeSet, sync::Arc};

use domain::{ActivityId, Language, MailTemplate, MailTemplateDocument, MailTemplateId, SingleLine};
use lambda::{Backend, Environment, Function, Handler, PortalRequest, Problem, Reply, StartError, serve};
use serde::Serialize;
use store::MailTemplateSummary;

use crate::api::{Operation, Page};

/// The Lambda.
pub static FUNCTION: Function = Function {
    name: "manage-mail-templates",
    start: |environment| Box::pin(start(environment)),
};

const DEFAULT_LIMIT: u16 = 25;

/// A mail template; in lists without its body.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct MailTemplateView {
    id: MailTemplateId,
    version: String,
    name: SingleLine,
    language: Language,
    activity_ids: BTreeSet<ActivityId>,
    released_to_portal: bool,
    subject: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    body_html: Option<String>,
}

/// What the API's description says of it.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            &FUNCTION,
            "GET /api/mail-templates",
            "All mail templates, without their bodies.",
        )
        .paged()
        .answers_page::<MailTemplateView>()
        .problem("403", "`recruiters-only`"),
        Operation::new(
            &FUNCTION,
            "GET /api/mail-templates/placeholders",
            "Every placeholder, with explanation.",
        )
        .answers_page::<preview::PlaceholderView>()
        .problem("403", "`recruiters-only`"),
        Operation::new(
            &FUNCTION,
            "GET /api/mail-templates/{mailTemplateId}",
            "A mail template.",
        )
        .etag()
        .answers::<MailTemplateView>(200, "The template; its version is the `ETag`.")
        .problem("403", "`recruiters-only`"),
        Operation::new(
            &FUNCTION,
            "PUT /api/mail-templates/{mailTemplateId}",
            "Write it as a whole.",
        )
        .puts()
        .body::<MailTemplateDocument>()
        .etag()
        .answers::<MailTemplateView>(200, "Replaced.")
        .answers::<MailTemplateView>(201, "Made.")
        .problem("403", "`recruiters-only`"),
        Operation::new(&FUNCTION, "DELETE /api/mail-templates/{mailTemplateId}", "Remove it.")
            .changes()
            .answers_nothing(204, "Gone.")
            .problem("403", "`recruiters-only`"),
        Operation::new(
            &FUNCTION,
            "POST /api/mail-templates/{mailTemplateId}/preview",
            "A template, saved or not, filled with invented people.",
        )
        .body::<preview::Unsaved>()
        .answers::<preview::Preview>(200, "The mail.")
        .problem("403", "`recruiters-only`"),
    ]
}

async fn start(environment: Environment) -> Result<Handler, StartError> {
    Ok(serve(
        FUNCTION.name,
        Backend::start(&environment).await?,
        manage_mail_templates,
    ))
}

async fn manage_mail_templates(backend: Arc<Backend>, request: PortalRequest) -> Result<Reply, Problem> {
    let caller = backend.recruiter(&request).await?;
    match request.route() {
        "GET /api/mail-templates" => list(&backend, &request, &format!("mail-templates {}", caller.user().id)).await,
        "GET /api/mail-templates/placeholders" => preview::placeholders(),
        "GET /api/mail-templates/{mailTemplateId}" => read(&backend, &request).await,
        "PUT /api/mail-templates/{mailTemplateId}" => write::write(&backend, &request).await,
        "DELETE /api/mail-templates/{mailTemplateId}" => write::remove(&backend, &request).await,
        "POST /api/mail-templates/{mailTemplateId}/preview" => preview::preview(&backend, &request).await,
        _ => Err(Problem::NotFound),
    }
}

async fn list(backend: &Backend, request: &PortalRequest, list: &str) -> Result<Reply, Problem> {
    let limit = request.limit(DEFAULT_LIMIT)?;
    let (cursors, after): (_, Option<MailTemplateId>) = backend.position(request, list).await?;
    let (templates, next) = backend.store.list_mail_templates(after.as_ref(), limit).await?;
    let items = templates.into_iter().map(summary).collect();
    let next_cursor = next.map(|after| cursors.write(list, &after)).transpose()?;
    Reply::json(&Page { items, next_cursor })
}

async fn read(backend: &Backend, request: &PortalRequest) -> Result<Reply, Problem> {
    let template = backend.store.mail_template(&request.path("mailTemplateId")?).await?;
    view(template.ok_or(Problem::NotFound)?)
}

fn view(template: MailTemplate) -> Result<Reply, Problem> {
    let version = template.version;
    let view = MailTemplateView {
        id: template.id,
        version: version.to_string(),
        name: template.name,
        language: template.language,
        activity_ids: template.activity_ids,
        released_to_portal: template.released_to_portal,
        subject: template.subject,
        body_html: Some(template.body_html),
    };
    Ok(Reply::json(&view)?.etag(version))
}

fn summary(template: MailTemplateSummary) -> MailTemplateView {
    MailTemplateView {
        id: template.id,
        version: template.version.to_string(),
        name: template.name,
        language: template.language,
        activity_ids: template.activity_ids,
        released_to_portal: template.released_to_portal,
        subject: template.subject,
        body_html: None,
    }
}
