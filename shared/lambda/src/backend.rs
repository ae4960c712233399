//! What every function that knows its caller has: the table, and the keys it trusts.

use std::{sync::Arc, time::Duration};

use domain::{ActivityId, Application, ApplicationId, Caller, Case, Job, Role, SessionClaims, User, Workflow};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use store::{CaseKeys, Store, Trust};
use tokio::{sync::RwLock, time::Instant};

use crate::{
    CursorKey, Environment, PortalRequest, Problem, StartError, TokenError, access_token::AccessTokenVerifier,
};

/// The table, and who is believed.
#[derive(Clone)]
pub struct Backend {
    /// The table.
    pub store: Store,
    trust: Arc<RwLock<Trusted>>,
}

#[derive(Default)]
struct Trusted {
    tokens: AccessTokenVerifier,
    cursors: Option<CursorKey>,
    renewed: Option<Instant>,
}

/// Whoever sends tokens with invented keys must not make every request read the table for them.
const RENEWED_AT_MOST_EVERY: Duration = Duration::from_secs(1);

impl From<Trust> for Trusted {
    fn from(trust: Trust) -> Self {
        Self {
            tokens: AccessTokenVerifier::new(&trust.signing_keys),
            cursors: trust.cursor_key.as_deref().map(CursorKey::new),
            renewed: None,
        }
    }
}

impl Backend {
    /// Opens the table named by the setting `TABLE_NAME` and reads the keys.
    pub async fn start(environment: &Environment) -> Result<Self, StartError> {
        let store = Store::new(environment.sdk(), environment.setting("TABLE_NAME")?);
        let trust = store.trust().await.map_err(|error| StartError::Aws(Box::new(error)))?;
        Ok(Self {
            store,
            trust: Arc::new(RwLock::new(trust.into())),
        })
    }

    /// What the request's access token says. Whether its user still may is [`Self::admit`]'s to say, once they
    /// are loaded.
    pub async fn authenticate(&self, request: &PortalRequest) -> Result<SessionClaims, Problem> {
        let token = request.bearer_token().ok_or(Problem::Unauthenticated)?;
        let verified = self.trust.read().await.tokens.verify(token, request.received_at());
        let verified = match verified {
            // The key may have been published after this function started.
            Err(TokenError::UnknownKey) => {
                self.renew_trust().await?;
                self.trust.read().await.tokens.verify(token, request.received_at())
            }
            verified => verified,
        };
        verified.map_err(|_| Problem::Unauthenticated)
    }

    /// The user as a caller, if they are still there, active, and the session has not been ended.
    pub fn admit(claims: &SessionClaims, user: Option<User>) -> Result<Caller, Problem> {
        Caller::admit(claims, user).map_err(|_| Problem::Unauthenticated)
    }

    /// The request's caller, who must be a recruiter. One read.
    pub async fn recruiter(&self, request: &PortalRequest) -> Result<Caller, Problem> {
        let claims = self.authenticate(request).await?;
        let caller = Self::admit(&claims, self.store.user(&claims.user_id).await?)?;
        match caller.user().role {
            Role::Recruiter => Ok(caller),
            Role::Contact { .. } => Err(Problem::RecruitersOnly),
        }
    }

    /// Where the request's list goes on, and the key that signs where the next page does. `list` names this list of
    /// this user.
    pub async fn position<T: DeserializeOwned>(
        &self,
        request: &PortalRequest,
        list: &str,
    ) -> Result<(CursorKey, Option<T>), Problem> {
        let cursors = self.cursors().await?;
        let position = match request.query("cursor") {
            None => None,
            Some(cursor) => Some(
                cursors
                    .read(list, cursor)
                    .map_err(|error| Problem::invalid("/cursor", error))?,
            ),
        };
        Ok((cursors, position))
    }

    /// The case of a request that names an application, and perhaps an activity.
    pub async fn open_case(
        &self,
        claims: &SessionClaims,
        application: &ApplicationId,
        activity: Option<&ActivityId>,
        now: Timestamp,
    ) -> Result<Case, Problem> {
        let keys = CaseKeys {
            user: &claims.user_id,
            application,
            activity,
            command: None,
            interview: None,
        };
        let loaded = self.store.load_case(keys, now).await?;
        let caller = Self::admit(claims, loaded.user)?;
        self.case(caller, loaded.application, loaded.job, loaded.workflow).await
    }

    /// The case, or that there is none. An activity of another workflow than the job's leads to the job's own, in
    /// which the release check will not find it: nobody can tell which workflows there are.
    pub(crate) async fn case(
        &self,
        caller: Caller,
        application: Option<Application>,
        job: Option<Job>,
        workflow: Option<Workflow>,
    ) -> Result<Case, Problem> {
        if !Case::is_visible(&caller, application.as_ref(), job.as_ref()) {
            return Err(Problem::NotFound);
        }
        let workflow = match (workflow, &job) {
            (Some(workflow), Some(job)) if workflow.id == job.workflow_id => Some(workflow),
            (_, Some(job)) => self.store.workflow(&job.workflow_id).await?,
            (_, None) => None,
        };
        Case::open(caller, application, job, workflow).ok_or(Problem::NotFound)
    }

    /// The key that seals cursors.
    pub async fn cursors(&self) -> Result<CursorKey, Problem> {
        if let Some(key) = self.trust.read().await.cursors.clone() {
            return Ok(key);
        }
        self.renew_trust().await?;
        let key = self.trust.read().await.cursors.clone();
        key.ok_or_else(|| Problem::Internal("no key for cursors has been published".into()))
    }

    async fn renew_trust(&self) -> Result<(), Problem> {
        let renewed = self.trust.read().await.renewed;
        if renewed.is_some_and(|renewed| renewed.elapsed() < RENEWED_AT_MOST_EVERY) {
            return Ok(());
        }
        let trust = Trusted {
            renewed: Some(Instant::now()),
            ..self.store.trust().await?.into()
        };
        *self.trust.write().await = trust;
        Ok(())
    }
}
