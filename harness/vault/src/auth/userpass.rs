//! The auth method `userpass`: user names and passwords.

use std::collections::BTreeMap;

use authlab_kernel::Secret;
use serde_json::{Map, Value};

use super::params::{self, Params};
use super::{PAGE, WRONG_CREDENTIALS, cidr, listed, looked_ahead};
use crate::engine::{Engine, Options};
use crate::evidence::{Because, BoundBy, Credential, CredentialFault, Missing, Reason};
use crate::field::{Field, Fields, Kind};
use crate::lease::Lease;
use crate::request::{Call, Operation, Request};
use crate::response::{Fault, Outcome, Response, Told};
use crate::route::{Route, dispatch, find, row, would_create};
use crate::token::{Auth, Entry, LoginAlias};
use crate::ttl::Wish;

/// How many bytes of a password count: all that bcrypt reads.
const PASSWORD_BYTES_MAX: usize = 72;
/// The least cost of a hash that is taken (recorded).
const COST_MIN: u32 = 5;
/// The greatest cost of a hash that is verified here: each step more doubles how long a login takes,
/// and nothing else is answered meanwhile.
const COST_MAX: u32 = 12;

/// A password. One that was given in the clear is kept so: its hash would protect nothing here.
#[derive(Clone, Debug)]
enum Password {
    Clear(Secret),
    /// Its bcrypt hash.
    Hash(Secret),
}

impl Password {
    /// Whether a login's password is this one. bcrypt does not read beyond 72 bytes.
    fn matches(&self, given: &str) -> bool {
        let read = given.as_bytes();
        let read = read.get(..PASSWORD_BYTES_MAX).unwrap_or(read);
        match self {
            Self::Clear(secret) => match std::str::from_utf8(read) {
                Ok(text) => secret.matches(text),
                // Cut within a character: no password in the clear ends so.
                Err(_) => false,
            },
            Self::Hash(hash) => bcrypt::verify(read, hash.expose_secret()).unwrap_or(false),
        }
    }
}

/// A user.
#[derive(Clone, Debug)]
pub(crate) struct User {
    password: Password,
    params: Params,
}

/// The users of one mount, by their name in lower case.
#[derive(Clone, Debug, Default)]
pub(crate) struct Userpass {
    users: BTreeMap<String, User>,
}

const OLD: &[&str] = &["policies", "ttl", "max_ttl", "bound_cidrs"];
const LOGIN: &[Field] = &[
    Field::new("username", Kind::LowerText),
    Field::new("password", Kind::Text),
];
const NAME: &[Field] = &[Field::new("username", Kind::LowerText)];
const PASSWORD: &[Field] = &[
    Field::new("password", Kind::Text),
    Field::new("password_hash", Kind::Text),
];
const POLICIES: &[Field] = &[
    Field::new("policies", Kind::CommaList),
    Field::new("token_policies", Kind::CommaList),
];
const USER: &[Field] = &[
    Field::new("policies", Kind::CommaList),
    Field::new("ttl", Kind::Seconds),
    Field::new("max_ttl", Kind::Seconds),
    Field::new("bound_cidrs", Kind::CommaList),
];

/// The table.
pub(crate) const ROUTES: &[Route<Userpass>] = &[
    row("users/?", &[PAGE], &[(Operation::List, list)]),
    row(
        "users/{username}",
        &[NAME, PASSWORD, USER, params::FIELDS],
        &[
            (Operation::Read, read),
            (Operation::Update, write),
            (Operation::Delete, delete),
        ],
    )
    .existing(exists),
    row(
        "users/{username}/password",
        &[NAME, PASSWORD],
        &[(Operation::Update, write_password)],
    ),
    row(
        "users/{username}/policies",
        &[NAME, POLICIES],
        &[(Operation::Update, write_policies)],
    ),
    row("login/{username}", &[LOGIN], &[(Operation::Update, login)]),
];

fn exists(method: &Userpass, _: &Call<'_>, fields: &Fields) -> bool {
    method.users.contains_key(&fields.text("username"))
}

fn list(method: &mut Userpass, call: &Call<'_>, fields: &Fields) -> Outcome {
    let names = method.users.keys().cloned();
    Ok(Some(listed(call, fields, names)))
}

fn read(method: &mut Userpass, call: &Call<'_>, fields: &Fields) -> Outcome {
    Ok(method.users.get(&fields.text("username")).map(|user| {
        let mut shown = Map::new();
        user.params.show(call.flavour, &mut shown);
        Response::data(Value::Object(shown))
    }))
}

