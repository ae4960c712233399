//! Links by which users set their password: making one, mailing it once, and writing down what came of the mail.

use domain::{EmailAddress, MailState, PasswordLink, PasswordLinkKind, Refusal, SingleLine, User, UserId};
use jiff::{SignedDuration, Timestamp};
use lambda::{Environment, LinkToken, Problem, StartError};
use mail::{AccountMail, Attempt, Mailer, OutgoingMail};
use store::Store;

/// How links leave.
pub struct LinkPost {
    mailer: Mailer,
    company: SingleLine,
    portal_url: String,
}

/// A link that has not been sent yet: the only moment its secret is known.
pub struct NewLink {
    /// What is kept of it.
    pub link: PasswordLink,
    token: LinkToken,
}

#[derive(Debug, thiserror::Error)]
#[error("must begin with https:// or http://")]
struct NotAUrl;

impl NewLink {
    /// A link for the user.
    pub fn draw(
        user: &UserId,
        kind: PasswordLinkKind,
        valid_for: SignedDuration,
        now: Timestamp,
    ) -> Result<Self, Problem> {
        let token = LinkToken::generate(user.clone())?;
        let link = PasswordLink::new(kind, token.hash(), valid_for, now);
        Ok(Self { link, token })
    }

    /// An invitation by a recruiter or by ops.
    pub fn invitation(user: &UserId, now: Timestamp) -> Result<Self, Problem> {
        Self::draw(user, PasswordLinkKind::Invitation, PasswordLink::INVITED_FOR, now)
    }
}

impl LinkPost {
    /// From the settings `SENDER_ADDRESS`, `CONFIGURATION_SET`, `COMPANY_NAME` and `PORTAL_URL`.
    pub fn start(environment: &Environment) -> Result<Self, StartError> {
        let portal_url = environment.parsed("PORTAL_URL", |url| {
            let known = url.starts_with("https://") || url.starts_with("http://");
            known.then(|| url.trim_end_matches('/').to_owned()).ok_or(NotAUrl)
        });
        let sender = environment.parsed("SENDER_ADDRESS", EmailAddress::parse)?;
        Ok(Self {
            mailer: Mailer::new(environment.sdk(), sender, environment.setting("CONFIGURATION_SET")?),
            company: environment.parsed("COMPANY_NAME", SingleLine::parse)?,
            portal_url: portal_url?,
        })
    }

    /// Sends the link, which is written already, in one attempt, and says where its mail is. Nobody tries again by
    /// themselves: the secret is not kept, so whoever waits for the mail asks for another link.
    pub async fn send(&self, store: &Store, user: &User, new: NewLink) -> PasswordLink {
        let NewLink { link, token } = new;
        let mail_state = match self.render(user, &link, &token) {
            Ok(mime) => self.attempt(&user.email, &mime).await,
            Err(error) => {
                tracing::error!(user = %user.id, error = &error as &dyn std::error::Error, "the link's mail is not written");
                MailState::Failed
            }
        };
        let link = PasswordLink { mail_state, ..link };
        if let Err(error) = store.mark_password_link(&user.id, &link).await {
            tracing::error!(user = %user.id, error = &error as &dyn std::error::Error, "the state of the link's mail is not written");
        }
        link
    }

    fn render(&self, user: &User, link: &PasswordLink, token: &LinkToken) -> Result<Vec<u8>, mail::RenderError> {
        AccountMail {
            id: &format!("{}_{}", user.id, link.sent_at.as_millisecond()),
            sender_address: self.mailer.sender(),
            company: &self.company,
            to: &user.email,
            to_name: &user.name,
            language: user.language,
            kind: link.kind,
            // Behind the `#` it stays in the browser: no log and no other site gets to see it.
            link: &format!("{}/set-password#{token}", self.portal_url),
            valid_for: link.valid_until.duration_since(link.sent_at),
            ordered_at: link.sent_at,
        }
        .render()
    }

    async fn attempt(&self, recipient: &EmailAddress, mime: &[u8]) -> MailState {
        let mail = OutgoingMail {
            record: None,
            recipient,
            mime,
        };
        match self.mailer.attempt(mail).await {
            Attempt::Accepted(_) => MailState::Accepted,
            Attempt::Refused(Refusal::Passing(code)) => {
                tracing::warn!(%code, "SES did not take a link for now");
                MailState::Pending
            }
            Attempt::Refused(Refusal::Permanent(code)) => {
                tracing::warn!(%code, "SES refused a link");
                MailState::Failed
            }
            Attempt::Ambiguous { cause } => {
                tracing::warn!(cause, "nobody knows whether SES took a link");
                MailState::Sending
            }
        }
    }
}
