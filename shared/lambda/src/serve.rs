//! From an action to a handler.

use std::{future::Future, sync::Arc};

use tracing::Instrument;

use crate::{Handler, PortalRequest, Problem, Reply};

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
    Handler::new(move |request| {
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
    })
}
