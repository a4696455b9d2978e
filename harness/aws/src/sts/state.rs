//! The sessions that were issued.

use std::collections::BTreeMap;
use std::sync::Arc;

use authlab_kernel::{AccountId, Ids, Secret, SignedDuration, Timestamp};
use authlab_policy::{Policy, Principal};

use super::memory::{Ended, Memory};
use crate::operation::{Caller, Session};
use crate::shared::Role;

/// Temporary credentials. `Debug` shows no secret.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// `ASIA…`.
    pub access_key_id: String,
    /// 40 characters.
    pub secret_access_key: Secret,
    /// What must be sent along.
    pub session_token: Secret,
    /// When they end.
    pub expires: Timestamp,
}

/// What a session of a role is issued for: whoever asks has been authorized.
#[derive(Clone, Debug)]
pub struct IssueSession {
    /// The role's account.
    pub account: AccountId,
    /// The role's ARN, path included.
    pub role_arn: String,
    /// `AROA…`.
    pub role_id: String,
    /// The role's name.
    pub role_name: String,
    /// The session's name.
    pub session_name: String,
    /// How long it lasts, in seconds.
    pub duration_seconds: i64,
    /// Session policies; empty = none passed.
    pub policies: Vec<Policy>,
    /// Session tags, inherited ones included.
    pub tags: BTreeMap<String, String>,
    /// Keys of the tags that later sessions inherit.
    pub transitive_tag_keys: Vec<String>,
    /// `aws:SourceIdentity`.
    pub source_identity: Option<String>,
    /// `aws:FederatedProvider`.
    pub federated_provider: Option<String>,
    /// Whether the credentials of another session asked.
    pub chained: bool,
}

impl IssueSession {
    /// A plain session of a role, as an AWS service gets it.
    pub fn of_role(role: &Role, session_name: impl Into<String>, duration_seconds: i64) -> Self {
        Self {
            account: role.account.clone(),
            role_arn: role.arn.clone(),
            role_id: role.id.clone(),
            role_name: role.name.clone(),
            session_name: session_name.into(),
            duration_seconds,
            policies: Vec::new(),
            tags: BTreeMap::new(),
            transitive_tag_keys: Vec::new(),
            source_identity: None,
            federated_provider: None,
            chained: false,
        }
    }

    /// Who calls in the session, with this access key.
    pub fn caller(self, access_key_id: String, now: Timestamp, expires: Timestamp) -> Caller {
        let principal = Principal::role_session(
            self.role_arn.as_str(),
            self.session_name.as_str(),
            self.role_id.as_str(),
        );
        let (arn, user_id) = (self.session_arn(), self.assumed_role_id());
        let session = Session {
            role_arn: self.role_arn,
            name: self.session_name,
            issued: now,
            expires,
            policies: self.policies,
            transitive_tag_keys: self.transitive_tag_keys,
            source_identity: self.source_identity,
            federated_provider: self.federated_provider,
            chained: self.chained,
            // Sessions of roles do not say that MFA was used (IAM user guide,
            // `id_credentials_mfa_configure-api-require`).
            mfa: None,
        };
        Caller {
            principal,
            arn,
            user_id,
            account: self.account,
            access_key_id,
            tags: self.tags,
            session: Some(Arc::new(session)),
        }
    }

    /// `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`.
    pub fn session_arn(&self) -> String {
        format!(
            "arn:aws:sts::{}:assumed-role/{}/{}",
            self.account, self.role_name, self.session_name
        )
    }

    /// `AROA…:SESSION`.
    pub fn assumed_role_id(&self) -> String {
        format!("{}:{}", self.role_id, self.session_name)
    }
}

/// What a federated session is issued for: whoever asks has been authorized.
#[derive(Clone, Debug)]
pub struct Federation {
    /// The name that the caller gives.
    pub name: String,
    /// Session policies; without any the session may nothing by itself.
    pub policies: Vec<Policy>,
    /// Session tags.
    pub tags: BTreeMap<String, String>,
    /// How long it lasts, in seconds.
    pub duration_seconds: i64,
}

/// Credentials and whose they are.
#[derive(Clone, Debug)]
pub struct Issued {
    /// Who calls with them. The tags are the session's own; the role's join at each call.
    pub caller: Arc<Caller>,
    /// The credentials.
    pub credentials: Credentials,
}

/// Every session of the lab.
#[derive(Debug, Default)]
pub struct State {
    memory: Memory,
}

