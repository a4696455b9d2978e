//! The settings that the roles of all methods have in common: what the tokens are like.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde_json::{Map, Value, json};

use super::cidr;
use crate::duration;
use crate::field::{Field, Fields, Kind, STRICTLY_BIND_IP};
use crate::flavour::Flavour;
use crate::response::Fault;
use crate::token::{Auth, TokenType};
use crate::ttl::Wish;

/// The fields.
pub(crate) const FIELDS: &[Field] = &[
    Field::new("token_bound_cidrs", Kind::CommaList),
    Field::new("token_explicit_max_ttl", Kind::Seconds),
    Field::new("token_max_ttl", Kind::Seconds),
    Field::new("token_no_default_policy", Kind::Bool),
    Field::new("token_period", Kind::Seconds),
    Field::new("token_policies", Kind::CommaList),
    Field::new(STRICTLY_BIND_IP, Kind::Bool),
    Field::new("token_type", Kind::Text),
    Field::new("token_ttl", Kind::Seconds),
    Field::new("token_num_uses", Kind::Int),
];

/// The settings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Params {
    pub(crate) bound_cidrs: Vec<String>,
    /// The ranges were given, if only as none.
    pub(crate) cidrs_given: bool,
    pub(crate) explicit_max_ttl: i64,
    pub(crate) max_ttl: i64,
    pub(crate) no_default_policy: bool,
    pub(crate) period: i64,
    pub(crate) policies: Vec<String>,
    pub(crate) strictly_bind_ip: bool,
    pub(crate) kind: TokenType,
    pub(crate) ttl: i64,
    pub(crate) num_uses: i64,
    /// Settings that were made under their old names, and are shown under both.
    old: BTreeSet<&'static str>,
}

impl Params {
    /// Takes over what a request gives. `old` are the old names that the method knows.
    ///
    /// # Errors
    /// A setting that is no such value, or that does not go with the others.
    pub(crate) fn update(&mut self, fields: &Fields, old: &[&'static str]) -> Result<(), Fault> {
        // Whether the old name gives the value: only when the new one does not.
        let mut by_old = |new: &str, name: &'static str| {
            let given = old.contains(&name) && fields.has(name);
            if fields.has(new) {
                // The new name gives the value; under the old one it is shown if both were given.
                if given {
                    self.old.insert(name);
                } else {
                    self.old.remove(name);
                }
                return false;
            }
            if given {
                self.old.insert(name);
            }
            given
        };
        let name = |new: &'static str, name: &'static str, old: bool| if old { name } else { new };
        let cidrs = name(
            "token_bound_cidrs",
            "bound_cidrs",
            by_old("token_bound_cidrs", "bound_cidrs"),
        );
        let max_ttl = name(
            "token_max_ttl",
            "max_ttl",
            by_old("token_max_ttl", "max_ttl"),
        );
        let period = name("token_period", "period", by_old("token_period", "period"));
        let policies = name(
            "token_policies",
            "policies",
            by_old("token_policies", "policies"),
        );
        let ttl = name("token_ttl", "ttl", by_old("token_ttl", "ttl"));
        let num_uses = name(
            "token_num_uses",
            "num_uses",
            by_old("token_num_uses", "num_uses"),
        );
        if let Some(given) = fields.given_list(cidrs) {
            self.bound_cidrs = cidr::read_all(&given).map_err(Fault::answer)?;
            self.cidrs_given = true;
        }
        self.explicit_max_ttl = fields
            .given_int("token_explicit_max_ttl")
            .unwrap_or(self.explicit_max_ttl);
        self.max_ttl = fields.given_int(max_ttl).unwrap_or(self.max_ttl);
        self.no_default_policy = fields
            .given_bool("token_no_default_policy")
            .unwrap_or(self.no_default_policy);
        self.period = fields.given_int(period).unwrap_or(self.period);
        if let Some(given) = fields.given_list(policies) {
            self.policies = crate::token::sanitized_keeping_root(&given);
        }
        self.strictly_bind_ip = fields
            .given_bool(STRICTLY_BIND_IP)
            .unwrap_or(self.strictly_bind_ip);
        if let Some(given) = fields.given_text("token_type") {
            // `default-service` and `default-batch` are words of mounts and token roles.
            let plain = !given.starts_with("default-");
            self.kind = TokenType::named(&given).filter(|_| plain).ok_or_else(|| {
                Fault::answer(format!(
                    "invalid 'token_type' value {}",
                    duration::quoted(&given)
                ))
            })?;
        }
        self.ttl = fields.given_int(ttl).unwrap_or(self.ttl);
        self.num_uses = fields.given_int(num_uses).unwrap_or(self.num_uses);
        self.check()
    }

