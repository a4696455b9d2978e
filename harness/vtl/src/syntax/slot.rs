//! Variables: names are numbered.

/// Which variable.
pub type Slot = usize;

/// `$input`.
pub const INPUT: Slot = 0;
/// `$util`.
pub const UTIL: Slot = 1;
/// `$context`.
pub const CONTEXT: Slot = 2;
/// `$stageVariables`.
pub const STAGE_VARIABLES: Slot = 3;
/// `$foreach`, in a loop.
pub const FOREACH: Slot = 4;
/// `$velocityCount`, in a loop.
pub const VELOCITY_COUNT: Slot = 5;
/// `$velocityHasNext`, in a loop.
pub const VELOCITY_HAS_NEXT: Slot = 6;

/// The variables that are there from the start.
pub const KNOWN: [(&str, Slot); 7] = [
    ("input", INPUT),
    ("util", UTIL),
    ("context", CONTEXT),
    ("stageVariables", STAGE_VARIABLES),
    ("foreach", FOREACH),
    ("velocityCount", VELOCITY_COUNT),
    ("velocityHasNext", VELOCITY_HAS_NEXT),
];
