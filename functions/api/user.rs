//! Users.

use domain::{ContactRole, Customer, CustomerId, EmailAddress, Language, Role, SingleLine, User, UserId};
use serde::Serialize;
use utoipa::ToSchema;

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserView {
    id: UserId,
    name: SingleLine,
    email: EmailAddress,
    role: &'static str,
    language: Language,
}

/// The customer of a contact.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomerView {
    id: CustomerId,
    name: SingleLine,
    locations: Vec<SingleLine>,
}

impl UserView {
    /// The user as they see themselves.
    pub fn new(user: &User) -> Self {
        let role = match &user.role {
            Role::Recruiter => "recruiter",
            Role::Contact {
                contact_role: ContactRole::Decider,
                ..
            } => "decider",
            Role::Contact {
                contact_role: ContactRole::Reader,
                ..
            } => "reader",
        };
        Self {
            id: user.id.clone(),
            name: user.name.clone(),
            email: user.email.clone(),
            role,
            language: user.language,
        }
    }
}

impl CustomerView {
    /// The customer as its contacts see it.
    pub fn new(customer: Customer) -> Self {
        Self {
            id: customer.id,
            name: customer.name,
            locations: customer.locations,
        }
    }
}
