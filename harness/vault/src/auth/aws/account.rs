//! Principals of other accounts: the role that Vault assumes there to look them up
//! (`config/sts/<account>`).
//!
//! The texts are those of Vault's public documents and source as far as known (grade K: unverified).

use serde_json::json;

use super::sign::Credentials;
use super::{Aws, Client, upstream};
use crate::auth::listed;
use crate::duration;
use crate::evidence::{Because, Principal};
use crate::field::Fields;
use crate::request::Call;
use crate::response::{Fault, Outcome, Response, Told};
use authlab_kernel::Secret;

/// How Vault gets into another account.
#[derive(Clone, Debug, Default)]
pub(crate) struct Access {
    role_arn: String,
    external_id: String,
}

pub(super) fn exists(method: &Aws, _: &Call<'_>, fields: &Fields) -> bool {
    method.accounts.contains_key(&fields.text("account_id"))
}

pub(super) fn list(method: &mut Aws, call: &Call<'_>, fields: &Fields) -> Outcome {
    let accounts = method.accounts.keys().cloned();
    Ok(Some(listed(call, fields, accounts)))
}

pub(super) fn read(method: &mut Aws, call: &Call<'_>, fields: &Fields) -> Outcome {
    let found = method.accounts.get(&fields.text("account_id"));
    Ok(found.map(|access| {
        let mut shown = json!({"sts_role": access.role_arn});
        if call.flavour.rules().own_aws_method {
            shown["external_id"] = json!(access.external_id);
        }
        Response::data(shown)
    }))
}

pub(super) fn write(method: &mut Aws, call: &Call<'_>, fields: &Fields) -> Outcome {
    let account = fields.text("account_id");
    let mut access = method.accounts.get(&account).cloned().unwrap_or_default();
    if let Some(role_arn) = fields.given_text("sts_role") {
        access.role_arn = role_arn;
    }
    if access.role_arn.is_empty() {
        return Err(Fault::answer("sts role cannot be empty"));
    }
    let external_id = fields.given_text("external_id");
    if let Some(external_id) = external_id.filter(|_| call.flavour.rules().own_aws_method) {
        access.external_id = external_id;
    }
    method.accounts.insert(account, access);
    // A principal may be another one when another role looks it up.
    method.full_arns.clear();
    Ok(None)
}

pub(super) fn delete(method: &mut Aws, _: &Call<'_>, fields: &Fields) -> Outcome {
    method.accounts.remove(&fields.text("account_id"));
    method.full_arns.clear();
    Ok(None)
}

/// What a call about a principal of this account is signed with: the client's own credentials, or
/// those of the role that is configured for the account. The inner error says why the role could not
/// be assumed.
pub(super) fn credentials(
    method: &Aws,
    call: &Call<'_>,
    account: &str,
) -> Result<Result<Option<Credentials>, String>, Fault> {
    let default = Client::default();
    let client = method.client.as_ref().unwrap_or(&default);
    let own = own(client);
    let Some(access) = method.accounts.get(account) else {
        return Ok(Ok(own));
    };
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("Action", "AssumeRole")
        .append_pair("DurationSeconds", "900");
    if !access.external_id.is_empty() {
        form.append_pair("ExternalId", &access.external_id);
    }
    form.append_pair("RoleArn", &access.role_arn)
        // The reference names a session by the time; here the name must be the same in each run.
        .append_pair("RoleSessionName", &format!("vault-{account}"))
        .append_pair("Version", "2011-06-15");
    let purpose = "sts-assume-role";
    let answer = upstream::ask_sts(call, client, own.as_ref(), purpose, form.finish())?;
    Ok(answer
        .and_then(|response| upstream::read_element(&response, "Credentials"))
        .and_then(|texts| {
            let text = |name: &str| {
                let found = texts.get(name).filter(|text| !text.is_empty());
                found.cloned().ok_or_else(|| {
                    format!("the answer of AssumeRole has no {}", duration::quoted(name))
                })
            };
            Ok(Some(Credentials {
                access_key: text("AccessKeyId")?,
                secret_key: Secret::new(text("SecretAccessKey")?),
                session_token: Some(Secret::new(text("SessionToken")?)),
            }))
        }))
}

/// Why a principal of this account cannot be looked up with Vault's own credentials: they are of another
/// account. Without credentials of its own nobody is asked (Vault, `builtin/credential/aws/client.go`,
/// `getClientConfig`).
pub(super) fn foreign(
    method: &Aws,
    call: &Call<'_>,
    account: &str,
) -> Result<Option<String>, Fault> {
    let default = Client::default();
    let client = method.client.as_ref().unwrap_or(&default);
    let is_asked = call.flavour.rules().own_aws_method && !method.accounts.contains_key(account);
    let Some(own) = own(client).filter(|_| is_asked) else {
        return Ok(None);
    };
    let form = "Action=GetCallerIdentity&Version=2011-06-15".to_owned();
    let answer = upstream::ask_sts(call, client, Some(&own), "sts-own-identity", form)?;
    let texts =
        answer.and_then(|response| upstream::read_element(&response, "GetCallerIdentityResult"));
    Ok(match texts {
        Err(error) => Some(format!("unable to fetch current caller: {error}")),
        Ok(texts) => {
            let own = texts.get("Account").cloned().unwrap_or_default();
            (own != account).then(|| {
                let (account, own) = (duration::quoted(account), duration::quoted(&own));
                format!(
                    "unable to fetch client for account ID {account} -- default client is for \
                     account {own}"
                )
            })
        }
    })
}

/// What stood against looking up a principal.
pub(super) fn told(method: &Aws, arn: &str, account: &str, error: String) -> Told {
    let own = error.split_once("default client is for account ");
    let own = own.map(|(_, own)| own.trim_matches('"').to_owned());
    Told::Because(Because::Principal(Principal {
        arn: arn.to_owned(),
        account: account.to_owned(),
        own_account: own,
        has_sts_role: method.accounts.contains_key(account),
        error,
    }))
}

/// The credentials of `config/client`, if it has any.
pub(super) fn own(client: &Client) -> Option<Credentials> {
    let secret_key = client.secret_key.clone()?;
    (!client.access_key.is_empty()).then(|| Credentials {
        access_key: client.access_key.clone(),
        secret_key,
        session_token: None,
    })
}
