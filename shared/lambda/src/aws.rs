//! How a function reaches AWS: by what Lambda puts into its environment. Nothing is looked for elsewhere, which would
//! cost each cold start time.

use std::{collections::BTreeMap, fs};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_types::{SdkConfig, region::Region};

use crate::{Connections, StartError};

/// The authorities that AWS's own servers have their certificates from (`Amazon Trust Services`): five roots to read
/// instead of the system's 140.
const AMAZON_ROOTS: &[u8] = include_bytes!("amazon_roots.pem");

/// Region, credentials and connections for every client.
pub fn sdk_config(variables: &BTreeMap<String, String>) -> Result<SdkConfig, StartError> {
    Ok(with_connections(variables)?.0)
}

/// The same, and the connections themselves. `AWS_ENDPOINT_URL` leads to another endpoint than AWS's, and
/// `AWS_CA_BUNDLE` names a file with the authorities to believe there instead of Amazon's.
pub(crate) fn with_connections(variables: &BTreeMap<String, String>) -> Result<(SdkConfig, Connections), StartError> {
    let given = |name: &str| variables.get(name).filter(|value| !value.is_empty()).cloned();
    let needed = |name: &'static str| given(name).ok_or(StartError::SettingMissing(name));
    let credentials = Credentials::new(
        needed("AWS_ACCESS_KEY_ID")?,
        needed("AWS_SECRET_ACCESS_KEY")?,
        given("AWS_SESSION_TOKEN"),
        None,
        "environment",
    );
    let invalid = |source| StartError::SettingInvalid {
        name: "AWS_CA_BUNDLE",
        source,
    };
    let bundle = given("AWS_CA_BUNDLE").map(fs::read).transpose();
    let bundle = bundle.map_err(|error| invalid(Box::new(error)))?;
    let connections = Connections::trusting(bundle.as_deref().unwrap_or(AMAZON_ROOTS)).map_err(invalid)?;
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(needed("AWS_REGION")?))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(connections.clone());
    config.set_endpoint_url(given("AWS_ENDPOINT_URL"));
    Ok((config.build(), connections))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment() -> BTreeMap<String, String> {
        [
            ("AWS_REGION", "eu-central-1"),
            ("AWS_ACCESS_KEY_ID", "key"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_SESSION_TOKEN", "token"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    #[test]
    fn amazon_s_authorities_are_believed_and_what_lambda_gives_is_enough() {
        let config = sdk_config(&environment()).unwrap();
        assert_eq!(config.region().unwrap().as_ref(), "eu-central-1");
        assert_eq!(config.endpoint_url(), None);
    }

    #[test]
    fn what_is_missing_or_unusable_is_named() {
        for name in ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
            let mut environment = environment();
            environment.remove(name);
            assert_eq!(
                sdk_config(&environment).unwrap_err().to_string(),
                format!("the setting {name} is missing")
            );
        }
        for bundle in ["/nowhere", file!()] {
            let mut environment = environment();
            environment.insert("AWS_CA_BUNDLE".to_owned(), bundle.to_owned());
            assert_eq!(
                sdk_config(&environment).unwrap_err().to_string(),
                "the setting AWS_CA_BUNDLE is not usable"
            );
        }
    }
}
