//! A login without its surroundings: what a configuration and a role say of a token. Nothing is fetched
//! here; the signature's verdict is given.

use std::collections::BTreeMap;

use authlab_kernel::Timestamp;
use authlab_token::{Algorithm, Token};
use serde_json::{Map, Value, json};

use super::keys::Signature;
use super::{Config, Role, claims, keys};
use crate::evidence::{JwtLogin, Reason};
use crate::flavour::Flavour;

/// A login that is to be judged.
#[derive(Clone, Copy)]
pub(crate) struct Case<'a> {
    /// The role's name.
    pub(crate) name: &'a str,
    pub(crate) role: &'a Role,
    pub(crate) config: &'a Config,
    pub(crate) token: &'a Token,
    pub(crate) now: Timestamp,
    pub(crate) flavour: Flavour,
}

/// Whom a good token is for.
pub(crate) struct Holder {
    pub(crate) user: String,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) groups: Vec<String>,
}

/// Why a token may not log in.
pub(crate) struct Refused<'a> {
    pub(crate) reason: Reason,
    /// The text of the answer.
    pub(crate) message: String,
    /// The claim that is not as the role wants it.
    pub(crate) claim: Option<&'a str>,
}

impl<'a> Case<'a> {
    /// Decides, in the reference's order. A signature that is not known is taken for a good one.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub(crate) fn judge(&self, signature: &Signature) -> Result<Holder, Refused<'a>> {
        let refused = |(reason, message): claims::Refused| Refused {
            reason,
            message,
            claim: None,
        };
        let invalid = |(reason, error): claims::Refused| {
            refused((reason, format!("error validating token: {error}")))
        };
        if let Signature::Bad(error) = signature {
            let text = format!("error verifying token signature: {error}");
            return Err(invalid((Reason::JwtSignature, text)));
        }
        let (role, claims) = (self.role, self.token.claims());
        self.check_token().map_err(invalid)?;
        if role.bound_audiences.is_empty() && !audiences(claims).is_empty() {
            let text = "audience claim found in JWT but no audiences bound to the role";
            return Err(refused((Reason::JwtAudience, text.to_owned())));
        }
        let holder = self.holder().map_err(refused)?;
        claims::check_bound(role, claims).map_err(|unbound| {
            let (reason, error) = unbound.refused;
            Refused {
                claim: Some(unbound.claim),
                ..refused((reason, format!("error validating claims: {error}")))
            }
        })?;
        Ok(holder)
    }

    /// What the journal sees of a token and of what was asked of it. The token itself is not in it.
    pub(crate) fn evidence(&self, claim: Option<&str>) -> JwtLogin {
        let role = self.role;
        JwtLogin {
            role: self.name.to_owned(),
            now: self.now.as_second(),
            token: self.token.describe(),
            bound_issuer: Some(self.config.bound_issuer.clone()),
            bound_audiences: Some(role.bound_audiences.clone()),
            bound_subject: Some(role.bound_subject.clone()),
            bound_claims: json!(role.bound_claims),
            claim: claim.map(str::to_owned),
            bound_claims_type: Some(role.bound_claims_type.clone())
                .filter(|kind| !kind.is_empty() && kind != "string"),
            keys: None,
            algorithms: Vec::new(),
            times: None,
        }
    }

    /// What else was compared where a token is refused for this.
    pub(crate) fn compared(&self, reason: Reason, seen: &mut JwtLogin) {
        match reason {
            Reason::JwtAlgorithm => {
                let accepted = self.algorithms().iter();
                seen.algorithms = accepted.map(ToString::to_string).collect();
            }
            Reason::JwtUserClaim => seen.claim = Some(self.role.user_claim.clone()),
            Reason::JwtGroupsClaim => seen.claim = Some(self.role.groups_claim.clone()),
            Reason::JwtExpired | Reason::JwtNotYetValid | Reason::JwtIssuedInTheFuture => {
                let times = claims::read_times(self.token.claims()).ok();
                seen.times = times.map(|times| claims::times_seen(times, self.role));
            }
            _ => {}
        }
    }

    fn algorithms(&self) -> &'a [Algorithm] {
        if self.config.algorithms.is_empty() {
            &keys::ASYMMETRIC
        } else {
            &self.config.algorithms
        }
    }

    /// Algorithm, issuer, subject, audience, times: in the reference's order.
    fn check_token(&self) -> Result<(), claims::Refused> {
        let (config, role) = (self.config, self.role);
        let claims = self.token.claims();
        claims::check_types(claims, self.flavour.rules().newer_jwt)?;
        let times = claims::read_times(claims)?;
        let accepted = self.algorithms();
        let algorithm = self.token.alg();
        if !algorithm.is_ok_and(|algorithm| accepted.contains(&algorithm)) {
            let text =
                "invalid algorithm (alg) header parameter: token signed with unexpected algorithm";
            return Err((Reason::JwtAlgorithm, text.to_owned()));
        }
        let text_of = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
        if !config.bound_issuer.is_empty() && text_of("iss") != config.bound_issuer {
            let text = "invalid issuer (iss) claim";
            return Err((Reason::JwtIssuer, text.to_owned()));
        }
        if !role.bound_subject.is_empty() && text_of("sub") != role.bound_subject {
            let text = "invalid subject (sub) claim";
            return Err((Reason::JwtSubject, text.to_owned()));
        }
        let given = audiences(claims);
        let bound = &role.bound_audiences;
        if !bound.is_empty() && !given.iter().any(|audience| bound.contains(audience)) {
            let text =
                "invalid audience (aud) claim: audience claim does not match any expected audience";
            return Err((Reason::JwtAudience, text.to_owned()));
        }
        claims::check_times(times, role, self.now)
    }

    fn holder(&self) -> Result<Holder, claims::Refused> {
        let claims = self.token.claims();
        let user = claims::user(self.role, claims)?;
        let mut metadata = claims::metadata(self.role, claims)?;
        metadata.insert("role".to_owned(), self.name.to_owned());
        Ok(Holder {
            user,
            metadata,
            groups: claims::groups(self.role, claims)?,
        })
    }
}

fn audiences(claims: &Map<String, Value>) -> Vec<String> {
    match claims.get("aud") {
        Some(Value::String(audience)) => vec![audience.clone()],
        Some(Value::Array(items)) => items
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        _ => Vec::new(),
    }
}
