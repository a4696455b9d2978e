//! `authlab run`: features, filters, a summary and a status.

use std::{
    collections::BTreeSet,
    fmt,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::Duration,
};

use authlab_snapshots::{Accept, Snapshots};

use super::{
    case::{CaseResult, Outcome},
    execute::{Bench, stopwatch},
    load::{self, Malformed},
    pool,
    report::Reporter,
    scenario::ScenarioWorld,
    select::Selection,
};

/// What a scenario may take in wall time before it is given up.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);
/// The seed of a run that names none.
pub const DEFAULT_SEED: u64 = 1;

/// What to run and how.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// Feature files and folders; none is all below [`RunOptions::features_root`].
    pub paths: Vec<PathBuf>,
    /// A tag expression: `@jwt and not @slow`.
    pub tags: Option<String>,
    /// A regular expression on the names of scenarios.
    pub name: Option<String>,
    /// How many scenarios run at once; the machine's parallelism when absent.
    pub jobs: Option<NonZeroUsize>,
    /// Whether documents become snapshots; [`RunOptions::new`] takes it from the environment.
    pub accept: Accept,
    /// The folder where names of features start.
    pub features_root: PathBuf,
    /// The folder of the snapshots.
    pub snapshots_root: PathBuf,
    /// The seed of every lab.
    pub seed: u64,
    /// What a scenario may take in wall time.
    pub timeout: Duration,
}

impl RunOptions {
    /// Everything below `features_root`, compared with the snapshots below `snapshots_root`.
    #[must_use]
    pub fn new(features_root: impl Into<PathBuf>, snapshots_root: impl Into<PathBuf>) -> Self {
        Self {
            paths: Vec::new(),
            tags: None,
            name: None,
            jobs: None,
            accept: Accept::from_environment(),
            features_root: features_root.into(),
            snapshots_root: snapshots_root.into(),
            seed: DEFAULT_SEED,
            timeout: DEFAULT_TIMEOUT,
        }
    }
}

/// Why nothing was run: wrong usage or a malformed file, exit status 2.
#[derive(Clone, Debug, thiserror::Error)]
pub enum RunError {
    /// A path that cannot be read.
    #[error("cannot read `{path}`: {reason}", path = .path.display())]
    Path {
        /// The path as it was given.
        path: PathBuf,
        /// The operating system's reason.
        reason: String,
    },
    /// A folder without features, or a file of another kind.
    #[error("`{path}` is no `.feature` file and holds none", path = .0.display())]
    NoFeature(PathBuf),
    /// A tag expression that cannot be read.
    #[error(
        "cannot read the tag expression `{expression}` at column {column}; \
         write for example `@jwt and not @slow`"
    )]
    Tags {
        /// The expression as it was given.
        expression: String,
        /// Where reading stopped, from 1.
        column: usize,
    },
    /// A tag expression longer or deeper than a person writes.
    #[error(
        "the tag expression has {length} bytes or too many operators: give at most 4096 bytes, and 64 parentheses, `not`, `and` and `or` together"
    )]
    TagsTooLarge {
        /// How long it is, in bytes.
        length: usize,
    },
    /// A pattern that is no regular expression.
    #[error("`{pattern}` is no regular expression: {reason}")]
    Name {
        /// The pattern as it was given.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Feature files that are not Gherkin, one a line.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Malformed(Vec<Malformed>),
}

/// What came of a run. Its text is the last line of the report: `N passed, N failed, N skipped`.
#[derive(Clone, Debug, Default)]
pub struct RunSummary {
    /// Every case that was taken, in order.
    pub results: Vec<CaseResult>,
    /// Why the run as a whole fails, apart from its scenarios: nothing was run.
    pub problems: Vec<String>,
    /// Snapshots that belong to no scenario any more; known only after a run of everything.
    pub unreferenced: Vec<String>,
    /// What the World says of the run as a whole.
    pub notes: Vec<String>,
    /// The wall time of the run.
    pub duration: Duration,
}

impl RunSummary {
    /// How many scenarios passed.
    #[must_use]
    pub fn passed(&self) -> usize {
        self.count(|outcome| matches!(outcome, Outcome::Passed))
    }

