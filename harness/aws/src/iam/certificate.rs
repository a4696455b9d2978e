//! Certificates that an account keeps: those with which users once signed, and those of servers. They
//! are kept and told; nothing of the lab takes them.
//!
//! Sources: IAM user guide, `id_credentials_server-certs.html`; the texts were recorded on AWS in 2026
//! where nothing else is said.

use std::collections::BTreeMap;

use authlab_kernel::{AccountId, Ids, Timestamp};
use authlab_token::{Certificate, SigningKey};

use super::entity::{ServerCertificate, SigningCertificate};
use super::error::Error;
use super::grant::merge_tags;
use super::role::{arn, is_taken, path_or_root};
use super::state::State;

/// Signing certificates that a user may have (IAM user guide, `reference_iam-quotas`).
const SIGNING_MAX: usize = 2;
/// Server certificates that an account may have (the same).
const SERVER_MAX: usize = 20;

/// What UploadServerCertificate is told.
#[derive(Clone, Debug, Default)]
pub struct NewServerCertificate {
    /// The name.
    pub name: String,
    /// The path; `/` when empty.
    pub path: String,
    /// The certificate, PEM.
    pub body: String,
    /// The certificates above it, PEM.
    pub chain: Option<String>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

fn read(body: &str) -> Result<Certificate, Error> {
    Certificate::from_pem(body)
        .ok_or_else(|| Error::Certificate(format!("Certificate {body} is malformed.")))
}

impl State {
    /// Gives a user a signing certificate.
    ///
    /// # Errors
    /// No such user, what is no certificate, or the user has it or two others.
    pub fn upload_signing_certificate(
        &mut self,
        account: &AccountId,
        user: &str,
        body: &str,
        (now, ids): (Timestamp, &Ids),
    ) -> Result<SigningCertificate, Error> {
        let owner = self.user_mut(account, user)?;
        read(body)?;
        let mut own = owner.certificates.iter();
        if own.any(|certificate| certificate.body == body) {
            // Unverified text.
            let text = "The certificate has been uploaded already.";
            return Err(Error::DuplicateCertificate(text.to_owned()));
        }
        if owner.certificates.len() >= SIGNING_MAX {
            let text = format!("Cannot exceed quota for CertificatesPerUser: {SIGNING_MAX}");
            return Err(Error::Quota(text));
        }
        let certificate = SigningCertificate {
            id: ids
                .draw("signing-certificate", account.as_str(), user)
                .base32(32),
            body: body.to_owned(),
            is_active: true,
            uploaded: now,
        };
        owner.certificates.push(certificate.clone());
        Ok(certificate)
    }

    /// Switches a signing certificate on or off.
    ///
    /// # Errors
    /// No such user or certificate.
    pub fn set_signing_certificate_active(
        &mut self,
        account: &AccountId,
        user: &str,
        id: &str,
        is_active: bool,
    ) -> Result<(), Error> {
        let mut own = self.user_mut(account, user)?.certificates.iter_mut();
        let found = own.find(|certificate| certificate.id == id);
        found.ok_or_else(|| no_signing_certificate(id))?.is_active = is_active;
        Ok(())
    }

    /// Takes a signing certificate from a user.
    ///
    /// # Errors
    /// No such user or certificate.
    pub fn delete_signing_certificate(
        &mut self,
        account: &AccountId,
        user: &str,
        id: &str,
    ) -> Result<(), Error> {
        let own = &mut self.user_mut(account, user)?.certificates;
        let at = own.iter().position(|certificate| certificate.id == id);
        own.remove(at.ok_or_else(|| no_signing_certificate(id))?);
        Ok(())
    }

