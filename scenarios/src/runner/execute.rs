//! One case is run.

use std::{
    any::Any,
    collections::BTreeSet,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
    time::Duration,
};

use authlab_snapshots::{MismatchKind, Snapshots};
use cucumber::step::{Context, Step};
use futures_util::FutureExt as _;
use tokio::time::{Instant, timeout, timeout_at};

use super::{
    case::{Case, CaseResult, Failure, Outcome},
    panic_capture,
    scenario::{Capabilities, FinishReport, Need, ScenarioContext, ScenarioWorld, Skip, Verdict},
    suggest,
};
use crate::registration::{Found, Registry};

/// What ending a scenario may take at most, and never longer than the scenario itself.
const FINISH_TIMEOUT: Duration = Duration::from_secs(10);
/// How long after its time a scenario's thread is given up: a step that blocks cannot be stopped.
const GRACE: Duration = Duration::from_secs(1);
/// The stack of a scenario's thread; the futures of SDK calls are large in debug builds.
const STACK_BYTES: usize = 16 << 20;

/// What all cases of a run share.
pub(crate) struct Bench<W: ScenarioWorld> {
    pub(crate) shared: Arc<W::Shared>,
    registry: Registry<W>,
    capabilities: Capabilities,
    snapshots: Snapshots,
    seed: u64,
    timeout: Duration,
    referenced: Mutex<BTreeSet<String>>,
}

/// A step with the function that it calls.
struct Planned<W> {
    function: Step<W>,
    context: Context,
    text: String,
    line: usize,
}

impl<W: ScenarioWorld> Bench<W> {
    pub(crate) fn new(
        shared: Arc<W::Shared>,
        snapshots: Snapshots,
        seed: u64,
        timeout: Duration,
    ) -> Self {
        Self {
            registry: Registry::collect(),
            capabilities: W::capabilities(&shared),
            shared,
            snapshots,
            seed,
            timeout,
            referenced: Mutex::default(),
        }
    }

    /// Why a case is not run here, if it is not.
    pub(crate) fn reason_to_skip(&self, case: &Case) -> Option<String> {
        match self.capabilities.need_of(&case.tags) {
            Need::Missing(reason) => Some(reason),
            Need::Met | Need::Unknown(_) => None,
        }
    }

