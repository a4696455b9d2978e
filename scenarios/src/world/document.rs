//! The one document that a scenario ends with: policies as stored, decisions, access logs, Vault's
//! audit lines. Everything is read as anybody could read it; the order is that of names and, for
//! what happened, that of time.

mod audit;
mod decision;
mod policy;
mod secret;

use std::{collections::BTreeSet, path::PathBuf};

use authlab_snapshots::Redactor;

pub use self::audit::{AuditLine, error_messages};
use super::World;
use crate::error::{StepError, StepResult};

/// What the document shall show, noted by the steps that made it.
#[derive(Clone, Debug, Default)]
pub struct DocumentPlan {
    roles: BTreeSet<(String, String)>,
    control_policies: BTreeSet<(String, String)>,
    sinks: BTreeSet<String>,
    secrets: BTreeSet<String>,
    secret_arns: BTreeSet<String>,
    apis: BTreeSet<String>,
    functions: BTreeSet<(String, String)>,
    vault_policies: BTreeSet<String>,
    vault_aws_roles: BTreeSet<String>,
    vault_jwt_roles: BTreeSet<String>,
    audit: Option<AuditLog>,
}

/// Where Vault's audit log is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum AuditLog {
    /// In a file of the scenario's own.
    File(PathBuf),
    /// In the lab's journal, into which it is followed.
    Journal,
}

impl DocumentPlan {
    /// A role: its trust policy, its inline policies, its boundary.
    pub fn note_role(&mut self, account: &str, name: &str) {
        self.roles.insert((account.to_owned(), name.to_owned()));
    }

    /// A service or resource control policy, by name and id.
    pub fn note_control_policy(&mut self, name: &str, id: &str) {
        self.control_policies
            .insert((name.to_owned(), id.to_owned()));
    }

    /// A sink of [`super::Named::sinks`]: its policy, and the links to it.
    pub fn note_sink(&mut self, name: &str) {
        self.sinks.insert(name.to_owned());
    }

    /// A secret of [`super::Named::secrets`]: its key, its tags, its versions, its policy. Nothing
    /// shows the characters that Secrets Manager added to its name.
    pub fn note_secret(&mut self, name: &str, arn: &str) {
        self.secrets.insert(name.to_owned());
        self.secret_arns.insert(arn.to_owned());
    }

    /// An API of [`super::Named::apis`]: its routes, its authorizers, its access log.
    pub fn note_api(&mut self, name: &str) {
        self.apis.insert(name.to_owned());
    }

    /// A function: its resource policy.
    pub fn note_function(&mut self, account: &str, name: &str) {
        self.functions.insert((account.to_owned(), name.to_owned()));
    }

    /// An ACL policy of Vault.
    pub fn note_vault_policy(&mut self, name: &str) {
        self.vault_policies.insert(name.to_owned());
    }

    /// A role of Vault's AWS auth method.
    pub fn note_vault_aws_role(&mut self, name: &str) {
        self.vault_aws_roles.insert(name.to_owned());
    }

    /// A role of Vault's JWT auth method.
    pub fn note_vault_jwt_role(&mut self, name: &str) {
        self.vault_jwt_roles.insert(name.to_owned());
    }

    /// Where Vault audits to.
    pub fn note_audit(&mut self, log: AuditLog) {
        self.audit = Some(log);
    }

    /// Hides what differs from backend to backend.
    fn redactor(&self) -> Redactor {
        let arns = self.secret_arns.iter();
        arns.fold(Redactor::new(), |redactor, arn| redactor.secret(arn))
    }
}

/// A part of the document: a title and what stands below it, indented.
struct Section {
    title: String,
    body: String,
}

impl Section {
    fn new(title: impl Into<String>, body: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            body: body.into(),
        }
    }

    fn render(&self, text: &mut String) {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&self.title);
        text.push('\n');
        for line in self.body.lines() {
            text.push_str(format!("  {line}").trim_end());
            text.push('\n');
        }
    }
}

impl World {
    /// Collects the document. What happened is read before the reads themselves happen.
    pub(crate) async fn compose_document(&self) -> StepResult<String> {
        let plan = &self.document;
        let decisions = decision::of(&self.journal().await?, self.prepared.unwrap_or(0));
        let audit = match &plan.audit {
            Some(_) => Some(audit::render(&self.audited().await?)),
            None => None,
        };
        let mut sections = Vec::new();
        for (account, name) in &plan.roles {
            sections.push(policy::role(self, account, name).await?);
        }
        for (name, id) in &plan.control_policies {
            sections.push(policy::control_policy(self, name, id).await?);
        }
        for name in &plan.sinks {
            sections.push(policy::sink(self, name).await?);
        }
        for name in &plan.secrets {
            sections.push(secret::secret(self, name).await?);
        }
        for (account, name) in &plan.functions {
            sections.push(policy::function(self, account, name).await?);
        }
        for name in &plan.apis {
            sections.push(policy::api(self, name).await?);
        }
        for name in &plan.vault_policies {
            sections.push(policy::vault_policy(self, name).await?);
        }
        for name in &plan.vault_aws_roles {
            sections.push(policy::vault_aws_role(self, name).await?);
        }
        for name in &plan.vault_jwt_roles {
            sections.push(policy::vault_jwt_role(self, name).await?);
        }
        sections.push(Section::new("decisions", decisions));
        for name in &plan.apis {
            sections.extend(policy::access_log(self, name).await?);
        }
        sections.extend(
            audit
                .into_iter()
                .map(|lines| Section::new("Vault's audit log", lines)),
        );
        let mut text = String::new();
        for section in &sections {
            section.render(&mut text);
        }
        Ok(self.redacted(&text))
    }

    /// What Vault audited since it audits for this scenario.
    ///
    /// # Errors
    /// When it does not audit, or the log cannot be read.
    pub async fn audited(&self) -> StepResult<Vec<AuditLine>> {
        match &self.document.audit {
            Some(AuditLog::File(file)) => audit::of_file(file),
            Some(AuditLog::Journal) => Ok(audit::of_journal(&self.journal().await?)),
            None => Err(StepError::new("Vault does not audit: say so before")),
        }
    }

    /// A text as the document shows it, and as a step compares it: without what differs from
    /// backend to backend.
    #[must_use]
    pub fn redacted(&self, text: &str) -> String {
        self.document.redactor().redact(text)
    }
}
