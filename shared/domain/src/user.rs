//! Who signs in.

use crate::{
    ActorKind, CustomerId, EmailAddress, Language, PasswordHash, SanitizedHtml, SessionId, SingleLine, UserId, Version,
};

/// What a contact is released for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum ContactRole {
    /// Looks on.
    Reader,
    /// Acts.
    Decider,
}

/// What a user is.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind")]
pub enum Role {
    /// Belongs to a customer.
    Contact {
        /// The only customer they see.
        customer_id: CustomerId,
        /// What releases apply to them.
        contact_role: ContactRole,
    },
    /// Sees everything.
    Recruiter,
}

/// A user of the portal.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// Where they are reached, and what they sign in with.
    pub email: EmailAddress,
    /// "Dr. Maria Gruber".
    pub name: SingleLine,
    /// Contact or recruiter.
    pub role: Role,
    /// What they read.
    pub language: Language,
    /// Appended to each mail they send to an applicant.
    #[serde(default)]
    pub signature: SanitizedHtml,
    /// A deactivated user is nobody.
    pub active: bool,
    /// None until the invitation is accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_hash: Option<PasswordHash>,
    /// Whether they are asked for a code besides the password. What it is held against is kept apart, since users are
    /// listed.
    #[serde(default)]
    pub second_factor: bool,
    /// Sessions of a generation before are over. It grows in the write that ends them, so that a sign-in that has read the
    /// user before that write begins a session that is over, whatever the clocks say.
    #[serde(default)]
    pub session_generation: u32,
    /// The one session that outlived them: the one that changed the password or the
    /// second factor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub surviving_session: Option<SessionId>,
    /// How often a recruiter wrote it. Its `ETag`.
    #[serde(default)]
    pub version: Version,
}

impl User {
    /// The longest signature, in bytes of HTML.
    pub const MAX_SIGNATURE_BYTES: usize = 10_000;

    /// The customer a contact belongs to.
    pub fn customer_id(&self) -> Option<&CustomerId> {
        match &self.role {
            Role::Contact { customer_id, .. } => Some(customer_id),
            Role::Recruiter => None,
        }
    }

    /// Contact or recruiter.
    pub fn kind(&self) -> ActorKind {
        match self.role {
            Role::Contact { .. } => ActorKind::Contact,
            Role::Recruiter => ActorKind::Recruiter,
        }
    }

    /// Whether what belongs to the customer exists for this user.
    pub fn may_see(&self, customer: &CustomerId) -> bool {
        self.customer_id().is_none_or(|own| own == customer)
    }

    /// Whether a session of this user, of that generation, still counts.
    pub fn keeps_session(&self, session: &SessionId, generation: u32) -> bool {
        self.active && (generation == self.session_generation || self.surviving_session.as_ref() == Some(session))
    }
}
