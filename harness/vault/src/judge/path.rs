//! What policies say of a path.

use serde_json::{Map, Value};
use thiserror::Error;

use super::{Operation, Verdict, Want};
use crate::evidence::{PathDecision, Reason};
use crate::flavour::Flavour;
use crate::policy::acl::Refused;
use crate::policy::{Acl, Policy, template};
use crate::request::WrapWish;

/// A request, as far as policies look at it.
#[derive(Clone, Copy, Debug)]
pub struct PathRequest<'a> {
    /// What it does. Creating what is not there is [`Operation::Create`].
    pub operation: Operation,
    /// The path below `/v1/`.
    pub path: &'a str,
    /// Its parameters.
    pub parameters: &'a Map<String, Value>,
    /// How long a wrapping token is to live, in nanoseconds, where one is wished for.
    pub wrap_ttl_nanoseconds: Option<i64>,
}

/// A policy that cannot be read.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("the policy `{name}` cannot be read: mend it where it was exported")]
pub struct UnreadPolicy {
    /// Its name.
    pub name: String,
}

/// The mount of a path that looks like one of KV version 2: which engine answers is not known here.
fn likely_kv2(path: &str) -> Option<&str> {
    let ends = ["/data/", "/metadata/"].iter();
    let at = ends.filter_map(|end| path.find(end)).min()?;
    path.get(..=at)
}

/// Whether policies, each with its name and its text, let a request through. `root` needs no text.
///
/// A rule with a template counts only for a token's entity, which is not known here: where it might
/// match and nothing else does, the verdict is open.
///
/// # Errors
/// The first policy that cannot be read.
pub fn path<'p>(
    policies: impl IntoIterator<Item = (&'p str, &'p str)>,
    request: PathRequest<'_>,
    flavour: Flavour,
) -> Result<Verdict<PathDecision>, UnreadPolicy> {
    let mut is_root = false;
    let mut unresolved = Vec::new();
    let mut read = Vec::new();
    for (name, text) in policies {
        if name == "root" {
            is_root = true;
            continue;
        }
        let policy = Policy::read(text, flavour).map_err(|_| UnreadPolicy {
            name: name.to_owned(),
        })?;
        let filled = template::fill(name, &policy, None);
        unresolved.extend(filled.dropped);
        read.push((name, filled.policy));
    }
    let acl = if is_root {
        Acl::root()
    } else {
        let read = read.iter().map(|(name, policy)| (*name, policy));
        Acl::merged(read, flavour).without_value(unresolved)
    };
    let wrap = request
        .wrap_ttl_nanoseconds
        .map(|ttl_nanoseconds| WrapWish {
            ttl_nanoseconds,
            jwt: false,
        });
    let mut decision = acl.decide(request.operation, request.path, request.parameters, wrap);
    let mount = likely_kv2(request.path);
    let beside = acl.beside(&decision, request.operation, request.path, mount);
    (decision.passed_over, decision.near) = (beside.passed_over, beside.near);
    let evidence = decision.evidence();
    Ok(match decision.refused {
        _ if decision.allowed => Verdict::Allowed(evidence),
        Some(Refused::Unresolved) => Verdict::Open {
            wants: Want::Entity,
            evidence,
        },
        _ => Verdict::Refused {
            reason: Reason::PolicyDenied,
            message: "permission denied".to_owned(),
            evidence,
        },
    })
}
