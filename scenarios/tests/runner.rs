//! The runner against fixture features: what it says, and with which status it ends.

mod fixture_world;
#[path = "../../harness/kernel/tests/support/mutate.rs"]
mod mutate;

use std::{error::Error, fs, path::Path, sync::Arc, time::Duration};

use authlab_scenarios::{
    FinishReport, Keyword, RunError, RunOptions, RunSummary, ScenarioContext, ScenarioWorld, Suite,
    TextReporter, Verdict, given, listing, run, steps, vocabulary_problems,
};
use authlab_snapshots::{Accept, Snapshots};
use fixture_world::World;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");

fn options(folder: &str) -> RunOptions {
    let mut options = RunOptions::new(
        format!("{FIXTURES}/{folder}"),
        format!("{FIXTURES}/snapshots/{folder}"),
    );
    options.timeout = Duration::from_secs(20);
    options
}

/// Runs and gives the report beside the summary.
fn report(options: &RunOptions) -> Result<(String, RunSummary), RunError> {
    let mut output = Vec::new();
    let summary = run::<World>(
        options,
        &Arc::default(),
        &mut TextReporter::new(&mut output, false).without_timing(),
    )?;
    Ok((String::from_utf8_lossy(&output).into_owned(), summary))
}

/// Compares a report with this project's snapshot of it.
fn check(area_path: &str, text: &str) {
    let result = authlab_snapshots::check(area_path, text);
    assert!(result.is_ok(), "{result:?}");
}

#[test]
fn good_features_pass() {
    let (text, summary) = report(&options("good")).unwrap();
    check("scenarios/runner/good", &text);
    assert_eq!(
        (summary.exit_status(), summary.to_string()),
        (0, "7 passed, 0 failed, 0 skipped".into())
    );
    assert_eq!(text.lines().last(), Some("7 passed, 0 failed, 0 skipped"));
}

#[test]
fn what_gherkin_lets_vanish_fails() {
    let (text, summary) = report(&options("traps")).unwrap();
    check("scenarios/runner/traps", &text);
    assert_eq!(summary.exit_status(), 1);
}

#[test]
fn failures_say_step_place_error_and_explanation() {
    let mut options = options("outcomes");
    options.paths = vec![format!("{FIXTURES}/outcomes/steps.feature").into()];
    let (text, summary) = report(&options).unwrap();
    check("scenarios/runner/outcomes", &text);
    assert_eq!(
        (summary.passed(), summary.failed(), summary.skipped()),
        (1, 8, 2)
    );
}

#[test]
fn a_scenario_that_does_not_end_is_given_up() {
    let mut options = options("outcomes");
    options.paths = vec![format!("{FIXTURES}/outcomes/time.feature").into()];
    options.timeout = Duration::from_millis(50);
    let (text, summary) = report(&options).unwrap();
    check("scenarios/runner/time", &text);
    assert_eq!((summary.passed(), summary.failed()), (1, 2));
}

#[test]
fn malformed_files_are_named_and_nothing_runs() {
    let error = report(&options("malformed")).unwrap_err();
    check("scenarios/runner/malformed", &error.to_string());

    // In `cargo test` they are failing tests.
    let suite = Suite::new(FIXTURES).features(format!("{FIXTURES}/malformed"));
    let log = tempfile::NamedTempFile::new().unwrap();
    let arguments = libtest_mimic::Arguments {
        logfile: Some(log.path().to_string_lossy().into_owned()),
        ..Default::default()
    };
    let trials = suite.trials::<World>(&Arc::default(), &arguments);
    assert_eq!(
        trials.iter().map(|trial| trial.name()).collect::<Vec<_>>(),
        [
            "empty",
            "language",
            "no_feature",
            "placeholder",
            "unknown_keyword"
        ]
    );
    assert_eq!(libtest_mimic::run(&arguments, trials).num_failed, 5);
}

