//! What keys are for: encrypt, decrypt, data keys, random bytes.

use std::collections::BTreeMap;

use authlab_wire::{Blob, Value};
use serde::{Deserialize, Serialize};

use super::grant::check_tokens;
use super::wire;
use crate::cloud::Cloud;
use crate::kms::cipher::{EncryptionContext, NONCE_LENGTH, Sealed, seal};
use crate::kms::error::Error;
use crate::kms::key::Key;
use crate::operation::{Answer, Call, Reply, read};

/// The algorithm of every key here.
const ALGORITHM: &str = "SYMMETRIC_DEFAULT";

/// Whether an operation with a key is only tried.
pub(super) struct DryRun(bool);

impl DryRun {
    /// What was asked for, once the grant tokens were checked, which comes before a key is used.
    pub(super) fn after_tokens(
        cloud: &Cloud,
        call: &Call,
        tokens: &[String],
        dry_run: Option<bool>,
    ) -> Result<Self, Error> {
        check_tokens(&cloud.shared.kms, tokens, call)?;
        Ok(Self(dry_run.unwrap_or_default()))
    }

    /// Ends a dry run, after everything was checked.
    pub(super) fn finish(&self) -> Result<(), Error> {
        if self.0 { Err(Error::DryRun) } else { Ok(()) }
    }
}

/// A key here has one algorithm (`unverified` text; AWS refuses the others for a symmetric key).
fn check_algorithm(algorithm: Option<&str>) -> Result<(), Error> {
    match algorithm {
        None | Some(ALGORITHM) => Ok(()),
        Some(other) => Err(Error::Parameter(format!(
            "Algorithm {other} is not compatible with key spec SYMMETRIC_DEFAULT."
        ))),
    }
}

/// A request to decrypt nothing.
pub(in crate::kms) fn ciphertext_missing() -> Error {
    let problem = "1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy constraint: Member must not be null";
    Error::Parameter(problem.to_owned())
}

/// The key that is named; it can be used, and encrypts.
fn usable<'a>(cloud: &'a Cloud, call: &Call, id: &str) -> Result<&'a Key, Error> {
    let key = cloud.shared.kms.find(id, &call.scope, call.now)?;
    key.check_usable()?;
    key.check_encrypts(call.operation)?;
    Ok(key)
}

