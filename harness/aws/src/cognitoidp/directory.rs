//! The users of a pool: how they come, change and go.

use std::collections::BTreeMap;

use authlab_kernel::{Ids, Secret, SignedDuration, Timestamp};

use super::error::Error;
use super::pool::Pool;
use super::user::{Code, Status, User};

/// How long a confirmation code is good (developer guide, `limits.html`).
const CODE_HOURS: i64 = 24;

/// The attributes by which users are found, beside `username` and the two states.
const SEARCHED: [&str; 7] = [
    "email",
    "phone_number",
    "name",
    "given_name",
    "family_name",
    "preferred_username",
    "sub",
];

/// A user who is to be made.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// The name, or the address that is one.
    pub name: String,
    /// The attributes.
    pub attributes: BTreeMap<String, String>,
    /// The password.
    pub password: Secret,
    /// Who makes the user: the user, else an administrator.
    pub is_sign_up: bool,
}

impl Pool {
    /// Makes a user.
    ///
    /// # Errors
    /// The name is taken or none, an attribute or the password does not fit.
    pub fn add_user(
        &mut self,
        new: NewUser,
        (now, ids): (Timestamp, &Ids),
    ) -> Result<&User, Error> {
        let mut attributes = new.attributes;
        let sub = ids.draw("user-pool-user", &self.id, &new.name).uuid();
        let is_address_name = self.nature.username_attributes.is_some();
        if is_address_name {
            let kind = self.address_kind(&new.name)?;
            attributes.insert(kind.to_owned(), new.name.clone());
        }
        if self.find_user(&new.name).is_some() {
            return Err(match new.is_sign_up {
                true => Error::UserSignedUp(new.name),
                false => Error::UserExists(new.name),
            });
        }
        self.check_alias(&attributes, None)?;
        self.schema.check(&attributes, None)?;
        let policy = &self.settings.policies.password_policy;
        policy.check(new.password.expose_secret())?;
        let name = match is_address_name {
            true => sub.clone(),
            false => new.name,
        };
        let status = match new.is_sign_up {
            true => Status::Unconfirmed,
            false => Status::ForceChangePassword,
        };
        let user = User {
            code: new.is_sign_up.then(|| self.code(&name, (now, ids))),
            password_expires: self.temporary_until(now).filter(|_| !new.is_sign_up),
            name,
            sub,
            attributes,
            status,
            is_enabled: true,
            password: Some(new.password),
            created: now,
            changed: now,
            groups: std::collections::BTreeSet::new(),
        };
        let key = self.key_of(&user.name);
        Ok(self.users.entry(key).or_insert(user))
    }

    /// Until when a temporary password that is given now is good.
    pub fn temporary_until(&self, now: Timestamp) -> Option<Timestamp> {
        let policy = &self.settings.policies.password_policy;
        let days = policy.temporary_password_validity_days;
        let validity = SignedDuration::from_hours(days.saturating_mul(24));
        now.checked_add(validity).ok()
    }

    fn code(&self, name: &str, (now, ids): (Timestamp, &Ids)) -> Code {
        let drawn = ids.draw("confirmation-code", &self.id, name);
        let expires = now.checked_add(SignedDuration::from_hours(CODE_HOURS));
        Code {
            text: Secret::new(drawn.digits(6)),
            expires: expires.unwrap_or(now),
        }
    }

