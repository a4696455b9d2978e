//! Virtual MFA devices on the wire.

use authlab_wire::{Blob, Value, WireError};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::{tags, user, user_or_caller, wire};
use crate::cloud::Cloud;
use crate::iam::MfaDevice;
use crate::operation::tag::listed;
use crate::operation::{Answer, Call, Reply, Tag, read};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    user_name: Option<String>,
    #[serde(default, rename = "VirtualMFADeviceName")]
    name: String,
    #[serde(default)]
    path: String,
    #[serde(default)]
    serial_number: String,
    #[serde(default)]
    authentication_code1: String,
    #[serde(default)]
    authentication_code2: String,
    assignment_status: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
    #[serde(default)]
    tag_keys: Vec<String>,
}

impl Input {
    fn codes(&self) -> [&str; 2] {
        [&self.authentication_code1, &self.authentication_code2]
    }

    /// The user that is named, else the caller if it is one.
    fn user<'a>(&'a self, call: &'a Call) -> Result<&'a str, WireError> {
        user_or_caller(self.user_name.as_deref(), call)
    }
}

/// The picture of the seed (`QRCodePNG`) is not drawn: the seed says the same.
pub(super) fn create(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Made {
        serial_number: String,
        #[serde(rename = "Base32StringSeed")]
        seed: Blob,
        #[serde(skip_serializing_if = "Option::is_none")]
        tags: Option<Json>,
    }
    #[derive(Serialize)]
    struct Output {
        #[serde(rename = "VirtualMFADevice")]
        device: Made,
    }
    let asked: Input = read(input)?;
    let names = (asked.name.as_str(), asked.path.as_str());
    let made =
        cloud
            .shared
            .iam
            .create_mfa_device(call.account(), names, tags(asked.tags)?, &call.ids);
    let device = made.map_err(wire)?;
    Reply::to(&Output {
        device: Made {
            seed: Blob::from(device.seed.expose_secret().as_bytes().to_vec()),
            tags: (!device.tags.is_empty()).then(|| json!(listed(&device.tags))),
            serial_number: device.serial,
        },
    })
}

pub(super) fn enable(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let (user, serial) = (asked.user(call)?, &asked.serial_number);
    let done =
        cloud
            .shared
            .iam
            .enable_mfa_device(call.account(), user, serial, asked.codes(), call.now);
    done.map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn resync(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let (user, serial) = (asked.user(call)?, &asked.serial_number);
    let done =
        cloud
            .shared
            .iam
            .resync_mfa_device(call.account(), user, serial, asked.codes(), call.now);
    done.map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn deactivate(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let (user, serial) = (asked.user(call)?, &asked.serial_number);
    cloud
        .shared
        .iam
        .deactivate_mfa_device(call.account(), user, serial)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn delete(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    cloud
        .shared
        .iam
        .delete_mfa_device(call.account(), &asked.serial_number)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn get(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let found = match asked.user_name.as_deref() {
        Some(user) => cloud
            .shared
            .iam
            .mfa_device_of(call.account(), user, &asked.serial_number),
        None => cloud
            .shared
            .iam
            .mfa_device(call.account(), &asked.serial_number),
    };
    let device = found.map_err(wire)?;
    Reply::to(&json!({
        "UserName": device.user,
        "SerialNumber": device.serial,
        "EnableDate": device.enabled,
    }))
}

/// The devices of one user, or of the caller.
pub(super) fn list_of_user(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let owner = asked.user(call)?;
    cloud
        .shared
        .iam
        .get_user(call.account(), owner)
        .map_err(wire)?;
    let devices = cloud.shared.iam.mfa_devices(call.account());
    let devices: Vec<Json> = devices
        .filter(|device| device.user.as_deref() == Some(owner))
        .map(|device| {
            json!({
                "UserName": device.user,
                "SerialNumber": device.serial,
                "EnableDate": device.enabled,
            })
        })
        .collect();
    Reply::to(&json!({"MFADevices": devices}))
}

pub(super) fn list(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let is_asked = |device: &&MfaDevice| match asked.assignment_status.as_deref() {
        Some("Assigned") => device.user.is_some(),
        Some("Unassigned") => device.user.is_none(),
        _ => true,
    };
    let devices = cloud.shared.iam.mfa_devices(call.account());
    let devices: Vec<Json> = devices
        .filter(is_asked)
        .map(|device| {
            let owner = device.user.as_deref();
            let owner = owner.and_then(|name| cloud.shared.iam.user(call.account(), name));
            json!({
                "SerialNumber": device.serial,
                "EnableDate": device.enabled,
                "User": owner.map(user::output),
            })
        })
        .collect();
    Reply::to(&json!({"VirtualMFADevices": devices}))
}

/// TagMFADevice and UntagMFADevice.
pub(super) fn tag(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let (add, serial) = (tags(asked.tags)?, &asked.serial_number);
    let done = cloud
        .shared
        .iam
        .tag_mfa_device(call.account(), serial, add, &asked.tag_keys);
    done.map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn list_tags(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let found = cloud
        .shared
        .iam
        .mfa_device(call.account(), &asked.serial_number);
    Reply::to(&json!({"Tags": listed(&found.map_err(wire)?.tags)}))
}
