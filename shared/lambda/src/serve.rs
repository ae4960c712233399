//! From an action to a handler.

use std::{future::Future, sync::Arc};

use serde::Serialize;
use tracing::Instrument;

use crate::{EventHandler, Handler, HttpHandler, Invocation, PortalRequest, Problem, Reply};

/// Wraps an action: what it needs is made once at the start, and each request becomes a reply or a problem.
pub fn serve<Needs, Answer>(
    name: &'static str,
    needs: Needs,
    action: fn(Arc<Needs>, PortalRequest) -> Answer,
) -> Handler
where
    Needs: Send + Sync + 'static,
    Answer: Future<Output = Result<Reply, Problem>> + Send + 'static,
{
    let needs = Arc::new(needs);
    Handler::Http(HttpHandler::new(move |request| {
        let needs = Arc::clone(&needs);
        let request = PortalRequest::new(request);
        let span = tracing::info_span!("request", function = name, id = request.id());
        Box::pin(
            async move {
                let response = match action(needs, request).await {
                    Ok(reply) => reply.into_response(),
                    Err(problem) => problem.into_response(),
                };
                tracing::info!(status = response.status().as_u16(), "answered");
                response
            }
            .instrument(span),
        )
    }))
}

/// Wraps an action that answers no HTTP: each event becomes JSON, or the error that Lambda reports.
pub fn serve_events<Needs, Answered, Answer>(
    name: &'static str,
    needs: Needs,
    action: fn(Arc<Needs>, Invocation) -> Answer,
) -> Handler
where
    Needs: Send + Sync + 'static,
    Answered: Serialize,
    Answer: Future<Output = Result<Answered, Problem>> + Send + 'static,
{
    let needs = Arc::new(needs);
    Handler::Event(EventHandler::new(move |invocation| {
        let needs = Arc::clone(&needs);
        let span = tracing::info_span!("event", function = name, id = invocation.id);
        Box::pin(
            async move {
                let answered = action(needs, invocation).await;
                let answered = answered.and_then(|answered| Ok(serde_json::to_value(answered)?));
                tracing::info!(handled = answered.is_ok(), "answered");
                answered.map_err(Problem::into_diagnostic)
            }
            .instrument(span),
        )
    }))
}
