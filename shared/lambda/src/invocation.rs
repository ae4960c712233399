//! An event as the functions read it that answer no HTTP.

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{Problem, objects_only, request::refused};

/// What a function was invoked with.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// The event.
    pub event: Value,
    /// The id of this invocation, by which logs are found.
    pub id: String,
    /// When it came.
    pub received_at: Timestamp,
}

impl Invocation {
    /// The event, of exactly this form.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        objects_only::read(&self.event).map_err(|error| refused(&error))
    }
}
