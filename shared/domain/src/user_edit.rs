//! What recruiters change about a user, and what that means for the user's sessions and link.

use crate::{ContactRole, CustomerId, EmailAddress, Language, Role, SingleLine, User};

/// What is to be changed; what is none stays.
#[derive(Debug, Clone, Default)]
pub struct UserEdit {
    /// Their name.
    pub name: Option<SingleLine>,
    /// Their address.
    pub email: Option<EmailAddress>,
    /// What releases apply to a contact. A recruiter stays one.
    pub contact_role: Option<ContactRole>,
    /// What they read.
    pub language: Option<Language>,
    /// Whether they may use the portal at all.
    pub active: Option<bool>,
    /// Whether their second factor is taken away: they have lost it.
    pub without_second_factor: bool,
}

/// What becomes of the link by which the user can set a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkFate {
    /// It opens what it did.
    Stays,
    /// It opens nothing any more.
    Ends,
    /// A new invitation takes its place.
    InvitedAnew,
}

/// Why a user cannot be invited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotInvitable {
    /// They can sign in, or ask for a new password themselves.
    #[error("the invitation has been accepted: the user has a password")]
    HasPassword,
    /// They are nobody until they are active again.
    #[error("the user is deactivated")]
    Deactivated,
}

impl User {
    /// The user afterwards. The sessions of who is deactivated, or loses the second factor, are over for good, and a link
    /// that went to another address, or to somebody who is nobody now, opens nothing.
    pub fn edited(&self, edit: UserEdit) -> (Self, LinkFate) {
        let mut user = self.clone();
        user.name = edit.name.unwrap_or(user.name);
        user.email = edit.email.unwrap_or(user.email);
        user.language = edit.language.unwrap_or(user.language);
        user.active = edit.active.unwrap_or(user.active);
        user.version = self.version.next();
        if let (Role::Contact { contact_role, .. }, Some(new)) = (&mut user.role, edit.contact_role) {
            *contact_role = new;
        }
        user.second_factor = self.second_factor && !edit.without_second_factor;
        if (self.active && !user.active) || (self.second_factor && !user.second_factor) {
            user.session_generation += 1;
            user.surviving_session = None;
        }
        let moved = user.email.lookup_form() != self.email.lookup_form();
        let fate = match (user.active, moved) {
            (false, _) => LinkFate::Ends,
            (true, false) => LinkFate::Stays,
            (true, true) if user.password_hash.is_some() => LinkFate::Ends,
            (true, true) => LinkFate::InvitedAnew,
        };
        (user, fate)
    }

    /// Whether an invitation can be sent to them.
    pub fn invitable(&self) -> Result<(), NotInvitable> {
        if !self.active {
            Err(NotInvitable::Deactivated)
        } else if self.password_hash.is_some() {
            Err(NotInvitable::HasPassword)
        } else {
            Ok(())
        }
    }

    /// Whether a job of the customer can name them.
    pub fn is_active_contact_of(&self, customer: &CustomerId) -> bool {
        self.active && self.customer_id() == Some(customer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Password, PasswordHash, SanitizedHtml, Version};

    fn maria(password: bool) -> User {
        let hash = || PasswordHash::create(&Password::parse("Ein langes Passwort").unwrap(), [1; 16]).unwrap();
        User {
            id: "maria".parse().unwrap(),
            email: EmailAddress::parse("maria@example.com").unwrap(),
            name: SingleLine::parse("Maria Gruber").unwrap(),
            role: Role::Contact {
                customer_id: "produktion".parse().unwrap(),
                contact_role: ContactRole::Decider,
            },
            language: Language::GermanAustria,
            signature: SanitizedHtml::default(),
            active: true,
            password_hash: password.then(hash),
            second_factor: true,
            session_generation: 7,
            surviving_session: Some("here".parse().unwrap()),
            version: Version(3),
        }
    }

    fn moved(address: &str) -> UserEdit {
        UserEdit {
            email: Some(EmailAddress::parse(address).unwrap()),
            ..UserEdit::default()
        }
    }

    #[test]
    fn a_deactivated_user_s_sessions_and_link_end_and_stay_ended() {
        let active = |active| UserEdit {
            active: Some(active),
            ..UserEdit::default()
        };
        let (gone, fate) = maria(true).edited(active(false));
        assert_eq!((gone.version, fate), (Version(4), LinkFate::Ends));
        let (back, fate) = gone.edited(active(true));
        assert_eq!((back.version, fate), (Version(5), LinkFate::Stays));
        let session = "here".parse().unwrap();
        assert!(!back.keeps_session(&session, 7));
        assert!(back.keeps_session(&session, 8));
    }

    #[test]
    fn who_loses_the_second_factor_signs_in_anew() {
        let lost = |user: User| {
            let edit = UserEdit {
                without_second_factor: true,
                ..UserEdit::default()
            };
            user.edited(edit).0
        };
        let session = "here".parse().unwrap();
        let without = lost(maria(true));
        assert!(!without.second_factor && !without.keeps_session(&session, 7));
        let again = without.edited(UserEdit::default()).0;
        assert_eq!(lost(again).session_generation, 8, "there was nothing to lose");
        assert!(maria(true).edited(UserEdit::default()).0.second_factor);
    }

    #[test]
    fn a_link_does_not_outlive_the_address_it_went_to() {
        let fate = |user: User, address: &str| user.edited(moved(address)).1;
        assert_eq!(fate(maria(true), "m.gruber@example.com"), LinkFate::Ends);
        assert_eq!(fate(maria(false), "m.gruber@example.com"), LinkFate::InvitedAnew);
        assert_eq!(fate(maria(false), "Maria@Example.com"), LinkFate::Stays);
    }

    #[test]
    fn only_who_is_active_and_has_no_password_is_invited() {
        assert_eq!(maria(false).invitable(), Ok(()));
        assert_eq!(maria(true).invitable(), Err(NotInvitable::HasPassword));
        let mut user = maria(false);
        user.active = false;
        assert_eq!(user.invitable(), Err(NotInvitable::Deactivated));
        assert!(!user.is_active_contact_of(&"produktion".parse().unwrap()));
    }

    #[test]
    fn what_is_not_said_stays() {
        let edit = UserEdit {
            contact_role: Some(ContactRole::Reader),
            ..UserEdit::default()
        };
        let (user, fate) = maria(true).edited(edit);
        assert_eq!(
            (user.name.as_str(), user.active, fate),
            ("Maria Gruber", true, LinkFate::Stays)
        );
        assert!(matches!(
            user.role,
            Role::Contact {
                contact_role: ContactRole::Reader,
                ..
            }
        ));
        assert!(user.is_active_contact_of(&"produktion".parse().unwrap()));
        assert!(!user.is_active_contact_of(&"einkauf".parse().unwrap()));
    }
}
