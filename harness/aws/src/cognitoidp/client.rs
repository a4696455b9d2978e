//! App clients: who asks a pool for tokens, and what they may ask for.

use std::collections::BTreeMap;

use authlab_kernel::{Secret, SignedDuration, Timestamp};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use serde::{Deserialize, Serialize};

use super::error::Error;

/// The scope that a login without OAuth gives.
pub const ADMIN_SCOPE: &str = "aws.cognito.signin.user.admin";

/// The scopes that every pool has.
pub const STANDARD_SCOPES: [&str; 5] = ["openid", "email", "phone", "profile", ADMIN_SCOPE];

/// The flows that a client has which states none (API reference, `ExplicitAuthFlows`).
const FLOWS_DEFAULT: [&str; 3] = [
    "ALLOW_REFRESH_TOKEN_AUTH",
    "ALLOW_USER_SRP_AUTH",
    "ALLOW_CUSTOM_AUTH",
];

/// In what the validity of tokens is counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ValidityUnits {
    /// Of access tokens.
    #[serde(default)]
    pub access_token: Option<String>,
    /// Of ID tokens.
    #[serde(default)]
    pub id_token: Option<String>,
    /// Of refresh tokens.
    #[serde(default)]
    pub refresh_token: Option<String>,
}

/// What a request states of a client; what it does not state is as by default, also in an update.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Settings {
    /// How long refresh tokens are good; thirty days when it is not said.
    pub refresh_token_validity: Option<i64>,
    /// How long access tokens are good; an hour when it is not said.
    pub access_token_validity: Option<i64>,
    /// How long ID tokens are good; an hour when it is not said.
    pub id_token_validity: Option<i64>,
    /// In what that is counted: hours, and days for refresh tokens, when it is not said.
    pub token_validity_units: Option<ValidityUnits>,
    /// The attributes of which its ID tokens tell; all when it is not said.
    pub read_attributes: Option<Vec<String>>,
    /// The attributes that its users may write; all when it is not said.
    pub write_attributes: Option<Vec<String>>,
    /// Which ways of logging in are open.
    pub explicit_auth_flows: Option<Vec<String>>,
    /// `COGNITO`, the pool's own users.
    pub supported_identity_providers: Option<Vec<String>>,
    /// Where users may be led back to.
    #[serde(rename = "CallbackURLs")]
    pub callback_urls: Option<Vec<String>>,
    /// Where users may be led to once they are logged out.
    #[serde(rename = "LogoutURLs")]
    pub logout_urls: Option<Vec<String>>,
    /// Where users are led back to when a request names no place.
    #[serde(rename = "DefaultRedirectURI")]
    pub default_redirect_uri: Option<String>,
    /// `code`, `client_credentials`.
    #[serde(rename = "AllowedOAuthFlows")]
    pub allowed_oauth_flows: Option<Vec<String>>,
    /// The scopes that may be asked for.
    #[serde(rename = "AllowedOAuthScopes")]
    pub allowed_oauth_scopes: Option<Vec<String>>,
    /// Whether it may use OAuth at all.
    #[serde(rename = "AllowedOAuthFlowsUserPoolClient")]
    pub allowed_oauth_flows_user_pool_client: Option<bool>,
    /// `ENABLED`: who is not there is told like who has another password. `LEGACY` tells it.
    pub prevent_user_existence_errors: Option<String>,
    /// Whether refresh tokens can be revoked.
    pub enable_token_revocation: Option<bool>,
    /// How long a challenge may be answered, in minutes: three when it is not said.
    pub auth_session_validity: Option<i64>,
}

/// An app client.
#[derive(Clone, Debug)]
pub struct Client {
    /// Its id, unique in the lab.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its secret, if it has one.
    pub secret: Option<Secret>,
    /// What it may ask for.
    pub settings: Settings,
    /// When it was made.
    pub created: Timestamp,
    /// When it was changed.
    pub changed: Timestamp,
}