    /// How many failed.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.count(|outcome| matches!(outcome, Outcome::Failed(_)))
    }

    /// How many of those that failed passed every step, and have a document that nobody has accepted yet.
    #[must_use]
    pub fn new_documents(&self) -> usize {
        self.count(|outcome| matches!(outcome, Outcome::Failed(failure) if failure.is_new()))
    }

    /// How many were skipped.
    #[must_use]
    pub fn skipped(&self) -> usize {
        self.count(|outcome| matches!(outcome, Outcome::Skipped(_)))
    }

    /// The median wall time of the scenarios that were run.
    #[must_use]
    pub fn median(&self) -> Duration {
        let mut durations: Vec<_> = self
            .results
            .iter()
            .filter(|result| !matches!(result.outcome, Outcome::Skipped(_)))
            .map(|result| result.duration)
            .collect();
        durations.sort();
        durations
            .get(durations.len() / 2)
            .copied()
            .unwrap_or_default()
    }

    /// Whether everything is as it should be.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.failed() == 0 && self.problems.is_empty()
    }

    /// The status of `authlab run`: 0, or 1 when something failed.
    #[must_use]
    pub fn exit_status(&self) -> u8 {
        u8::from(!self.is_success())
    }

    fn count(&self, is: impl Fn(&Outcome) -> bool) -> usize {
        self.results
            .iter()
            .filter(|result| is(&result.outcome))
            .count()
    }
}

impl fmt::Display for RunSummary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (passed, failed, skipped) = (self.passed(), self.failed(), self.skipped());
        write!(
            formatter,
            "{passed} passed, {failed} failed, {skipped} skipped"
        )?;
        match self.new_documents() {
            0 => Ok(()),
            new => write!(
                formatter,
                "; {new} failed for want of a snapshot alone: see them, then `authlab run --accept`"
            ),
        }
    }
}

/// Runs features and reports them.
///
/// # Errors
/// [`RunError`] when nothing was run because of wrong usage or a malformed file.
pub fn run<W: ScenarioWorld>(
    options: &RunOptions,
    shared: &Arc<W::Shared>,
    reporter: &mut dyn Reporter,
) -> Result<RunSummary, RunError> {
    let watch = stopwatch();
    let selection = Selection::parse(options.tags.as_deref(), options.name.as_deref())?;
    let mut cases = Vec::new();
    let mut malformed = Vec::new();
    for file in find_all(options)? {
        match file.load() {
            Ok(of_file) => cases.extend(of_file),
            Err(problem) => malformed.push(problem),
        }
    }
    if !malformed.is_empty() {
        return Err(RunError::Malformed(malformed));
    }
    cases.retain(|case| selection.takes(case));
    let cases: Vec<_> = cases.into_iter().map(Arc::new).collect();

    let snapshots = Snapshots::at(&options.snapshots_root).accept(options.accept);
    let bench = Arc::new(Bench::<W>::new(
        Arc::clone(shared),
        snapshots,
        options.seed,
        options.timeout,
    ));
    let jobs = options
        .jobs
        .or_else(|| thread::available_parallelism().ok())
        .unwrap_or(NonZeroUsize::MIN);
    reporter.started(cases.len());
    let mut summary = RunSummary::default();
    pool::run_all(&bench, &cases, jobs, |result| {
        reporter.finished(&result);
        summary.results.push(result);
    });
    summary.problems = problems(&summary, &selection);
    // A file that stands for itself hides which scenarios it holds.
    let all_known = !cases.iter().any(|case| case.is_file);
    if options.paths.is_empty() && selection.is_everything() && all_known {
        let left_over = bench
            .snapshots()
            .unreferenced(".feature", &bench.referenced());
        summary.unreferenced = left_over.unwrap_or_default();
    }
    summary.notes = W::end_of_run(shared);
    summary.duration = watch();
    reporter.summary(&summary);
    Ok(summary)
}

/// The feature files that the options name, each once.
fn find_all(options: &RunOptions) -> Result<BTreeSet<load::FeatureFile>, RunError> {
    let all = [options.features_root.clone()];
    let paths = if options.paths.is_empty() {
        all.as_slice()
    } else {
        &options.paths
    };
    let mut files = BTreeSet::new();
    for path in paths {
        let is_feature = |path: &Path| path.extension().is_some_and(|end| end == "feature");
        if path.is_file() && !is_feature(path) {
            return Err(RunError::NoFeature(path.clone()));
        }
        let found = load::find(path, &options.features_root).map_err(|error| RunError::Path {
            path: path.clone(),
            reason: error.to_string(),
        })?;
        if found.is_empty() {
            return Err(RunError::NoFeature(path.clone()));
        }
        files.extend(found);
    }
    // A file named twice, once by its folder, is one file.
    let mut seen = BTreeSet::new();
    files.retain(|file| seen.insert(file.path.canonicalize().unwrap_or(file.path.clone())));
    Ok(files)
}

/// Why the run fails although no scenario did.
fn problems(summary: &RunSummary, selection: &Selection) -> Vec<String> {
    let mut problems = Vec::new();
    if summary.results.is_empty() {
        problems.push(if selection.is_everything() {
            "no scenario was found".to_owned()
        } else {
            "no scenario matches the filters".to_owned()
        });
    } else if summary.skipped() == summary.results.len() {
        problems.push("every scenario was skipped, so nothing was tested".to_owned());
    }
    problems
}
