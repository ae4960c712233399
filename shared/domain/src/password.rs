//! Passwords.

mod guesses;

use std::fmt;

use argon2::{Argon2, PasswordHasher, PasswordVerifier};

use crate::User;

/// A new password: 12 to 128 characters of any kind that nobody guesses soon (NIST SP 800-63B, 5.1.1.2: compared with
/// breached passwords, dictionary words, rows of characters, and words of the context such as the user's name).
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
    /// Common words, rows of characters and what belongs to the user, with little else.
    #[error("is too easy to guess: common words, rows of characters, a name or an address, with little else")]
    Guessable,
}

impl Password {
    /// Made of fewer parts than this (`guesses::parts`), it is guessed soon. Microsoft Entra's password protection asks for
    /// as many, where a common word is one, too.
    const FEWEST_PARTS: usize = 5;

    /// Checks the length, in characters, and how soon it is guessed by somebody who knows nothing of its user.
    pub fn parse(text: &str) -> Result<Self, PasswordError> {
        match text.chars().count() {
            0..12 => Err(PasswordError::TooShort),
            12..=128 => Self(text.to_owned()).unguessable(&[]),
            _ => Err(PasswordError::TooLong),
        }
    }

    /// Checks how soon it is guessed by somebody who knows the user's name and address.
    pub fn unlike(self, user: &User) -> Result<Self, PasswordError> {
        let texts = [user.name.as_str(), user.email.as_str()].map(str::to_lowercase);
        let [_, address] = &texts;
        let local_part = address.rsplit_once('@').map(|(local_part, _)| local_part.to_owned());
        let words = texts.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
        let words = words.filter(|word| word.chars().count() >= 3).map(str::to_owned);
        let words: Vec<String> = words.chain(local_part).chain(texts.iter().cloned()).collect();
        self.unguessable(&words)
    }

    fn unguessable(self, words: &[String]) -> Result<Self, PasswordError> {
        if guesses::parts(&self.0, words) < Self::FEWEST_PARTS {
            return Err(PasswordError::Guessable);
        }
        Ok(self)
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
        let longest: String = "größe ".chars().cycle().take(122).chain("sieben".chars()).collect();
        assert!(Password::parse(&longest).is_ok());
    }

    #[test]
    fn what_is_guessed_first_is_refused_whatever_its_case_and_disguise() {
        for guessed in [
            "international",
            "Entschuldigung",
            "1q2w3e4r5t6y",
            "Password2026!",
            "Pa$$w0rd1234",
            "passwort passwort passwort",
            "Sommer-Sommer-Sommer",
            "aaaaaaaaaaaaaaaaaaaa",
            "üüüüüüüüüüüü",
            "abcabcabcabca",
            "123456789012",
            "987654321987",
            "qwertzuiop123",
            "asdfghjkl;'123",
            "2026Willkommen2026",
            "!!!!!!!!!!!!!!!!",
        ] {
            assert_eq!(
                Password::parse(guessed).err(),
                Some(PasswordError::Guessable),
                "{guessed}"
            );
        }
    }

    #[test]
    fn no_kind_of_characters_is_asked_for() {
        for fine in [
            "korrekt pferd batterie heftklammer",
            "ein ganzer satz",
            "wolkenbruchgartenzaun",
            "8301749926405",
            "ßüöäßüößäüßö",
            "密码是一个很长的句子没错",
            "ULMENWEG HINTERM BACH",
        ] {
            assert!(Password::parse(fine).is_ok(), "{fine}");
        }
    }

    #[test]
    fn what_belongs_to_the_user_is_refused_to_them_alone() {
        let user: User = serde_json::from_value(serde_json::json!({
            "id": "maria",
            "email": "Maria.Grubmueller@Kranzlhof.example",
            "name": "Dr. Maria Grubmüller-Öz",
            "role": { "kind": "recruiter" },
            "language": "de-AT",
            "active": true,
        }))
        .unwrap();
        for guessed in [
            "maria.grubmueller@kranzlhof.example",
            "MARIA.GRUBMUELLER1",
            "Grubmüller1984",
            "GrubmüllerMaria!",
            "kranzlhof-2026",
            "Dr. Maria Grubmüller-Öz",
        ] {
            let new = Password::parse(guessed).unwrap();
            assert_eq!(new.unlike(&user).err(), Some(PasswordError::Guessable), "{guessed}");
        }
        for fine in ["Maria mag lange Wörter", "Josef.Pernkopf1984"] {
            assert!(Password::parse(fine).unwrap().unlike(&user).is_ok(), "{fine}");
        }
    }
}
