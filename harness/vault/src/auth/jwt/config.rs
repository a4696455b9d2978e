//! Where the keys are, and what holds for every token.

use authlab_kernel::Secret;
use authlab_token::{Algorithm, KeySet};
use serde_json::{Value, json};

use super::{Jwt, keys};
use crate::duration::quoted;
use crate::evidence::{Because, Reason};
use crate::field::Fields;
use crate::json::{text, texts};
use crate::request::Call;
use crate::response::{Fault, Outcome, Response, Told};

/// `config`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Config {
    pub(crate) discovery_url: String,
    discovery_ca_pem: String,
    client_id: String,
    client_secret: Option<Secret>,
    response_mode: String,
    response_types: Vec<String>,
    pub(crate) default_role: String,
    pub(crate) jwks_url: String,
    jwks_ca_pem: String,
    public_pems: Vec<String>,
    pub(crate) public_keys: KeySet,
    pub(crate) algorithms: Vec<Algorithm>,
    pub(crate) bound_issuer: String,
    provider_config: serde_json::Map<String, Value>,
    namespace_in_state: bool,
    allowed_server_names: Vec<String>,
}

pub(super) fn read(method: &mut Jwt, call: &Call<'_>, _: &Fields) -> Outcome {
    Ok(method.config.as_ref().map(|config| {
        let algorithms: Vec<&str> = config
            .algorithms
            .iter()
            .map(|algorithm| algorithm.as_str())
            .collect();
        let mut shown = json!({
            "bound_issuer": config.bound_issuer,
            "default_role": config.default_role,
            "jwks_ca_pem": config.jwks_ca_pem,
            "jwks_url": config.jwks_url,
            "jwt_supported_algs": algorithms,
            "jwt_validation_pubkeys": config.public_pems,
            "namespace_in_state": config.namespace_in_state,
            "oidc_client_id": config.client_id,
            "oidc_discovery_ca_pem": config.discovery_ca_pem,
            "oidc_discovery_url": config.discovery_url,
            "oidc_response_mode": config.response_mode,
            "oidc_response_types": config.response_types,
            "provider_config": config.provider_config,
        });
        if call.flavour.rules().newer_jwt {
            shown["status"] = json!("valid");
            shown["override_allowed_server_names"] = json!(config.allowed_server_names);
        }
        Response::data(shown)
    }))
}

pub(super) fn write(method: &mut Jwt, call: &Call<'_>, fields: &Fields) -> Outcome {
    let newer = call.flavour.rules().newer_jwt;
    let mut pems = fields.list("jwt_validation_pubkeys");
    if !newer {
        pems.retain(|pem| !pem.is_empty());
    }
    let secret = fields.text("oidc_client_secret");
    let config = Config {
        discovery_url: fields.text("oidc_discovery_url"),
        discovery_ca_pem: fields.text("oidc_discovery_ca_pem"),
        client_id: fields.text("oidc_client_id"),
        client_secret: (!secret.is_empty()).then(|| Secret::new(secret)),
        response_mode: fields.text("oidc_response_mode"),
        response_types: fields.list("oidc_response_types"),
        default_role: fields.text("default_role"),
        jwks_url: fields.text("jwks_url"),
        jwks_ca_pem: fields.text("jwks_ca_pem"),
        public_keys: KeySet::default(),
        algorithms: Vec::new(),
        bound_issuer: fields.text("bound_issuer"),
        provider_config: fields.map("provider_config"),
        namespace_in_state: fields.given_bool("namespace_in_state").unwrap_or_else(|| {
            let known = method.config.as_ref();
            known.is_none_or(|config| config.namespace_in_state)
        }),
        allowed_server_names: fields.list("override_allowed_server_names"),
        public_pems: pems.iter().map(|pem| pem.trim().to_owned()).collect(),
    };
    if newer && fields.has("jwks_pairs") {
        return Err(Fault::not_simulated(
            "`jwks_pairs` of the configuration is not simulated by authlab: give one `jwks_url`",
        ));
    }
    check_sources(&config, newer).map_err(Fault::answer)?;
    let mut warnings = Vec::new();
    let unchecked = newer && fields.bool("skip_jwks_validation");
    let config = check_keys(config, call, &pems, unchecked, &mut warnings)?;
    let mut names = fields.list("jwt_supported_algs");
    if !newer {
        names.retain(|name| !name.is_empty());
    }
    let algorithms = algorithms(&names)?;
    check_response(&config).map_err(Fault::answer)?;
    if let Some(provider) = config.provider_config.get("provider") {
        let provider = crate::field::go_print(provider);
        if PROVIDERS.contains(&provider.as_str()) {
            return Err(Fault::not_simulated(format!(
                "the provider `{provider}` is not simulated by authlab: leave `provider_config` out"
            )));
        }
        let provider = quoted(&provider);
        return Err(Fault::answer(format!(
            "invalid provider_config: provider {provider} not found in custom providers"
        )));
    }
    method.config = Some(Config {
        algorithms,
        ..config
    });
    method.cache = None;
    Ok((!warnings.is_empty()).then(|| Response {
        warnings,
        ..Response::default()
    }))
}

