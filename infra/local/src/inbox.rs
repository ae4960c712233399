//! The inbox on the portal's own port: what the SES stand-in received, as a page, as JSON and as files.

mod page;

use std::{collections::BTreeMap, io};

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use http::{StatusCode, header};
use mail_parser::{MessageParser, PartType};
use serde::{Deserialize, Serialize};

use crate::mailbox::{Mailbox, Received};

/// The page loads its own style and nothing else; what mails contain could do no more.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A mail as the inbox shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Mail {
    /// The id in the inbox's addresses.
    pub id: String,
    /// The id SES answered with.
    pub message_id: String,
    /// When it was received, in RFC 3339.
    pub received_at: String,
    /// The envelope's sender.
    pub from: String,
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// The decoded subject.
    pub subject: String,
    /// The plain text, empty if the mail has none.
    pub text: String,
    /// The HTML, empty if the mail has none.
    pub html: String,
    /// The sender's tags.
    pub tags: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Filter {
    to: Option<String>,
}

/// The inbox's routes.
pub fn router(mailbox: Mailbox) -> Router {
    Router::new()
        .route("/inbox", get(show))
        .route("/inbox/style.css", get(style))
        .route("/inbox/messages", get(list))
        .route("/inbox/messages/{file}", get(file))
        .with_state(mailbox)
}

/// The mails to addresses that contain the given text, or all, newest first.
pub fn mails(mailbox: &Mailbox, to: Option<&str>) -> io::Result<Vec<Mail>> {
    let to = to.unwrap_or_default().trim().to_lowercase();
    let is_wanted = |mail: &Received| {
        mail.envelope
            .to
            .iter()
            .any(|address| address.to_lowercase().contains(&to))
    };
    mailbox
        .list()?
        .into_iter()
        .filter(is_wanted)
        .map(|received| read(mailbox, received))
        .collect()
}

fn read(mailbox: &Mailbox, received: Received) -> io::Result<Mail> {
    let raw = mailbox.raw(&received.message_id)?.unwrap_or_default();
    let parsed = MessageParser::default().parse(&raw).unwrap_or_default();
    let text = parsed.text_bodies().find_map(|part| match &part.body {
        PartType::Text(text) => Some(text.to_string()),
        _ => None,
    });
    let html = parsed.html_bodies().find_map(|part| match &part.body {
        PartType::Html(html) => Some(html.to_string()),
        _ => None,
    });
    Ok(Mail {
        id: received.message_id.clone(),
        message_id: received.message_id,
        received_at: received.received_at,
        from: received.envelope.from,
        to: received.envelope.to,
        subject: parsed.subject().unwrap_or_default().to_owned(),
        text: text.unwrap_or_default(),
        html: html.unwrap_or_default(),
        tags: received.envelope.tags,
    })
}

async fn show(State(mailbox): State<Mailbox>, Query(filter): Query<Filter>) -> Response {
    let page = blocking(move || {
        let to = filter.to.unwrap_or_default();
        mails(&mailbox, Some(&to)).map(|mails| page::render(&mails, &to))
    });
    match page.await {
        Ok(page) => ([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(page)).into_response(),
        Err(error) => error.into_response(),
    }
}

async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], page::STYLE)
}

async fn list(State(mailbox): State<Mailbox>, Query(filter): Query<Filter>) -> Response {
    blocking(move || mails(&mailbox, filter.to.as_deref()))
        .await
        .map(Json)
        .into_response()
}

async fn file(State(mailbox): State<Mailbox>, Path(file): Path<String>) -> Response {
    let Some(id) = file.strip_suffix(".eml").map(str::to_owned) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let raw = match blocking(move || mailbox.raw(&id)).await {
        Ok(Some(raw)) => raw,
        Ok(None) => return StatusCode::NOT_FOUND.into_response(),
        Err(error) => return error.into_response(),
    };
    // An attachment, because some browsers would show the HTML in it.
    let headers = [
        (header::CONTENT_TYPE, "message/rfc822".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{file}\"")),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    (headers, raw).into_response()
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, (StatusCode, String)> {
    let done = tokio::task::spawn_blocking(work).await.map_err(io::Error::other);
    done.flatten()
        .map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
}