impl Client {
    /// Whether a request shows the client's secret, or the client has none.
    ///
    /// # Errors
    /// The hash is missing, or another.
    pub fn check_hash(&self, username: &str, given: Option<&str>) -> Result<(), Error> {
        let Some(secret) = &self.secret else {
            return match given {
                // Also a client without a secret cannot verify one (unverified).
                Some(_) => Err(Error::SecretHash(self.id.clone())),
                None => Ok(()),
            };
        };
        let given = given.ok_or_else(|| Error::SecretHashMissing(self.id.clone()))?;
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
        let tag = STANDARD
            .decode(given)
            .map_err(|_| Error::SecretHash(self.id.clone()))?;
        let signed = format!("{username}{}", self.id);
        hmac::verify(&key, signed.as_bytes(), &tag).map_err(|_| Error::SecretHash(self.id.clone()))
    }

    /// Whether a secret is the client's; a client without one shows none.
    pub fn has_secret(&self, given: Option<&str>) -> bool {
        match (&self.secret, given) {
            (None, None) => true,
            (Some(secret), Some(given)) => secret.matches(given),
            _ => false,
        }
    }

    /// Whether users may write these attributes with the client: those that prove an address nobody may.
    ///
    /// # Errors
    /// The first that they may not.
    pub fn check_written(&self, given: &BTreeMap<String, String>) -> Result<(), Error> {
        let names = self.settings.write_attributes.as_ref();
        let names = names.filter(|names| !names.is_empty());
        let is_written = |name: &&String| {
            !name.ends_with("_verified")
                && !name.starts_with("dev:")
                && names.is_none_or(|names| names.contains(name))
        };
        match given.keys().find(|name| !is_written(name)) {
            Some(name) => Err(Error::Unwritable(name.clone())),
            None => Ok(()),
        }
    }

    /// The flows that are open.
    pub fn flows(&self) -> Vec<&str> {
        match self.settings.explicit_auth_flows.as_deref() {
            None | Some([]) => FLOWS_DEFAULT.to_vec(),
            Some(flows) => flows.iter().map(String::as_str).collect(),
        }
    }

    /// Whether one of these flows is open.
    pub fn allows(&self, flows: &[&str]) -> bool {
        self.flows().iter().any(|flow| flows.contains(flow))
    }

    /// Whether it may use this OAuth grant.
    pub fn grants(&self, flow: &str) -> bool {
        let flows = self.settings.allowed_oauth_flows.as_deref();
        self.settings.allowed_oauth_flows_user_pool_client == Some(true)
            && flows.unwrap_or_default().iter().any(|it| it == flow)
    }

    /// The scopes that may be asked for.
    pub fn scopes(&self) -> &[String] {
        let scopes = self.settings.allowed_oauth_scopes.as_deref();
        scopes.unwrap_or_default()
    }

    /// Whether who is not there is told like who has another password; `LEGACY` when it is not said.
    pub fn hides_users(&self) -> bool {
        self.settings.prevent_user_existence_errors.as_deref() == Some("ENABLED")
    }

    /// Whether its tokens can be revoked; so it is when it is not said.
    pub fn revokes(&self) -> bool {
        self.settings.enable_token_revocation != Some(false)
    }

    /// How long access tokens are good.
    pub fn access_validity(&self) -> SignedDuration {
        let unit = self.unit(|units| units.access_token.as_deref());
        duration(self.settings.access_token_validity, unit, "hours", 3600)
    }

    /// How long ID tokens are good.
    pub fn id_validity(&self) -> SignedDuration {
        let unit = self.unit(|units| units.id_token.as_deref());
        duration(self.settings.id_token_validity, unit, "hours", 3600)
    }

    /// How long refresh tokens are good.
    pub fn refresh_validity(&self) -> SignedDuration {
        let unit = self.unit(|units| units.refresh_token.as_deref());
        let given = self.settings.refresh_token_validity.filter(|it| *it != 0);
        duration(given, unit, "days", 30 * 86_400)
    }

    /// How long a challenge may be answered.
    pub fn challenge_validity(&self) -> SignedDuration {
        SignedDuration::from_mins(self.settings.auth_session_validity.unwrap_or(3))
    }

    fn unit(&self, of: impl Fn(&ValidityUnits) -> Option<&str>) -> Option<&str> {
        // The closure borrows from what it is given, which is of this client.
        self.settings.token_validity_units.as_ref().and_then(of)
    }

