//! What the refusals of the replayed calls are explained by.

use std::collections::BTreeMap;

use authlab::Lab;
use authlab_aws::evidence::Answer;
use authlab_kernel::journal::Outcome;
use authlab_kernel::{Component, Evidence as _};

/// The class that says nothing but what the service said.
const CATCH_ALL: &str = "service-error";

/// How many refusals each class explains; `none` where nothing explains one.
#[derive(Default)]
pub struct Tally(BTreeMap<String, usize>);

impl Tally {
    /// The classes of everything that the services refused in the lab.
    pub fn of(lab: &Lab) -> Self {
        let mut tally = Self::default();
        for event in lab.journal().events_since(0) {
            let is_answer = event.is_by(Component::Aws) && event.kind == Answer::KIND;
            let Some(id) = event.request_id.as_deref() else {
                continue;
            };
            if !is_answer || event.outcome == Outcome::Allowed {
                continue;
            }
            let chain = lab.explain(id).unwrap();
            let class = chain.diagnosis;
            let class = class.map_or("none", |diagnosis| diagnosis.class);
            *tally.0.entry(class.to_owned()).or_default() += 1;
        }
        tally
    }

    /// How many refusals there were.
    pub fn total(&self) -> usize {
        self.0.values().sum()
    }

    /// How many are explained by what the service said, or not at all.
    pub fn vague(&self) -> usize {
        let of = |class: &str| self.0.get(class).copied().unwrap_or_default();
        of(CATCH_ALL) + of("none")
    }

    /// Class and number, the most frequent first.
    pub fn shown(&self) -> String {
        let mut classes: Vec<_> = self.0.iter().collect();
        classes.sort_by_key(|(class, count)| (std::cmp::Reverse(**count), (*class).clone()));
        let shown = classes
            .into_iter()
            .map(|(class, count)| format!("{class} {count}"));
        shown.collect::<Vec<_>>().join(", ")
    }
}
