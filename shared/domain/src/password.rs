//! Passwords.

use std::fmt;

use argon2::{Argon2, PasswordHasher, PasswordVerifier};

/// A new password: 12 to 128 characters, whatever they are.
#[derive(Clone)]
pub struct Password(String);

/// Why a text cannot become a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Fewer than 12 characters.
    #[error("must have at least 12 characters")]
    TooShort,
    /// More than 128 characters.
    #[error("must have at most 128 characters")]
    TooLong,
}

impl Password {
    /// Checks the length, in characters.
    pub fn parse(text: &str) -> Result<Self, PasswordError> {
        match text.chars().count() {
            0..12 => Err(PasswordError::TooShort),
            12..=128 => Ok(Self(text.to_owned())),
            _ => Err(PasswordError::TooLong),
        }
    }
}

/// An argon2id hash (19 MiB, 2 passes, 1 lane: OWASP's recommendation) in PHC form.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct PasswordHash(String);

/// Hashing failed, which it can't with a salt of this length and these parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the password could not be hashed")]
pub struct HashingError;

impl PasswordHash {
    /// Hashes a password. Takes about 30 ms of processor time.
    pub fn create(password: &Password, salt: [u8; 16]) -> Result<Self, HashingError> {
        hash(password.0.as_bytes(), &salt).map(Self)
    }

    /// Whether the attempt is the password. Without a hash the answer is no, after the same work:
    /// the time it takes must not tell whether somebody exists.
    pub fn verify(hash: Option<&Self>, attempt: &str) -> bool {
        match hash {
            Some(stored) => Argon2::default()
                .verify_password(attempt.as_bytes(), stored.0.as_str())
                .is_ok(),
            None => self::hash(attempt.as_bytes(), &[0; 16]).is_err(),
        }
    }
}

fn hash(password: &[u8], salt: &[u8]) -> Result<String, HashingError> {
    let hash = Argon2::default()
        .hash_password_with_salt(password, salt)
        .map_err(|_| HashingError)?;
    Ok(hash.to_string())
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PasswordHash")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_password_verifies_and_nobody_has_none() {
        let hash = PasswordHash::create(&Password::parse("Grüß Gott, Wien!").unwrap(), [1; 16]).unwrap();
        assert!(hash.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(PasswordHash::verify(Some(&hash), "Grüß Gott, Wien!"));
        assert!(!PasswordHash::verify(Some(&hash), "Gruß Gott, Wien!"));
        assert!(!PasswordHash::verify(None, "Grüß Gott, Wien!"));
    }

    #[test]
    fn length_counts_characters() {
        assert_eq!(Password::parse("elf Zeichen").err(), Some(PasswordError::TooShort));
        assert_eq!(Password::parse(&"ü".repeat(129)).err(), Some(PasswordError::TooLong));
        assert!(Password::parse(&"ü".repeat(128)).is_ok());
    }
}
