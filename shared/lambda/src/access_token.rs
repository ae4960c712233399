//! Access tokens: EdDSA-signed JWTs (RFC 8037, RFC 9068) of ten minutes.

use std::collections::BTreeMap;

use aws_lc_rs::{
    digest,
    signature::{Ed25519KeyPair, KeyPair},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::{Session, SessionClaims, SessionId, UserId};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};

/// How long an access token is valid.
pub const ACCESS_TOKEN_LIFETIME: SignedDuration = SignedDuration::from_mins(10);
/// Who issues them.
const ISSUER: &str = "hiring-portal";
/// For whom.
const AUDIENCE: &str = "hiring-portal-api";
/// What they are, so that no other JWT passes for one.
const TYPE: &str = "at+jwt";

/// A token or key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The seed does not give a key.
    #[error("the signing key cannot be made")]
    Key,
    /// Signing failed.
    #[error("the access token cannot be signed")]
    Sign(#[from] jsonwebtoken::errors::Error),
    /// Not a token of ours, or no longer valid.
    #[error("the access token is not valid")]
    Invalid,
    /// Signed with a key that is not known here, perhaps not yet.
    #[error("the access token's key is not known")]
    UnknownKey,
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    sid: String,
    /// The session's generation.
    generation: u32,
    iat: i64,
    exp: i64,
}

/// Signs access tokens.
pub struct AccessTokenSigner {
    key: EncodingKey,
    public_key: Vec<u8>,
    key_id: String,
}

impl AccessTokenSigner {
    /// From a seed of 32 bytes.
    pub(crate) fn new(seed: &[u8]) -> Result<Self, TokenError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| TokenError::Key)?;
        let public_key = pair.public_key().as_ref().to_vec();
        let pkcs8 = pair.to_pkcs8v1().map_err(|_| TokenError::Key)?;
        let hash = digest::digest(&digest::SHA256, &public_key);
        let key_id = BASE64_URL_SAFE_NO_PAD.encode(&hash.as_ref()[..12]);
        Ok(Self {
            key: EncodingKey::from_ed_der(pkcs8.as_ref()),
            public_key,
            key_id,
        })
    }

    pub(crate) fn key_id(&self) -> &str {
        &self.key_id
    }

    pub(crate) fn public_key(&self) -> &[u8] {
        &self.public_key
    }

    /// A token for the session's user.
    pub fn sign(&self, session: &Session, now: Timestamp) -> Result<String, TokenError> {
        let header = Header {
            typ: Some(TYPE.to_owned()),
            kid: Some(self.key_id.clone()),
            ..Header::new(Algorithm::EdDSA)
        };
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: session.user_id.to_string(),
            sid: session.id.to_string(),
            generation: session.generation,
            iat: now.as_second(),
            exp: (now + ACCESS_TOKEN_LIFETIME).as_second(),
        };
        Ok(jsonwebtoken::encode(&header, &claims, &self.key)?)
    }
}

/// Verifies access tokens with the public keys that were published.
#[derive(Default)]
pub(crate) struct AccessTokenVerifier {
    keys: BTreeMap<String, DecodingKey>,
}

impl AccessTokenVerifier {
    /// From raw Ed25519 public keys by key id.
    pub fn new(keys: &BTreeMap<String, Vec<u8>>) -> Self {
        Self {
            keys: keys
                .iter()
                .map(|(id, key)| (id.clone(), DecodingKey::from_ed_der(key)))
                .collect(),
        }
    }

