//! `config/rotate-root`: Vault makes itself a new access key through IAM, and deletes the old one.
//!
//! The texts are those of Vault's public source as far as known (grade K: unverified).

use authlab_kernel::Secret;
use serde_json::json;

use super::sign::Credentials;
use super::{Aws, Client, account, upstream};
use crate::evidence::Reason;
use crate::field::Fields;
use crate::request::Call;
use crate::response::{Fault, Outcome, Response};

pub(super) fn rotate_root(method: &mut Aws, call: &Call<'_>, _: &Fields) -> Outcome {
    let Some(client) = method.client.clone() else {
        let text = "can't update client config because it's unset";
        return Err(Fault::answer(text));
    };
    if client.access_key.is_empty() {
        return Err(Fault::answer("can't update access_key because it's unset"));
    }
    let Some(own) = account::own(&client) else {
        return Err(Fault::answer("can't update secret_key because it's unset"));
    };
    let user = ask(call, &client, &own, "GetUser", "", "User")?;
    let name = user.get("UserName").cloned().unwrap_or_default();
    let of_user = format!("&UserName={}", encoded(&name));
    let made = ask(
        call,
        &client,
        &own,
        "CreateAccessKey",
        &of_user,
        "AccessKey",
    )?;
    let text = |name: &str| made.get(name).cloned().unwrap_or_default();
    let (access_key, secret_key) = (text("AccessKeyId"), text("SecretAccessKey"));
    if access_key.is_empty() || secret_key.is_empty() {
        return Err(Fault::error("nil response from CreateAccessKey"));
    }
    let old = format!("&AccessKeyId={}{of_user}", encoded(&client.access_key));
    let deleted = ask(
        call,
        &client,
        &own,
        "DeleteAccessKey",
        &old,
        "ResponseMetadata",
    );
    if let Err(fault @ Fault::Fetch(_)) = deleted {
        return Err(fault);
    }
    // The new key holds whether or not the old one could be deleted.
    if let Some(client) = method.client.as_mut() {
        client.access_key.clone_from(&access_key);
        client.secret_key = Some(Secret::new(secret_key));
    }
    deleted?;
    Ok(Some(Response::data(json!({"access_key": access_key}))))
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn ask(
    call: &Call<'_>,
    client: &Client,
    own: &Credentials,
    action: &str,
    parameters: &str,
    element: &str,
) -> Result<std::collections::BTreeMap<String, String>, Fault> {
    let purpose = match action {
        "GetUser" => "iam-get-user",
        "CreateAccessKey" => "iam-create-access-key",
        _ => "iam-delete-access-key",
    };
    let body = format!("Action={action}{parameters}&Version=2010-05-08");
    let answer = upstream::ask_iam(call, client, Some(own), purpose, body)?;
    answer
        .and_then(|response| upstream::read_element(&response, element))
        .map_err(|error| {
            Fault::error(format!("error calling {action}: {error}"))
                .because(Reason::AwsRotationRefused)
        })
}
