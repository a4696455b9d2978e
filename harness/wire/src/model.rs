//! Service models: what `models/<service>.json` states, decoded when it is asked for.
//!
//! A model's file has one operation or shape per line. Finding out which lines there are costs a few
//! microseconds; each line is decoded on its first use and kept. A lab that uses ten operations of
//! IAM pays for ten operations and the shapes that they reach.

mod catalogue;
mod correction;
mod facts;
mod service;
mod shape;

pub use catalogue::Models;
pub use service::{Model, Operation};
pub use shape::{Bounds, ErrorFacts, Kind, Location, Member, Shape, ShapeId, TimestampFormat};
