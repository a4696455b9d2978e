//! A World without a lab: a counter and a log.

use std::{error::Error, str::FromStr, time::Duration};

use authlab_scenarios::{
    Capabilities, FinishReport, ScenarioContext, ScenarioWorld, Verdict, given, skip, then, when,
};
use cucumber::{Parameter, gherkin::Step};

/// What the steps work on.
#[derive(Debug, cucumber::World)]
#[world(init = authlab_scenarios::started_by_the_runner::<Self>)]
pub struct World {
    counter: i64,
    log: Vec<String>,
    seed: u64,
}

impl ScenarioWorld for World {
    type Shared = ();
    async fn start(context: ScenarioContext, _: &()) -> Result<Self, Box<dyn Error + Send + Sync>> {
        if context.tags.iter().any(|tag| tag == "does-not-start") {
            return Err("the port is taken".into());
        }
        Ok(Self {
            counter: 0,
            log: Vec::new(),
            seed: context.seed,
        })
    }

    async fn finish(self, verdict: Verdict, _shared: &()) -> FinishReport {
        let document = format!(
            "seed {}\n{}\ncounter {}",
            self.seed,
            self.log.join("\n"),
            self.counter
        );
        FinishReport {
            document: (!self.log.is_empty()).then_some(document),
            explanation: Some(format!(
                "ended as {verdict:?}\ncounter was {}",
                self.counter
            )),
            problem: (self.counter == 13).then(|| "the journal holds a failure".to_owned()),
        }
    }

    fn capabilities(_shared: &()) -> Capabilities {
        Capabilities::default()
            .available("counting")
            .missing("docker", "no engine answers")
    }
}

/// The direction of a change: `up` or `down`.
#[derive(Debug, Parameter)]
#[param(name = "direction", regex = "up|down")]
struct Direction(i64);

impl FromStr for Direction {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(if text == "up" { 1 } else { -1 }))
    }
}

/// Sets the counter.
///
/// Example: Given a counter at 3
#[given("a counter at {int}")]
fn counter_at(world: &mut World, value: i64) {
    world.counter = value;
    world.log.push(format!("set {value}"));
}

/// Moves the counter by one.
///
/// Example: When the counter goes up
#[when("the counter goes {direction}")]
async fn counter_goes(world: &mut World, direction: Direction) {
    tokio::task::yield_now().await;
    world.counter += direction.0;
    world.log.push(format!("moved {}", direction.0));
}

/// Adds every number of a table.
///
/// Example: When these are added:
#[when("these are added:")]
fn added(world: &mut World, step: &Step) -> Result<(), Box<dyn Error>> {
    let table = step.table.as_ref().ok_or("the step needs a table")?;
    for cell in table.rows.iter().flatten() {
        world.counter += cell.parse::<i64>()?;
    }
    world.log.push("added a table".to_owned());
    Ok(())
}

/// Compares the counter.
///
/// Example: Then the counter is 4
#[then("the counter is {int}")]
fn counter_is(world: &mut World, value: i64) -> Result<(), String> {
    if world.counter == value {
        return Ok(());
    }
    Err(format!("the counter is {}, not {value}", world.counter))
}

/// Panics, as an assertion does.
///
/// Example: When an assertion fails
#[when("an assertion fails")]
fn assertion_fails(world: &mut World) {
    assert_eq!(world.counter, -1, "the counter");
}

/// Ends the scenario as skipped.
///
/// Example: When the backend lacks what this is about
#[when("the backend lacks what this is about")]
fn backend_lacks(_world: &mut World) {
    skip("the backend has no counter");
}

/// Waits for what never comes.
///
/// Example: When nothing ever happens
#[when("nothing ever happens")]
async fn nothing_happens(_world: &mut World) {
    std::future::pending::<()>().await;
}

/// Blocks the thread, as a synchronous client without a timeout does.
///
/// Example: When the thread is blocked
#[when("the thread is blocked")]
fn thread_blocked(_world: &mut World) {
    let (_sender, receiver) = std::sync::mpsc::channel::<()>();
    let _ = receiver.recv_timeout(Duration::from_secs(600));
}

/// Lets a task of its own panic.
///
/// Example: When a background task panics
#[when("a background task panics")]
async fn background_panics(_world: &mut World) {
    let task = tokio::spawn(async { assert_eq!(1, 2, "in the background") });
    let _ = task.await;
}

/// One of two steps that `the fruit apple` matches.
///
/// Example: Given the fruit pear
#[given("the fruit {word}")]
fn fruit(_world: &mut World, _name: String) {}

/// The other of the two.
///
/// Example: Given the red apple
#[given("the {word} apple")]
fn apple(_world: &mut World, _color: String) {}