/// The providers with ways of their own that the real methods know.
const PROVIDERS: [&str; 5] = ["azure", "gsuite", "ibmisam", "kubernetes", "secureauth"];

fn check_sources(config: &Config, newer: bool) -> Result<(), &'static str> {
    let sources = [
        !config.public_pems.is_empty(),
        !config.jwks_url.is_empty(),
        !config.discovery_url.is_empty(),
    ];
    if sources.into_iter().filter(|given| *given).count() != 1 {
        return Err(if newer {
            "exactly one of 'jwt_validation_pubkeys', 'jwks_url', 'jwks_pairs', \
             'oidc_discovery_url', or 'provider_config' must be set"
        } else {
            "exactly one of 'jwt_validation_pubkeys', 'jwks_url' or 'oidc_discovery_url' must be set"
        });
    }
    if config.client_id.is_empty() != config.client_secret.is_none() {
        return Err("both 'oidc_client_id' and 'oidc_client_secret' must be set for OIDC");
    }
    if !config.client_id.is_empty() && config.discovery_url.is_empty() {
        return Err("'oidc_discovery_url' must be set for OIDC");
    }
    Ok(())
}

/// How a provider may answer the browser flow: what does not go together is refused, although no
/// browser logs in here.
fn check_response(config: &Config) -> Result<(), String> {
    let types = &config.response_types;
    if !types
        .iter()
        .all(|one| matches!(one.as_str(), "code" | "id_token"))
    {
        return Err(format!(
            "invalid response_types [{}]. 'code' and 'id_token' are allowed",
            types.join(" ")
        ));
    }
    match config.response_mode.as_str() {
        "" | "query" if types.iter().any(|one| one == "id_token") => {
            Err("query response_mode may not be used with an id_token response_type".to_owned())
        }
        "" | "query" | "form_post" => Ok(()),
        other => Err(format!("invalid response_mode: {}", quoted(other))),
    }
}

fn is_pem(text: &str) -> bool {
    text.is_empty() || text.contains("-----BEGIN CERTIFICATE-----")
}

/// Whether the keys are there. Those of a key set that is `unchecked` may come later: only a warning.
fn check_keys(
    mut config: Config,
    call: &Call<'_>,
    pems: &[String],
    unchecked: bool,
    warnings: &mut Vec<String>,
) -> Result<Config, Fault> {
    if !config.jwks_url.is_empty() {
        if !is_pem(&config.jwks_ca_pem) {
            return Err(Fault::answer("error checking jwks_ca_pem"));
        }
        let text = "error checking jwks URL";
        match keys::fetch_keys(call, &config.jwks_url)? {
            Ok(_) => {}
            Err(_) if unchecked => warnings.push(text.to_owned()),
            Err(unusable) => {
                return Err(Fault::answer(text)
                    .because(Reason::JwksUnusable)
                    .telling(Told::Because(Because::Provider(*unusable.seen))));
            }
        }
    }
    if !config.discovery_url.is_empty() {
        let refused = || {
            Fault::answer("error checking oidc discovery URL").because(Reason::DiscoveryUnusable)
        };
        if !is_pem(&config.discovery_ca_pem) {
            return Err(refused());
        }
        keys::discover(call, &config.discovery_url)?.map_err(|unusable| {
            refused().telling(Told::Because(Because::Provider(*unusable.seen)))
        })?;
    }
    for pem in pems {
        if !pem.contains("-----BEGIN ") {
            return Err(Fault::answer(
                "error parsing public key: data does not contain any valid public keys",
            ));
        }
    }
    if !pems.is_empty() {
        config.public_keys = KeySet::from_public_pems(pems)
            .map_err(|_| Fault::answer("error parsing public key: x509: malformed certificate"))?;
    }
    Ok(config)
}

fn algorithms(names: &[String]) -> Result<Vec<Algorithm>, Fault> {
    names
        .iter()
        .map(|name| {
            let symmetric = name.starts_with("HS") || name == "none";
            name.parse::<Algorithm>()
                .ok()
                .filter(|_| !symmetric)
                .ok_or_else(|| {
                    let name = quoted(name);
                    Fault::answer(format!(
                        "invalid jwt_supported_algs: unsupported signing algorithm {name}"
                    ))
                })
        })
        .collect()
}

impl Config {
    /// The configuration as its endpoint shows it, as far as it decides about tokens. What is missing is
    /// not set; keys and algorithms that cannot be read are left out.
    pub(crate) fn of_shown(data: &Value) -> Self {
        let text_of = |name: &str| text(data.get(name)).unwrap_or_default();
        let list = |name: &str| texts(data.get(name)).unwrap_or_default();
        let named = list("jwt_supported_algs");
        Self {
            discovery_url: text_of("oidc_discovery_url"),
            default_role: text_of("default_role"),
            jwks_url: text_of("jwks_url"),
            public_keys: KeySet::from_public_pems(&list("jwt_validation_pubkeys"))
                .unwrap_or_default(),
            algorithms: named.iter().filter_map(|name| name.parse().ok()).collect(),
            bound_issuer: text_of("bound_issuer"),
            ..Self::default()
        }
    }

    /// Whether a browser login was configured.
    pub(super) fn has_client(&self) -> bool {
        self.client_secret.is_some()
    }
}