    /// The snapshots that cases of this run compared with.
    pub(crate) fn referenced(&self) -> BTreeSet<String> {
        self.referenced
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn finish_timeout(&self) -> Duration {
        FINISH_TIMEOUT.min(self.timeout)
    }

    pub(crate) fn snapshots(&self) -> &Snapshots {
        &self.snapshots
    }
}

/// Runs a case on a thread of its own; whatever happens there, this returns.
pub(crate) fn run_case<W: ScenarioWorld>(bench: &Arc<Bench<W>>, case: &Arc<Case>) -> CaseResult {
    let watch = stopwatch();
    let outcome = attempt(bench, case).unwrap_or_else(|outcome| outcome);
    CaseResult {
        case: Arc::clone(case),
        outcome,
        duration: watch(),
    }
}

/// `Err` is an outcome that was clear before anything ran.
fn attempt<W: ScenarioWorld>(bench: &Arc<Bench<W>>, case: &Arc<Case>) -> Result<Outcome, Outcome> {
    // A case that ends here keeps its snapshot: it is not left over.
    bench
        .referenced
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(case.id.clone());
    let failed = |failure: Failure| Outcome::Failed(Box::new(failure));
    if let Some(trap) = &case.trap {
        return Err(failed(Failure::of(trap)));
    }
    match bench.capabilities.need_of(&case.tags) {
        Need::Met => {}
        Need::Missing(reason) => return Err(Outcome::Skipped(reason)),
        Need::Unknown(problem) => return Err(failed(Failure::of(problem))),
    }
    let plan = plan(&bench.registry, case).map_err(|problem| failed(Failure::of(problem)))?;
    let (sender, receiver) = mpsc::channel();
    let (shared, own_case) = (Arc::clone(bench), Arc::clone(case));
    let spawned = thread::Builder::new()
        .name(case.name.clone().replace('\0', " "))
        .stack_size(STACK_BYTES)
        .spawn(move || {
            let _ = sender.send(drive(&shared, &own_case, plan));
        });
    if let Err(error) = spawned {
        return Err(failed(Failure::of(format!(
            "no thread for the scenario: {error}"
        ))));
    }
    receiver
        .recv_timeout(bench.timeout + bench.finish_timeout() + GRACE)
        .map_err(|error| {
            failed(Failure::of(match error {
                mpsc::RecvTimeoutError::Timeout => format!(
                    "a step blocked the scenario's thread for more than {:?}",
                    bench.timeout
                ),
                mpsc::RecvTimeoutError::Disconnected => {
                    "the scenario's thread ended early".to_owned()
                }
            }))
        })
}

/// Finds the function of every step, before any step runs.
fn plan<W: ScenarioWorld>(registry: &Registry<W>, case: &Case) -> Result<Vec<Planned<W>>, String> {
    let mut planned = Vec::new();
    let mut problems = Vec::new();
    for step in &case.steps {
        let problem = match registry.find(&step.step) {
            Found::One(function, context) => {
                planned.push(Planned {
                    function,
                    context,
                    text: step.text(),
                    line: step.line,
                });
                continue;
            }
            // Many unknown steps are one mistake, such as a file of another vocabulary.
            Found::Undefined if problems.len() >= suggest::COMPARED_STEPS_MAX => {
                suggest::one_of_many(step)
            }
            Found::Undefined => suggest::undefined(registry, step),
            Found::Ambiguous(definitions) => suggest::ambiguous(step, &definitions),
        };
        problems.push(format!("{}:{}: {problem}", case.shown_file, step.line));
    }
    for line in &case.free_lines {
        let Some((word, rest)) = line.text.split_once(char::is_whitespace) else {
            continue;
        };
        if registry.matching(rest.trim()).next().is_some() {
            problems.push(format!(
                "{}:{}: `{}` is read as free text, but its rest is a step; is `{word}` a keyword?",
                case.shown_file, line.line, line.text
            ));
        }
    }
    if problems.is_empty() {
        Ok(planned)
    } else {
        Err(problems.join("\n"))
    }
}

/// When a scenario that starts now is given up.
#[expect(
    clippy::disallowed_methods,
    reason = "a scenario that hangs hangs in wall time"
)]
fn deadline(timeout: Duration) -> Instant {
    Instant::now() + timeout
}

/// The life of a scenario: start, steps, finish, snapshot.
fn drive<W: ScenarioWorld>(bench: &Bench<W>, case: &Case, plan: Vec<Planned<W>>) -> Outcome {
    panic_capture::start();
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            return Outcome::Failed(Box::new(Failure::of(format!("no runtime: {error}"))));
        }
    };
    let outcome = runtime.block_on(async {
        let deadline = deadline(bench.timeout);
        let mut world = match start(bench, case, deadline).await {
            Ok(world) => world,
            Err(outcome) => return outcome,
        };
        let steps = run_steps(bench, &mut world, plan, deadline).await;
        let verdict = match &steps {
            Outcome::Passed => Verdict::Passed,
            Outcome::Failed(_) => Verdict::Failed,
            Outcome::Skipped(_) => Verdict::Skipped,
        };
        match guarded(timeout(
            bench.finish_timeout(),
            world.finish(verdict, &bench.shared),
        ))
        .await
        {
            Ok(Ok(report)) => conclude(bench, case, steps, report),
            Ok(Err(_)) => end_failed(steps, Failure::of("ending the scenario took too long")),
            Err(ended) => end_failed(steps, ended.into_failure("ending the scenario")),
        }
    });
    // Whatever the scenario left running must not hold up the others.
    runtime.shutdown_background();
    outcome
}

async fn start<W: ScenarioWorld>(
    bench: &Bench<W>,
    case: &Case,
    deadline: Instant,
) -> Result<W, Outcome> {
    let context = ScenarioContext {
        feature_file: case.feature_file.clone(),
        line: case.line,
        id: case.id.clone(),
        name: case.scenario.clone(),
        tags: case.tags.clone(),
        seed: bench.seed,
    };
    let failed = |failure| Err(Outcome::Failed(Box::new(failure)));
    match guarded(timeout_at(deadline, W::start(context, &bench.shared))).await {
        Ok(Ok(Ok(world))) => Ok(world),
        Ok(Ok(Err(error))) => failed(Failure::of(format!("the scenario did not start: {error}"))),
        Ok(Err(_)) => failed(Failure::of(too_long(bench.timeout))),
        Err(Ended::Skipped(reason)) => Err(Outcome::Skipped(reason)),
        Err(ended) => failed(ended.into_failure("starting the scenario")),
    }
}

