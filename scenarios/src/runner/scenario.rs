//! What a World is to the runner.

use std::{collections::BTreeMap, fmt, future::Future, panic, path::PathBuf};

use cucumber::codegen::WorldInventory;

/// What a World learns of the scenario that it is made for.
#[derive(Clone, Debug)]
pub struct ScenarioContext {
    /// The `.feature` file, to find fixtures beside it.
    pub feature_file: PathBuf,
    /// The line of the scenario, or of the outline's row.
    pub line: usize,
    /// The scenario's path among the snapshots: `gateway/jwt/good-token`.
    pub id: String,
    /// The scenario's name, with the placeholders of an outline filled in.
    pub name: String,
    /// The tags of feature, rule, scenario and examples, without `@`.
    pub tags: Vec<String>,
    /// The seed of the lab: the same for every scenario of a run.
    pub seed: u64,
}

/// How the steps of a scenario ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// Every step passed.
    Passed,
    /// A step failed or took too long.
    Failed,
    /// A step skipped the rest.
    Skipped,
}

/// What a World leaves when its scenario is over.
#[derive(Clone, Debug, Default)]
pub struct FinishReport {
    /// The scenario's one document (policies, decisions, log lines), redacted, in a stable order;
    /// compared with its snapshot.
    pub document: Option<String>,
    /// The chain that explains the last refusal; shown when the scenario failed.
    pub explanation: Option<String>,
    /// A reason to fail although every step passed.
    pub problem: Option<String>,
}

/// A World as the runner drives it: made for each scenario, and finished also when a step failed.
///
/// cucumber's own `World` trait is a formality that its derive fulfils:
///
/// ```ignore
/// #[derive(Debug, cucumber::World)]
/// #[world(init = authlab_scenarios::started_by_the_runner::<Self>)]
/// pub struct World { .. }
/// ```
pub trait ScenarioWorld: WorldInventory + 'static {
    /// What the scenarios of a run share: which backends they have, who listens, what is counted.
    /// Whoever starts the run makes it; [`crate::test_main`] takes the default.
    type Shared: Default + Send + Sync + 'static;

    /// Starts what the scenario needs: a lab of its own.
    ///
    /// # Errors
    /// When it does not start; the scenario fails with the error's text.
    fn start(
        context: ScenarioContext,
        shared: &Self::Shared,
    ) -> impl Future<Output = Result<Self, Box<dyn std::error::Error + Send + Sync>>>;

    /// Ends the scenario and says what is left of it.
    fn finish(self, verdict: Verdict, shared: &Self::Shared) -> impl Future<Output = FinishReport>;

    /// What tags `@needs:<capability>`, or `@<capability>` for short, may ask for. Asked once per
    /// run, before anything runs.
    #[must_use]
    fn capabilities(_shared: &Self::Shared) -> Capabilities {
        Capabilities::default()
    }

    /// Called when the run has run its last scenario: what all of them shared goes. Returns what the
    /// summary shall say of the run as a whole.
    #[must_use]
    fn end_of_run(_shared: &Self::Shared) -> Vec<String> {
        Vec::new()
    }
}

/// What the surroundings offer, such as containers, by the names used in `@needs:<name>`. A tag that
/// is a known name asks for it, too: `@virtual-time`.
#[derive(Clone, Debug, Default)]
pub struct Capabilities {
    known: BTreeMap<String, Option<String>>,
}

/// Whether a scenario's needs are met.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Need {
    Met,
    /// Skip, with the reason.
    Missing(String),
    /// Nobody knows this capability: most likely misspelt.
    Unknown(String),
}

impl Capabilities {
    /// `name` is there.
    #[must_use]
    pub fn available(mut self, name: impl Into<String>) -> Self {
        self.known.insert(name.into(), None);
        self
    }

    /// `name` is not there, because of `reason`; scenarios that need it are skipped.
    #[must_use]
    pub fn missing(mut self, name: impl Into<String>, reason: impl Into<String>) -> Self {
        self.known.insert(name.into(), Some(reason.into()));
        self
    }

    /// What the tags `needs:<name>` and `<name>` come to. A `needs:` of a name that nobody declared
    /// is not skipped: a misspelt one would be skipped for ever. Any other tag may mean anything.
    pub(crate) fn need_of(&self, tags: &[String]) -> Need {
        let names = tags
            .iter()
            .filter_map(|tag| match tag.strip_prefix("needs:") {
                Some(name) => Some(name),
                None => self.known.contains_key(tag).then_some(tag.as_str()),
            });
        let mut need = Need::Met;
        for name in names {
            match self.known.get(name) {
                Some(None) => {}
                Some(Some(reason)) if need == Need::Met => {
                    need = Need::Missing(format!("needs {name}: {reason}"));
                }
                Some(Some(_)) => {}
                None => {
                    let known = self
                        .known
                        .keys()
                        .map(|key| format!("`{key}`"))
                        .collect::<Vec<_>>();
                    let known = if known.is_empty() {
                        "none".into()
                    } else {
                        known.join(", ")
                    };
                    return Need::Unknown(format!(
                        "`@needs:{name}` names no capability; known: {known}"
                    ));
                }
            }
        }
        need
    }
}

/// How [`skip`] leaves a step.
pub(crate) struct Skip(pub(crate) String);

/// Ends the scenario as skipped, with the reason: what a step does on a backend that lacks what
/// the scenario is about. What can be known before the run belongs into a tag `@needs:`.
pub fn skip(reason: impl Into<String>) -> ! {
    // Unwinding without the panic hook: nothing went wrong.
    panic::resume_unwind(Box::new(Skip(reason.into())))
}

/// The error of [`started_by_the_runner`].
#[derive(Debug)]
pub struct NotStarted;

impl fmt::Display for NotStarted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a World is started by the runner of authlab-scenarios")
    }
}

impl std::error::Error for NotStarted {}

/// What `#[world(init = ..)]` names: cucumber's own way to make a World knows no scenario, so it
/// is never gone.
///
/// # Errors
/// Always.
pub fn started_by_the_runner<W>() -> Result<W, NotStarted> {
    Err(NotStarted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_capability_is_asked_for_by_needs_or_by_its_own_name() {
        let capabilities = Capabilities::default()
            .available("virtual-time")
            .missing("faults", "the links are not the lab's");
        let missing = Need::Missing("needs faults: the links are not the lab's".to_owned());
        let unknown = "`@needs:fualts` names no capability; known: `faults`, `virtual-time`";
        for (tags, need) in [
            (&["slow"][..], Need::Met),
            (&["virtual-time", "needs:virtual-time"], Need::Met),
            (&["virtual-time", "faults"], missing.clone()),
            (&["needs:faults"], missing),
            (&["fualts"], Need::Met),
            (&["needs:fualts"], Need::Unknown(unknown.to_owned())),
        ] {
            let tags: Vec<_> = tags.iter().map(|tag| (*tag).to_owned()).collect();
            assert_eq!(capabilities.need_of(&tags), need, "{tags:?}");
        }
    }
}
