//! From the file as spelled to a lab that can be started: every value is checked, and the error
//! names the line and the field.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use authlab_http::Guests;
use authlab_kernel::{AccountId, Region};
use authlab_token::Algorithm;
use toml::Spanned;
use url::Url;

use super::{
    Account, Issuer, LabFile, LabFileError, LabGuests, NO_MANAGEMENT, Organization, Spelled,
    SpelledAccount, SpelledInbound, SpelledIssuer,
};
use crate::clock_start::ClockStart;

/// How long an account's name and its e-mail address may be, in characters (CreateAccount of AWS
/// Organizations).
const NAME_CHARACTERS_MAX: usize = 50;
const EMAIL_CHARACTERS: std::ops::RangeInclusive<usize> = 6..=64;

/// The line, from 1, of a byte offset.
pub(super) fn line_of(text: &str, offset: usize) -> usize {
    let before = text.get(..offset).unwrap_or(text);
    before.bytes().filter(|byte| *byte == b'\n').count() + 1
}

/// `000000000000`.
pub(super) fn zero_account() -> AccountId {
    #[expect(clippy::expect_used, reason = "twelve digits by construction")]
    "000000000000".parse().expect("twelve digits")
}

/// A flag that is stated and set.
fn stated(flag: &Option<Spanned<bool>>) -> Option<&Spanned<bool>> {
    flag.as_ref().filter(|flag| *flag.get_ref())
}

/// Checks a file; holds what its errors need.
pub(super) struct Checker<'a> {
    pub(super) path: &'a Path,
    pub(super) text: &'a str,
}

