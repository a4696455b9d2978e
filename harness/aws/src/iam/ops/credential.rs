//! Passwords and credentials of single services on the wire.

use authlab_policy::Principal;
use authlab_wire::{Value, WireError};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{user_or_caller, wire};
use crate::cloud::Cloud;
use crate::iam::{Error, ServiceCredential};
use crate::operation::{Answer, Call, Reply, read};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    user_name: Option<String>,
    service_name: Option<String>,
    #[serde(default)]
    service_specific_credential_id: String,
    status: Option<String>,
    credential_age_days: Option<i64>,
    #[serde(default)]
    all_users: bool,
    password: Option<String>,
    password_reset_required: Option<bool>,
    #[serde(default)]
    old_password: String,
    #[serde(default)]
    new_password: String,
}

impl Input {
    /// The user that is named, else the caller if it is one.
    fn user<'a>(&'a self, call: &'a Call) -> Result<&'a str, WireError> {
        user_or_caller(self.user_name.as_deref(), call)
    }
}

fn metadata(user: &str, credential: &ServiceCredential) -> Json {
    let mut output = json!({
        "UserName": user,
        "Status": if credential.is_active { "Active" } else { "Inactive" },
        "CreateDate": credential.created,
        "ServiceName": credential.service,
        "ServiceSpecificCredentialId": credential.id,
        "ExpirationDate": credential.expires,
    });
    let name = if credential.takes_password {
        "ServiceUserName"
    } else {
        "ServiceCredentialAlias"
    };
    output[name] = credential.service_user.as_str().into();
    output
}

fn whole(user: &str, credential: &ServiceCredential) -> Json {
    let mut output = metadata(user, credential);
    let name = if credential.takes_password {
        "ServicePassword"
    } else {
        "ServiceCredentialSecret"
    };
    output[name] = credential.secret.expose_secret().into();
    output
}

pub(super) fn create_for_service(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let user = asked.user(call)?;
    let about = (
        asked.service_name.as_deref().unwrap_or_default(),
        asked.credential_age_days,
    );
    let when = (call.now, &call.ids);
    let made = cloud
        .shared
        .iam
        .create_service_credential(call.account(), user, about, when);
    Reply::to(&json!({"ServiceSpecificCredential": whole(user, &made.map_err(wire)?)}))
}

pub(super) fn list_for_service(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let service = asked.service_name.as_deref();
    let users: Vec<String> = if asked.all_users {
        let all = cloud.shared.iam.users(call.account(), "");
        all.into_iter().map(|user| user.name.clone()).collect()
    } else {
        vec![asked.user(call)?.to_owned()]
    };
    let mut credentials = Vec::new();
    for user in &users {
        let own = cloud
            .shared
            .iam
            .service_credentials(call.account(), user, service);
        credentials.extend(
            own.map_err(wire)?
                .into_iter()
                .map(|each| metadata(user, each)),
        );
    }
    Reply::to(&json!({"ServiceSpecificCredentials": credentials}))
}

/// Whose credential is meant: the named user's, else whoever has it.
fn owner(cloud: &Cloud, call: &Call, asked: &Input) -> Result<String, WireError> {
    if asked.user_name.is_some() {
        return asked.user(call).map(str::to_owned);
    }
    let id = &asked.service_specific_credential_id;
    let found = cloud
        .shared
        .iam
        .user_of_service_credential(call.account(), id);
    let missing = || wire(Error::NotFound(format!("No such credential {id} exists")));
    found.map(str::to_owned).ok_or_else(missing)
}

pub(super) fn update_for_service(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let (user, id) = (
        owner(cloud, call, &asked)?,
        &asked.service_specific_credential_id,
    );
    let is_active = match asked.status.as_deref() {
        Some("Active") => true,
        Some("Inactive") => false,
        // `Expired` is what time makes of one.
        _ => {
            return Err(wire(Error::Invalid(
                "Status: give Active or Inactive".to_owned(),
            )));
        }
    };
    let found = cloud
        .shared
        .iam
        .service_credential_mut(call.account(), &user, id);
    found.map_err(wire)?.is_active = is_active;
    Ok(Reply::empty())
}

pub(super) fn reset_for_service(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let (user, id) = (
        owner(cloud, call, &asked)?,
        &asked.service_specific_credential_id,
    );
    let secret = call
        .ids
        .draw("service-password", call.account().as_str(), id)
        .base62(44);
    let found = cloud
        .shared
        .iam
        .service_credential_mut(call.account(), &user, id);
    let credential = found.map_err(wire)?;
    credential.secret = authlab_kernel::Secret::new(secret);
    Reply::to(&json!({"ServiceSpecificCredential": whole(&user, credential)}))
}

pub(super) fn delete_for_service(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let (user, id) = (
        owner(cloud, call, &asked)?,
        &asked.service_specific_credential_id,
    );
    cloud
        .shared
        .iam
        .delete_service_credential(call.account(), &user, id)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn create_login(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let user = asked.user(call)?;
    let password = asked.password.as_deref().unwrap_or_default();
    let must_change = asked.password_reset_required.unwrap_or(false);
    let made = cloud.shared.iam.create_login_profile(
        call.account(),
        user,
        password,
        must_change,
        call.now,
    );
    let login = made.map_err(wire)?;
    Reply::to(&json!({"LoginProfile": {
        "UserName": user,
        "CreateDate": login.created,
        "PasswordResetRequired": login.must_change,
    }}))
}

pub(super) fn get_login(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let user = asked.user(call)?;
    let login = cloud
        .shared
        .iam
        .login_profile(call.account(), user)
        .map_err(wire)?;
    Reply::to(&json!({"LoginProfile": {
        "UserName": user,
        "CreateDate": login.created,
        "PasswordResetRequired": login.must_change,
    }}))
}

pub(super) fn update_login(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let (user, password) = (asked.user(call)?, asked.password.as_deref());
    let must_change = asked.password_reset_required;
    let done = cloud
        .shared
        .iam
        .update_login_profile(call.account(), user, password, must_change);
    done.map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn delete_login(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    cloud
        .shared
        .iam
        .delete_login_profile(call.account(), asked.user(call)?)
        .map_err(wire)?;
    Ok(Reply::empty())
}

/// The calling user's own password.
pub(super) fn change_password(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let Principal::User { name, .. } = &call.caller.principal else {
        // Unverified text.
        let text = "Only IAM Users can change their own password";
        return Err(WireError::new(400, "InvalidUserType", text));
    };
    let login = cloud
        .shared
        .iam
        .login_profile(call.account(), name)
        .map_err(wire)?;
    if login.password.expose_secret() != asked.old_password {
        // Unverified text.
        let text = "The old password was incorrect.";
        return Err(crate::front::answer::access_denied(
            authlab_wire::Protocol::Query,
            text,
        ));
    }
    let password = Some(asked.new_password.as_str());
    let done = cloud
        .shared
        .iam
        .update_login_profile(call.account(), name, password, Some(false));
    done.map_err(wire)?;
    Ok(Reply::empty())
}