impl State {
    /// The session of a temporary access key id, also one that has ended not long ago.
    pub fn session(&self, access_key_id: &str) -> Option<&Issued> {
        self.memory.whole(access_key_id)
    }

    /// The session that this token belongs to, of those that are alive or ended not long ago.
    pub fn session_of_token(&self, token: &str) -> Option<&Issued> {
        let mut sessions = self.memory.all_whole();
        // Who sends a token has it: nothing is to be learnt from how long this takes.
        sessions.find(|issued| issued.credentials.session_token.expose_secret() == token)
    }

    /// The sessions of this ARN that are alive or ended not long ago.
    pub fn sessions_of(&self, arn: &str) -> impl Iterator<Item = &Issued> {
        let sessions = self.memory.all_whole();
        sessions.filter(move |issued| issued.caller.arn == arn)
    }

    /// What is known of a session that ended long ago.
    pub fn ended(&self, access_key_id: &str) -> Option<&Ended> {
        self.memory.ended(access_key_id)
    }

    /// Issues a session of a role.
    pub fn issue(&mut self, asked: IssueSession, now: Timestamp, ids: &Ids) -> Credentials {
        let name = format!("{}/{}", asked.role_name, asked.session_name);
        let credentials = draw(&asked.account, &name, asked.duration_seconds, now, ids);
        let caller = asked.caller(credentials.access_key_id.clone(), now, credentials.expires);
        self.keep(caller, credentials, now)
    }

    /// Issues temporary credentials for the caller itself, who proved to hold an MFA device or did
    /// not: GetSessionToken.
    pub fn issue_for_caller(
        &mut self,
        caller: &Caller,
        (duration_seconds, has_mfa): (i64, bool),
        now: Timestamp,
        ids: &Ids,
    ) -> Credentials {
        let credentials = draw(&caller.account, &caller.user_id, duration_seconds, now, ids);
        let session = Session {
            role_arn: String::new(),
            name: String::new(),
            issued: now,
            expires: credentials.expires,
            policies: Vec::new(),
            transitive_tag_keys: Vec::new(),
            source_identity: None,
            federated_provider: None,
            chained: false,
            mfa: has_mfa.then_some(now),
        };
        let caller = Caller {
            access_key_id: credentials.access_key_id.clone(),
            session: Some(Arc::new(session)),
            ..caller.clone()
        };
        self.keep(caller, credentials, now)
    }

    /// Issues temporary credentials for a name that the caller gives: GetFederationToken.
    pub fn issue_federated(
        &mut self,
        caller: &Caller,
        asked: Federation,
        now: Timestamp,
        ids: &Ids,
    ) -> Credentials {
        let name = format!("{}/{}", caller.user_id, asked.name);
        let credentials = draw(&caller.account, &name, asked.duration_seconds, now, ids);
        let principal = Principal::federated_user(caller.arn.as_str(), asked.name.as_str());
        let session = Session {
            role_arn: String::new(),
            name: asked.name.clone(),
            issued: now,
            expires: credentials.expires,
            policies: asked.policies,
            transitive_tag_keys: Vec::new(),
            source_identity: None,
            federated_provider: None,
            chained: false,
            mfa: None,
        };
        let caller = Caller {
            arn: principal.label().into_owned(),
            user_id: format!("{}:{}", caller.account, asked.name),
            account: caller.account.clone(),
            access_key_id: credentials.access_key_id.clone(),
            tags: asked.tags,
            session: Some(Arc::new(session)),
            principal,
        };
        self.keep(caller, credentials, now)
    }

    fn keep(&mut self, caller: Caller, credentials: Credentials, now: Timestamp) -> Credentials {
        let issued = Issued {
            caller: Arc::new(caller),
            credentials: credentials.clone(),
        };
        self.memory.keep(issued, now);
        credentials
    }
}

fn draw(
    account: &AccountId,
    name: &str,
    duration_seconds: i64,
    now: Timestamp,
    ids: &Ids,
) -> Credentials {
    let scope = account.as_str();
    let token = ids.draw("session-token", scope, name).base62(340);
    Credentials {
        access_key_id: ids.session_key_id(scope, name),
        secret_access_key: Secret::new(ids.secret_access_key(scope, name)),
        // The beginning that AWS's tokens have.
        session_token: Secret::new(format!("IQoJb3JpZ2luX2Vj{token}")),
        expires: now
            .checked_add(SignedDuration::from_secs(duration_seconds))
            .unwrap_or(Timestamp::MAX),
    }
}
