//! `cargo test`: every scenario and every row of an outline is a test of its own.

use std::{
    collections::BTreeSet,
    env,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use authlab::printable;
use authlab_snapshots::Snapshots;
use libtest_mimic::{Arguments, Completion, Failed, Trial};

use super::{
    case::{Case, Outcome},
    execute::{Bench, run_case},
    load::{self, FeatureFile, Malformed},
    run::{DEFAULT_SEED, DEFAULT_TIMEOUT},
    scenario::ScenarioWorld,
};

/// The scenarios of one test target (`harness = false`).
#[derive(Clone, Debug)]
pub struct Suite {
    features_root: PathBuf,
    snapshots_root: PathBuf,
    seed: u64,
    timeout: Duration,
}

impl Suite {
    /// The features in `features/` and the snapshots in `snapshots/` of the crate whose
    /// `CARGO_MANIFEST_DIR` is given.
    #[must_use]
    pub fn new(manifest_dir: impl AsRef<Path>) -> Self {
        let folder = manifest_dir.as_ref();
        Self {
            features_root: folder.join("features"),
            snapshots_root: folder.join("snapshots"),
            seed: DEFAULT_SEED,
            timeout: DEFAULT_TIMEOUT,
        }
    }

    /// Takes the features from another folder.
    #[must_use]
    pub fn features(mut self, folder: impl Into<PathBuf>) -> Self {
        self.features_root = folder.into();
        self
    }

    /// Keeps the snapshots in another folder, inside a package of the workspace.
    #[must_use]
    pub fn snapshots(mut self, folder: impl Into<PathBuf>) -> Self {
        self.snapshots_root = folder.into();
        self
    }

    /// Gives every lab this seed.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Gives up a scenario after this wall time.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The tests: a scenario whose needs are not met carries the ignored flag, because what is
    /// skipped at run time counts as passed under nextest.
    #[must_use]
    pub fn trials<W: ScenarioWorld>(
        &self,
        shared: &Arc<W::Shared>,
        arguments: &Arguments,
    ) -> Vec<Trial> {
        let snapshots = Snapshots::at(&self.snapshots_root);
        let bench = Arc::new(Bench::<W>::new(
            Arc::clone(shared),
            snapshots,
            self.seed,
            self.timeout,
        ));
        let cases = match self.files(arguments) {
            Ok(files) => files
                .iter()
                .flat_map(|file| {
                    file.load()
                        .unwrap_or_else(|error| vec![Malformed::into_case(error)])
                })
                .collect(),
            Err(problem) => return vec![Trial::test("features", || Err(Failed::from(problem)))],
        };
        let to_trial = |case: Case| {
            let (bench, case) = (Arc::clone(&bench), Arc::new(case));
            let ignored = bench.reason_to_skip(&case).is_some();
            Trial::ignorable_test(case.name.clone(), move || complete(&bench, &case))
                .with_ignored_flag(ignored)
        };
        let cases: Vec<Case> = cases;
        cases.into_iter().map(to_trial).collect()
    }

    /// Runs what the command line asks for and ends the process.
    pub fn main<W: ScenarioWorld>(&self) -> ! {
        let arguments = Arguments::from_args();
        let shared = Arc::default();
        let trials = self.trials::<W>(&shared, &arguments);
        let conclusion = libtest_mimic::run(&arguments, trials);
        for note in W::end_of_run(&shared) {
            eprintln!("{}", printable::lines(&note));
        }
        conclusion.exit()
    }

    /// The files that may hold a test that is asked for. nextest starts a process for every test
    /// and names it exactly: only its file is read then.
    fn files(&self, arguments: &Arguments) -> Result<BTreeSet<FeatureFile>, String> {
        if let (true, Some(name)) = (arguments.exact && !arguments.list, &arguments.filter) {
            let file = name.split("::").next().unwrap_or(name);
            let path = self.features_root.join(format!("{file}.feature"));
            if path.is_file() {
                return Ok([FeatureFile::new(&path, &self.features_root)].into());
            }
        }
        let found = load::find(&self.features_root, &self.features_root);
        match found {
            Ok(files) if files.is_empty() => Err("no `.feature` file was found".to_owned()),
            Ok(files) => Ok(files),
            Err(error) => Err(format!("the features cannot be read: {error}")),
        }
    }
}

/// Runs one case as a test.
fn complete<W: ScenarioWorld>(
    bench: &Arc<Bench<W>>,
    case: &Arc<Case>,
) -> Result<Completion, Failed> {
    match run_case(bench, case).outcome {
        Outcome::Passed => Ok(Completion::Completed),
        Outcome::Skipped(reason) => Ok(Completion::ignored_with(reason)),
        Outcome::Failed(failure) => {
            if env::var_os("NEXTEST").is_some() {
                // The line that nextest takes as the failure's message in JUnit reports.
                let message = failure.message.lines().next().unwrap_or_default();
                eprintln!("Error: {}", printable::lines(message));
            }
            Err(Failed::from(
                printable::lines(&failure.render(case)).into_owned(),
            ))
        }
    }
}

/// The `main` of a test target: [`Suite::new`] with the crate's folder, [`Suite::main`].
///
/// ```ignore
/// fn main() {
///     authlab_scenarios::test_main::<authlab_scenarios::World>(env!("CARGO_MANIFEST_DIR"))
/// }
/// ```
pub fn test_main<W: ScenarioWorld>(manifest_dir: &str) -> ! {
    Suite::new(manifest_dir).main::<W>()
}
