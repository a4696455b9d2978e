//! What a refusal for want of a permission means: one setting for every component of a lab.
//!
//! It is about authorization alone: what policies, scopes and capabilities let somebody do whom the lab
//! knows. A caller who cannot be authenticated (a forged or unknown token, a wrong signature, a credential
//! that has ended) is refused whatever the setting: nobody knows whose the call is. So is what no
//! permission would change: a malformed request, a quota, a lockout.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};

/// What a refusal for want of a permission means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Enforcement {
    /// What is refused is refused.
    #[default]
    Enforce,
    /// It goes through, and the refusal stands in the journal.
    Audit,
}

impl Enforcement {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Enforce, Self::Audit];

    /// The word in the lab file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enforce => "enforce",
            Self::Audit => "audit",
        }
    }

    /// What an event says of a refusal: something where it goes through.
    pub fn let_through(self) -> Option<LetThrough> {
        (self == Self::Audit).then_some(LetThrough::Audit)
    }
}

/// Why a refusal went through: the member `enforcement` of its event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LetThrough {
    /// The lab only watches.
    Audit,
}

/// The setting of one lab. Clones are the same setting; it is read at each decision.
#[derive(Clone, Debug, Default)]
pub struct EnforcementSetting(Arc<AtomicBool>);

impl EnforcementSetting {
    /// How the lab takes refusals now.
    pub fn get(&self) -> Enforcement {
        if self.0.load(Ordering::Relaxed) {
            Enforcement::Audit
        } else {
            Enforcement::Enforce
        }
    }

    /// Takes refusals so from now on.
    pub fn set(&self, enforcement: Enforcement) {
        let is_audit = enforcement == Enforcement::Audit;
        self.0.store(is_audit, Ordering::Relaxed);
    }
}

impl From<Enforcement> for EnforcementSetting {
    fn from(enforcement: Enforcement) -> Self {
        let setting = Self::default();
        setting.set(enforcement);
        setting
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_are_one_setting_and_another_lab_has_its_own() {
        let (setting, other) = (EnforcementSetting::default(), EnforcementSetting::default());
        let clone = setting.clone();
        assert_eq!(clone.get(), Enforcement::Enforce);
        setting.set(Enforcement::Audit);
        assert_eq!(clone.get(), Enforcement::Audit);
        assert_eq!(other.get(), Enforcement::Enforce);
        clone.set(Enforcement::Enforce);
        assert_eq!(setting.get(), Enforcement::Enforce);
    }

    #[test]
    fn the_words_are_those_of_the_lines() {
        for enforcement in Enforcement::ALL {
            let word = serde_json::to_value(enforcement).unwrap();
            assert_eq!(word, enforcement.as_str());
            assert_eq!(EnforcementSetting::from(enforcement).get(), enforcement);
            let told = enforcement.let_through().map(serde_json::to_value);
            let told = told.map(Result::unwrap);
            let is_audit = enforcement == Enforcement::Audit;
            assert_eq!(told, is_audit.then(|| "audit".into()));
        }
    }
}
