//! The client's configuration: where STS and IAM are, and what a login must carry; and what the
//! entities of logins are called.

use authlab_kernel::Secret;
use serde_json::{Value, json};

use super::Aws;
use crate::duration;
use crate::field::Fields;
use crate::request::Call;
use crate::response::{Fault, Outcome, Response};

/// `config/client`.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) access_key: String,
    pub(crate) secret_key: Option<Secret>,
    pub(crate) endpoint: String,
    pub(crate) iam_endpoint: String,
    pub(crate) sts_endpoint: String,
    pub(crate) sts_region: String,
    pub(crate) use_sts_region_from_client: bool,
    pub(crate) iam_server_id_header_value: String,
    /// In the canonical form of header names.
    pub(crate) allowed_sts_header_values: Option<Vec<String>>,
    pub(crate) max_retries: i64,
}

impl Default for Client {
    fn default() -> Self {
        Self {
            access_key: String::new(),
            secret_key: None,
            endpoint: String::new(),
            iam_endpoint: String::new(),
            sts_endpoint: String::new(),
            sts_region: String::new(),
            use_sts_region_from_client: false,
            iam_server_id_header_value: String::new(),
            allowed_sts_header_values: None,
            max_retries: -1,
        }
    }
}

/// `config/identity`.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) iam_alias: String,
    pub(crate) iam_metadata: Vec<String>,
    pub(crate) ec2_alias: String,
    pub(crate) ec2_metadata: Vec<String>,
}

const METADATA_DEFAULT: [&str; 2] = ["account_id", "auth_type"];
const IAM_METADATA: [&str; 8] = [
    "account_id",
    "auth_type",
    "canonical_arn",
    "client_arn",
    "client_user_id",
    "inferred_aws_region",
    "inferred_entity_id",
    "inferred_entity_type",
];
const EC2_METADATA: [&str; 5] = ["account_id", "ami_id", "auth_type", "instance_id", "region"];

impl Default for Identity {
    fn default() -> Self {
        let metadata: Vec<String> = METADATA_DEFAULT
            .iter()
            .map(|name| (*name).to_owned())
            .collect();
        Self {
            iam_alias: "role_id".to_owned(),
            iam_metadata: metadata.clone(),
            ec2_alias: "role_id".to_owned(),
            ec2_metadata: metadata,
        }
    }
}

/// A header's name in the canonical form: `X-Amz-Date`.
pub(super) fn canonical_header(name: &str) -> String {
    let parts = name.split('-').map(|part| {
        let mut characters = part.chars();
        let first = characters.next().map(|first| first.to_ascii_uppercase());
        first
            .into_iter()
            .chain(characters.map(|one| one.to_ascii_lowercase()))
            .collect::<String>()
    });
    parts.collect::<Vec<_>>().join("-")
}

pub(super) fn client_exists(method: &Aws, _: &Call<'_>, _: &Fields) -> bool {
    method.client.is_some()
}

pub(super) fn read_client(method: &mut Aws, _: &Call<'_>, _: &Fields) -> Outcome {
    Ok(method.client.as_ref().map(|client| {
        Response::data(json!({
            "access_key": client.access_key,
            "allowed_sts_header_values": client.allowed_sts_header_values,
            "endpoint": client.endpoint,
            "iam_endpoint": client.iam_endpoint,
            "iam_server_id_header_value": client.iam_server_id_header_value,
            "max_retries": client.max_retries,
            "sts_endpoint": client.sts_endpoint,
            "sts_region": client.sts_region,
            "use_sts_region_from_client": client.use_sts_region_from_client,
        }))
    }))
}

/// What Vault 1.21 reads of the client's configuration besides, and this server does not: workload
/// identity and the rotation of the root by itself
/// (<https://developer.hashicorp.com/vault/api-docs/auth/aws>).
const UNREAD_CLIENT: [&str; 7] = [
    "disable_automated_rotation",
    "identity_token_audience",
    "identity_token_ttl",
    "role_arn",
    "rotation_period",
    "rotation_schedule",
    "rotation_window",
];

/// Refuses by name what would be ignored. Command lines and Terraform send the zero value of
/// everything.
fn refuse_unread(call: &Call<'_>) -> Result<(), Fault> {
    if !call.flavour.rules().own_aws_method {
        return Ok(());
    }
    let is_zero = |value: &Value| match value {
        Value::Null | Value::Bool(false) => true,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => matches!(text.as_str(), "" | "0" | "0s" | "false"),
        _ => false,
    };
    let data = &call.request.data;
    let found = UNREAD_CLIENT
        .iter()
        .find(|name| data.get(**name).is_some_and(|value| !is_zero(value)));
    match found {
        Some(name) => Err(Fault::not_simulated(format!(
            "`{name}` of `config/client` is not simulated by authlab: leave it out"
        ))),
        None => Ok(()),
    }
}

