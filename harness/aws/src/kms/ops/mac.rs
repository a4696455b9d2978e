//! Message authentication codes: made, and checked.

use authlab_wire::{Blob, Value};
use serde::{Deserialize, Serialize};

use super::crypto::DryRun;
use super::wire;
use crate::cloud::Cloud;
use crate::kms::error::Error;
use crate::kms::key::Key;
use crate::kms::mac::MacSpec;
use crate::operation::{Answer, Call, Reply, read};

/// The named key, which is for codes of this algorithm.
fn key_for<'a>(
    cloud: &'a Cloud,
    call: &Call,
    id: &str,
    algorithm: &str,
) -> Result<(&'a Key, MacSpec), Error> {
    let key = cloud.shared.kms.find(id, &call.scope, call.now)?;
    key.check_usable()?;
    let spec = key.mac_spec(call.operation)?;
    if spec.algorithm() == algorithm {
        Ok((key, spec))
    } else {
        Err(Error::Algorithm {
            algorithm: algorithm.to_owned(),
            spec: spec.name(),
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GenerateInput {
    key_id: String,
    message: Blob,
    mac_algorithm: String,
    #[serde(default)]
    grant_tokens: Vec<String>,
    #[serde(default)]
    dry_run: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct GenerateOutput<'a> {
    mac: Blob,
    mac_algorithm: &'static str,
    key_id: &'a str,
}

pub(in crate::kms) fn generate(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: GenerateInput = read(input)?;
    let dry_run =
        DryRun::after_tokens(cloud, call, &input.grant_tokens, input.dry_run).map_err(wire)?;
    let found = key_for(cloud, call, &input.key_id, &input.mac_algorithm);
    let (key, spec) = found.map_err(wire)?;
    dry_run.finish().map_err(wire)?;
    Reply::to(&GenerateOutput {
        mac: spec.sign(&key.root, &input.message.0).into(),
        mac_algorithm: spec.algorithm(),
        key_id: &key.arn,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct VerifyInput {
    key_id: String,
    message: Blob,
    mac: Blob,
    mac_algorithm: String,
    #[serde(default)]
    grant_tokens: Vec<String>,
    #[serde(default)]
    dry_run: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct VerifyOutput<'a> {
    mac_valid: bool,
    mac_algorithm: &'static str,
    key_id: &'a str,
}

/// A code that is not the message's is an error, never a `false` (API reference, `VerifyMac`).
pub(in crate::kms) fn verify(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: VerifyInput = read(input)?;
    let dry_run =
        DryRun::after_tokens(cloud, call, &input.grant_tokens, input.dry_run).map_err(wire)?;
    let found = key_for(cloud, call, &input.key_id, &input.mac_algorithm);
    let (key, spec) = found.map_err(wire)?;
    dry_run.finish().map_err(wire)?;
    if !spec.is_valid(&key.root, &input.message.0, &input.mac.0) {
        return Err(wire(Error::Mac));
    }
    Reply::to(&VerifyOutput {
        mac_valid: true,
        mac_algorithm: spec.algorithm(),
        key_id: &key.arn,
    })
}