async fn run_steps<W: ScenarioWorld>(
    bench: &Bench<W>,
    world: &mut W,
    plan: Vec<Planned<W>>,
    deadline: Instant,
) -> Outcome {
    for planned in plan {
        let step = Some((planned.text, planned.line));
        let running = timeout_at(deadline, (planned.function)(world, planned.context));
        let failure = match guarded(running).await {
            Ok(Ok(())) => match panic_capture::take() {
                None => continue,
                Some(stray) => Failure {
                    message: format!("something in the background panicked: {}", stray.message),
                    location: stray.location,
                    ..Failure::default()
                },
            },
            Ok(Err(_)) => Failure::of(too_long(bench.timeout)),
            Err(Ended::Skipped(reason)) => return Outcome::Skipped(reason),
            Err(ended) => ended.into_failure("the step"),
        };
        return Outcome::Failed(Box::new(Failure { step, ..failure }));
    }
    Outcome::Passed
}

fn too_long(timeout: Duration) -> String {
    format!("the scenario took longer than {timeout:?}")
}

/// How a guarded future ended early.
enum Ended {
    Skipped(String),
    Panicked(panic_capture::Captured),
    /// A panic that passed the hook by.
    Unwound,
}

impl Ended {
    fn into_failure(self, what: &str) -> Failure {
        match self {
            Self::Panicked(panic) => Failure {
                message: panic.message,
                location: panic.location,
                ..Failure::default()
            },
            Self::Skipped(reason) => {
                Failure::of(format!("{what} cannot be skipped any more: {reason}"))
            }
            Self::Unwound => Failure::of(format!("{what} ended by unwinding without a panic")),
        }
    }
}

/// Runs a future to its end, its panic or its skip.
async fn guarded<F: Future>(future: F) -> Result<F::Output, Ended> {
    AssertUnwindSafe(future)
        .catch_unwind()
        .await
        .map_err(
            |payload: Box<dyn Any + Send>| match payload.downcast::<Skip>() {
                Ok(skip) => Ended::Skipped(skip.0),
                Err(_) => panic_capture::take().map_or(Ended::Unwound, Ended::Panicked),
            },
        )
}

/// The outcome of the steps, or `failure` when they had passed.
fn end_failed(steps: Outcome, failure: Failure) -> Outcome {
    match steps {
        Outcome::Failed(_) => steps,
        Outcome::Passed | Outcome::Skipped(_) => Outcome::Failed(Box::new(failure)),
    }
}

/// Adds what the World left to the outcome of the steps.
fn conclude<W: ScenarioWorld>(
    bench: &Bench<W>,
    case: &Case,
    steps: Outcome,
    report: FinishReport,
) -> Outcome {
    let snapshots = bench.snapshots.clone().from_source(case.shown_file.clone());
    let steps = match report.problem {
        Some(problem) => end_failed(steps, Failure::of(problem)),
        None => steps,
    };
    let mut failure = match steps {
        Outcome::Skipped(_) => return steps,
        Outcome::Failed(mut failure) => {
            // The document of a failed scenario is a symptom: shown, never proposed.
            let difference = report
                .document
                .and_then(|document| snapshots.compare(&case.id, &document).err());
            failure.snapshot = difference.filter(|found| found.kind != MismatchKind::New);
            *failure
        }
        Outcome::Passed => {
            let checked = match &report.document {
                Some(document) => snapshots.check(&case.id, document),
                None => snapshots.check_absent(&case.id),
            };
            match checked {
                Ok(()) => return Outcome::Passed,
                Err(mismatch) => Failure {
                    snapshot: Some(mismatch),
                    ..Failure::of("every step passed, but the snapshot does not agree")
                },
            }
        }
    };
    failure.explanation = report.explanation;
    Outcome::Failed(Box::new(failure))
}

/// Measures wall time: how long a scenario takes is the one thing that the lab's clock cannot say.
#[expect(
    clippy::disallowed_methods,
    reason = "durations of a run are shown, never decided on"
)]
pub(crate) fn stopwatch() -> impl Fn() -> Duration {
    let start = std::time::Instant::now();
    move || start.elapsed()
}
