//! What a service knows of its refusal beyond its words: what was given, and what stood against it.

use authlab_kernel::Timestamp;
use authlab_wire::{Rule, ValidationFailure, WireError};
use serde::{Deserialize, Serialize};

/// What was wrong, with the values that stood against one another.
///
/// The words of AWS often name none of them (`The specified log group does not exist.`), and a diagnosis
/// has to show both. A service says it where it refuses; an error without one is told by its code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Fault {
    /// What is named is not there.
    NotThere {
        /// What it would be: `sink`.
        what: String,
        /// How it was named.
        name: String,
        /// Those that are there instead, as far as the caller may know them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        others: Vec<String>,
        /// When it was deleted, where the lab remembers that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deleted: Option<Timestamp>,
    },
    /// The name, or the place, is taken.
    Taken {
        /// What is there: `sink`.
        what: String,
        /// Its name or ARN.
        name: String,
    },
    /// It stays as long as something needs it.
    InUse {
        /// What was to go: `role`.
        what: String,
        /// Its name or ARN.
        name: String,
        /// What needs it.
        by: String,
    },
    /// There may not be more.
    Quota {
        /// Of what: `AccessKeysPerUser`.
        of: String,
        /// How many there may be.
        limit: u64,
        /// How many there would be; none where the service does not count further.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        wanted: Option<u64>,
    },
    /// A value does not fit.
    Value {
        /// The member, as the model spells it: `policyArns.1.member.arn`.
        member: String,
        /// What was given; none where it is a secret, or is not repeated.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        given: Option<String>,
        /// What it has to be.
        wants: String,
    },
    /// A member is missing.
    Absent {
        /// The member.
        member: String,
    },
    /// A document is none.
    Document {
        /// Which: `the sink policy`.
        what: String,
        /// What is wrong with it, and where.
        problem: String,
    },
    /// It is in a state in which this cannot be done.
    State {
        /// What: `the key arn:…`.
        what: String,
        /// The state that it is in.
        is: String,
        /// The state that this takes.
        wants: String,
    },
    /// It is in another Region.
    OtherRegion {
        /// Its ARN.
        what: String,
        /// Its Region.
        region: String,
        /// The Region of the call.
        here: String,
    },
    /// It is in an account in which it cannot be.
    OtherAccount {
        /// Its ARN.
        what: String,
        /// Its account.
        account: String,
        /// The account that it has to be in, or must not be in.
        wants: String,
    },
    /// The system behind the front door did not do its part.
    Backend {
        /// The service that it keeps.
        service: String,
        /// What is wrong.
        problem: String,
    },
    /// Real AWS may have it; the lab has not.
    NotSimulated {
        /// What.
        what: String,
    },
}

impl Fault {
    /// What is named is not there.
    pub fn not_there(what: &str, name: impl Into<String>) -> Self {
        Self::NotThere {
            what: what.to_owned(),
            name: name.into(),
            others: Vec::new(),
            deleted: None,
        }
    }

    /// The name is taken.
    pub fn taken(what: &str, name: impl Into<String>) -> Self {
        Self::Taken {
            what: what.to_owned(),
            name: name.into(),
        }
    }

    /// A member whose value does not fit.
    pub fn value(
        member: impl Into<String>,
        given: Option<String>,
        wants: impl Into<String>,
    ) -> Self {
        Self::Value {
            member: member.into(),
            given,
            wants: wants.into(),
        }
    }

    /// More than there may be.
    pub fn quota(of: impl Into<String>, limit: usize, wanted: Option<usize>) -> Self {
        let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        Self::Quota {
            of: of.into(),
            limit: number(limit),
            wanted: wanted.map(number),
        }
    }

    /// The first thing that is wrong with an input: which member, what was given, and what it has to be.
    pub(crate) fn of_input(failure: &ValidationFailure) -> Option<Self> {
        let violation = failure.violations.first()?;
        let member = violation.at.clone();
        if violation.rule == Rule::Required {
            return Some(Self::Absent { member });
        }
        let given = violation.value.as_deref();
        let given = given.map(|value| value.trim_matches('\'').to_owned());
        let wants = violation.constraint.trim_start_matches("Member must ");
        Some(Self::value(member, given, wants))
    }

    /// The error with what stood against what, for the journal.
    pub(crate) fn on(&self, error: WireError) -> WireError {
        match serde_json::to_value(self) {
            Ok(facts) => error.with_facts(facts),
            Err(_) => error,
        }
    }
}

/// What an allowed call does that it may not be meant to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Notice {
    /// A read leaves out what links share with the reader.
    LinkedAccountsLeftOut {
        /// The member that would include them: `IncludeLinkedAccounts`.
        member: String,
        /// Whose would be there, by account.
        accounts: Vec<String>,
    },
    /// A read asks for what no link shares.
    NotShared {
        /// Whose it would be.
        account: String,
        /// What was asked for: `metrics of the namespace Shop`.
        what: String,
        /// The link from that account; none where there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        link: Option<String>,
        /// The types that the link shares.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        shares: Vec<String>,
        /// The filter of the link that leaves it out; none where the type is not shared.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        filter: Option<String>,
    },
    /// A link shares everything of a type.
    SharesEverything {
        /// The link's ARN.
        link: String,
        /// The sink's ARN.
        sink: String,
        /// The types that no filter narrows.
        types: Vec<String>,
    },
    /// A sink takes links of anybody, or of accounts that nothing narrows.
    SinkOpen {
        /// The sink's ARN.
        sink: String,
        /// The actions of linking that its policy allows to an account of nobody's.
        actions: Vec<String>,
        /// Those that it narrows.
        narrowed: Vec<String>,
    },
    /// A version of a secret is answered that is not the current one.
    VersionNotCurrent {
        /// The secret's ARN.
        secret: String,
        /// The version that was answered.
        version: String,
        /// Its labels.
        labels: Vec<String>,
        /// The version that is current.
        current: String,
        /// How the version was asked for: `VersionStage AWSPREVIOUS`.
        asked: String,
    },
}