    /// Whether the settings go together.
    ///
    /// # Errors
    /// The first thing that does not.
    pub fn check(&self) -> Result<(), Error> {
        self.check_validity()?;
        self.check_flows()?;
        self.check_oauth()?;
        let providers = self.settings.supported_identity_providers.as_deref();
        match providers
            .unwrap_or_default()
            .iter()
            .find(|it| *it != "COGNITO")
        {
            Some(other) => Err(Error::parameter(
                "SupportedIdentityProviders",
                format!("The provider {other} does not exist for User Pool."),
            )),
            None => Ok(()),
        }
    }

    fn check_validity(&self) -> Result<(), Error> {
        let day = SignedDuration::from_hours(24);
        let bounds = [
            (
                "AccessTokenValidity",
                self.access_validity(),
                SignedDuration::from_mins(5),
                day,
            ),
            (
                "IdTokenValidity",
                self.id_validity(),
                SignedDuration::from_mins(5),
                day,
            ),
            (
                "RefreshTokenValidity",
                self.refresh_validity(),
                SignedDuration::from_hours(1),
                day * 3650,
            ),
        ];
        for (member, validity, min, max) in bounds {
            if validity < min || validity > max {
                // Unverified.
                return Err(Error::parameter(
                    member,
                    "Invalid range for token validity.",
                ));
            }
        }
        Ok(())
    }

    fn check_flows(&self) -> Result<(), Error> {
        let flows = self.flows();
        let is_new = |flow: &&&str| flow.starts_with("ALLOW_");
        let count = flows.iter().filter(is_new).count();
        if count != 0 && count != flows.len() {
            // Unverified.
            let text = "ExplicitAuthFlows has both flows with the prefix ALLOW_ and flows without.";
            return Err(Error::parameter("ExplicitAuthFlows", text));
        }
        let is_unknown = |flow: &&&str| flow.starts_with("ALLOW_TOKEN_EXCHANGE");
        match flows.iter().find(is_unknown) {
            Some(flow) => Err(Error::NotImplemented(format!("ExplicitAuthFlows {flow}"))),
            None => Ok(()),
        }
    }

    fn check_oauth(&self) -> Result<(), Error> {
        let flows = self.settings.allowed_oauth_flows.as_deref();
        let flows = flows.unwrap_or_default();
        let has = |flow: &str| flows.iter().any(|it| it == flow);
        let is_allowed = self.settings.allowed_oauth_flows_user_pool_client == Some(true);
        if is_allowed && (flows.is_empty() || self.scopes().is_empty()) {
            let text = "AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.";
            return Err(Error::parameter("AllowedOAuthFlows", text));
        }
        if has("client_credentials") && (has("code") || has("implicit")) {
            return Err(Error::OauthFlow(
                "client_credentials flow can not be selected along with code flow or implicit flow.",
            ));
        }
        if has("client_credentials") && self.secret.is_none() {
            return Err(Error::OauthFlow(
                "client_credentials flow can not be selected if client does not have a client secret.",
            ));
        }
        if has("implicit") {
            let what = "AllowedOAuthFlows implicit".to_owned();
            return Err(Error::NotImplemented(what));
        }
        let callbacks = self.settings.callback_urls.as_deref().unwrap_or_default();
        if is_allowed && has("code") && callbacks.is_empty() {
            // Unverified.
            let text = "CallbackURLs are required for the code flow.";
            return Err(Error::parameter("CallbackURLs", text));
        }
        let default = self.settings.default_redirect_uri.as_ref();
        if default.is_some_and(|default| !callbacks.contains(default)) {
            // Unverified.
            let text = "DefaultRedirectURI must be in the CallbackURLs.";
            return Err(Error::parameter("DefaultRedirectURI", text));
        }
        Ok(())
    }
}

fn duration(
    given: Option<i64>,
    unit: Option<&str>,
    unit_default: &str,
    seconds_default: i64,
) -> SignedDuration {
    let seconds = match unit.unwrap_or(unit_default) {
        "seconds" => 1,
        "minutes" => 60,
        "days" => 86_400,
        _ => 3600,
    };
    let given = given.map(|given| given.saturating_mul(seconds));
    SignedDuration::from_secs(given.unwrap_or(seconds_default))
}
