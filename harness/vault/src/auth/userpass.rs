//! The auth method `userpass`: user names and passwords.

use std::collections::BTreeMap;

use authlab_kernel::Secret;
use serde_json::{Map, Value};

use super::cidr;
use super::params::{self, Params};
use crate::field::{Field, Fields, Kind};
use crate::identity::LoginAlias;
use crate::request::{Call, Operation};
use crate::response::{Fault, Outcome, Response};
use crate::route::Route;
use crate::token::{Auth, Entry};
use crate::ttl::Wish;

/// A user.
#[derive(Clone, Debug)]
pub(crate) struct User {
    password: Secret,
    params: Params,
}

/// The users of one mount, by their name in lower case.
#[derive(Clone, Debug, Default)]
pub(crate) struct Userpass {
    users: BTreeMap<String, User>,
}

const OLD: &[&str] = &["policies", "ttl", "max_ttl", "bound_cidrs"];
const USER: &[Field] = &[
    Field::new("username", Kind::LowerText),
    Field::new("password", Kind::Text),
    Field::new("policies", Kind::CommaList),
    Field::new("ttl", Kind::Seconds),
    Field::new("max_ttl", Kind::Seconds),
    Field::new("bound_cidrs", Kind::CommaList),
];

/// The table.
pub(crate) const ROUTES: &[Route<Userpass>] = &[
    Route {
        pattern: "users/?",
        fields: &[],
        existence: None,
        operations: &[(Operation::List, list)],
    },
    Route {
        pattern: "users/{username}",
        fields: &[USER, params::FIELDS],
        existence: Some(exists),
        operations: &[
            (Operation::Read, read),
            (Operation::Update, write),
            (Operation::Delete, delete),
        ],
    },
    Route {
        pattern: "users/{username}/password",
        fields: &[USER],
        existence: None,
        operations: &[(Operation::Update, write_password)],
    },
    Route {
        pattern: "users/{username}/policies",
        fields: &[USER, params::FIELDS],
        existence: None,
        operations: &[(Operation::Update, write_policies)],
    },
    Route {
        pattern: "login/{username}",
        fields: &[USER],
        existence: None,
        operations: &[(Operation::Update, login)],
    },
];

fn exists(method: &Userpass, _: &Call<'_>, fields: &Fields) -> bool {
    method.users.contains_key(&fields.text("username"))
}

fn list(method: &mut Userpass, _: &Call<'_>, _: &Fields) -> Outcome {
    Ok(Some(Response::list(method.users.keys().cloned())))
}

fn read(method: &mut Userpass, _: &Call<'_>, fields: &Fields) -> Outcome {
    Ok(method.users.get(&fields.text("username")).map(|user| {
        let mut shown = Map::new();
        user.params.show(&mut shown);
        Response::data(Value::Object(shown))
    }))
}

fn write(method: &mut Userpass, _: &Call<'_>, fields: &Fields) -> Outcome {
    let name = fields.text("username");
    let known = method.users.get(&name).cloned();
    let password = fields
        .given_text("password")
        .filter(|password| !password.is_empty());
    let password = match (password, &known) {
        (Some(password), _) => Secret::new(password),
        (None, Some(user)) => user.password.clone(),
        (None, None) => return Err(Fault::invalid("missing password")),
    };
    let mut params = known.map(|user| user.params).unwrap_or_default();
    params.update(fields, OLD)?;
    method.users.insert(name, User { password, params });
    Ok(None)
}

fn write_password(method: &mut Userpass, _: &Call<'_>, fields: &Fields) -> Outcome {
    let password = fields.text("password");
    let Some(user) = method.users.get_mut(&fields.text("username")) else {
        return Err(Fault::error("username does not exist"));
    };
    if password.is_empty() {
        return Err(Fault::invalid("missing password"));
    }
    user.password = Secret::new(password);
    Ok(None)
}

fn write_policies(method: &mut Userpass, _: &Call<'_>, fields: &Fields) -> Outcome {
    let Some(user) = method.users.get_mut(&fields.text("username")) else {
        return Err(Fault::error("username does not exist"));
    };
    user.params.update(fields, OLD)?;
    Ok(None)
}

fn delete(method: &mut Userpass, _: &Call<'_>, fields: &Fields) -> Outcome {
    method.users.remove(&fields.text("username"));
    Ok(None)
}

fn login(method: &mut Userpass, call: &Call<'_>, fields: &Fields) -> Outcome {
    let name = fields.text("username");
    let password = fields.text("password");
    if password.is_empty() {
        return Err(Fault::error("missing password").because("password-missing"));
    }
    let wrong = || {
        Fault::answer("invalid username or password")
            .because("invalid-credentials")
            .audit_as("invalid credentials")
    };
    let user = method.users.get(&name).ok_or_else(wrong)?;
    if !user.password.matches(&password) {
        return Err(wrong());
    }
    if !cidr::contains(&user.params.bound_cidrs, call.peer_address()) {
        return Err(Fault::denied("permission denied").because("address-not-bound"));
    }
    let auth = Auth {
        display_name: name.clone(),
        metadata: BTreeMap::from([("username".to_owned(), name.clone())]),
        alias: Some(LoginAlias {
            name,
            ..LoginAlias::default()
        }),
        ..user.params.auth()
    };
    Ok(Some(Response {
        auth: Some(Box::new(auth)),
        ..Response::default()
    }))
}

impl Userpass {
    /// What a renewal may give. `None`: the user is gone, and nothing is renewed.
    ///
    /// # Errors
    /// The user's policies are not those of the token any more.
    pub(crate) fn renew(&self, entry: &Entry) -> Result<Option<Wish>, String> {
        let Some(user) = entry
            .metadata
            .get("username")
            .and_then(|name| self.users.get(name))
        else {
            return Ok(None);
        };
        let now = crate::token::sanitized(&user.params.policies, !user.params.no_default_policy);
        if now != entry.policies {
            return Err("policies have changed, not renewing".to_owned());
        }
        Ok(Some(user.params.wish()))
    }
}
