//! The shapes of what is printed for programs.
//!
//! A member that is new does not change the version; one that goes, or means something else, does.

use std::fmt;

use authlab_kernel::journal::{Event, Outcome, Sequence};
use serde::Serialize;

use crate::allowance::Allowance;
use crate::chain::Chain;
use crate::culprit::Refusal;
use crate::diagnose::{Ask, Certainty, Class, Diagnosis, Mender, System};

/// The version of an [`Explanation`]. Since 2 there is one `diagnosis` in place of a list, and
/// `allowed_by`.
pub const EXPLANATION_VERSION: u32 = 2;

/// What `authlab explain --format json` prints.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation<'c> {
    /// [`EXPLANATION_VERSION`].
    pub version: u32,
    /// The request that was asked for.
    pub request_id: &'c str,
    /// What came of it.
    pub result: Result,
    /// What caused that, or is suspicious about it: the most specific class; null where none is known.
    pub diagnosis: Option<DiagnosisShape<'c>>,
    /// Classes that the evidence supports as well, and that are less specific.
    pub also: Vec<&'c str>,
    /// What let the request through, in the order in which it was asked; empty where it was refused.
    pub allowed_by: &'c [Allowance],
    /// The number of the refusal that led to the answer; null where none did.
    pub culprit: Option<Sequence>,
    /// Everything that was refused or failed, with its part in the answer.
    pub refusals: &'c [Refusal],
    /// The chain: lines of the journal, whose own version is
    /// [`authlab_kernel::journal::LINE_VERSION`].
    pub events: &'c [Event],
}

/// What came of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Result {
    /// It was let through.
    LetThrough,
    /// A rule turned it away.
    Refused,
    /// Something broke before a rule could decide.
    Failed,
}

/// One class of cause that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DiagnosisShape<'c> {
    /// The class, kebab case.
    pub class: &'c str,
    /// Whether it is what is suspicious about a request that was let through.
    pub suspicion: bool,
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
        let result = match chain.refusal().map(|refusal| refusal.outcome) {
            None => Result::LetThrough,
            Some(Outcome::Failed) => Result::Failed,
            Some(_) => Result::Refused,
        };
        Self {
            version: EXPLANATION_VERSION,
            request_id: &chain.request_id,
            result,
            diagnosis: chain.diagnosis.as_ref().map(DiagnosisShape::of),
            also: chain.also.iter().map(|other| other.class).collect(),
            allowed_by: &chain.allowances,
            culprit: chain.culprit,
            refusals: &chain.refusals,
            events: &chain.events,
        }
    }
}

impl<'c> DiagnosisShape<'c> {
    /// The shape of a diagnosis.
    pub fn of(diagnosis: &'c Diagnosis) -> Self {
        Self {
            class: diagnosis.class,
            suspicion: diagnosis.is_suspicion,
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

/// The version of a [`ClassList`].
pub const CLASSES_VERSION: u32 = 1;

/// What `authlab explain --classes` prints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClassList {
    /// [`CLASSES_VERSION`].
    pub version: u32,
    /// Every class, by system and name.
    pub classes: Vec<Class>,
}

impl ClassList {
    /// The list, in its order. A reason whose causes are computed stands once.
    pub fn of(mut classes: Vec<Class>) -> Self {
        classes.sort_by_key(|class| (class.system, class.class));
        classes.dedup_by_key(|class| (class.system, class.class));
        Self {
            version: CLASSES_VERSION,
            classes,
        }
    }
}

impl fmt::Display for ClassList {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for of_system in self
            .classes
            .chunk_by(|one, other| one.system == other.system)
        {
            if let Some(first) = of_system.first() {
                writeln!(formatter, "{}", first.system.as_str())?;
            }
            for class in of_system {
                let mender = class.mender.as_str();
                let suspicion = if class.is_suspicion {
                    "let through: "
                } else {
                    ""
                };
                let (name, title) = (class.class, class.title);
                writeln!(
                    formatter,
                    "  {name:<34} {suspicion}{title}; {mender} can mend it"
                )?;
            }
        }
        Ok(())
    }
}