fn encrypted(
    key: &Key,
    plaintext: &[u8],
    context: &EncryptionContext,
    call: &Call,
) -> Result<Blob, Error> {
    let nonce = call
        .ids
        .draw("kms-nonce", &key.arn, "nonce")
        .bytes(NONCE_LENGTH);
    let generation = key.generation(call.now);
    let sealed = seal(
        (&key.arn, &key.root, generation),
        plaintext,
        context,
        &nonce,
    )?;
    Ok(sealed.into())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct EncryptInput {
    key_id: String,
    plaintext: Blob,
    #[serde(default)]
    encryption_context: EncryptionContext,
    #[serde(default)]
    encryption_algorithm: Option<String>,
    #[serde(default)]
    grant_tokens: Vec<String>,
    #[serde(default)]
    dry_run: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct EncryptOutput<'a> {
    ciphertext_blob: Blob,
    key_id: &'a str,
    encryption_algorithm: &'static str,
}

pub(in crate::kms) fn encrypt(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: EncryptInput = read(input)?;
    let dry_run =
        DryRun::after_tokens(cloud, call, &input.grant_tokens, input.dry_run).map_err(wire)?;
    let key = usable(cloud, call, &input.key_id).map_err(wire)?;
    check_algorithm(input.encryption_algorithm.as_deref()).map_err(wire)?;
    dry_run.finish().map_err(wire)?;
    let context = &input.encryption_context;
    Reply::to(&EncryptOutput {
        ciphertext_blob: encrypted(key, &input.plaintext.0, context, call).map_err(wire)?,
        key_id: &key.arn,
        encryption_algorithm: ALGORITHM,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DecryptInput {
    #[serde(default)]
    key_id: Option<String>,
    #[serde(default)]
    ciphertext_blob: Option<Blob>,
    #[serde(default)]
    encryption_context: EncryptionContext,
    #[serde(default)]
    encryption_algorithm: Option<String>,
    #[serde(default)]
    grant_tokens: Vec<String>,
    #[serde(default)]
    dry_run: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DecryptOutput<'a> {
    key_id: &'a str,
    plaintext: Blob,
    encryption_algorithm: &'static str,
    key_material_id: String,
}

/// What a ciphertext opens to, under which key and which of its materials.
struct Opened<'a> {
    key: &'a Key,
    plaintext: Vec<u8>,
    generation: u32,
}

/// Opens a ciphertext with the key that made it, which is the named one where one is named.
fn open<'a>(
    cloud: &'a Cloud,
    call: &Call,
    named: Option<&str>,
    bytes: &[u8],
    context: &EncryptionContext,
) -> Result<Opened<'a>, Error> {
    let named = match named {
        Some(id) => Some(usable(cloud, call, id)?),
        None => None,
    };
    let sealed = Sealed::parse(bytes)?;
    let maker = cloud
        .shared
        .kms
        .of_ciphertext(&sealed, &call.scope, call.now);
    let key = match (named, maker) {
        (Some(named), Some(maker)) if named.arn == maker.arn => named,
        (Some(_), Some(_)) => return Err(Error::IncorrectKey),
        (None, Some(maker)) => maker,
        (_, None) => return Err(Error::Ciphertext),
    };
    key.check_usable()?;
    Ok(Opened {
        plaintext: sealed.open(&key.root, context)?,
        generation: sealed.generation,
        key,
    })
}

pub(in crate::kms) fn decrypt(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: DecryptInput = read(input)?;
    let dry_run =
        DryRun::after_tokens(cloud, call, &input.grant_tokens, input.dry_run).map_err(wire)?;
    check_algorithm(input.encryption_algorithm.as_deref()).map_err(wire)?;
    let bytes = input
        .ciphertext_blob
        .ok_or_else(|| wire(ciphertext_missing()))?;
    let opened = open(
        cloud,
        call,
        input.key_id.as_deref(),
        &bytes.0,
        &input.encryption_context,
    )
    .map_err(wire)?;
    dry_run.finish().map_err(wire)?;
    Reply::to(&DecryptOutput {
        key_id: &opened.key.arn,
        key_material_id: opened.key.root.material_id(opened.generation),
        plaintext: opened.plaintext.into(),
        encryption_algorithm: ALGORITHM,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ReEncryptInput {
    #[serde(default)]
    ciphertext_blob: Option<Blob>,
    #[serde(default)]
    source_key_id: Option<String>,
    #[serde(default)]
    source_encryption_context: EncryptionContext,
    #[serde(default)]
    source_encryption_algorithm: Option<String>,
    destination_key_id: String,
    #[serde(default)]
    destination_encryption_context: EncryptionContext,
    #[serde(default)]
    destination_encryption_algorithm: Option<String>,
    #[serde(default)]
    grant_tokens: Vec<String>,
    #[serde(default)]
    dry_run: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ReEncryptOutput<'a> {
    ciphertext_blob: Blob,
    source_key_id: &'a str,
    key_id: &'a str,
    source_encryption_algorithm: &'static str,
    destination_encryption_algorithm: &'static str,
    source_key_material_id: String,
    destination_key_material_id: String,
}

pub(in crate::kms) fn re_encrypt(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: ReEncryptInput = read(input)?;
    let dry_run =
        DryRun::after_tokens(cloud, call, &input.grant_tokens, input.dry_run).map_err(wire)?;
    for algorithm in [
        &input.source_encryption_algorithm,
        &input.destination_encryption_algorithm,
    ] {
        check_algorithm(algorithm.as_deref()).map_err(wire)?;
    }
    let bytes = input
        .ciphertext_blob
        .ok_or_else(|| wire(ciphertext_missing()))?;
    let from = open(
        cloud,
        call,
        input.source_key_id.as_deref(),
        &bytes.0,
        &input.source_encryption_context,
    )
    .map_err(wire)?;
    let to = usable(cloud, call, &input.destination_key_id).map_err(wire)?;
    dry_run.finish().map_err(wire)?;
    let context = &input.destination_encryption_context;
    Reply::to(&ReEncryptOutput {
        ciphertext_blob: encrypted(to, &from.plaintext, context, call).map_err(wire)?,
        source_key_id: &from.key.arn,
        key_id: &to.arn,
        source_encryption_algorithm: ALGORITHM,
        destination_encryption_algorithm: ALGORITHM,
        source_key_material_id: from.key.root.material_id(from.generation),
        destination_key_material_id: to.material_id(call.now),
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DataKeyInput {
    key_id: String,
    #[serde(default)]
    encryption_context: EncryptionContext,
    #[serde(default)]
    key_spec: Option<String>,
    #[serde(default)]
    number_of_bytes: Option<usize>,
    #[serde(default)]
    grant_tokens: Vec<String>,
    #[serde(default)]
    dry_run: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DataKeyOutput<'a> {
    ciphertext_blob: Blob,
    plaintext: Option<Blob>,
    key_id: &'a str,
    key_material_id: String,
}

pub(in crate::kms) fn generate_data_key(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    data_key(cloud, call, input, true)
}

pub(in crate::kms) fn generate_data_key_only(
    cloud: &mut Cloud,
    call: &Call,
    input: Value,
) -> Answer {
    data_key(cloud, call, input, false)
}

fn data_key(cloud: &mut Cloud, call: &Call, input: Value, is_shown: bool) -> Answer {
    let input: DataKeyInput = read(input)?;
    let dry_run =
        DryRun::after_tokens(cloud, call, &input.grant_tokens, input.dry_run).map_err(wire)?;
    let key = usable(cloud, call, &input.key_id).map_err(wire)?;
    let size = match (input.key_spec.as_deref(), input.number_of_bytes) {
        (Some("AES_256"), None) => 32,
        (Some("AES_128"), None) => 16,
        (None, Some(size)) => size,
        _ => return Err(wire(Error::DataKeySize)),
    };
    dry_run.finish().map_err(wire)?;
    let bytes = call
        .ids
        .draw("kms-data-key", &key.arn, "data key")
        .bytes(size);
    let context = &input.encryption_context;
    Reply::to(&DataKeyOutput {
        ciphertext_blob: encrypted(key, &bytes, context, call).map_err(wire)?,
        plaintext: is_shown.then(|| bytes.into()),
        key_id: &key.arn,
        key_material_id: key.material_id(call.now),
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[derive(Default)]
struct RandomInput {
    number_of_bytes: Option<usize>,
}

pub(in crate::kms) fn generate_random(_: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: RandomInput = read(input)?;
    let size = input
        .number_of_bytes
        .ok_or_else(|| wire(Error::NumberOfBytes))?;
    let bytes = call
        .ids
        .draw("kms-random", &call.scope.to_string(), "random")
        .bytes(size);
    let plaintext = Blob::from(bytes);
    Reply::to(&BTreeMap::from([("Plaintext", plaintext)]))
}
