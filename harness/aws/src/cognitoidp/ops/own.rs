//! Users by themselves: signing up, and what an access token opens.

use authlab_kernel::Secret;
use authlab_wire::Value;
use serde::{Deserialize, Serialize};

use super::user::listed;
use super::{Attribute, attributes, wire};
use crate::cloud::Cloud;
use crate::cognitoidp::directory::NewUser;
use crate::cognitoidp::error::Error;
use crate::operation::{Answer, Call, Reply, read};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SignUpInput {
    client_id: String,
    username: String,
    password: String,
    #[serde(default)]
    secret_hash: Option<String>,
    #[serde(default)]
    user_attributes: Option<Vec<Attribute>>,
}

/// Where a code was sent.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct CodeDelivery {
    destination: String,
    delivery_medium: &'static str,
    attribute_name: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct SignUpOutput {
    user_confirmed: bool,
    user_sub: String,
    code_delivery_details: Option<CodeDelivery>,
}

pub(in crate::cognitoidp) fn sign_up(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: SignUpInput = read(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    let pool = state.pool_of_client(&input.client_id).map_err(wire)?;
    let client = pool.client(&input.client_id).map_err(wire)?;
    client
        .check_hash(&input.username, input.secret_hash.as_deref())
        .map_err(wire)?;
    let config = &pool.settings.admin_create_user_config;
    if config.allow_admin_create_user_only {
        return Err(wire(Error::SignUpClosed));
    }
    let given = attributes(input.user_attributes);
    client.check_written(&given).map_err(wire)?;
    let proves = pool.settings.auto_verified_attributes.clone();
    let new = NewUser {
        name: input.username,
        attributes: given,
        password: Secret::new(input.password),
        is_sign_up: true,
    };
    let user = pool.add_user(new, (ctx.now, ctx.ids)).map_err(wire)?;
    let proves = |kind: &str| proves.iter().flatten().any(|it| it == kind);
    let email = user.attribute("email").filter(|_| proves("email"));
    let phone = user.attribute("phone_number");
    let phone = phone.filter(|_| proves("phone_number"));
    let delivery = match (email, phone) {
        (Some(email), _) => Some(CodeDelivery {
            destination: masked_email(email),
            delivery_medium: "EMAIL",
            attribute_name: "email",
        }),
        (None, Some(phone)) => Some(CodeDelivery {
            destination: masked_phone(phone),
            delivery_medium: "SMS",
            attribute_name: "phone_number",
        }),
        (None, None) => None,
    };
    Reply::to(&SignUpOutput {
        user_confirmed: false,
        user_sub: user.sub.clone(),
        code_delivery_details: delivery,
    })
}

/// `a***@e***`.
fn masked_email(email: &str) -> String {
    let (user, host) = email.split_once('@').unwrap_or((email, ""));
    let first = |text: &str| text.chars().next().map(String::from).unwrap_or_default();
    format!("{}***@{}***", first(user), first(host))
}

/// `+*******9999`.
fn masked_phone(phone: &str) -> String {
    let count = phone.chars().count();
    let last: String = phone.chars().skip(count.saturating_sub(4)).collect();
    format!("+{}{last}", "*".repeat(count.saturating_sub(5)))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ConfirmInput {
    client_id: String,
    username: String,
    confirmation_code: String,
    #[serde(default)]
    secret_hash: Option<String>,
}

pub(in crate::cognitoidp) fn confirm(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: ConfirmInput = read(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    let pool = state.pool_of_client(&input.client_id).map_err(wire)?;
    let client = pool.client(&input.client_id).map_err(wire)?;
    client
        .check_hash(&input.username, input.secret_hash.as_deref())
        .map_err(wire)?;
    let code = Some(input.confirmation_code.as_str());
    let confirmed = pool.confirm(&input.username, code, ctx.now);
    confirmed.map_err(wire)?;
    Ok(Reply::empty())
}

/// The token, which is looked at before the rest of an input.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TokenInput {
    access_token: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct UserOutput {
    username: String,
    user_attributes: Vec<Attribute>,
}

pub(in crate::cognitoidp) fn get(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: TokenInput = read(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    let bearer = state.own(&input.access_token, &ctx).map_err(wire)?;
    let pool = state.pool_anywhere(&bearer.pool);
    let pool = pool.ok_or_else(|| wire(Error::AccessToken))?;
    let user = pool.user(&bearer.user).map_err(wire)?;
    let client = pool.client(&bearer.client).map_err(wire)?;
    let reads = client.settings.read_attributes.as_ref();
    let reads = reads.filter(|names| !names.is_empty());
    let is_read = |name: &String| name == "sub" || reads.is_none_or(|names| names.contains(name));
    let told = user.all_attributes().into_iter();
    Reply::to(&UserOutput {
        username: user.name.clone(),
        user_attributes: listed(told.filter(|(name, _)| is_read(name))),
    })
}

pub(in crate::cognitoidp) fn sign_out(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: TokenInput = read(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    let bearer = state.own(&input.access_token, &ctx).map_err(wire)?;
    if let Some(pool) = state.pool_anywhere_mut(&bearer.pool) {
        pool.sign_out(&bearer.user);
    }
    Ok(Reply::empty())
}

pub(in crate::cognitoidp) fn delete(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: TokenInput = read(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    let bearer = state.own(&input.access_token, &ctx).map_err(wire)?;
    if let Some(pool) = state.pool_anywhere_mut(&bearer.pool) {
        pool.delete_user(&bearer.user).map_err(wire)?;
    }
    Ok(Reply::empty())
}