/// The password of a request, in the clear or as its hash.
fn password_of(call: &Call<'_>, fields: &Fields) -> Result<Option<Password>, Fault> {
    let given = |name: &str| fields.given_text(name).filter(|text| !text.is_empty());
    let hash = given("password_hash").filter(|_| call.flavour.rules().password_hash);
    match (given("password"), hash) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err(Fault::invalid(
            "only one of password or password_hash may be provided",
        )),
        (Some(password), None) if password.len() > PASSWORD_BYTES_MAX => {
            let text = "bcrypt: password length exceeds 72 bytes";
            Err(Fault::error(text).because(Reason::InvalidRequest))
        }
        (Some(password), None) => Ok(Some(Password::Clear(Secret::new(password)))),
        (None, Some(hash)) => Ok(Some(Password::Hash(read_hash(&hash)?))),
    }
}

/// How many characters of a hash follow its cost: salt and digest. What comes after them is not read.
const HASH_CHARACTERS: usize = 53;

/// A hash as it is verified. Its version counts for nothing, as in the reference.
fn read_hash(hash: &str) -> Result<Secret, Fault> {
    let (cost, content) =
        parts_of(hash).ok_or_else(|| Fault::invalid("password_hash is not a valid bcrypt hash"))?;
    if cost < COST_MIN {
        return Err(Fault::invalid(format!(
            "bcrypt cost of {cost} is too low, want {COST_MIN} at minimum"
        )));
    }
    if cost > COST_MAX {
        let text = format!(
            "a bcrypt cost of {cost} is not verified by authlab: give a hash of the cost \
             {COST_MAX} or less"
        );
        return Err(Fault::answer(text)
            .with_status(501)
            .because(Reason::NotImplemented));
    }
    let content = content.get(..HASH_CHARACTERS).unwrap_or(content);
    Ok(Secret::new(format!("$2b${cost:02}${content}")))
}

/// Cost and content of `$2b$10$...`.
fn parts_of(hash: &str) -> Option<(u32, &str)> {
    let rest = hash.strip_prefix("$2")?;
    let (version, rest) = rest.split_once('$')?;
    let (cost, content) = rest.split_once('$')?;
    // The reference looks at the length only; what is no hash then fits no password.
    let length = hash.len() >= HASH_BYTES_MIN;
    let sound = version.chars().count() <= 1 && cost.len() == 2 && length;
    let cost: u32 = cost.parse().ok()?;
    (sound && (4..=31).contains(&cost)).then_some((cost, content))
}

/// How short a hash may be, all in all.
const HASH_BYTES_MIN: usize = 59;

fn missing_password(call: &Call<'_>) -> Fault {
    Fault::invalid(if call.flavour.rules().password_hash {
        "must provide either password or password_hash"
    } else {
        "missing password"
    })
}

fn write(method: &mut Userpass, call: &Call<'_>, fields: &Fields) -> Outcome {
    let name = fields.text("username");
    let known = method.users.get(&name).cloned();
    let password = match (password_of(call, fields)?, &known) {
        (Some(password), _) => password,
        (None, Some(user)) => user.password.clone(),
        (None, None) => return Err(missing_password(call)),
    };
    let mut params = known.map(|user| user.params).unwrap_or_default();
    params.update(fields, OLD)?;
    method.users.insert(name, User { password, params });
    Ok(None)
}

fn user_of<'m>(method: &'m mut Userpass, fields: &Fields) -> Result<&'m mut User, Fault> {
    let name = fields.text("username");
    let missing = match method.users.contains_key(&name) {
        true => Missing::default(),
        false => Missing::of("user", &name, method.users.keys()),
    };
    let user = method.users.get_mut(&name);
    user.ok_or_else(|| Fault::error("username does not exist").missing(missing))
}

fn write_password(method: &mut Userpass, call: &Call<'_>, fields: &Fields) -> Outcome {
    let user = user_of(method, fields)?;
    user.password = password_of(call, fields)?.ok_or_else(|| missing_password(call))?;
    Ok(None)
}

