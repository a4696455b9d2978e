//! The pools of all accounts and Regions.

use std::collections::BTreeMap;

use authlab_kernel::{Scope, Secret, Timestamp};
use authlab_token::Token;

use super::client::{ADMIN_SCOPE, Client, Settings};
use super::error::Error;
use super::pool::{Pool, PoolNature, PoolSettings};
use super::schema::{Schema, SchemaAttribute};
use super::signing::Keys;
use crate::operation::Tags;
use crate::shared::Ctx;

/// What a request states of a new pool.
#[derive(Clone, Debug)]
pub struct NewPool {
    /// What people call it.
    pub name: String,
    /// What can be changed.
    pub settings: PoolSettings,
    /// What cannot.
    pub nature: PoolNature,
    /// Its attributes beside the standard ones.
    pub schema: Vec<SchemaAttribute>,
    /// Its tags.
    pub tags: Tags,
}

/// What a request states of a new app client.
#[derive(Clone, Debug)]
pub struct NewClient {
    /// What people call it.
    pub name: String,
    /// Whether it gets a secret.
    pub has_secret: bool,
    /// What it may ask for.
    pub settings: Settings,
}

/// Every user pool of the lab.
#[derive(Debug, Default)]
pub struct State {
    /// By id, which is unique in the lab.
    pools: BTreeMap<String, Pool>,
}

/// Who shows an access token.
#[derive(Clone, Debug)]
pub struct Bearer {
    /// The pool.
    pub pool: String,
    /// The user's key.
    pub user: String,
    /// The app client.
    pub client: String,
    /// The scopes of the token.
    pub scopes: Vec<String>,
}

impl State {
    /// A pool of the caller's account and Region.
    ///
    /// # Errors
    /// There is none of the id.
    pub fn pool(&self, id: &str, scope: &Scope) -> Result<&Pool, Error> {
        let found = self.pools.get(id).filter(|pool| pool.scope == *scope);
        found.ok_or_else(|| Error::NoPool(id.to_owned()))
    }

    /// The same to be changed.
    ///
    /// # Errors
    /// There is none of the id.
    pub fn pool_mut(&mut self, id: &str, scope: &Scope) -> Result<&mut Pool, Error> {
        let found = self.pools.get_mut(id).filter(|pool| pool.scope == *scope);
        found.ok_or_else(|| Error::NoPool(id.to_owned()))
    }

    /// A pool, wherever it is.
    pub fn pool_anywhere(&self, id: &str) -> Option<&Pool> {
        self.pools.get(id)
    }

    /// The same to be changed.
    pub fn pool_anywhere_mut(&mut self, id: &str) -> Option<&mut Pool> {
        self.pools.get_mut(id)
    }

    /// The pool that has an app client, wherever it is: who logs in signs nothing.
    ///
    /// # Errors
    /// There is no such client.
    pub fn pool_of_client(&mut self, client: &str) -> Result<&mut Pool, Error> {
        let mut pools = self.pools.values_mut();
        let found = pools.find(|pool| pool.clients.contains_key(client));
        found.ok_or_else(|| Error::NoClient(client.to_owned()))
    }

    /// The pool that has a domain in a Region.
    pub fn pool_of_domain(&self, region: &str, domain: &str) -> Option<&Pool> {
        let mut pools = self.pools.values();
        pools.find(|pool| {
            pool.scope.region.as_str() == region && pool.domain.as_deref() == Some(domain)
        })
    }

    /// The same to be changed.
    pub fn pool_of_domain_mut(&mut self, region: &str, domain: &str) -> Option<&mut Pool> {
        let id = self.pool_of_domain(region, domain)?.id.clone();
        self.pools.get_mut(&id)
    }

    /// The pools of an account and Region, in the order of their making.
    pub fn pools(&self, scope: &Scope) -> Vec<&Pool> {
        let pools = self.pools.values();
        let mut found: Vec<&Pool> = pools.filter(|pool| pool.scope == *scope).collect();
        found.sort_by_key(|pool| pool.created);
        found
    }