#[test]
fn wrong_usage_is_named() {
    let with = |change: fn(&mut RunOptions)| {
        let mut options = options("good");
        change(&mut options);
        report(&options)
            .unwrap_err()
            .to_string()
            .replace(FIXTURES, "fixtures")
    };
    let texts = [
        with(|options| options.paths = vec!["not/there".into()]),
        with(|options| options.paths = vec![format!("{FIXTURES}/../runner.rs").into()]),
        with(|options| options.paths = vec![format!("{FIXTURES}/snapshots").into()]),
        with(|options| options.tags = Some("@counting and".to_owned())),
        with(|options| options.tags = Some("counting".to_owned())),
        with(|options| options.tags = Some(String::new())),
        with(|options| options.name = Some("(".to_owned())),
    ];
    check("scenarios/runner/usage", &texts.join("\n"));
}

#[test]
fn filters_take_by_tag_and_name() {
    for (tags, name, expected) in [
        (Some("@outline"), None, 3),
        (Some("@outline and not @large"), None, 2),
        (Some("not @counting"), None, 1),
        (None, Some("^One up$"), 2),
        (None, Some("^area/counting::It goes down too::"), 1),
        (Some("@large"), Some("1000"), 1),
    ] {
        let mut options = options("good");
        options.tags = tags.map(str::to_owned);
        options.name = name.map(str::to_owned);
        let (text, summary) = report(&options).unwrap();
        assert_eq!(summary.passed(), expected, "{tags:?} {name:?}\n{text}");
        assert!(
            summary.unreferenced.is_empty(),
            "a filtered run knows nothing of the rest"
        );
    }
}

#[test]
fn a_run_that_tests_nothing_fails() {
    let (text, summary) = report(&options("skips")).unwrap();
    check("scenarios/runner/all_skipped", &text);
    assert_eq!(summary.exit_status(), 1);

    let mut options = options("good");
    options.name = Some("nobody is called that".to_owned());
    let (text, summary) = report(&options).unwrap();
    assert_eq!(
        text,
        "\nerror: no scenario matches the filters\n0 passed, 0 failed, 0 skipped\n"
    );
    assert_eq!(summary.exit_status(), 1);
}

#[test]
fn snapshots_are_proposed_accepted_compared_and_left_over() {
    let folder = tempfile::tempdir().unwrap();
    let mut options = options("good");
    options.snapshots_root = folder.path().to_owned();
    options.accept = Accept::No;
    let store = Snapshots::at(folder.path());

    let (text, summary) = report(&options).unwrap();
    assert_eq!(summary.failed(), 6, "new documents fail: {text}");

    options.accept = Accept::Yes;
    assert!(report(&options).unwrap().1.is_success());
    assert_eq!(store.list().unwrap().len(), 6);
    let snapshot = folder
        .path()
        .join("area/counting/it-goes-down-too/one-down.snap");
    let accepted = fs::read_to_string(&snapshot).unwrap();
    assert_eq!(
        accepted,
        "---\nsource: \"good/area/counting.feature\"\n---\nseed 1\nset 1\nset 5\nmoved -1\ncounter 4\n"
    );

    options.accept = Accept::No;
    assert!(report(&options).unwrap().1.is_success());

    // A scenario that makes no document misses its snapshot.
    fs::write(&snapshot, accepted.replace("moved", "went")).unwrap();
    copy(
        &snapshot,
        &folder
            .path()
            .join("quiet/a-scenario-without-a-document-has-no-snapshot.snap"),
    );
    copy(&snapshot, &folder.path().join("gone/scenario.snap"));
    let (text, summary) = report(&options).unwrap();
    check("scenarios/runner/snapshots", &text);
    assert_eq!(
        (summary.failed(), summary.unreferenced),
        (2, vec!["gone/scenario".to_owned()])
    );

    // Another seed gives other documents.
    options.seed = 2;
    assert_eq!(report(&options).unwrap().1.failed(), 7);
}

fn copy(from: &Path, to: &Path) {
    let copied = to
        .parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::copy(from, to));
    assert!(copied.is_ok(), "{copied:?}");
}

#[test]
fn jobs_do_not_change_the_report() {
    let mut options = options("good");
    options.jobs = std::num::NonZeroUsize::new(1);
    let one = report(&options).unwrap().0;
    options.jobs = std::num::NonZeroUsize::new(8);
    assert_eq!(one, report(&options).unwrap().0);
}

