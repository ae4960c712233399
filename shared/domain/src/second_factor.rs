//! The optional second factor: the codes of an authenticator app (RFC 6238), and recovery codes for when it is lost.

use std::{collections::BTreeSet, fmt};

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// The 30 seconds for which the app shows one code, counted from 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct TimeStep(i64);

/// What only the portal and the app know: 160 bits, the length RFC 4226 recommends, for SHA-1 and six digits, which every
/// app reads.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct TotpSecret([u8; 20]);

/// A text that is no secret in base32.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no secret of 160 bits")]
pub struct NoSecret;

/// Signs in once, without the app. Its 80 random bits cannot be searched through, so that one round of SHA-256 keeps it as
/// safe as a slow hash would, which is there for passwords that people choose.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

/// A secret that has been handed out, and counts once a code of it is shown.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OfferedSecondFactor {
    /// The secret.
    pub secret: TotpSecret,
    /// After that it has to be handed out anew.
    pub valid_until: Timestamp,
}

/// A user's second factor.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SecondFactor {
    /// The secret.
    pub secret: TotpSecret,
    /// The step of the latest code that was taken: none of it or of one before is taken again.
    pub last_step: TimeStep,
    /// SHA-256 of the recovery codes that are left, in hex.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub recovery_code_hashes: BTreeSet<String>,
    /// Since when it is asked for.
    pub on_since: Timestamp,
}

/// A code that is right. It counts once it has been written down as used, on condition that nobody else used it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProvedFactor {
    /// The app's code of this step.
    Step(TimeStep),
    /// The recovery code of this hash.
    RecoveryCode(String),
}

/// Another code, or one that was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not the code of this moment, or has been used")]
pub struct WrongCode;

impl TimeStep {
    const SECONDS: i64 = 30;

    /// The one of that time.
    pub fn at(time: Timestamp) -> Self {
        Self(time.as_second().div_euclid(Self::SECONDS))
    }

    /// With one before and one after: clocks differ, and typing takes its time.
    fn tolerated(self) -> [Self; 3] {
        [-1, 0, 1].map(|offset| Self(self.0 + offset))
    }
}

impl fmt::Display for TimeStep {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl TotpSecret {
    /// From random bytes.
    pub fn from_random(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }

    /// The secret as apps take it from who types it.
    pub fn to_base32(&self) -> String {
        BASE32_NOPAD.encode(&self.0)
    }

    /// The code of a step (RFC 4226, section 5.3).
    fn code(&self, step: TimeStep) -> u32 {
        // A key that is shorter than a block is one with zeros behind it.
        let mut key = [0; 64];
        key[..self.0.len()].copy_from_slice(&self.0);
        let mut hmac = Hmac::<Sha1>::new(&key.into());
        hmac.update(&step.0.to_be_bytes());
        let hash = hmac.finalize().into_bytes();
        let offset = usize::from(hash[19] & 0xf);
        let word = [hash[offset], hash[offset + 1], hash[offset + 2], hash[offset + 3]];
        (u32::from_be_bytes(word) & 0x7fff_ffff) % 1_000_000
    }

    /// The latest step whose code it is.
    fn step_of(&self, digits: u32, now: Timestamp) -> Option<TimeStep> {
        let steps = TimeStep::at(now).tolerated().into_iter();
        steps.rev().find(|step| self.code(*step) == digits)
    }
}

impl From<TotpSecret> for String {
    fn from(secret: TotpSecret) -> Self {
        secret.to_base32()
    }
}

impl TryFrom<String> for TotpSecret {
    type Error = NoSecret;

    fn try_from(text: String) -> Result<Self, NoSecret> {
        let bytes = BASE32_NOPAD.decode(text.as_bytes()).map_err(|_| NoSecret)?;
        bytes.try_into().map(Self).map_err(|_| NoSecret)
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TotpSecret")
    }
}

impl RecoveryCode {
    /// As many a user gets.
    pub const COUNT: usize = 10;

    /// From random bytes.
    pub fn from_random(bytes: [u8; 10]) -> Self {
        Self(BASE32_NOPAD.encode(&bytes).to_lowercase())
    }

    /// What is kept of it.
    pub fn hash(&self) -> String {
        HEXLOWER.encode(&Sha256::digest(&self.0))
    }
}

/// In groups of four, as it is shown: `abcd-efgh-ijkl-mnop`.
impl fmt::Display for RecoveryCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, letter) in self.0.chars().enumerate() {
            if place > 0 && place % 4 == 0 {
                formatter.write_str("-")?;
            }
            write!(formatter, "{letter}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RecoveryCode")
    }
}

impl OfferedSecondFactor {
    /// So long it takes to get out one's phone.
    const VALID_FOR: SignedDuration = SignedDuration::from_mins(15);

    /// Of a new secret.
    pub fn new(secret: TotpSecret, now: Timestamp) -> Self {
        Self {
            secret,
            valid_until: now + Self::VALID_FOR,
        }
    }

    /// Whether it has run out. The table removes expired items late, so every reader asks.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        now >= self.valid_until
    }

    /// The second factor, once the app is seen to show the right codes. The code shown is used with it.
    pub fn confirm(
        &self,
        attempt: &str,
        recovery_codes: &[RecoveryCode],
        now: Timestamp,
    ) -> Result<SecondFactor, WrongCode> {
        let step = digits(&plain(attempt)).and_then(|digits| self.secret.step_of(digits, now));
        Ok(SecondFactor {
            secret: self.secret.clone(),
            last_step: step.ok_or(WrongCode)?,
            recovery_code_hashes: recovery_codes.iter().map(RecoveryCode::hash).collect(),
            on_since: now,
        })
    }
}

