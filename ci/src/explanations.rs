//! Explanations in full, of incidents that a seed draws: what a person would read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, bail};
use authlab_explain::{Chain, read_journal, recent};
use authlab_scenarios::runner::report::TextReporter;
use authlab_scenarios::runner::run::{RunOptions, run as run_features};
use authlab_scenarios::{Surroundings, World};

/// What to draw.
#[derive(clap::Args)]
pub struct Arguments {
    /// The same seed draws the same incidents from the same features.
    #[arg(long, value_name = "N")]
    seed: u64,
    /// How many.
    #[arg(long, value_name = "N", default_value_t = 10)]
    count: usize,
}

/// The folder of the incidents.
const INCIDENTS: &str = "features/incidents";

/// An explanation by the feature and the line of its scenario: the first of each is printed.
type Explained = BTreeMap<(PathBuf, usize), (String, String)>;

/// Runs the incidents as they are before they are mended, and prints why the last request of each ended
/// as it did.
pub fn run(root: &Path, arguments: &Arguments) -> anyhow::Result<()> {
    let mut options = RunOptions::new(root.join("features"), root.join("snapshots"));
    options.paths = drawn(incidents(root)?, arguments);
    options.tags = Some("not @mended".to_owned());
    let explained: Arc<Mutex<Explained>> = Arc::default();
    let kept = Arc::clone(&explained);
    let surroundings = Surroundings::default().with_observer(move |context, journal| {
        if let Some(text) = last(journal) {
            let place = (context.feature_file.clone(), context.line);
            let told = (context.name.clone(), text);
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.insert(place, told);
        }
    });
    let mut reporter = TextReporter::new(std::io::sink(), false);
    let summary = run_features::<World>(&options, &Arc::new(surroundings), &mut reporter)?;
    if !summary.is_success() {
        bail!("not every drawn scenario passes: run `authlab run {INCIDENTS}`");
    }
    let explained = explained.lock().unwrap_or_else(PoisonError::into_inner);
    for feature in &options.paths {
        let same = |path: &Path| path.file_name() == feature.file_name();
        let mut of_feature = explained.iter().filter(|((path, _), _)| same(path));
        let Some(((path, line), (name, text))) = of_feature.next() else {
            bail!("`{}` explains nothing", feature.display());
        };
        let shown = path.strip_prefix(root).unwrap_or(path).display();
        println!("==== {shown}:{line}: {name}\n\n{text}");
    }
    Ok(())
}

/// Every feature of an incident, in the order of their names.
fn incidents(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let folder = root.join(INCIDENTS);
    let entries = std::fs::read_dir(&folder).with_context(|| format!("{}", folder.display()))?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path()));
    let paths: std::io::Result<Vec<PathBuf>> = paths.collect();
    let mut features: Vec<PathBuf> = paths?
        .into_iter()
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "feature")
        })
        .collect();
    features.sort();
    Ok(features)
}

/// So many of them, drawn by the seed.
fn drawn(mut from: Vec<PathBuf>, arguments: &Arguments) -> Vec<PathBuf> {
    let mut state = arguments.seed;
    let mut drawn = Vec::new();
    while drawn.len() < arguments.count && !from.is_empty() {
        // The step of a linear congruence; its upper bits are the draw.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let count = u64::try_from(from.len()).unwrap_or(u64::MAX);
        let index = usize::try_from((state >> 33) % count).unwrap_or(0);
        drawn.push(from.swap_remove(index));
    }
    drawn
}

/// The explanation of the last request that met a refusal, or else of the last that there was.
fn last(journal: &str) -> Option<String> {
    let events = read_journal(journal).ok()?.events;
    let refused = recent(&events).pop().map(|found| found.request_id);
    let any = || {
        let mut latest = events.iter().rev();
        latest.find_map(|event| event.request_id.as_deref().map(str::to_owned))
    };
    let chain = Chain::of(&events, &refused.or_else(any)?).ok()?;
    Some(chain.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_draws_the_same_each_time_and_each_once() {
        let from: Vec<PathBuf> = (0..30).map(|number| format!("{number}").into()).collect();
        let draw = |seed, count| drawn(from.clone(), &Arguments { seed, count });
        assert_eq!(draw(7, 10), draw(7, 10));
        assert_ne!(draw(7, 10), draw(8, 10));
        let mut all = draw(7, 99);
        all.sort();
        let mut sorted = from.clone();
        sorted.sort();
        assert_eq!(all, sorted);
    }
}