    /// Makes a pool.
    ///
    /// # Errors
    /// An attribute that can be none, a function with two places.
    pub fn create_pool(&mut self, new: NewPool, ctx: &Ctx<'_>) -> Result<&mut Pool, Error> {
        let schema = Schema::of(new.schema)?;
        check_settings(&new.settings)?;
        let (scope, region) = (ctx.scope.clone(), ctx.scope.region.as_str());
        let drawn = ctx.ids.draw("user-pool", &scope.to_string(), &new.name);
        let id = format!("{region}_{}", drawn.base62(9));
        let keys = Keys::draw(ctx.ids, &scope, &id)
            .map_err(|error| Error::NotImplemented(format!("keys of a pool: {error}")))?;
        let pool = Pool {
            id: id.clone(),
            name: new.name,
            scope,
            settings: new.settings,
            nature: new.nature,
            schema,
            tags: new.tags,
            keys,
            domain: None,
            created: ctx.now,
            changed: ctx.now,
            clients: BTreeMap::new(),
            resource_servers: BTreeMap::new(),
            users: BTreeMap::new(),
            groups: BTreeMap::new(),
            grants: BTreeMap::new(),
            challenges: BTreeMap::new(),
            login_codes: BTreeMap::new(),
        };
        Ok(self.pools.entry(id).or_insert(pool))
    }

    /// Takes a pool away, with everything in it.
    ///
    /// # Errors
    /// There is none, it is protected, or it has a domain.
    pub fn delete_pool(&mut self, id: &str, ctx: &Ctx<'_>) -> Result<(), Error> {
        let pool = self.pool(id, ctx.scope)?;
        if pool.settings.deletion_protection == "ACTIVE" {
            return Err(Error::Protected(id.to_owned()));
        }
        if let Some(domain) = &pool.domain {
            return Err(Error::DomainLeft(domain.clone()));
        }
        self.pools.remove(id);
        Ok(())
    }

    /// Gives a pool its domain.
    ///
    /// # Errors
    /// The pool has one, or the name is another pool's.
    pub fn put_domain(&mut self, id: &str, domain: &str, ctx: &Ctx<'_>) -> Result<(), Error> {
        let pool = self.pool(id, ctx.scope)?;
        if let Some(standing) = &pool.domain {
            return Err(Error::SecondDomain(standing.clone()));
        }
        // "You can't use the reserved words" (API reference, `CreateUserPoolDomain`; the text is
        // unverified).
        if ["aws", "amazon", "cognito"]
            .iter()
            .any(|it| domain.contains(it))
        {
            let text = "Domain cannot contain reserved word: aws, amazon, or cognito";
            return Err(Error::parameter("Domain", text));
        }
        let region = ctx.scope.region.as_str();
        if self.pool_of_domain(region, domain).is_some() {
            return Err(Error::DomainTaken(domain.to_owned()));
        }
        let pool = self.pool_mut(id, ctx.scope)?;
        pool.domain = Some(domain.to_owned());
        Ok(())
    }

    /// Makes an app client.
    ///
    /// # Errors
    /// There is no such pool, or what is given does not go together.
    pub fn create_client(
        &mut self,
        pool: &str,
        new: NewClient,
        ctx: &Ctx<'_>,
    ) -> Result<&Client, Error> {
        let pool = self.pool_mut(pool, ctx.scope)?;
        let place = pool.id.clone();
        let draw = |kind: &str| ctx.ids.draw(kind, &place, &new.name);
        let id = draw("user-pool-client").base36(26);
        let secret = new
            .has_secret
            .then(|| draw("user-pool-client-secret").base36(51).into_boxed_str());
        let client = Client {
            id: id.clone(),
            secret: secret.map(Secret::new),
            name: new.name,
            settings: new.settings,
            created: ctx.now,
            changed: ctx.now,
        };
        client.check()?;
        pool.check_scopes(client.scopes())?;
        pool.check_attributes(&client)?;
        Ok(pool.clients.entry(id).or_insert(client))
    }

