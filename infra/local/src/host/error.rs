//! Why a host does not start.

use std::{io, net::SocketAddr, path::PathBuf};

use lambda::StartError;

use crate::{
    dynamodb::DynamoDbError, gateway::RouteConflict, s3::S3Error, tables::TableError, template::TemplateError,
};

/// Why the host does not start.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// The data folder or a file in it.
    #[error("cannot use {path}")]
    File {
        /// Which one.
        path: PathBuf,
        /// What went wrong.
        #[source]
        source: io::Error,
    },
    /// Another process has the data folder.
    #[error("the data folder {0} is in use by another process")]
    InUse(PathBuf),
    /// The template.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// The template has no table.
    #[error("the template has no table")]
    NoTable,
    /// The template has a function that is not there.
    #[error("the template has the function {0}, but there is no such function")]
    FunctionMissing(String),
    /// A function that the template does not have, or has twice.
    #[error("the template does not have the function {0} exactly once")]
    FunctionUndeclared(String),
    /// The DynamoDB stand-in.
    #[error("the DynamoDB stand-in does not start")]
    DynamoDb(#[from] DynamoDbError),
    /// A table.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The S3 stand-in.
    #[error("the S3 stand-in does not start")]
    S3(#[from] S3Error),
    /// A port.
    #[error("cannot listen on {address}")]
    Listen {
        /// Which one.
        address: SocketAddr,
        /// What went wrong.
        #[source]
        source: io::Error,
    },
    /// The route table.
    #[error(transparent)]
    Routes(#[from] RouteConflict),
    /// Routes lead to a function that answers events only.
    #[error("the template has routes to the function {0}, which answers no HTTP")]
    NotHttp(String),
    /// The AWS clients.
    #[error("the AWS clients cannot be made")]
    Sdk(#[source] StartError),
    /// A function.
    #[error("the function {name} does not start")]
    Function {
        /// Which one.
        name: String,
        /// Why.
        #[source]
        source: StartError,
    },
}