#[test]
fn every_scenario_is_a_trial() {
    let suite = Suite::new(FIXTURES)
        .features(format!("{FIXTURES}/good"))
        .snapshots(format!("{FIXTURES}/snapshots/good"));
    let names = |arguments: &libtest_mimic::Arguments| {
        suite
            .trials::<World>(&Arc::default(), arguments)
            .iter()
            .map(|trial| trial.name().to_owned())
            .collect::<Vec<_>>()
    };
    let all = libtest_mimic::Arguments::default();
    assert_eq!(
        names(&all),
        [
            "area/counting::One up",
            "area/counting::One up #2",
            "area/counting::Adding 1 and 1",
            "area/counting::Adding 2 and 40",
            "area/counting::Adding 1000 and 1",
            "area/counting::It goes down too::One down",
            "quiet::A scenario without a document has no snapshot",
        ]
    );
    // As nextest asks: only the named file is read.
    let exact = libtest_mimic::Arguments {
        exact: true,
        filter: Some("quiet::A scenario without a document has no snapshot".to_owned()),
        ..Default::default()
    };
    assert_eq!(names(&exact).len(), 1);

    let skipped = Suite::new(FIXTURES).features(format!("{FIXTURES}/skips"));
    assert!(
        skipped
            .trials::<World>(&Arc::default(), &all)
            .iter()
            .all(libtest_mimic::Trial::has_ignored_flag)
    );
}

#[test]
fn the_vocabulary_is_listed_and_its_examples_hold() {
    assert_eq!(vocabulary_problems::<World>(), Vec::<String>::new());
    let steps = steps::<World>();
    assert_eq!(steps.len(), 11);
    check("scenarios/runner/vocabulary", &listing(&steps));
    let step = steps
        .iter()
        .find(|step| step.function == "counter_goes")
        .unwrap();
    assert_eq!(
        (
            step.keyword,
            step.expression.as_str(),
            step.module.as_str(),
            step.example.as_str()
        ),
        (
            Keyword::When,
            "the counter goes {direction}",
            "fixture_world",
            "the counter goes up"
        )
    );
    assert_eq!(step.document, "Moves the counter by one.");
    assert!(
        step.location
            .starts_with("scenarios/tests/fixture_world/mod.rs:"),
        "{}",
        step.location
    );
}

/// A World whose steps are documented wrongly.
#[derive(Debug, cucumber::World)]
#[world(init = authlab_scenarios::started_by_the_runner::<Self>)]
struct Misdocumented;

impl ScenarioWorld for Misdocumented {
    type Shared = ();

    async fn start(
        _context: ScenarioContext,
        _shared: &(),
    ) -> Result<Self, Box<dyn Error + Send + Sync>> {
        Ok(Self)
    }

    async fn finish(self, _verdict: Verdict, _shared: &()) -> FinishReport {
        FinishReport::default()
    }
}

/// Example: Given another text
#[given("a text")]
fn a_text(_world: &mut Misdocumented) {}

/// Example: Given two words
#[given("two {word}")]
fn two(_world: &mut Misdocumented, _what: String) {}

/// Example: Given three words
#[given("{word} words")]
fn words(_world: &mut Misdocumented, _count: String) {}

#[cucumber::given("no record")]
fn no_record(_world: &mut Misdocumented) {}

#[test]
fn wrong_examples_are_found() {
    let problems = vocabulary_problems::<Misdocumented>();
    assert_eq!(problems.len(), 3, "{problems:#?}");
    assert!(
        problems[0].ends_with(": `another text` does not match `a text`"),
        "{problems:#?}"
    );
    assert!(
        problems[1].contains(": `two words` matches `{word} words` ("),
        "{problems:#?}"
    );
    assert!(
        problems[2].ends_with(": `^no record$` has no example"),
        "{problems:#?}"
    );
}

#[test]
fn mutated_tag_expressions_never_panic() {
    use authlab_scenarios::runner::select::Selection;
    let seeds = [
        "@jwt and not @slow",
        "(@a or @b) and (not @c or (@d and @e))",
        "not not @a",
    ];
    let pieces = [
        "(", ")", "@", "@a", " and ", " or ", "not ", "and", "not", " ", "\\", "\n", "ü", "#",
        "@a@b", "()",
    ];
    let (accepted, refused) = mutate::run(&seeds, &pieces, |text| {
        Selection::parse(Some(text), None).is_ok()
    });
    assert!(accepted > 50 && refused > 100, "{accepted} and {refused}");
}
