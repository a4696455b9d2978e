//! The lab's clock.
//!
//! Time moves only when the lab says so. A test lab's clock stands still; `authlab up` starts with
//! one that runs at the speed of the wall. No component reads the system clock: each holds a
//! [`ComponentClock`], the lab's clock plus the component's own offset, with which a scenario
//! makes one system run ahead of another.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

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
    /// Every component.
    pub const ALL: [Self; 6] = [
        Self::Lab,
        Self::Aws,
        Self::Gateway,
        Self::Lambda,
        Self::Vault,
        Self::Oidc,
    ];

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
    /// A component's clock would show no date.
    #[error("the clock of {component} cannot be {seconds} seconds ahead: it would show no date")]
    OffsetOutOfRange {
        /// Whose clock.
        component: Component,
        /// The offset.
        seconds: i64,
    },
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

/// Waits in wall time: what a clock does before it jumps, where clients sign with the machine's clock.
pub type Pause = Arc<dyn Fn(Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

struct State {
    pause: Option<Pause>,
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
        Self::with_wall(Pace::Standing, at, Wall::start())
    }

    /// A clock that starts at the machine's present time and runs at wall speed.
    pub fn wall() -> Self {
        let wall = Wall::start();
        Self::with_wall(Pace::Running, wall.origin, wall)
    }

    fn with_wall(pace: Pace, at: Timestamp, wall: Wall) -> Self {
        let state = State {
            pause: None,
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

    /// Makes every jump begin with a second of the wall, by waiting for one with `pause`.
    ///
    /// A signed date has whole seconds. Where clients sign with the machine's clock, one that was
    /// written in the second of a jump could be of before it or of after it; so none is: what was
    /// signed before the jump has expired with it, and what is signed after it fits.
    pub fn pause_before_jumps(&self, pause: Pause) {
        self.0.state.lock().pause = Some(pause);
    }

    /// Puts `component` ahead of the lab (or behind it, when negative) by this many seconds.
    ///
    /// # Errors
    /// [`ClockError::OffsetOutOfRange`] when it would show no date.
    pub fn set_offset_seconds(
        &self,
        component: Component,
        offset_seconds: i64,
    ) -> Result<(), ClockError> {
        let now = self.now();
        let mut state = self.0.state.lock();
        if shifted(now, offset_seconds).is_none() {
            return Err(ClockError::OffsetOutOfRange {
                component,
                seconds: offset_seconds,
            });
        }
        state.offsets_seconds.insert(component, offset_seconds);
        Ok(())
    }

    /// Moves the clock forward, firing each timer at its due time, and returns when no work that
    /// fell due is left.
    ///
    /// # Errors
    /// [`ClockError::Backwards`] for a negative number, [`ClockError::OutOfRange`] beyond year 9999,
    /// [`ClockError::OffsetOutOfRange`] when a component's clock would be beyond it.
    pub async fn advance_seconds(&self, seconds: i64) -> Result<Timestamp, ClockError> {
        if seconds < 0 {
            return Err(ClockError::Backwards(seconds));
        }
        let _moving = self.0.moving.lock().await;
        let target = || {
            let target = shifted(self.now(), seconds).ok_or(ClockError::OutOfRange(seconds))?;
            self.fits(target).map(|()| target)
        };
        // What is refused is refused at once.
        target()?;
        self.wait_for_second().await;
        let target = target()?;
        self.fire_until(target).await;
        self.jump(target);
        Ok(target)
    }

    /// Sets the clock. Forwards, what falls due on the way fires as in an advance; backwards,
    /// nothing does. Running clocks go on running.
    ///
    /// # Errors
    /// [`ClockError::OffsetOutOfRange`] when a component's clock would show no date.
    pub async fn set(&self, target: Timestamp) -> Result<(), ClockError> {
        let _moving = self.0.moving.lock().await;
        self.fits(target)?;
        self.wait_for_second().await;
        if target > self.now() {
            self.fire_until(target).await;
        }
        self.jump(target);
        Ok(())
    }

    /// Whether every component's clock shows a date when the lab's shows `target`.
    fn fits(&self, target: Timestamp) -> Result<(), ClockError> {
        let state = self.0.state.lock();
        let wrong = state
            .offsets_seconds
            .iter()
            .find(|(_, seconds)| shifted(target, **seconds).is_none());
        match wrong {
            None => Ok(()),
            Some((component, seconds)) => Err(ClockError::OffsetOutOfRange {
                component: *component,
                seconds: *seconds,
            }),
        }
    }

    /// Waits until another second of the wall has begun, where jumps begin with one.
    async fn wait_for_second(&self) {
        let pause = self.0.state.lock().pause.clone();
        let Some(pause) = pause else {
            return;
        };
        let second = self.0.wall.now().as_second();
        while self.0.wall.now().as_second() == second {
            let gone = self.0.wall.now().subsec_nanosecond();
            let left = 1_000_000_000u32.saturating_sub(gone.unsigned_abs());
            pause(Duration::from_nanos(u64::from(left))).await;
        }
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
        // From the beginning of the second on, as signed dates count: see `pause_before_jumps`.
        let fraction = SignedDuration::from_nanos(wall.subsec_nanosecond().into());
        let begin = wall.checked_sub(fraction).unwrap_or(wall);
        let since = state.segments.last().map(|last| last.wall);
        let from = since.map_or(begin, |since| since.max(begin));
        let lab = match state.pace {
            Pace::Standing => lab,
            Pace::Running => lab.checked_sub(wall.duration_since(from)).unwrap_or(lab),
        };
        // Many jumps within one second of the wall leave one segment: the last.
        if let Some(last) = state.segments.last_mut().filter(|last| last.wall == from) {
            last.lab = lab;
        } else {
            state.segments.push(Segment { wall: from, lab });
        }
    }
}

/// A time so many seconds later, if that is a date.
fn shifted(time: Timestamp, seconds: i64) -> Option<Timestamp> {
    time.checked_add(SignedDuration::from_secs(seconds)).ok()
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
        // A running clock may reach the last date that there is.
        let last = if self.offset().is_negative() {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        };
        now.checked_add(self.offset()).unwrap_or(last)
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
    /// How long ago that was.
    elapsed: Box<dyn Fn() -> Duration + Send + Sync>,
}

impl Wall {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the machine's clock enters a lab"
    )]
    fn start() -> Self {
        let started = std::time::Instant::now();
        Self {
            origin: Timestamp::now(),
            elapsed: Box::new(move || started.elapsed()),
        }
    }

    fn now(&self) -> Timestamp {
        let elapsed = SignedDuration::try_from((self.elapsed)()).unwrap_or_default();
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

    /// The machine's clock at 0.4 s after a second, and a pause that lets it pass.
    fn wall() -> (Wall, Pause) {
        let passed: Arc<Mutex<Duration>> = Arc::default();
        let shown = Arc::clone(&passed);
        let wall = Wall {
            origin: at("2026-11-27T08:00:00.4Z"),
            elapsed: Box::new(move || *shown.lock()),
        };
        let pause: Pause = Arc::new(move |time| {
            *passed.lock() += time;
            async {}.boxed()
        });
        (wall, pause)
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
        block_on(clock.set(at("2025-01-01T00:00:00Z"))).unwrap();
        assert_eq!(clock.now(), at("2025-01-01T00:00:00Z"));
    }

    #[test]
    fn a_component_runs_ahead_by_its_offset_and_no_other_does() {
        let clock = Clock::standing(at("2026-01-01T00:00:00Z"));
        clock.set_offset_seconds(Component::Gateway, -90).unwrap();
        assert_eq!(
            clock.component(Component::Gateway).now(),
            at("2025-12-31T23:58:30Z")
        );
        assert_eq!(clock.component(Component::Vault).now(), clock.now());
    }

    #[test]
    fn no_offset_is_taken_and_ignored() {
        let clock = Clock::standing(at("2026-01-01T00:00:00Z"));
        // How far it is to the first and to the last date.
        let (back, ahead) = (-439_000_000_000, 251_000_000_000);
        for seconds in [0, 1, -90, 250_000_000_000, -63_000_000_000] {
            clock.set_offset_seconds(Component::Vault, seconds).unwrap();
            let shown = clock.component(Component::Vault).now();
            let expected = SignedDuration::from_secs(seconds);
            assert_eq!(shown.duration_since(clock.now()), expected);
        }
        clock.set_offset_seconds(Component::Vault, 7).unwrap();
        for seconds in [ahead * 2, back, i64::MAX, i64::MIN] {
            let refused = clock.set_offset_seconds(Component::Vault, seconds);
            let component = Component::Vault;
            let expected = ClockError::OffsetOutOfRange { component, seconds };
            assert_eq!(refused, Err(expected));
            let offset = clock.component(Component::Vault).offset();
            assert_eq!(offset, SignedDuration::from_secs(7), "{seconds}");
        }
        // Neither does a move make one that was taken leave the calendar.
        clock.set_offset_seconds(Component::Vault, 86_400).unwrap();
        let last_day = at("9999-12-30T12:00:00Z");
        assert!(block_on(clock.set(last_day)).is_err());
        assert_eq!(clock.now(), at("2026-01-01T00:00:00Z"));
        clock.set_offset_seconds(Component::Vault, 0).unwrap();
        block_on(clock.set(last_day)).unwrap();
        clock.set_offset_seconds(Component::Vault, 30).unwrap();
        assert!(block_on(clock.advance_seconds(20 * 3_600)).is_err());
        assert_eq!(clock.now(), last_day);
    }

    #[test]
    fn a_date_of_before_a_jump_stays_before_it_in_whole_seconds_too() {
        let seconds = |time: Timestamp| Timestamp::from_second(time.as_second()).unwrap();
        for pace in [Pace::Running, Pace::Standing] {
            let (wall, pause) = wall();
            let clock = Clock::with_wall(pace, wall.origin, wall);
            clock.pause_before_jumps(pause);
            let signed = seconds(clock.wall_now());
            let before = clock.now();
            block_on(clock.advance_seconds(960)).unwrap();
            let age = clock.now().duration_since(clock.lab_time_of_wall(signed));
            assert!(age >= SignedDuration::from_secs(959), "{age}");
            assert!(clock.now().duration_since(before) >= SignedDuration::from_secs(960));
            // The twin: what is signed from now on is of now.
            let signed = seconds(clock.wall_now());
            let age = clock.now().duration_since(clock.lab_time_of_wall(signed));
            assert!(age.abs() <= SignedDuration::from_secs(2), "{age}");
        }
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
        let (wall, pause) = wall();
        let clock = Clock::with_wall(Pace::Running, wall.origin, wall);
        clock.pause_before_jumps(pause);
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
