//! What every function needs around its action: start-up, the session, the request's parts, replies and problems.

mod access_token;
mod action;
mod aws;
mod backend;
mod connections;
mod cursor;
mod function;
mod headers;
mod invocation;
mod objects_only;
mod opening;
mod problem;
mod random;
mod reply;
mod request;
mod run;
mod secret;
mod serve;
mod signing_seed;

pub use access_token::{ACCESS_TOKEN_LIFETIME, AccessTokenSigner, TokenError};
pub use action::{Action, Committed, Done, Loaded, Writes};
pub use aws::sdk_config;
pub use backend::Backend;
pub use connections::Connections;
pub use cursor::{CursorError, CursorKey, CursorNotWritten};
pub use function::{BoxFuture, Environment, EventHandler, Function, Handler, HttpHandler, StartError};
pub use headers::{IdempotencyKey, Precondition};
pub use invocation::Invocation;
pub use problem::{Problem, ProblemDocument, VisibleChange};
pub use random::random;
pub use reply::Reply;
pub use request::PortalRequest;
pub use run::run;
pub use secret::{LinkToken, RefreshToken, SuccessorKey, hash_of};
pub use serve::{serve, serve_events};
pub use signing_seed::SigningSeed;
