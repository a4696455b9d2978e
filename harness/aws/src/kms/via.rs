//! Keys in the hands of other services: what a service asks of a key on its caller's behalf.
//!
//! The caller stays who they are; `kms:ViaService` and `aws:CalledVia` say through whom they came.
//! Sources: developer guide, `conditions-kms.html#conditions-kms-via-service`; IAM user guide,
//! `access_forward_access_sessions.html`.

use std::collections::BTreeMap;
use std::sync::Arc;

use authlab_kernel::Scope;
use authlab_policy::Principal;
use authlab_wire::WireError;

use super::check::Asked;
use super::cipher::EncryptionContext;
use super::error::Error;
use super::grant::{Constraint, NewGrant};
use super::identifier::AWS_ALIAS_PREFIX;
use crate::cloud::Cloud;
use crate::front::{Environment, first_refused};
use crate::operation::{Call, Caller, Check, Refusal};

/// A key in the hands of a service.
#[derive(Clone, Debug)]
pub struct Use<'a> {
    /// The service's endpoint name: `secretsmanager`.
    pub service: &'static str,
    /// The key, as the resource that it encrypts names it; `None` is AWS's own key for the service.
    pub key: Option<&'a str>,
    /// Where the resource is that it encrypts, and where its name of the key counts.
    pub home: Scope,
    /// What the service says of what it encrypts.
    pub context: EncryptionContext,
    /// What the service answers when the key does not let its caller in.
    pub refusal: WireError,
}

impl Use<'_> {
    /// What the key is called.
    fn key_id(&self) -> String {
        match self.key {
            Some(key) => key.to_owned(),
            None => format!("{AWS_ALIAS_PREFIX}{}", self.service),
        }
    }

    /// Whether it is AWS's own key for the service.
    pub fn is_managed(&self) -> bool {
        let id = self.key_id();
        let alias = format!("{AWS_ALIAS_PREFIX}{}", self.service);
        id == alias || id == self.home.arn("kms", &alias)
    }
}

/// The permissions that `actions` (`Decrypt`) need. For AWS's own key only what is refused: its policy
/// lets everybody of the account in through the service, and only a Deny from elsewhere is news.
///
/// A key that is not there is refused as one that lets nobody in.
pub fn checks(cloud: &Cloud, call: &Call, key: &Use<'_>, actions: &[&str]) -> Vec<Check> {
    let checks = trial(cloud, call, key, actions);
    if !key.is_managed() {
        return checks;
    }
    let environment = Environment::of(call);
    match first_refused(cloud, &call.caller, &environment, &checks) {
        Some(refused) => vec![refused.clone()],
        None => Vec::new(),
    }
}

/// The permissions that `actions` need, of AWS's own key as of any: for what a service tries and does
/// without.
pub fn trial(cloud: &Cloud, call: &Call, key: &Use<'_>, actions: &[&str]) -> Vec<Check> {
    actions
        .iter()
        .map(|action| one(cloud, call, key, action))
        .collect()
}

fn one(cloud: &Cloud, call: &Call, key: &Use<'_>, action: &str) -> Check {
    // The name of a key counts where the resource is.
    let at_home = Call {
        scope: key.home.clone(),
        ..call.clone()
    };
    let mut check = match Asked::named(cloud, &at_home, &key.key_id()) {
        Ok(asked) => asked.check_with(action, cloud, call, &key.context, None),
        Err(_) => Check::new(
            format!("kms:{action}"),
            key.home.arn("kms", "key/unknown"),
            key.home.account.clone(),
        ),
    };
    check.refusal = Some(Refusal::Always(key.refusal.clone()));
    let principal = format!("{}.amazonaws.com", key.service);
    check
        .with(
            "kms:ViaService",
            format!("{}.{}.amazonaws.com", key.service, key.home.region),
        )
        .with("aws:ViaAWSService", "true")
        .with_all("aws:CalledVia", vec![principal.clone()])
        .with("aws:CalledViaFirst", principal.as_str())
        .with("aws:CalledViaLast", principal)
}

/// What a service asks of a key for itself, under its own name: the key's policy has to let the
/// service principal in (`logs.eu-central-1.amazonaws.com`).
///
/// A key that is not there is refused as one that lets nobody in.
pub fn checks_of_service(
    cloud: &Cloud,
    call: &Call,
    principal: &str,
    key: &Use<'_>,
    actions: &[&str],
) -> Vec<Check> {
    let service = Arc::new(Caller {
        principal: Principal::Service {
            service: principal.to_owned(),
        },
        arn: principal.to_owned(),
        user_id: principal.to_owned(),
        account: key.home.account.clone(),
        access_key_id: String::new(),
        tags: BTreeMap::new(),
        session: None,
    });
    let by_service = Call {
        caller: Arc::clone(&service),
        ..call.clone()
    };
    actions
        .iter()
        .map(|action| {
            let mut check = match Asked::named(cloud, &by_service, &key.key_id()) {
                Ok(asked) => asked.check_with(action, cloud, &by_service, &key.context, None),
                Err(_) => Check::new(
                    format!("kms:{action}"),
                    key.home.arn("kms", "key/unknown"),
                    key.home.account.clone(),
                ),
            };
            check.refusal = Some(Refusal::Always(key.refusal.clone()));
            check.caller = Some(Arc::clone(&service));
            check
        })
        .collect()
}

/// Lets `grantee`, a role by its unique id, do `operations` with the key for what the service
/// encrypts. A grant that is there already is not made again.
///
/// # Errors
/// The key is not there, or cannot be used.
pub fn grant(
    cloud: &mut Cloud,
    call: &Call,
    key: &Use<'_>,
    grantee: &str,
    operations: &[&str],
) -> Result<(), Error> {
    let at_home = Call {
        scope: key.home.clone(),
        ..call.clone()
    };
    let terms = NewGrant {
        grantee: grantee.to_owned(),
        retirer: None,
        operations: operations.iter().map(|it| (*it).to_owned()).collect(),
        constraint: Some(Constraint::Equals(key.context.clone())),
        name: None,
    };
    let (keys, ctx) = cloud.kms(&at_home);
    let found = keys.find(&key.key_id(), &at_home.scope, at_home.now)?;
    if found.grants.iter().any(|grant| grant.terms == terms) {
        return Ok(());
    }
    keys.grant(&key.key_id(), terms, &ctx).map(|_| ())
}

/// Whether the key is there and can be used, after its policy was asked.
///
/// # Errors
/// It is not.
pub fn check_usable(cloud: &Cloud, call: &Call, key: &Use<'_>) -> Result<(), Error> {
    if key.is_managed() {
        return Ok(());
    }
    let found = cloud.shared.kms.find(&key.key_id(), &key.home, call.now)?;
    found.check_usable()?;
    found.check_encrypts("GenerateDataKey")
}
