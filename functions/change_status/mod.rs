//! `POST …/activities/{activityId}/status-change`: carries the activity out by the status alone. The applicant is
//! told nothing.

use std::sync::Arc;

use domain::{Act, Channel};
use lambda::{
    Action, Backend, Committed, Environment, Function, Handler, Loaded, PortalRequest, Problem, Reply, StartError,
    Writes, serve,
};
use serde::Deserialize;

use crate::{acted, delivery::Post};

/// The Lambda.
pub const FUNCTION: Function = Function {
    name: "change-status",
    start: |environment| Box::pin(start(environment)),
};

struct Needs {
    backend: Backend,
    post: Post,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeStatus {}

async fn start(environment: Environment) -> Result<Handler, StartError> {
    let post = Post::start(&environment)?;
    Ok(serve(
        FUNCTION.name,
        Needs {
            backend: Backend::start(&environment).await?,
            post,
        },
        change_status,
    ))
}

async fn change_status(needs: Arc<Needs>, request: PortalRequest) -> Result<Reply, Problem> {
    let Needs { backend, post } = needs.as_ref();
    let action = Action::parse(backend, &request).await?;
    let ChangeStatus {} = request.json()?;

    let case = match action.load(backend, &request, None).await? {
        Loaded::New(case, _) => case,
        Loaded::Done(done) => return acted::again(backend, &done).await,
    };
    let activity = case.released(&action.activity_id, Channel::StatusOnly)?;
    let coming = backend
        .store
        .interviews(&activity.interviews_it_ends(request.received_at()))
        .await?;
    let decision = activity.decide(Act::StatusOnly, &coming, request.received_at(), acted::salt()?)?;
    let mut mails = Vec::new();
    let interviews = acted::end_interviews(&case, &coming, &decision, post, &request, &mut mails)?;

    let answered = acted::application(&case, &decision)?;
    let writes = Writes {
        decision: &decision,
        interviews: &interviews,
        mails: &mails,
        answered,
    };
    match action.commit(backend, &case, writes).await? {
        Committed::Now => {}
        Committed::Before(done) => return acted::again(backend, &done).await,
    }
    let state = post.send_now(&backend.store, &mails, &request).await;
    acted::now(&case, &decision, state)
}