    fn check(&self) -> Result<(), Fault> {
        let batch = matches!(self.kind, TokenType::Batch | TokenType::DefaultBatch);
        let refuse = |what: &str| {
            Err(Fault::answer(format!(
                "'token_type' cannot be 'batch' or 'default_batch' when set to generate {what}"
            )))
        };
        if batch && self.period != 0 {
            return refuse("periodic tokens");
        }
        if batch && self.num_uses != 0 {
            return refuse("tokens with limited use count");
        }
        if self.ttl > 0 && self.max_ttl > 0 && self.ttl > self.max_ttl {
            return Err(Fault::answer(
                "'token_ttl' cannot be greater than 'token_max_ttl'",
            ));
        }
        if self.strictly_bind_ip && !self.bound_cidrs.is_empty() {
            return Err(Fault::answer(
                "'token_strictly_bind_ip' conflicts with 'token_bound_cidrs'; set only one",
            ));
        }
        if self.num_uses < 0 {
            return Err(Fault::answer("'token_num_uses' cannot be negative"));
        }
        Ok(())
    }

    /// The settings as a read of the role shows them.
    pub(crate) fn show(&self, flavour: Flavour, into: &mut Map<String, Value>) {
        let mut shown = json!({
            "token_bound_cidrs": self.bound_cidrs,
            "token_explicit_max_ttl": self.explicit_max_ttl,
            "token_max_ttl": self.max_ttl,
            "token_no_default_policy": self.no_default_policy,
            "token_num_uses": self.num_uses,
            "token_period": self.period,
            "token_policies": self.policies,
            "token_strictly_bind_ip": self.strictly_bind_ip,
            "token_ttl": self.ttl,
            "token_type": self.kind.as_str(),
        });
        if let Value::Object(members) = &mut shown {
            if !flavour.rules().strictly_binds_ip {
                members.remove(STRICTLY_BIND_IP);
            }
            into.append(members);
        }
        for name in &self.old {
            let value = match *name {
                "bound_cidrs" => json!(self.bound_cidrs),
                "max_ttl" => json!(self.max_ttl),
                "num_uses" => json!(self.num_uses),
                "period" => json!(self.period),
                "policies" => json!(self.policies),
                _ => json!(self.ttl),
            };
            let empty = value == json!([]) || value == json!(0);
            if !empty {
                into.insert((*name).to_owned(), value);
            }
        }
    }

    /// What a setting that was made under its old name is shown under beside the new one.
    pub(crate) fn old_name(&self, name: &str) -> Option<&'static str> {
        self.old.iter().find(|old| **old == name).copied()
    }

    /// The ranges that a token of this login may be used from: those of the settings, or the one
    /// address that logged in.
    fn bound_to(&self, peer: IpAddr) -> Vec<String> {
        if self.strictly_bind_ip {
            vec![peer.to_string()]
        } else {
            self.bound_cidrs.clone()
        }
    }

    /// What a renewal may give.
    pub(crate) fn wish(&self) -> Wish {
        Wish {
            ttl: self.ttl,
            max_ttl: self.max_ttl,
            period: self.period,
            explicit_max_ttl: self.explicit_max_ttl,
            ..Wish::default()
        }
    }

    /// The result of a login from `peer` with these settings.
    pub(crate) fn auth(&self, peer: IpAddr) -> Auth {
        Auth {
            policies: self.policies.clone(),
            ttl: self.ttl,
            max_ttl: self.max_ttl,
            period: self.period,
            explicit_max_ttl: self.explicit_max_ttl,
            no_default_policy: self.no_default_policy,
            num_uses: self.num_uses,
            kind: self.kind,
            bound_cidrs: self.bound_to(peer),
            renewable: true,
            ..Auth::default()
        }
    }
}