    /// Who shows an access token that the pool issued, and may do what it is for.
    ///
    /// # Errors
    /// It is none, its time is over, it was revoked, or it has not the scope.
    pub fn bearer(&self, token: &str, scope: &str, now: Timestamp) -> Result<Bearer, Error> {
        let token = Token::parse(token).map_err(|_| Error::AccessToken)?;
        let pool = token.issuer().and_then(|issuer| issuer.rsplit_once('/'));
        let pool = pool.and_then(|(_, id)| self.pools.get(id));
        let pool = pool
            .filter(|pool| token.issuer() == Some(pool.issuer().as_str()))
            .filter(|pool| pool.keys.signed(&token))
            .ok_or(Error::AccessToken)?;
        let text = |name: &str| token.claim(name).and_then(|claim| claim.as_str());
        if text("token_use") != Some("access") {
            return Err(Error::AccessToken);
        }
        let expires = token.claim("exp").and_then(serde_json::Value::as_i64);
        if expires.is_none_or(|expires| expires <= now.as_second()) {
            return Err(Error::AccessTokenExpired);
        }
        if text("origin_jti").is_none_or(|origin| pool.is_revoked(origin)) {
            return Err(Error::AccessTokenRevoked);
        }
        let scopes: Vec<String> = token.scopes().into_iter().map(str::to_owned).collect();
        if !scopes.iter().any(|it| it == scope) {
            return Err(Error::AccessTokenScope);
        }
        let name = text("username").unwrap_or_default();
        let sub = text("sub");
        let mut users = pool.users.iter();
        let (key, user) = users
            .find(|(_, user)| Some(user.sub.as_str()) == sub)
            .ok_or_else(|| Error::NoUser(name.to_owned()))?;
        if !user.is_enabled {
            return Err(Error::Disabled);
        }
        Ok(Bearer {
            pool: pool.id.clone(),
            user: key.clone(),
            client: text("client_id").unwrap_or_default().to_owned(),
            scopes,
        })
    }

    /// The user who shows an access token for the operations on oneself.
    ///
    /// # Errors
    /// As [`State::bearer`].
    pub fn own(&self, token: &str, ctx: &Ctx<'_>) -> Result<Bearer, Error> {
        self.bearer(token, ADMIN_SCOPE, ctx.now)
    }
}

impl Pool {
    /// Whether the attributes that a client names are of the schema.
    ///
    /// # Errors
    /// The first that is not (`unverified`).
    pub fn check_attributes(&self, client: &Client) -> Result<(), Error> {
        let settings = &client.settings;
        for (member, names) in [
            ("ReadAttributes", &settings.read_attributes),
            ("WriteAttributes", &settings.write_attributes),
        ] {
            let mut names = names.iter().flatten();
            if let Some(name) = names.find(|name| !self.schema.has(name)) {
                let text = format!("Invalid {member} specified while creating a client: {name}");
                return Err(Error::parameter(member, text));
            }
        }
        Ok(())
    }
}

/// Whether what can be changed of a pool goes together.
///
/// # Errors
/// A function with two places; factors beside the password.
pub fn check_settings(settings: &PoolSettings) -> Result<(), Error> {
    if settings.mfa_configuration != "OFF" {
        let what = format!("MfaConfiguration {}", settings.mfa_configuration);
        return Err(Error::NotImplemented(what));
    }
    let config = &settings.lambda_config;
    let both = config
        .pre_token_generation
        .as_ref()
        .zip(config.pre_token_generation_config.as_ref());
    if both.is_some_and(|(one, other)| *one != other.lambda_arn) {
        // "Set this parameter for legacy purposes. If you also specify an ARN in
        // PreTokenGenerationConfig, its value must be identical" (API reference; the text is unverified).
        let text = "PreTokenGeneration and PreTokenGenerationConfig must name the same function";
        return Err(Error::parameter("LambdaConfig", text));
    }
    Ok(())
}
