//! Certificates on the wire.

use authlab_wire::Value;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{tags, user_or_caller, wire};
use crate::cloud::Cloud;
use crate::iam::certificate::NewServerCertificate;
use crate::iam::entity::{ServerCertificate, SigningCertificate};
use crate::operation::tag::listed;
use crate::operation::{Answer, Call, Reply, Tag, read};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OfUser {
    user_name: Option<String>,
    #[serde(default)]
    certificate_id: String,
    #[serde(default)]
    certificate_body: String,
    status: Option<String>,
}

fn signing_output(user: &str, certificate: &SigningCertificate) -> Json {
    json!({
        "UserName": user,
        "CertificateId": certificate.id,
        "CertificateBody": certificate.body,
        "Status": if certificate.is_active { "Active" } else { "Inactive" },
        "UploadDate": certificate.uploaded,
    })
}

pub(super) fn upload_signing(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: OfUser = read(input)?;
    let user = user_or_caller(asked.user_name.as_deref(), call)?;
    let made = cloud.shared.iam.upload_signing_certificate(
        call.account(),
        user,
        &asked.certificate_body,
        (call.now, &call.ids),
    );
    Reply::to(&json!({"Certificate": signing_output(user, &made.map_err(wire)?)}))
}

pub(super) fn list_signing(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: OfUser = read(input)?;
    let user = user_or_caller(asked.user_name.as_deref(), call)?;
    let owner = cloud
        .shared
        .iam
        .get_user(call.account(), user)
        .map_err(wire)?;
    let certificates: Vec<Json> = owner
        .certificates
        .iter()
        .map(|certificate| signing_output(user, certificate))
        .collect();
    Reply::to(&json!({"Certificates": certificates}))
}

pub(super) fn update_signing(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: OfUser = read(input)?;
    let user = user_or_caller(asked.user_name.as_deref(), call)?;
    let is_active = asked.status.as_deref() == Some("Active");
    cloud
        .shared
        .iam
        .set_signing_certificate_active(call.account(), user, &asked.certificate_id, is_active)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn delete_signing(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: OfUser = read(input)?;
    let user = user_or_caller(asked.user_name.as_deref(), call)?;
    cloud
        .shared
        .iam
        .delete_signing_certificate(call.account(), user, &asked.certificate_id)
        .map_err(wire)?;
    Ok(Reply::empty())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OfServer {
    #[serde(default)]
    server_certificate_name: String,
    #[serde(default)]
    path: String,
    #[serde(default)]
    path_prefix: String,
    #[serde(default)]
    certificate_body: String,
    certificate_chain: Option<String>,
    #[serde(default)]
    private_key: String,
    new_server_certificate_name: Option<String>,
    new_path: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
    #[serde(default)]
    tag_keys: Vec<String>,
}

fn server_output(certificate: &ServerCertificate) -> Json {
    json!({
        "ServerCertificateName": certificate.name,
        "ServerCertificateId": certificate.id,
        "Arn": certificate.arn,
        "Path": certificate.path,
        "UploadDate": certificate.uploaded,
        "Expiration": certificate.expires,
    })
}

pub(super) fn upload_server(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: OfServer = read(input)?;
    let new = NewServerCertificate {
        name: asked.server_certificate_name,
        path: asked.path,
        body: asked.certificate_body,
        chain: asked.certificate_chain,
        tags: tags(asked.tags)?,
    };
    let when = (call.now, &call.ids);
    let made =
        cloud
            .shared
            .iam
            .upload_server_certificate(call.account(), new, &asked.private_key, when);
    let certificate = made.map_err(wire)?;
    let mut output = json!({"ServerCertificateMetadata": server_output(&certificate)});
    if !certificate.tags.is_empty() {
        output["Tags"] = json!(listed(&certificate.tags));
    }
    Reply::to(&output)
}

pub(super) fn get_server(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: OfServer = read(input)?;
    let name = &asked.server_certificate_name;
    let found = cloud.shared.iam.server_certificate(call.account(), name);
    let certificate = found.map_err(wire)?;
    Reply::to(&json!({"ServerCertificate": {
        "ServerCertificateMetadata": server_output(certificate),
        "CertificateBody": certificate.body,
        "CertificateChain": certificate.chain,
        "Tags": listed(&certificate.tags),
    }}))
}

pub(super) fn list_server(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: OfServer = read(input)?;
    let certificates: Vec<Json> = cloud
        .shared
        .iam
        .server_certificates(call.account())
        .filter(|certificate| certificate.path.starts_with(&asked.path_prefix))
        .map(server_output)
        .collect();
    Reply::to(&json!({"ServerCertificateMetadataList": certificates}))
}

pub(super) fn update_server(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: OfServer = read(input)?;
    let (name, path) = (&asked.new_server_certificate_name, &asked.new_path);
    cloud
        .shared
        .iam
        .update_server_certificate(
            call.account(),
            &asked.server_certificate_name,
            name.as_deref(),
            path.as_deref(),
        )
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn delete_server(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: OfServer = read(input)?;
    let name = &asked.server_certificate_name;
    let deleted = cloud
        .shared
        .iam
        .delete_server_certificate(call.account(), name);
    deleted.map_err(wire)?;
    Ok(Reply::empty())
}

/// TagServerCertificate and UntagServerCertificate.
pub(super) fn tag_server(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: OfServer = read(input)?;
    let (add, name) = (tags(asked.tags)?, &asked.server_certificate_name);
    cloud
        .shared
        .iam
        .tag_server_certificate(call.account(), name, add, &asked.tag_keys)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn list_server_tags(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: OfServer = read(input)?;
    let name = &asked.server_certificate_name;
    let found = cloud.shared.iam.server_certificate(call.account(), name);
    Reply::to(&json!({"Tags": listed(&found.map_err(wire)?.tags)}))
}
