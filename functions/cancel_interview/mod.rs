//! `DELETE /api/interviews/{interviewId}`: calls an appointment off for all, or with `?application=` for one. Everybody
//! invited who is concerned gets the cancellation.

use std::sync::Arc;

use domain::ApplicationId;
use lambda::{Environment, Function, Handler, PortalRequest, Problem, Reply, StartError, serve};

use crate::{
    acted::DECISIONS,
    desk::Desk,
    interview_change::{Changed, InterviewAct, LoadedAct},
    interview_mails::News,
};

use crate::api::Operation;

/// The Lambda.
pub static FUNCTION: Function = Function {
    name: "cancel-interview",
    start: |environment| Box::pin(start(environment)),
};

/// What the API's description says of it.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            &FUNCTION,
            "DELETE /api/interviews/{interviewId}",
            "Call it off, for all or for one application.",
        )
        .commands()
        .problem("422", "`validation`: `application` is none that takes part.")
        .query_of::<ApplicationId>("application", "For this application only.")
        .etag()
        .answers::<Changed>(200, "Called off, and SES has the mails.")
        .answers::<Changed>(202, "Called off; where the mails are, `delivery` says."),
    ]
}

async fn start(environment: Environment) -> Result<Handler, StartError> {
    Ok(serve(
        FUNCTION.name,
        Desk::start_to_mail(&environment).await?,
        cancel_interview,
    ))
}

async fn cancel_interview(desk: Arc<Desk>, request: PortalRequest) -> Result<Reply, Problem> {
    let Desk { backend, post } = desk.as_ref();
    // Calling off for all must be meant: a mistyped or empty parameter does not count as none.
    let only = match request.queries().as_slice() {
        [] => None,
        [("application", id)] if !id.is_empty() => Some(id.parse::<ApplicationId>().map_err(|_| Problem::NotFound)?),
        _ => {
            return Err(Problem::invalid(
                "/application",
                "must be one application, or not be there",
            ));
        }
    };
    for _ in 0..DECISIONS {
        let (act, loaded) = InterviewAct::load(backend, &request).await?;
        let subject = match loaded {
            LoadedAct::New(subject) => subject,
            LoadedAct::Done(reply) => return Ok(reply),
        };
        let (caller, now) = (&subject.caller, request.received_at());
        let (after, applications) = match &only {
            None => (
                subject.interview.called_off(caller, now),
                subject.applications.iter().collect(),
            ),
            Some(id) => {
                let applications: Vec<_> = subject.applications.iter().filter(|one| one.id == *id).collect();
                if applications.is_empty() {
                    return Err(Problem::NotFound);
                }
                (subject.interview.without(id, caller, now), applications)
            }
        };
        let change = subject.change(News::Cancelled, &after, &applications, after.cancelled, post, &request)?;
        if let Some(reply) = act.commit(backend, post, &subject, &after, &change, &request).await? {
            return Ok(reply);
        }
    }
    Err(Problem::contended())
}
