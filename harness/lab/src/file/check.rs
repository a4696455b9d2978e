//! From the file as spelled to a lab that can be started: every value is checked, and the error
//! names the line and the field.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use authlab_http::Guests;
use authlab_kernel::{AccountId, Region, Timestamp};
use toml::Spanned;
use url::Url;

use super::{
    Account, FileClock, Issuer, LabFile, LabFileError, LabGuests, Organization, Spelled,
    SpelledAccount, SpelledInbound, SpelledIssuer,
};

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
            return Err(self.at(
                0,
                "account: an organization needs one with `management = true`",
            ));
        }
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
            vault: spelled.vault,
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
            if name.is_empty() || name.len() > 50 {
                return Err(self.field(&account.name, "account.name", &"give 1 to 50 characters"));
            }
            if accounts.iter().any(|other| other.id == id) {
                let what = format!("`{id}` stands twice");
                return Err(self.field(&account.id, "account.id", &what));
            }
            if accounts.iter().any(|other| other.name == name) {
                let what = format!("`{name}` stands twice");
                return Err(self.field(&account.name, "account.name", &what));
            }
            if account.management && accounts.iter().any(|other| other.management) {
                let what = "an organization has one management account";
                return Err(self.field(&account.id, "account.management", &what));
            }
            let email = account.email.clone();
            accounts.push(Account {
                id,
                email: email.unwrap_or_else(|| format!("{name}@example.com")),
                name,
                management: account.management,
                outside: account.outside,
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

    fn clock(&self, clock: &Spanned<String>) -> Result<FileClock, LabFileError> {
        if clock.get_ref() == "wall" {
            return Ok(FileClock::Wall);
        }
        clock
            .get_ref()
            .parse::<Timestamp>()
            .map(FileClock::Standing)
            .map_err(|_| {
                let what = format!(
                    "`{}` is no time: give `wall` or a time such as `2026-01-15T12:00:00Z`",
                    clock.get_ref()
                );
                self.field(clock, "clock", &what)
            })
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
            issuers.push(Issuer {
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

    fn field<T>(
        &self,
        place: &Spanned<T>,
        field: &str,
        what: &dyn std::fmt::Display,
    ) -> LabFileError {
        self.at(place.span().start, &format!("{field}: {what}"))
    }

    fn at(&self, offset: usize, message: &str) -> LabFileError {
        LabFileError::Place {
            file: self.path.to_path_buf(),
            line: line_of(self.text, offset),
            message: message.to_owned(),
        }
    }
}
