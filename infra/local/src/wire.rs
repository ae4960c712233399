//! The one local AWS endpoint: hands each request to the service it is for, keeps a log of all calls, and plays the
//! faults that tests order.

mod fault;
mod leading_keys;
mod log;
mod operation;
mod permission;

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited, combinators::UnsyncBoxBody};
use hyper::body::{Bytes, Incoming};
use tokio::net::TcpListener;

pub(crate) use self::fault::error_answer;
use self::{fault::Faults, leading_keys::LeadingKeys, log::Log, operation::Operation, permission::Permissions};
pub use self::{
    fault::{Fault, PlannedFault},
    log::Call,
    operation::Service,
};
use crate::{
    dynamodb::DynamoDb,
    invocations::Invocations,
    s3::S3,
    secrets::Secrets,
    server::Server,
    ses::{Ses, mail_tag},
    tasks::Tasks,
};

/// Above SES's 40 MB in base64, the longest request that is read as a whole.
const MAX_BODY: usize = 64 * 1024 * 1024;

/// What a service's answer carries.
pub(crate) type WireBody = UnsyncBoxBody<Bytes, Box<dyn Error + Send + Sync>>;

/// The services behind the endpoint.
pub(crate) struct Services {
    pub dynamodb: DynamoDb,
    pub s3: S3,
    pub ses: Ses,
    pub secrets: Secrets,
}

/// A handle on the endpoint; all clones are the same endpoint.
#[derive(Clone)]
pub struct Wire(Arc<Inner>);

struct Inner {
    address: SocketAddr,
    state: Arc<State>,
}

struct State {
    services: Services,
    tasks: Tasks,
    invocations: Invocations,
    log: Mutex<Log>,
    faults: Mutex<Faults>,
    permissions: Mutex<Permissions>,
    leading_keys: Mutex<LeadingKeys>,
}

/// The answer is to close the connection.
#[derive(Debug, thiserror::Error)]
#[error("the connection is closed without an answer")]
pub(crate) struct Closed;

impl Wire {
    pub(crate) async fn start(
        services: Services,
        tasks: Tasks,
        invocations: Invocations,
    ) -> io::Result<(Self, Server)> {
        let state = Arc::new(State {
            services,
            tasks,
            invocations,
            log: Mutex::default(),
            faults: Mutex::default(),
            permissions: Mutex::default(),
            leading_keys: Mutex::default(),
        });
        let answering = Arc::clone(&state);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let server = Server::start(listener, move |request| {
            let state = Arc::clone(&answering);
            async move { state.answer(request).await }
        })?;
        Ok((
            Self(Arc::new(Inner {
                address: server.address(),
                state,
            })),
            server,
        ))
    }

    /// Binds the function to the table's partitions of these patterns, as its role does.
    pub fn bind(&self, function: &str, partitions: BTreeSet<String>) {
        lock(&self.0.state.leading_keys).bind(function, partitions);
    }

    /// The URL to give to AWS clients as their endpoint.
    pub fn url(&self) -> String {
        format!("http://{}", self.0.address)
    }

    /// The calls since the start or [`Wire::forget_calls`], in the order of their arrival; from 200,000 on without the
    /// oldest.
    pub fn calls(&self) -> Vec<Call> {
        lock(&self.0.state.log).calls.clone()
    }

    /// Whether [`Wire::calls`] still has all of them.
    pub fn has_all_calls(&self) -> bool {
        !lock(&self.0.state.log).is_shortened
    }

    /// How many of these calls were of this operation, such as `SES.SendEmail`.
    pub fn count(&self, operation: &str) -> usize {
        lock(&self.0.state.log)
            .calls
            .iter()
            .filter(|call| call.operation == operation)
            .count()
    }

    /// Empties the log.
    pub fn forget_calls(&self) {
        lock(&self.0.state.log).forget();
    }

    /// From now on the function may do these actions and no others.
    pub fn allow(&self, function: &str, actions: BTreeSet<String>) {
        lock(&self.0.state.permissions).allow(function, actions);
    }

    /// The actions each function's calls needed since the start, allowed or not.
    pub fn needed_actions(&self) -> BTreeMap<String, BTreeSet<String>> {
        lock(&self.0.state.permissions).needed().clone()
    }

    /// Plays the fault at the next call of this operation that has none ordered before.
    pub fn next(&self, operation: &str, fault: Fault) {
        lock(&self.0.state.faults).next(operation, fault);
    }

    /// Plays the fault at one call of the invocation that has this trace, whatever comes before it in the log.
    pub fn plan(&self, trace: &str, fault: PlannedFault) {
        lock(&self.0.state.faults).plan(trace, fault);
    }

    /// Whether the fault planned for this trace was played; the plan ends with that.
    pub fn was_played(&self, trace: &str) -> bool {
        lock(&self.0.state.faults).end_plan(trace)
    }

    /// Plays the fault at each call of this operation, `None` to end that. Faults ordered with [`Wire::next`] come first.
    pub fn always(&self, operation: &str, fault: Option<Fault>) {
        lock(&self.0.state.faults).always(operation, fault);
    }
}