    /// What a valid token says. `now` is the time of the request.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<SessionClaims, TokenError> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenError::Invalid)?;
        if header.alg != Algorithm::EdDSA || header.typ.as_deref() != Some(TYPE) {
            return Err(TokenError::Invalid);
        }
        let key = self
            .keys
            .get(&header.kid.ok_or(TokenError::Invalid)?)
            .ok_or(TokenError::UnknownKey)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        // Without the first line a token that lacks a claim passes its check; the time is checked below, against
        // the request's own.
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.validate_exp = false;
        let claims = jsonwebtoken::decode::<Claims>(token, key, &validation)
            .map_err(|_| TokenError::Invalid)?
            .claims;
        let lifetime = ACCESS_TOKEN_LIFETIME.as_secs();
        let in_time = claims.exp > now.as_second() && claims.exp.saturating_sub(claims.iat) <= lifetime;
        let claims = parse(&claims).filter(|_| in_time);
        claims.ok_or(TokenError::Invalid)
    }
}

fn parse(claims: &Claims) -> Option<SessionClaims> {
    Some(SessionClaims {
        user_id: claims.sub.parse::<UserId>().ok()?,
        session_id: claims.sid.parse::<SessionId>().ok()?,
        generation: claims.generation,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-24T08:00:00Z".parse().unwrap()
    }

    fn session() -> Session {
        Session {
            id: "session1".parse().unwrap(),
            user_id: "user1".parse().unwrap(),
            refresh_token_hash: String::new(),
            previous_token_hash: None,
            replaced_at: None,
            generation: 3,
            valid_until: now() + Session::LIFETIME,
        }
    }

    fn verifier(signer: &AccessTokenSigner) -> AccessTokenVerifier {
        AccessTokenVerifier::new(&[(signer.key_id.clone(), signer.public_key.clone())].into())
    }

    fn signed(signer: &AccessTokenSigner, typ: &str, claims: &serde_json::Value) -> String {
        let header = Header {
            typ: Some(typ.to_owned()),
            kid: Some(signer.key_id.clone()),
            ..Header::new(Algorithm::EdDSA)
        };
        jsonwebtoken::encode(&header, claims, &signer.key).unwrap()
    }

    #[test]
    fn a_token_counts_for_ten_minutes() {
        let signer = AccessTokenSigner::new(&[7; 32]).unwrap();
        let token = signer.sign(&session(), now()).unwrap();
        let verify = |minutes| verifier(&signer).verify(&token, now() + SignedDuration::from_mins(minutes));
        assert_eq!(verify(9).unwrap().user_id.as_str(), "user1");
        assert!(matches!(verify(10), Err(TokenError::Invalid)));
    }

    #[test]
    fn a_token_that_lacks_a_claim_or_has_another_one_does_not_count() {
        let signer = AccessTokenSigner::new(&[7; 32]).unwrap();
        let full = serde_json::json!({
            "iss": ISSUER, "aud": AUDIENCE, "sub": "user1", "sid": "session1",
            "generation": 3, "iat": now().as_second(), "exp": now().as_second() + 60,
        });
        let verify = |typ, claims| verifier(&signer).verify(&signed(&signer, typ, &claims), now());
        assert!(verify(TYPE, full.clone()).is_ok());
        assert!(verify("JWT", full.clone()).is_err());
        for claim in ["iss", "aud", "sub", "sid", "generation", "iat", "exp"] {
            let mut without = full.clone();
            without.as_object_mut().unwrap().remove(claim);
            assert!(verify(TYPE, without).is_err(), "without {claim}");
            let mut other = full.clone();
            other[claim] = "other!".into();
            assert!(verify(TYPE, other).is_err(), "with another {claim}");
        }
        let mut long = full.clone();
        long["exp"] = (now().as_second() + 86_400).into();
        assert!(verify(TYPE, long).is_err(), "valid for a day");
    }

    #[test]
    fn a_token_of_another_key_does_not_count() {
        let (ours, other) = (
            AccessTokenSigner::new(&[7; 32]).unwrap(),
            AccessTokenSigner::new(&[8; 32]).unwrap(),
        );
        let foreign = AccessTokenSigner {
            key_id: ours.key_id.clone(),
            ..other
        };
        let token = foreign.sign(&session(), now()).unwrap();
        assert!(matches!(
            verifier(&ours).verify(&token, now()),
            Err(TokenError::Invalid)
        ));
    }
}