impl Checker<'_> {
    pub(super) fn check(&self, spelled: Spelled) -> Result<LabFile, LabFileError> {
        let default = LabFile::default();
        let accounts = if spelled.account.is_empty() {
            default.accounts
        } else {
            self.accounts(&spelled.account)?
        };
        let organization = match (&spelled.organization, spelled.account.is_empty()) {
            (None, true) => default.organization,
            (None, false) => None,
            (Some(stated), _) => Some(Organization {
                id: match &stated.id {
                    Some(id) => self.organization_id(id)?,
                    None => "o-authlab001".to_owned(),
                },
            }),
        };
        if organization.is_some() && !accounts.iter().any(|account| account.management) {
            return Err(self.at(0, &format!("account: {NO_MANAGEMENT}")));
        }
        if organization.is_none() {
            self.no_organization(&spelled.account)?;
        }
        let vault_backend = spelled.backend.backends().vault;
        Ok(LabFile {
            seed: spelled.seed,
            clock: spelled
                .clock
                .as_ref()
                .map(|clock| self.clock(clock))
                .transpose()?,
            region: match &spelled.region {
                Some(region) => self.region(region)?,
                None => Region::us_east_1(),
            },
            enforcement: spelled.enforcement,
            organization,
            accounts,
            issuers: self.issuers(spelled.issuer)?,
            names: self.names(&spelled.names, &spelled.outbound.allow)?,
            allow: self.allowed(&spelled.outbound.allow)?,
            guests: self.guests(&spelled.inbound)?,
            vault: self.vault(&spelled.vault, vault_backend)?,
            backends: spelled.backend,
        })
    }

    fn accounts(&self, spelled: &[SpelledAccount]) -> Result<Vec<Account>, LabFileError> {
        let mut accounts: Vec<Account> = Vec::new();
        for account in spelled {
            let id: AccountId = account
                .id
                .get_ref()
                .parse()
                .map_err(|error| self.field(&account.id, "account.id", &error))?;
            let name = account.name.get_ref().clone();
            if name.is_empty() || name.chars().count() > NAME_CHARACTERS_MAX {
                let what = format!("give 1 to {NAME_CHARACTERS_MAX} characters");
                return Err(self.field(&account.name, "account.name", &what));
            }
            if accounts.iter().any(|other| other.id == id) {
                let what = format!("`{id}` stands twice");
                return Err(self.field(&account.id, "account.id", &what));
            }
            if accounts.iter().any(|other| other.name == name) {
                let what = format!("`{name}` stands twice");
                return Err(self.field(&account.name, "account.name", &what));
            }
            let management = stated(&account.management);
            if let Some(place) = management
                && accounts.iter().any(|other| other.management)
            {
                let what = "an organization has one management account";
                return Err(self.field(place, "account.management", &what));
            }
            let outside = stated(&account.outside);
            if let Some(place) = outside {
                self.only_outside(account, place)?;
            }
            accounts.push(Account {
                id,
                email: self.email(account, &accounts)?,
                name,
                management: management.is_some(),
                outside: outside.is_some(),
                unit: account
                    .unit
                    .as_ref()
                    .map(|unit| self.unit(unit))
                    .transpose()?
                    .unwrap_or_default(),
            });
        }
        Ok(accounts)
    }

    /// An account outside the organization has no place within it.
    fn only_outside(
        &self,
        account: &SpelledAccount,
        outside: &Spanned<bool>,
    ) -> Result<(), LabFileError> {
        let within = [
            (
                "is not its management account",
                stated(&account.management).is_some(),
            ),
            ("stands in no unit of it", account.unit.is_some()),
        ];
        let Some((what, _)) = within.into_iter().find(|(_, stated)| *stated) else {
            return Ok(());
        };
        let what = format!("an account outside the organization {what}: leave one of the two out");
        Err(self.field(outside, "account.outside", &what))
    }

    /// Without an organization no account has a place in one.
    fn no_organization(&self, accounts: &[SpelledAccount]) -> Result<(), LabFileError> {
        let what = "there is no organization: add `[organization]`, or leave this out";
        for account in accounts {
            if let Some(place) = stated(&account.management) {
                return Err(self.field(place, "account.management", &what));
            }
            if let Some(place) = stated(&account.outside) {
                return Err(self.field(place, "account.outside", &what));
            }
            if let Some(place) = &account.unit {
                return Err(self.field(place, "account.unit", &what));
            }
        }
        Ok(())
    }

    /// The address that is stated, or one that is made of the name; each account has its own.
    fn email(&self, account: &SpelledAccount, others: &[Account]) -> Result<String, LabFileError> {
        let Some(stated) = &account.email else {
            let plain = |character: char| character.is_whitespace() || character == '@';
            return Ok(account.name.get_ref().replace(plain, "-") + "@example.com");
        };
        let text = stated.get_ref();
        let parts = text.split_once('@');
        let shape = parts.is_some_and(|(local, domain)| {
            let within = domain.trim_start_matches('.').trim_end_matches('.');
            !local.is_empty() && !domain.contains('@') && within.contains('.')
        });
        if !shape
            || text.contains(char::is_whitespace)
            || !EMAIL_CHARACTERS.contains(&text.chars().count())
        {
            let what = format!("`{text}` is no address: give one such as `team@example.com`");
            return Err(self.field(stated, "account.email", &what));
        }
        if others.iter().any(|other| other.email == *text) {
            let what = format!("`{text}` stands twice");
            return Err(self.field(stated, "account.email", &what));
        }
        Ok(text.clone())
    }

    fn unit(&self, unit: &Spanned<String>) -> Result<String, LabFileError> {
        let path = unit.get_ref();
        let levels: Vec<&str> = path.split('/').collect();
        if levels.iter().any(|level| level.trim().is_empty()) || levels.len() > 5 {
            let what = format!("`{path}` is no unit: give up to five names with `/` between them");
            return Err(self.field(unit, "account.unit", &what));
        }
        Ok(path.clone())
    }

    fn organization_id(&self, id: &Spanned<String>) -> Result<String, LabFileError> {
        let text = id.get_ref();
        let shape = text.strip_prefix("o-").is_some_and(|rest| {
            (10..=32).contains(&rest.len())
                && rest
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        });
        if shape {
            return Ok(text.clone());
        }
        let what = format!("`{text}` is not `o-` and 10 to 32 lower-case letters and digits");
        Err(self.field(id, "organization.id", &what))
    }

    fn clock(&self, clock: &Spanned<String>) -> Result<ClockStart, LabFileError> {
        let parsed = clock.get_ref().parse();
        parsed.map_err(|error: String| self.field(clock, "clock", &error))
    }

    fn region(&self, region: &Spanned<String>) -> Result<Region, LabFileError> {
        region
            .get_ref()
            .parse()
            .map_err(|error| self.field(region, "region", &error))
    }

    fn issuers(&self, spelled: Vec<SpelledIssuer>) -> Result<Vec<Issuer>, LabFileError> {
        let mut names = BTreeSet::new();
        let mut issuers = Vec::new();
        for issuer in spelled {
            let name = issuer.name.get_ref();
            let shape = !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
            if !shape {
                let what = format!("`{name}` is no name: give letters, digits, `-`, `_` or `.`");
                return Err(self.field(&issuer.name, "issuer.name", &what));
            }
            if !names.insert(name.clone()) {
                let what = format!("`{name}` stands twice");
                return Err(self.field(&issuer.name, "issuer.name", &what));
            }
            if let Some(url) = &issuer.url {
                self.url(url, "issuer.url")?;
            }
            let algorithm = issuer.algorithm.as_ref().map(|algorithm| {
                let parsed = algorithm.get_ref().parse::<Algorithm>();
                parsed.map_err(|error| self.field(algorithm, "issuer.algorithm", &error))
            });
            issuers.push(Issuer {
                algorithm: algorithm.transpose()?,
                name: name.clone(),
                url: issuer.url.map(Spanned::into_inner),
                clients: issuer.client,
            });
        }
        Ok(issuers)
    }

    /// Names lead to loopback, or to what the lab may call.
    fn names(
        &self,
        spelled: &BTreeMap<Spanned<String>, Spanned<String>>,
        allow: &[Spanned<String>],
    ) -> Result<BTreeMap<String, String>, LabFileError> {
        let mut names = BTreeMap::new();
        let allow: Vec<&str> = allow.iter().map(|host| host.get_ref().as_str()).collect();
        for (name, address) in spelled {
            let field = format!("names.{}", name.get_ref());
            self.url(address, &field)?;
            authlab_http::check_mapping(name.get_ref(), address.get_ref(), &allow)
                .map_err(|error| self.field(address, &field, &error))?;
            names.insert(name.get_ref().clone(), address.get_ref().clone());
        }
        Ok(names)
    }

    fn allowed(&self, spelled: &[Spanned<String>]) -> Result<Vec<String>, LabFileError> {
        let check = |host: &Spanned<String>| {
            authlab_http::check_allowed(host.get_ref())
                .map_err(|error| self.field(host, "outbound.allow", &error))?;
            Ok(host.get_ref().clone())
        };
        spelled.iter().map(check).collect()
    }

    fn guests(&self, spelled: &SpelledInbound) -> Result<LabGuests, LabFileError> {
        let guests = Guests::default();
        let mut stated = LabGuests::default();
        for host in &spelled.allow_hosts {
            let allowed = guests.allow_host(host.get_ref());
            allowed.map_err(|error| self.field(host, "inbound.allow_hosts", &error))?;
            stated.hosts.push(host.get_ref().clone());
        }
        for origin in &spelled.allow_origins {
            let allowed = guests.allow_origin(origin.get_ref());
            allowed.map_err(|error| self.field(origin, "inbound.allow_origins", &error))?;
            stated.origins.push(origin.get_ref().clone());
        }
        Ok(stated)
    }

    fn url(&self, url: &Spanned<String>, field: &str) -> Result<(), LabFileError> {
        let what = match Url::parse(url.get_ref()) {
            Ok(parsed) if matches!(parsed.scheme(), "http" | "https") && parsed.has_host() => {
                return Ok(());
            }
            Ok(_) => format!("`{}` is no http or https URL", url.get_ref()),
            Err(error) => format!("`{}` is no URL: {error}", url.get_ref()),
        };
        Err(self.field(url, field, &what))
    }

    pub(super) fn field<T>(
        &self,
        place: &Spanned<T>,
        field: &str,
        what: &dyn std::fmt::Display,
    ) -> LabFileError {
        self.at(place.span().start, &format!("{field}: {what}"))
    }

    pub(super) fn at(&self, offset: usize, message: &str) -> LabFileError {
        LabFileError::Place {
            file: self.path.to_path_buf(),
            line: line_of(self.text, offset),
            message: message.to_owned(),
        }
    }
}