fn write_policies(method: &mut Userpass, _: &Call<'_>, fields: &Fields) -> Outcome {
    let user = user_of(method, fields)?;
    user.params
        .update(&fields.only(&["policies", "token_policies"]), OLD)?;
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
        return Err(Fault::error("missing password").because(Reason::PasswordMissing));
    }
    let wrong = |fault| {
        let credential = Credential {
            fault,
            name: Some(name.clone()),
        };
        Fault::answer("invalid username or password")
            .because(Reason::InvalidCredentials)
            .telling(Told::Because(Because::Credential(credential)))
    };
    // The failures of a user who is not there are not counted.
    let unknown = || wrong(CredentialFault::UserUnknown);
    let user = method.users.get(&name).ok_or_else(unknown)?;
    if !user.password.matches(&password) {
        return Err(wrong(CredentialFault::PasswordWrong).audit_as(WRONG_CREDENTIALS));
    }
    if !cidr::contains(&user.params.bound_cidrs, call.peer_address()) {
        let bound = user.params.bound_cidrs.clone();
        return Err(Fault::denied("permission denied").not_bound(bound, BoundBy::Role));
    }
    let auth = Auth {
        display_name: name.clone(),
        metadata: BTreeMap::from([("username".to_owned(), name.clone())]),
        alias: Some(LoginAlias {
            name,
            ..LoginAlias::default()
        }),
        ..user.params.auth(call.peer_address())
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

impl Engine for Userpass {
    fn creates(&self, call: &Call<'_>) -> Result<Option<bool>, Fault> {
        would_create(ROUTES, self, call)
    }

    fn handle(&mut self, call: &Call<'_>) -> Outcome {
        let outcome = dispatch(ROUTES, self, call);
        if self.is_login(call.path) {
            looked_ahead(outcome)
        } else {
            outcome
        }
    }

    fn has_route(&self, path: &str) -> bool {
        find(ROUTES, path).is_some()
    }

    fn is_login(&self, path: &str) -> bool {
        path.starts_with("login/")
    }

    fn counts_failures(&self) -> bool {
        true
    }

    fn user_of(&self, path: &str, _: &Request) -> Option<String> {
        path.strip_prefix("login/").map(str::to_lowercase)
    }

    fn renew_token(&self, entry: &Entry, _: &Lease) -> Result<Option<Wish>, String> {
        self.renew(entry)
    }
}

/// A fresh mount.
///
/// # Errors
/// Never: its options are not read.
pub(crate) fn make(_: &str, _: &Options) -> Result<Box<dyn Engine>, Fault> {
    Ok(Box::new(Userpass::default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `secret` at cost 4, by a salt of its own.
    fn hash() -> String {
        bcrypt::hash_with_salt("secret", 5, [7; 16])
            .unwrap()
            .to_string()
    }

    #[test]
    fn a_hash_is_read_as_the_reference_reads_it() {
        let good = hash();
        let content = good.rsplit_once('$').unwrap().1;
        for (given, taken, fits) in [
            (good.clone(), true, true),
            (format!("$2a$05${content}"), true, true),
            (format!("$2y$05${content}"), true, true),
            (format!("$2x$05${content}"), true, true),
            (format!("$2$05${content}"), true, true),
            (format!("{good}x"), true, true),
            (format!("{good}\n"), true, true),
            (good.to_uppercase(), true, false),
            (good[..good.len() - 1].to_owned(), true, false),
            (good[..good.len() - 2].to_owned(), false, false),
            (format!("$3b$05${content}"), false, false),
            (format!("$2b$4${content}"), false, false),
            (format!("$2b$04${content}"), false, false),
            (format!("$2b$00${content}"), false, false),
            (format!("$2b$13${content}"), false, false),
            (format!("$2b$99${content}"), false, false),
            (format!("$2b$xx${content}"), false, false),
            (format!(" {good}"), false, false),
            ("secret".to_owned(), false, false),
        ] {
            let read = read_hash(&given);
            assert_eq!(read.is_ok(), taken, "{given}");
            let Ok(read) = read else { continue };
            let password = Password::Hash(read);
            assert_eq!(password.matches("secret"), fits, "{given}");
            assert!(!password.matches("secreT"), "{given}");
        }
    }

    #[test]
    fn no_more_of_a_password_counts_than_bcrypt_reads() {
        let long = "a".repeat(PASSWORD_BYTES_MAX);
        let hash = bcrypt::hash_with_salt(&long, 5, [7; 16])
            .unwrap()
            .to_string();
        for password in [
            Password::Clear(Secret::new(long.clone())),
            Password::Hash(Secret::new(hash)),
        ] {
            assert!(password.matches(&long));
            assert!(password.matches(&format!("{long}b")));
            assert!(!password.matches(&long[1..]));
            assert!(!password.matches(""));
        }
    }
}
