//! What bounds a template: its size, its nesting, and what it may do while it is rendered.
//!
//! Quotas are API Gateway's own
//! (<https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html>);
//! the other limits are ours and far above what templates need.

/// The size of a template, in bytes: the quota "mapping template size", 300 KB.
pub const TEMPLATE_BYTES_MAX: usize = 300 * 1024;

/// How often one `#foreach` may go round: the quota "iterations in a `#foreach` loop in mapping templates".
pub const ITERATION_COUNT_MAX: usize = 1_000;

/// The size of what a template prints, in bytes: the quota "payload size", 10 MB.
pub const OUTPUT_BYTES_MAX: usize = 10 * 1024 * 1024;

/// How deeply blocks, expressions and texts may be nested in a template. Ours.
pub const DEPTH_MAX: usize = 64;

/// How deeply blocks may be rendered one inside another, those of `#define` included. Ours.
pub const RENDER_DEPTH_MAX: usize = 128;

/// How often a block of `#define` may be printed inside itself: Velocity's own default.
pub const DEFINE_DEPTH_MAX: u8 = 2;

/// How deeply lists and maps may hold one another where they are printed or compared. Ours; more than JSON
/// documents may be nested.
pub const VALUE_DEPTH_MAX: usize = 200;

/// How many steps one rendering may take: evaluations, members looked at, and pieces of text. Ours.
pub const STEP_COUNT_MAX: u64 = 5_000_000;

/// How much one rendering may make, in bytes: texts, lists and maps. Ours.
pub const MEMORY_BYTES_MAX: u64 = 128 * 1024 * 1024;

/// The size of a compiled regular expression, in bytes. Ours.
pub const PATTERN_BYTES_MAX: usize = 256 * 1024;