    /// Which attribute an address that is a name is.
    fn address_kind(&self, name: &str) -> Result<&'static str, Error> {
        let names = self.nature.username_attributes.as_deref();
        let takes = |kind: &str| names.unwrap_or_default().iter().any(|it| it == kind);
        let is_email = name.split_once('@').is_some_and(|(user, host)| {
            !user.is_empty() && !host.is_empty() && !name.contains(char::is_whitespace)
        });
        let digits = name.strip_prefix('+').unwrap_or_default();
        let is_phone = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        match (takes("email"), takes("phone_number")) {
            (true, _) if is_email => Ok("email"),
            (_, true) if is_phone => Ok("phone_number"),
            (true, true) => Err(Error::parameter(
                "Username",
                "Username should be either an email or a phone number.",
            )),
            (true, false) => Err(Error::parameter("Username", "Username should be an email.")),
            // Unverified.
            _ => Err(Error::parameter(
                "Username",
                "Username should be a phone number.",
            )),
        }
    }

    /// Gives a user a password: a lasting one makes the user one who can log in.
    ///
    /// # Errors
    /// There is no such user, or the policy does not take the password.
    pub fn set_password(
        &mut self,
        name: &str,
        password: &str,
        is_permanent: bool,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.user(name)?;
        self.settings.policies.password_policy.check(password)?;
        let until = self.temporary_until(now).filter(|_| !is_permanent);
        let user = self.user_mut(name)?;
        user.password = Some(Secret::new(password));
        user.password_expires = until;
        user.status = match is_permanent {
            true => Status::Confirmed,
            false => Status::ForceChangePassword,
        };
        user.changed = now;
        Ok(())
    }

    /// Changes attributes; an empty value takes one away.
    ///
    /// # Errors
    /// There is no such user, the schema does not take them, or an address is another user's.
    pub fn update_attributes(
        &mut self,
        name: &str,
        given: BTreeMap<String, String>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let user = self.user(name)?;
        let key = self.key_of(&user.name);
        self.schema.check(&given, Some(&user.attributes))?;
        self.check_alias(&given, Some(&key))?;
        let user = self.user_mut(name)?;
        user.attributes.extend(given);
        user.attributes.retain(|_, value| !value.is_empty());
        user.changed = now;
        Ok(())
    }

    /// Takes attributes away; those that the user does not have are no error.
    ///
    /// # Errors
    /// There is no such user, or one is not in the schema.
    pub fn delete_attributes(
        &mut self,
        name: &str,
        names: &[String],
        now: Timestamp,
    ) -> Result<(), Error> {
        self.user(name)?;
        let unknown = names.iter().filter(|name| !self.schema.has(name));
        let told: String = unknown
            .map(|name| format!("user.{name}: Attribute does not exist in the schema.\n"))
            .collect();
        if !told.is_empty() {
            let text = format!("Invalid user attributes: {told}");
            return Err(Error::parameter("UserAttributeNames", text));
        }
        let user = self.user_mut(name)?;
        user.attributes.retain(|name, _| !names.contains(name));
        user.changed = now;
        Ok(())
    }

    /// Takes a user away, with everything that was given to that one: who has the name next is another.
    ///
    /// # Errors
    /// There is no such user.
    pub fn delete_user(&mut self, name: &str) -> Result<(), Error> {
        let key = self.find_user(name);
        let key = key.ok_or_else(|| Error::NoUser(name.to_owned()))?;
        self.users.remove(&key);
        self.grants.retain(|_, grant| grant.user != key);
        self.challenges.retain(|_, challenge| challenge.user != key);
        self.login_codes.retain(|_, login| login.user != key);
        Ok(())
    }

    /// Confirms a sign-up; with a code by the user, without one by an administrator.
    ///
    /// # Errors
    /// There is no such user, the user is confirmed, the code is another or too old.
    pub fn confirm(&mut self, name: &str, code: Option<&str>, now: Timestamp) -> Result<(), Error> {
        let proves = self.settings.auto_verified_attributes.clone();
        let user = self.user_mut(name)?;
        if user.status != Status::Unconfirmed {
            return Err(Error::AlreadyConfirmed(user.status.as_str()));
        }
        if let Some(given) = code {
            let sent = user.code.as_ref().ok_or(Error::CodeExpired)?;
            if sent.expires <= now {
                return Err(Error::CodeExpired);
            }
            if !sent.text.matches(given) {
                return Err(Error::Code);
            }
            // The code came to the address: it is the user's.
            for attribute in proves.iter().flatten() {
                if user.attributes.contains_key(attribute) {
                    let flag = format!("{attribute}_verified");
                    user.attributes.insert(flag, "true".to_owned());
                }
            }
        }
        user.status = Status::Confirmed;
        user.code = None;
        user.changed = now;
        Ok(())
    }

    /// The users whom a filter fits: `email ^= "ann"`.
    ///
    /// # Errors
    /// The filter cannot be read, or is by an attribute that is not searched (`unverified` texts).
    pub fn filtered(&self, filter: Option<&str>) -> Result<Vec<&User>, Error> {
        let Some(filter) = filter.map(str::trim).filter(|it| !it.is_empty()) else {
            return Ok(self.users.values().collect());
        };
        let wrong = || Error::parameter("Filter", format!("Invalid filter: {filter}"));
        let (left, value) = filter.split_once('=').ok_or_else(wrong)?;
        let (name, is_prefix) = match left.strip_suffix('^') {
            Some(name) => (name, true),
            None => (left, false),
        };
        let name = name.trim().trim_matches('"');
        let value = value.trim().strip_prefix('"');
        let value = value.and_then(|value| value.strip_suffix('"'));
        let value = value.ok_or_else(wrong)?.replace("\\\"", "\"");
        let of: fn(&User, &str) -> Option<String> = match name {
            "username" => |user, _| Some(user.name.clone()),
            "cognito:user_status" => |user, _| Some(user.status.as_str().to_owned()),
            "status" => |user, _| {
                let word = if user.is_enabled {
                    "Enabled"
                } else {
                    "Disabled"
                };
                Some(word.to_owned())
            },
            name if SEARCHED.contains(&name) => {
                |user, name| user.attribute(name).map(str::to_owned)
            }
            _ => return Err(wrong()),
        };
        let fits = |user: &&User| {
            of(user, name).is_some_and(|found| match is_prefix {
                true => found.starts_with(&value),
                false => found == value,
            })
        };
        Ok(self.users.values().filter(fits).collect())
    }
}
