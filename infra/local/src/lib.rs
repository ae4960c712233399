//! Hosts the whole portal on one machine: every function in one process, behind the routes of `template.yaml`, with
//! persistent stand-ins for DynamoDB, S3, SES and Secrets Manager that are reached over their real protocols.
//!
//! The functions are those that Lambda runs and do not know where they run; only the endpoint of their AWS clients
//! differs.

mod clock;
pub mod demo;
mod dynamodb;
mod gateway;
mod host;
pub mod inbox;
mod invocations;
mod invoke;
mod mailbox;
mod pages;
mod s3;
mod secrets;
mod server;
mod ses;
mod tables;
mod tasks;
pub mod template;
mod verify;
mod wire;

pub use clock::Clock;
pub use dynamodb::DynamoDbError;
pub use gateway::RouteConflict;
pub use host::{ACCESS_KEY, Host, HostError, Options, SECRET_KEY};
pub use mailbox::{Envelope, Mailbox, Received};
pub use s3::S3Error;
pub use tables::TableError;
pub use verify::{NotVerified, Verified, verify_history};
pub use wire::{Call, Fault, PlannedFault, Service, Wire};
