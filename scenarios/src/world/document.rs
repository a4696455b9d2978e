//! The one document that a scenario ends with: decisions, access logs, Vault's audit lines, policies as
//! stored. Everything is read as anybody could read it; the order is that of the things' kinds and
//! names and, for what happened, that of time.

mod decision;

use authlab::Component;

use super::World;
use crate::{
    error::{StepError, StepResult},
    things::{
        Section,
        audit::{AuditLine, AuditLog},
    },
};

impl World {
    /// Collects the document. What happened is read before the reads themselves happen, and these happen in
    /// a lab whose clocks agree and whose links are whole, however the scenario left them.
    pub(crate) async fn compose_document(&self) -> StepResult<String> {
        let decisions = decision::of(&self.journal().await?, self.prepared.unwrap_or(0));
        for component in Component::WITH_OFFSET {
            self.lab().clock().set_offset_seconds(component, 0)?;
        }
        self.lab().faults().clear();
        let (before, behind) = self.things.sections(self).await?;
        let decisions = Section::new("decisions", decisions);
        let mut text = String::new();
        for section in [&decisions].into_iter().chain(&behind).chain(&before) {
            section.render(&mut text);
        }
        Ok(self.redacted(&text))
    }

    /// What Vault audited since it audits for this scenario.
    ///
    /// # Errors
    /// When it does not audit, or the log cannot be read.
    pub async fn audited(&self) -> StepResult<Vec<AuditLine>> {
        match self.things.find::<AuditLog>(AuditLog::NAME) {
            Some(log) => log.lines(self).await,
            None => Err(StepError::new("Vault does not audit: say so before")),
        }
    }

    /// A text as the document shows it, and as a step compares it: without what differs from
    /// backend to backend.
    #[must_use]
    pub fn redacted(&self, text: &str) -> String {
        self.things.redactor().redact(text)
    }
}
