//! Why the table did not answer.

use aws_sdk_dynamodb::error::SdkError;

/// The table could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// DynamoDB refused or did not answer, after the SDK's own retries. Nothing was written, or what was written
    /// is guarded by its condition: the caller may try again.
    #[error("DynamoDB: {operation} failed")]
    Aws {
        /// The operation.
        operation: &'static str,
        /// What the SDK says.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// An item is not of the form this version of the software writes.
    #[error("an item cannot be read or written")]
    Item(#[from] serde_dynamo::Error),
    /// A history entry's content is not of the form this version of the software writes.
    #[error("the content of a history entry cannot be read")]
    Content(#[source] serde_json::Error),
    /// An attribute that has to hold something deflated holds something else.
    #[error("an item's deflated attribute cannot be read")]
    NotDeflated,
}

impl StoreError {
    /// Wraps the SDK's error of an operation.
    pub(crate) fn aws<E, R>(operation: &'static str) -> impl FnOnce(SdkError<E, R>) -> Self
    where
        E: std::error::Error + Send + Sync + 'static,
        R: std::fmt::Debug + Send + Sync + 'static,
    {
        move |source| Self::Aws {
            operation,
            source: Box::new(source),
        }
    }
}
