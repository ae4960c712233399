//! The secret from which access tokens are signed. Only `sign-in` and `refresh-session` may read it.

use aws_lc_rs::digest;
use aws_sdk_secretsmanager::Client;

use crate::{AccessTokenSigner, Backend, Environment, StartError, secret::SuccessorKey};

/// The secret's value.
pub struct SigningSeed(String);

impl SigningSeed {
    /// Reads the secret named by the setting `SIGNING_SEED`.
    pub async fn read(environment: &Environment) -> Result<Self, StartError> {
        let name = environment.setting("SIGNING_SEED")?;
        let secret = Client::new(environment.sdk())
            .get_secret_value()
            .secret_id(name)
            .send()
            .await
            .map_err(|error| StartError::Aws(Box::new(error)))?;
        match secret.secret_string {
            Some(text) if text.len() >= 32 => Ok(Self(text)),
            _ => Err(StartError::SettingInvalid {
                name: "SIGNING_SEED",
                source: "the secret is too short".into(),
            }),
        }
    }

    /// What makes the successors of refresh tokens.
    pub fn successor_key(&self) -> SuccessorKey {
        let bytes = digest::digest(&digest::SHA256, format!("refresh-token:{}", self.0).as_bytes());
        SuccessorKey::new(bytes.as_ref())
    }

    /// The signer of this seed, its public key published for every function to verify with.
    pub async fn signer(self, backend: &Backend) -> Result<AccessTokenSigner, StartError> {
        let seed = digest::digest(&digest::SHA256, format!("access-token:{}", self.0).as_bytes());
        let signer = AccessTokenSigner::new(seed.as_ref()).map_err(|error| StartError::Aws(Box::new(error)))?;
        let cursor_key = digest::digest(&digest::SHA256, format!("cursor:{}", self.0).as_bytes());
        backend
            .store
            .publish_trust(signer.key_id(), signer.public_key(), cursor_key.as_ref())
            .await
            .map_err(|error| StartError::Aws(Box::new(error)))?;
        Ok(signer)
    }
}
