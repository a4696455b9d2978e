//! The lab's clock.
//!
//! Time moves only when the lab says so. A test lab's clock stands still; `authlab up` starts with
//! one that runs at the speed of the wall. No component reads the system clock: each holds a
//! [`ComponentClock`], the lab's clock plus the component's own offset, with which a scenario
//! makes one system run ahead of another.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use futures_util::lock::Mutex as AsyncMutex;
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use thiserror::Error;

use crate::timer::Timers;

/// A part of the lab that acts by itself: it stands in the journal, and some take a clock offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Component {
    /// The lab: clock, seed, control API.
    Lab,
    /// The AWS front door and its services.
    Aws,
    /// The API Gateway data plane.
    Gateway,
    /// Functions.
    Lambda,
    /// Vault.
    Vault,
    /// The OpenID Connect provider.
    Oidc,
}

impl Component {
    /// Every component whose clock can be offset.
    pub const WITH_OFFSET: [Self; 4] = [Self::Aws, Self::Gateway, Self::Vault, Self::Oidc];

    /// The name in the journal and in the control API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lab => "lab",
            Self::Aws => "aws",
            Self::Gateway => "gateway",
            Self::Lambda => "lambda",
            Self::Vault => "vault",
            Self::Oidc => "oidc",
        }
    }
}

impl fmt::Display for Component {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for Component {
    type Err = ClockError;

    /// Reads the name of a component that takes an offset.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::WITH_OFFSET
            .into_iter()
            .find(|component| component.as_str() == text)
            .ok_or_else(|| ClockError::UnknownComponent(text.to_owned()))
    }
}

/// Why the clock did not move.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ClockError {
    /// Time never goes backwards by an advance.
    #[error("`{0}` seconds would move the clock backwards: use `set` for that")]
    Backwards(i64),
    /// The result is no date.
    #[error("the clock cannot show a time {0} seconds from now")]
    OutOfRange(i64),
    /// No such component, or one without a clock of its own.
    #[error("`{0}` is no component with a clock: give one of aws, gateway, vault, oidc")]
    UnknownComponent(String),
}

/// How a lab's time passes between two moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pace {
    Standing,
    Running,
}

/// From this wall instant on, lab time began at `lab`.
#[derive(Clone, Copy, Debug)]
struct Segment {
    wall: Timestamp,
    lab: Timestamp,
}

struct State {
    pace: Pace,
    /// Never empty; the last is in force. Kept whole: a signed date may lie in an earlier one.
    segments: Vec<Segment>,
    offsets_seconds: BTreeMap<Component, i64>,
}

struct Shared {
    state: Mutex<State>,
    wall: Wall,
    timers: Timers,
    /// One move at a time: a second advance waits until the first has fired everything.
    moving: AsyncMutex<()>,
}

/// The one clock of a lab. Clones show the same time.
#[derive(Clone)]
pub struct Clock(Arc<Shared>);

impl Clock {
    /// A clock that stands at `at` until it is moved.
    pub fn standing(at: Timestamp) -> Self {
        Self::new(Pace::Standing, at)
    }

    /// A clock that starts at `at` and runs at wall speed.
    pub fn running(at: Timestamp) -> Self {
        Self::new(Pace::Running, at)
    }

    /// A clock that starts at the machine's present time and runs at wall speed.
    pub fn wall() -> Self {
        let wall = Wall::start();
        Self::with_wall(Pace::Running, wall.origin, wall)
    }

    fn new(pace: Pace, at: Timestamp) -> Self {
        Self::with_wall(pace, at, Wall::start())
    }

    fn with_wall(pace: Pace, at: Timestamp, wall: Wall) -> Self {
        let state = State {
            pace,
            segments: vec![Segment {
                wall: wall.now(),
                lab: at,
            }],
            offsets_seconds: BTreeMap::new(),
        };
        Self(Arc::new(Shared {
            state: Mutex::new(state),
            wall,
            timers: Timers::default(),
            moving: AsyncMutex::new(()),
        }))
    }

    /// The lab's time.
    pub fn now(&self) -> Timestamp {
        let state = self.0.state.lock();
        state.lab_time(self.0.wall.now())
    }

    /// Whether the clock runs by itself.
    pub fn is_running(&self) -> bool {
        self.0.state.lock().pace == Pace::Running
    }

    /// What falls due by this clock.
    pub fn timers(&self) -> &Timers {
        &self.0.timers
    }

