//! Mail addresses as SES takes them.

use std::fmt;

/// An address that SES can send to: ASCII, the domain in its `xn--` form if it is an international one.
///
/// Compared without regard to case, since one mailbox must not become two users.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

/// The text is not such an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an e-mail address such as anna.mueller@example.com")]
pub struct EmailAddressError;

impl EmailAddress {
    /// Checks the address (RFC 5321 without quoted local parts, comments and address literals).
    pub fn parse(text: &str) -> Result<Self, EmailAddressError> {
        let (local, domain) = text.trim().rsplit_once('@').ok_or(EmailAddressError)?;
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| EmailAddressError)?;
        let address = format!("{local}@{domain}");
        let options = email_address::Options::default()
            .with_required_tld()
            .without_display_text()
            .without_domain_literal();
        let valid = local.is_ascii()
            && !local.contains('"')
            && address.len() <= 254
            && email_address::EmailAddress::parse_with_options(&address, options).is_ok();
        if valid {
            Ok(Self(address))
        } else {
            Err(EmailAddressError)
        }
    }

    /// The address as it was given, its domain in ASCII.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form under which the address is looked up: lower case.
    pub fn lookup_form(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = EmailAddressError;
    fn try_from(text: String) -> Result<Self, EmailAddressError> {
        Self::parse(&text)
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> String {
        address.0
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_real_people_are_taken() {
        for (given, kept) in [
            ("anna.mueller@example.com", "anna.mueller@example.com"),
            (" o'brien+jobs@sub.example.co.at ", "o'brien+jobs@sub.example.co.at"),
            ("office@müller.at", "office@xn--mller-kva.at"),
        ] {
            assert_eq!(EmailAddress::parse(given).unwrap().as_str(), kept);
        }
    }

    #[test]
    fn what_could_add_a_recipient_or_a_header_is_refused() {
        for text in [
            "",
            "anna",
            "anna@",
            "@example.com",
            "anna@localhost",
            "a@example.com,b@example.com",
            "a@b@example.com",
            "a@example.com\r\nBcc: b@example.com",
            "a\r\n@example.com",
            "Anna <a@example.com>",
            "\"a b\"@example.com",
            "a@[127.0.0.1]",
            "ännä@example.com",
            "a b@example.com",
            "a@example.com\0",
            "a@exa mple.com",
        ] {
            assert_eq!(EmailAddress::parse(text), Err(EmailAddressError), "{text:?}");
        }
    }
}
