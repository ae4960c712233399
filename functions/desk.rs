//! What a function needs that acts: the table, and a way to send mails.

use lambda::{Backend, Environment, StartError};

use crate::delivery::Post;

/// Where an action is carried out.
pub struct Desk {
    /// The table, and who is believed.
    pub backend: Backend,
    /// How mails leave.
    pub post: Post,
}

impl Desk {
    /// From the function's settings.
    pub async fn start(environment: &Environment) -> Result<Self, StartError> {
        Ok(Self {
            post: Post::start(environment)?,
            backend: Backend::start(environment).await?,
        })
    }

    /// The same for a function that mails whenever it acts: the connection for that is opened at the same time.
    pub async fn start_to_mail(environment: &Environment) -> Result<Self, StartError> {
        let (desk, ()) = futures::join!(Self::start(environment), environment.open_connection_to_ses());
        desk
    }
}