    /// The clock of one component: the lab's plus that component's offset.
    pub fn component(&self, component: Component) -> ComponentClock {
        ComponentClock {
            clock: self.clone(),
            component,
        }
    }

    /// Puts `component` ahead of the lab (or behind it, when negative) by this many seconds.
    pub fn set_offset_seconds(&self, component: Component, offset_seconds: i64) {
        self.0
            .state
            .lock()
            .offsets_seconds
            .insert(component, offset_seconds);
    }

    /// Moves the clock forward, firing each timer at its due time, and returns when no work that
    /// fell due is left.
    ///
    /// # Errors
    /// [`ClockError::Backwards`] for a negative number, [`ClockError::OutOfRange`] beyond year 9999.
    pub async fn advance_seconds(&self, seconds: i64) -> Result<Timestamp, ClockError> {
        if seconds < 0 {
            return Err(ClockError::Backwards(seconds));
        }
        let _moving = self.0.moving.lock().await;
        let target = self
            .now()
            .checked_add(SignedDuration::from_secs(seconds))
            .map_err(|_| ClockError::OutOfRange(seconds))?;
        self.fire_until(target).await;
        self.jump(target);
        Ok(target)
    }

    /// Sets the clock. Forwards, what falls due on the way fires as in an advance; backwards,
    /// nothing does. Running clocks go on running.
    pub async fn set(&self, target: Timestamp) {
        let _moving = self.0.moving.lock().await;
        if target > self.now() {
            self.fire_until(target).await;
        }
        self.jump(target);
    }

    /// Fires what is due by now: what the driver of a running clock calls when a timer is due.
    pub async fn fire_due(&self) {
        let _moving = self.0.moving.lock().await;
        while let Some((_, fire)) = self.0.timers.pop_due(self.now()) {
            fire(self.now()).await;
        }
    }

    /// The moment of a signed date, for a signer that uses the machine's clock: the lab time of
    /// that wall instant. Before the lab began, time is taken to have run as the wall does.
    pub fn lab_time_of_wall(&self, wall: Timestamp) -> Timestamp {
        self.0.state.lock().lab_time(wall)
    }

    /// The machine's present time. Only for the lab's own clients and for the wall clock's driver.
    pub fn wall_now(&self) -> Timestamp {
        self.0.wall.now()
    }

    /// Back to how a lab starts: this time, no offsets, no timers.
    pub async fn reset(&self, at: Timestamp) {
        let _moving = self.0.moving.lock().await;
        self.0.timers.clear();
        let mut state = self.0.state.lock();
        state.offsets_seconds.clear();
        state.segments = vec![Segment {
            wall: self.0.wall.now(),
            lab: at,
        }];
    }

    async fn fire_until(&self, target: Timestamp) {
        while let Some((due, fire)) = self.0.timers.pop_due(target) {
            // A timer that was late (the clock was set back) fires now: time never goes backwards.
            if due > self.now() {
                self.jump(due);
            }
            fire(self.now()).await;
        }
    }

    fn jump(&self, lab: Timestamp) {
        let wall = self.0.wall.now();
        let mut state = self.0.state.lock();
        // Many jumps at one wall instant leave one segment: the last.
        if let Some(last) = state.segments.last_mut().filter(|last| last.wall == wall) {
            last.lab = lab;
        } else {
            state.segments.push(Segment { wall, lab });
        }
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Clock({})", self.now())
    }
}

impl State {
    fn lab_time(&self, wall: Timestamp) -> Timestamp {
        let index = self
            .segments
            .partition_point(|segment| segment.wall <= wall);
        let Some(segment) = self.segments.get(index.saturating_sub(1)) else {
            return wall;
        };
        let before_start = index == 0;
        if self.pace == Pace::Standing && !before_start {
            return segment.lab;
        }
        let elapsed = wall.duration_since(segment.wall);
        segment.lab.checked_add(elapsed).unwrap_or(segment.lab)
    }
}

/// A component's view of the clock.
#[derive(Clone, Debug)]
pub struct ComponentClock {
    clock: Clock,
    component: Component,
}

impl ComponentClock {
    /// What this component takes the time to be.
    pub fn now(&self) -> Timestamp {
        let now = self.clock.now();
        now.checked_add(self.offset()).unwrap_or(now)
    }

    /// The component's offset from the lab's time.
    pub fn offset(&self) -> SignedDuration {
        let state = self.clock.0.state.lock();
        let seconds = state
            .offsets_seconds
            .get(&self.component)
            .copied()
            .unwrap_or(0);
        SignedDuration::from_secs(seconds)
    }

