//! The shapes of what is printed for programs.
//!
//! A member that is new does not change the version; one that goes, or means something else, does.

use authlab_kernel::journal::{Event, Sequence};
use serde::Serialize;

use crate::chain::Chain;
use crate::culprit::Refusal;
use crate::diagnose::{Ask, Certainty, Diagnosis, Mender, System};

/// The version of an [`Explanation`].
pub const EXPLANATION_VERSION: u32 = 1;

/// What `authlab explain --format json` prints.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation<'c> {
    /// [`EXPLANATION_VERSION`].
    pub version: u32,
    /// The request that was asked for.
    pub request_id: &'c str,
    /// The chain: lines of the journal, whose own version is
    /// [`authlab_kernel::journal::LINE_VERSION`].
    pub events: &'c [Event],
    /// The number of the refusal that led to the answer; null where none did.
    pub culprit: Option<Sequence>,
    /// Everything that was refused or failed, with its part in the answer.
    pub refusals: &'c [Refusal],
    /// What caused it, the most specific first.
    pub diagnoses: Vec<DiagnosisShape<'c>>,
}

/// One class of cause that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DiagnosisShape<'c> {
    /// The class, kebab case.
    pub class: &'c str,
    /// One line.
    pub title: &'c str,
    /// Which value stood against which.
    pub cause: &'c str,
    /// What to change.
    pub fix: &'c str,
    /// Who can change it.
    pub mender: Mender,
    /// Whose rules refused.
    pub system: System,
    /// How sure that is.
    pub certainty: Certainty,
    /// What would settle it, where it is not certain.
    pub wants: &'c [Ask],
}

impl<'c> Explanation<'c> {
    /// The shape of a chain.
    pub fn of(chain: &'c Chain) -> Self {
        Self {
            version: EXPLANATION_VERSION,
            request_id: &chain.request_id,
            events: &chain.events,
            culprit: chain.culprit,
            refusals: &chain.refusals,
            diagnoses: chain.diagnoses.iter().map(DiagnosisShape::of).collect(),
        }
    }
}

impl<'c> DiagnosisShape<'c> {
    fn of(diagnosis: &'c Diagnosis) -> Self {
        Self {
            class: diagnosis.class,
            title: diagnosis.title,
            cause: &diagnosis.cause,
            fix: &diagnosis.fix,
            mender: diagnosis.mender,
            system: diagnosis.system,
            certainty: diagnosis.certainty,
            wants: &diagnosis.wants,
        }
    }
}