impl SecondFactor {
    /// Whether the attempt is a code of the app or a recovery code that has not been used.
    pub fn prove(&self, attempt: &str, now: Timestamp) -> Result<ProvedFactor, WrongCode> {
        let attempt = plain(attempt);
        if let Some(digits) = digits(&attempt) {
            let step = self.secret.step_of(digits, now).filter(|step| *step > self.last_step);
            return step.map(ProvedFactor::Step).ok_or(WrongCode);
        }
        let hash = RecoveryCode(attempt).hash();
        let is_left = self.recovery_code_hashes.contains(&hash);
        is_left.then_some(ProvedFactor::RecoveryCode(hash)).ok_or(WrongCode)
    }
}

/// A code as it is meant, however it was typed.
fn plain(attempt: &str) -> String {
    let letters = attempt
        .chars()
        .filter(|letter| !letter.is_whitespace() && *letter != '-');
    letters.flat_map(char::to_lowercase).collect()
}

fn digits(attempt: &str) -> Option<u32> {
    let is_code = attempt.len() == 6 && attempt.bytes().all(|byte| byte.is_ascii_digit());
    attempt.parse().ok().filter(|_| is_code)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: TotpSecret = TotpSecret(*b"12345678901234567890");

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn factor(codes: &[RecoveryCode]) -> SecondFactor {
        OfferedSecondFactor::new(SECRET, at(0))
            .confirm("755224", codes, at(0))
            .unwrap()
    }

    #[test]
    fn the_codes_are_those_of_rfc_4226_and_rfc_6238() {
        let hotp = [
            755_224, 287_082, 359_152, 969_429, 338_314, 254_676, 287_922, 162_583, 399_871, 520_489,
        ];
        for (step, code) in (0..).zip(hotp) {
            assert_eq!(SECRET.code(TimeStep(step)), code, "{step}");
        }
        // Its codes have eight digits, of which these are the last six.
        for (second, code) in [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000, 65_353_130),
        ] {
            assert_eq!(SECRET.code(TimeStep::at(at(second))), code % 1_000_000, "{second}");
        }
    }

    #[test]
    fn a_code_counts_one_step_before_and_after_its_own_and_never_again() {
        // 338314 is the code of seconds 120 to 149.
        let right = |second| factor(&[]).prove("338314", at(second));
        for second in [90, 119, 120, 149, 150, 179] {
            assert_eq!(right(second), Ok(ProvedFactor::Step(TimeStep(4))), "{second}");
        }
        assert_eq!((right(89), right(180)), (Err(WrongCode), Err(WrongCode)));
        let used = SecondFactor {
            last_step: TimeStep(4),
            ..factor(&[])
        };
        assert_eq!(used.prove("338314", at(120)), Err(WrongCode));
        assert_eq!(used.prove("969429", at(120)), Err(WrongCode), "the one before it");
        assert_eq!(used.prove("254676", at(120)), Ok(ProvedFactor::Step(TimeStep(5))));
        assert_eq!(factor(&[]).prove("755224", at(0)), Err(WrongCode), "confirmed with it");
    }

    #[test]
    fn codes_are_taken_however_they_are_typed() {
        let code = RecoveryCode::from_random([0x5a; 10]);
        let factor = factor(std::slice::from_ref(&code));
        assert_eq!(code.to_string(), "ljnf-uws2-ljnf-uws2");
        let proved = Ok(ProvedFactor::RecoveryCode(code.hash()));
        for typed in ["ljnf-uws2-ljnf-uws2", " LJNF UWS2 LJNFUWS2\n"] {
            assert_eq!(factor.prove(typed, at(0)), proved, "{typed}");
        }
        assert_eq!(factor.prove("338 314", at(120)), Ok(ProvedFactor::Step(TimeStep(4))));
        for wrong in ["", "338315", "33831", "+38314", "٣٣٨٣١٤", "ljnf-uwsl-ljnf-uws"] {
            assert_eq!(factor.prove(wrong, at(120)), Err(WrongCode), "{wrong}");
        }
    }

    #[test]
    fn only_a_code_of_the_app_confirms_an_offer_and_it_runs_out() {
        let offer = OfferedSecondFactor::new(SECRET, at(0));
        let code = RecoveryCode::from_random([1; 10]);
        let confirmed = offer.confirm(&code.to_string(), std::slice::from_ref(&code), at(0));
        assert_eq!(confirmed, Err(WrongCode));
        assert!(!offer.is_expired(at(899)));
        assert!(offer.is_expired(at(900)));
    }

    #[test]
    fn a_secret_is_kept_as_it_is_and_shown_to_nobody() {
        assert_eq!(SECRET.to_base32(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        let kept = serde_json::to_string(&factor(&[RecoveryCode::from_random([1; 10])])).unwrap();
        assert_eq!(serde_json::from_str::<SecondFactor>(&kept).unwrap().secret, SECRET);
        let shown = format!("{:?} {:?}", SECRET, RecoveryCode::from_random([1; 10]));
        assert_eq!(shown, "TotpSecret RecoveryCode");
        assert_eq!(TotpSecret::try_from("GEZDGNBV".to_owned()), Err(NoSecret));
    }
}