    /// Which component it is.
    pub fn which(&self) -> Component {
        self.component
    }

    /// The lab's clock, for timers: they fall due by the lab's time, not by the component's.
    pub fn lab(&self) -> &Clock {
        &self.clock
    }
}

/// The machine's clock, read once; from there on the monotonic clock counts, so that a correction
/// of the machine's time never moves the lab.
struct Wall {
    origin: Timestamp,
    started: std::time::Instant,
}

impl Wall {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the machine's clock enters a lab"
    )]
    fn start() -> Self {
        Self {
            origin: Timestamp::now(),
            started: std::time::Instant::now(),
        }
    }

    fn now(&self) -> Timestamp {
        let elapsed = SignedDuration::try_from(self.started.elapsed()).unwrap_or_default();
        self.origin.checked_add(elapsed).unwrap_or(self.origin)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use std::future::Future;

    use futures_util::FutureExt;
    use parking_lot::Mutex;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn block_on<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(work)
    }

    #[test]
    fn a_standing_clock_moves_only_when_told() {
        let clock = Clock::standing(at("2026-01-01T00:00:00Z"));
        assert_eq!(clock.now(), clock.now());
        block_on(clock.advance_seconds(3600)).unwrap();
        assert_eq!(clock.now(), at("2026-01-01T01:00:00Z"));
        assert_eq!(
            block_on(clock.advance_seconds(-1)),
            Err(ClockError::Backwards(-1))
        );
        assert_eq!(
            block_on(clock.advance_seconds(i64::MAX)),
            Err(ClockError::OutOfRange(i64::MAX))
        );
        assert_eq!(clock.now(), at("2026-01-01T01:00:00Z"));
        block_on(clock.set(at("2025-01-01T00:00:00Z")));
        assert_eq!(clock.now(), at("2025-01-01T00:00:00Z"));
    }

    #[test]
    fn a_component_runs_ahead_by_its_offset_and_no_other_does() {
        let clock = Clock::standing(at("2026-01-01T00:00:00Z"));
        clock.set_offset_seconds(Component::Gateway, -90);
        assert_eq!(
            clock.component(Component::Gateway).now(),
            at("2025-12-31T23:58:30Z")
        );
        assert_eq!(clock.component(Component::Vault).now(), clock.now());
    }

    #[test]
    fn an_advance_fires_each_timer_at_its_due_time_also_those_that_timers_add() {
        let clock = Clock::standing(at("2026-01-01T00:00:00Z"));
        let fired: Arc<Mutex<Vec<String>>> = Arc::default();
        let note = |name: &'static str, fired: &Arc<Mutex<Vec<String>>>| {
            let fired = Arc::clone(fired);
            move |now: Timestamp| async move { fired.lock().push(format!("{name} {now}")) }.boxed()
        };
        clock
            .timers()
            .schedule(at("2026-01-01T00:00:20Z"), "b", note("b", &fired));
        clock
            .timers()
            .schedule(at("2026-01-01T00:00:20Z"), "a", note("a", &fired));
        let again = note("again", &fired);
        let timers = clock.timers().clone();
        clock
            .timers()
            .schedule(at("2026-01-01T00:00:10Z"), "first", move |now| {
                timers.schedule(
                    now.checked_add(SignedDuration::from_secs(5)).unwrap(),
                    "again",
                    again,
                );
                async {}.boxed()
            });
        let cancelled = clock
            .timers()
            .schedule(at("2026-01-01T00:00:01Z"), "c", note("c", &fired));
        clock.timers().cancel(&cancelled);
        block_on(clock.advance_seconds(19)).unwrap();
        assert_eq!(*fired.lock(), ["again 2026-01-01T00:00:15Z"]);
        block_on(clock.advance_seconds(1)).unwrap();
        assert_eq!(
            fired.lock()[1..],
            ["a 2026-01-01T00:00:20Z", "b 2026-01-01T00:00:20Z"]
        );
    }

    #[test]
    fn a_wall_date_keeps_the_lab_time_it_had() {
        let clock = Clock::wall();
        let signed = clock.wall_now();
        let before = clock.lab_time_of_wall(signed);
        block_on(clock.advance_seconds(86_400)).unwrap();
        assert_eq!(clock.lab_time_of_wall(signed), before);
        let ahead = clock
            .lab_time_of_wall(clock.wall_now())
            .duration_since(before);
        assert!(ahead >= SignedDuration::from_secs(86_400), "{ahead}");
    }
}