pub(super) fn write_client(method: &mut Aws, call: &Call<'_>, fields: &Fields) -> Outcome {
    refuse_unread(call)?;
    let client = method.client.get_or_insert_default();
    for (name, text) in [
        ("access_key", &mut client.access_key),
        ("endpoint", &mut client.endpoint),
        ("iam_endpoint", &mut client.iam_endpoint),
        ("sts_endpoint", &mut client.sts_endpoint),
        ("sts_region", &mut client.sts_region),
        (
            "iam_server_id_header_value",
            &mut client.iam_server_id_header_value,
        ),
    ] {
        if let Some(given) = fields.given_text(name) {
            *text = given;
        }
    }
    if let Some(secret) = fields.given_text("secret_key") {
        client.secret_key = Some(Secret::new(secret)).filter(|one| !one.expose_secret().is_empty());
    }
    if let Some(from_client) = fields.given_bool("use_sts_region_from_client") {
        client.use_sts_region_from_client = from_client;
    }
    if let Some(names) = fields.given_list("allowed_sts_header_values") {
        client.allowed_sts_header_values =
            Some(names.iter().map(|name| canonical_header(name)).collect());
    }
    if let Some(retries) = fields.given_int("max_retries") {
        client.max_retries = retries;
    }
    // A principal's ARN may be another one at another endpoint.
    method.full_arns.clear();
    Ok(None)
}

pub(super) fn delete_client(method: &mut Aws, _: &Call<'_>, _: &Fields) -> Outcome {
    method.client = None;
    method.full_arns.clear();
    Ok(None)
}

pub(super) fn read_identity(method: &mut Aws, _: &Call<'_>, _: &Fields) -> Outcome {
    let identity = &method.identity;
    Ok(Some(Response::data(json!({
        "ec2_alias": identity.ec2_alias,
        "ec2_metadata": identity.ec2_metadata,
        "iam_alias": identity.iam_alias,
        "iam_metadata": identity.iam_metadata,
    }))))
}

pub(super) fn write_identity(method: &mut Aws, call: &Call<'_>, fields: &Fields) -> Outcome {
    let alias = |name: &str, allowed: &[&str]| {
        let Some(given) = fields.given_text(name) else {
            return Ok(None);
        };
        if !allowed.contains(&given.as_str()) {
            return Err(Fault::answer(format!(
                "{name} of {} not in set of allowed values: [{}]",
                duration::quoted(&given),
                allowed.join(" ")
            )));
        }
        Ok(Some(given))
    };
    let metadata = |name: &str, allowed: &[&str]| {
        let Some(given) = fields.given_list(name) else {
            return Ok(None);
        };
        if given.len() == 1 && given[0] == "default" {
            let names = METADATA_DEFAULT
                .iter()
                .map(|name| (*name).to_owned())
                .collect();
            return Ok(Some(names));
        }
        if let Some(wrong) = given.iter().find(|name| !allowed.contains(&name.as_str())) {
            return Err(Fault::answer(format!(
                "{} contains an unavailable field, please select from {}",
                duration::quoted(wrong),
                duration::quoted(&allowed.join(", "))
            )));
        }
        Ok(Some(given))
    };
    // Vault has the canonical ARN since 1.16 (hashicorp/vault#22460); where it stands in the list
    // of the refusal is unverified.
    let aliases: &[&str] = if call.flavour.rules().own_aws_method {
        &["role_id", "unique_id", "canonical_arn", "full_arn"]
    } else {
        &["role_id", "unique_id", "full_arn"]
    };
    let iam_alias = alias("iam_alias", aliases)?;
    let ec2_alias = alias("ec2_alias", &["role_id", "instance_id", "image_id"])?;
    let iam_metadata = metadata("iam_metadata", &IAM_METADATA)?;
    let ec2_metadata = metadata("ec2_metadata", &EC2_METADATA)?;
    let identity = &mut method.identity;
    identity.iam_alias = iam_alias.unwrap_or_else(|| identity.iam_alias.clone());
    identity.ec2_alias = ec2_alias.unwrap_or_else(|| identity.ec2_alias.clone());
    identity.iam_metadata = iam_metadata.unwrap_or_else(|| identity.iam_metadata.clone());
    identity.ec2_metadata = ec2_metadata.unwrap_or_else(|| identity.ec2_metadata.clone());
    Ok(None)
}