impl State {
    async fn answer(self: Arc<Self>, request: Request<Incoming>) -> Result<Response<WireBody>, Closed> {
        let operation = Operation::of(&request);
        let function = permission::caller(&request);
        let trace = permission::trace(&request);
        let number = self.log_call(&operation, function.clone(), trace.clone());
        let fault = lock(&self.faults).take(&operation.name, trace.as_deref());
        let answer = match fault {
            None => self.serve(&operation, function, number, request).await?,
            Some(fault @ (Fault::AnswerLost | Fault::Killed)) => {
                // The service may answer while it still works on the rest.
                let answer = self.serve(&operation, function, number, request).await?;
                let _ = answer.into_body().collect().await;
                if let (Fault::Killed, Some(trace)) = (fault, trace) {
                    self.invocations.kill(&trace);
                }
                return Err(Closed);
            }
            Some(fault) => {
                // Read to the end first: a client that is still sending would see another failure.
                let body = Limited::new(request.into_body(), MAX_BODY).collect().await;
                if operation.service == Service::Ses
                    && fault != Fault::NotReached
                    && let Ok(body) = body
                {
                    let mail = mail_tag(&body.to_bytes());
                    self.log_entry(number, |call| call.mail = mail);
                }
                match fault {
                    Fault::Status {
                        code,
                        error_type,
                        message,
                    } => error_answer(operation.service, code, &error_type, &message),
                    Fault::NotReached | Fault::AnswerLost | Fault::Killed => return Err(Closed),
                    Fault::Hangs => std::future::pending().await,
                }
            }
        };
        self.log_entry(number, |call| call.status = Some(answer.status().as_u16()));
        Ok(answer)
    }

    /// A service that has begun a request ends it, even if the caller hangs up.
    async fn serve(
        self: &Arc<Self>,
        operation: &Operation,
        function: Option<String>,
        number: usize,
        request: Request<Incoming>,
    ) -> Result<Response<WireBody>, Closed> {
        let service = operation.service;
        let (parts, body) = request.into_parts();
        if service == Service::S3 {
            return self
                .serve_s3(operation, function, Request::from_parts(parts, body))
                .await;
        }
        let body = Limited::new(body, MAX_BODY)
            .collect()
            .await
            .map_err(|_| Closed)?
            .to_bytes();
        let refused = lock(&self.permissions).refused(function.as_deref(), &operation.name, &body);
        let refused = refused.or_else(|| lock(&self.leading_keys).refused(function.as_deref(), &body));
        if let Some(action) = refused {
            tracing::error!(function, action, "the function's role does not allow this");
            return Ok(error_answer(
                service,
                400,
                "AccessDeniedException",
                &format!("not allowed: {action}"),
            ));
        }
        if service == Service::Ses {
            let mail = mail_tag(&body);
            self.log_entry(number, |call| call.mail = mail);
        }
        let request = Request::from_parts(parts, body);
        let state = Arc::clone(self);
        let work = async move {
            match service {
                Service::DynamoDb => {
                    let (answer, capacity) = state.services.dynamodb.answer(request).await?;
                    state.log_entry(number, |call| call.capacity = capacity);
                    Ok(answer)
                }
                Service::Ses => Ok(state.services.ses.answer(request).await),
                _ => Ok(state.services.secrets.answer(&request)),
            }
        };
        self.tasks.run(work).await.ok_or(Closed)?
    }

    /// S3 reads a body as it comes.
    async fn serve_s3(
        self: &Arc<Self>,
        operation: &Operation,
        function: Option<String>,
        request: Request<Incoming>,
    ) -> Result<Response<WireBody>, Closed> {
        let denied = || error_answer(Service::S3, 403, "AccessDenied", "Access Denied");
        let refused = |name: &str| lock(&self.permissions).refused(function.as_deref(), name, &[]);
        if let Some(action) = refused(&operation.name) {
            tracing::error!(function, action, "the function's role does not allow this");
            let _ = Limited::new(request.into_body(), MAX_BODY).collect().await;
            return Ok(denied());
        }
        let state = Arc::clone(self);
        let work = async move { state.services.s3.answer(request).await };
        let answer = self.tasks.run(work).await.ok_or(Closed)?;
        // Who may not list a bucket is not told what is not in it.
        let hidden = answer.status() == StatusCode::NOT_FOUND && refused("S3.ListObjectsV2").is_some();
        Ok(if hidden { denied() } else { answer })
    }

    fn log_call(&self, operation: &Operation, function: Option<String>, trace: Option<String>) -> usize {
        lock(&self.log).push(Call {
            service: operation.service,
            operation: operation.name.clone(),
            function,
            trace,
            mail: None,
            status: None,
            capacity: 0.0,
        })
    }

    fn log_entry(&self, number: usize, change: impl FnOnce(&mut Call)) {
        if let Some(call) = lock(&self.log).call(number) {
            change(call);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A whole body at once.
pub(crate) fn whole(bytes: impl Into<Bytes>) -> WireBody {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}