    /// Keeps a server certificate; its key is looked at, and not kept.
    ///
    /// # Errors
    /// The name is taken, there are twenty, what is no certificate, or the key is another's.
    pub fn upload_server_certificate(
        &mut self,
        account: &AccountId,
        new: NewServerCertificate,
        key: &str,
        (now, ids): (Timestamp, &Ids),
    ) -> Result<ServerCertificate, Error> {
        let name = new.name.as_str();
        let own = &mut self.account_mut(account).server_certificates;
        if is_taken(own.keys(), name, None) {
            return Err(taken(name));
        }
        if own.len() >= SERVER_MAX {
            let text =
                format!("Cannot exceed quota for ServerCertificatesPerAccount: {SERVER_MAX}");
            return Err(Error::Quota(text));
        }
        let read = read(&new.body)?;
        // Unverified texts.
        let key = SigningKey::from_pkcs8_pem(key).map_err(|_| {
            let text = "Private Key is malformed: give one PEM block `PRIVATE KEY` (PKCS #8).";
            Error::Certificate(text.to_owned())
        })?;
        if !read.is_of(&key) {
            return Err(Error::KeyPair);
        }
        let certificate = ServerCertificate {
            id: format!(
                "ASCA{}",
                ids.draw("server-certificate", account.as_str(), name)
                    .base32(17)
            ),
            arn: arn(account, "server-certificate", &new.path, name),
            path: path_or_root(&new.path),
            uploaded: now,
            expires: read.not_after,
            body: new.body,
            chain: new.chain,
            tags: new.tags,
            name: new.name,
        };
        own.insert(certificate.name.clone(), certificate.clone());
        Ok(certificate)
    }

    /// A server certificate by its name.
    ///
    /// # Errors
    /// There is none.
    pub fn server_certificate(
        &self,
        account: &AccountId,
        name: &str,
    ) -> Result<&ServerCertificate, Error> {
        let own = self.account(account);
        let found = own.and_then(|own| own.server_certificates.get(name));
        found.ok_or_else(|| no_server_certificate(name))
    }

    /// The server certificates of an account, by name.
    pub fn server_certificates(
        &self,
        account: &AccountId,
    ) -> impl Iterator<Item = &ServerCertificate> {
        let own = self.account(account).into_iter();
        own.flat_map(|own| own.server_certificates.values())
    }

    /// Gives a server certificate another name or path.
    ///
    /// # Errors
    /// No such certificate, or the new name is taken.
    pub fn update_server_certificate(
        &mut self,
        account: &AccountId,
        name: &str,
        new_name: Option<&str>,
        new_path: Option<&str>,
    ) -> Result<(), Error> {
        self.server_certificate(account, name)?;
        let own = &mut self.account_mut(account).server_certificates;
        let new_name = new_name.unwrap_or(name);
        if is_taken(own.keys(), new_name, Some(name)) {
            return Err(taken(new_name));
        }
        if let Some(mut certificate) = own.remove(name) {
            new_name.clone_into(&mut certificate.name);
            certificate.path = new_path.map_or(certificate.path, path_or_root);
            certificate.arn = arn(account, "server-certificate", &certificate.path, new_name);
            own.insert(new_name.to_owned(), certificate);
        }
        Ok(())
    }

    /// Deletes a server certificate.
    ///
    /// # Errors
    /// There is none.
    pub fn delete_server_certificate(
        &mut self,
        account: &AccountId,
        name: &str,
    ) -> Result<(), Error> {
        let own = &mut self.account_mut(account).server_certificates;
        let removed = own.remove(name);
        removed
            .map(|_| ())
            .ok_or_else(|| no_server_certificate(name))
    }

    /// Adds tags to a server certificate, or takes them away.
    ///
    /// # Errors
    /// No such certificate, or more than fifty.
    pub fn tag_server_certificate(
        &mut self,
        account: &AccountId,
        name: &str,
        add: BTreeMap<String, String>,
        remove: &[String],
    ) -> Result<(), Error> {
        let own = &mut self.account_mut(account).server_certificates;
        let found = own.get_mut(name);
        let certificate = found.ok_or_else(|| no_server_certificate(name))?;
        certificate.tags.retain(|key, _| !remove.contains(key));
        merge_tags(&mut certificate.tags, add)
    }
}

fn taken(name: &str) -> Error {
    Error::Exists(format!(
        "The Server Certificate with name {name} already exists."
    ))
}

fn no_signing_certificate(id: &str) -> Error {
    Error::NotFound(format!("The Certificate with id {id} cannot be found."))
}

fn no_server_certificate(name: &str) -> Error {
    Error::NotFound(format!(
        "The Server Certificate with name {name} cannot be found."
    ))
}
