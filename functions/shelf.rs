//! What a function needs that takes in or hands out documents: the table and the bucket.

use documents::{Documents, DocumentsError};
use lambda::{Backend, Environment, Problem, StartError};

/// Where the documents are.
pub struct Shelf {
    /// The table, and who is believed.
    pub backend: Backend,
    /// The bucket.
    pub documents: Documents,
}

impl Shelf {
    /// From the function's settings.
    pub async fn start(environment: &Environment) -> Result<Self, StartError> {
        Ok(Self {
            documents: Documents::new(environment.sdk(), environment.setting("DOCUMENTS_BUCKET")?),
            backend: Backend::start(environment).await?,
        })
    }
}

/// The bucket does not answer; nothing has been changed.
pub fn unavailable(error: DocumentsError) -> Problem {
    Problem::Unavailable(Box::new(error))
}
