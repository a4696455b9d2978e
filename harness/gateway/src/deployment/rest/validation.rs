//! What of a request is validated (`RequestValidator`).

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::schema::Schemas;

/// What of a request is validated; by default nothing.
#[derive(Clone, Debug, Default)]
pub struct Validation {
    /// The parameters that have to be there, in the order in which they are told.
    pub parameters: Vec<RequiredParameter>,
    /// What bodies are held against.
    pub body: Option<BodyModels>,
}

/// A parameter that has to be there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RequiredParameter {
    /// Where.
    pub place: Place,
    /// Its name.
    pub name: String,
}

/// Where a parameter stands, in the order in which those that are missing are told (recorded).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A header.
    Header,
    /// A variable of the path.
    Path,
    /// The query string.
    Query,
}

/// The models of bodies.
#[derive(Clone, Debug)]
pub struct BodyModels {
    /// All models of the API.
    pub schemas: Arc<Schemas>,
    /// Which model a body has, by content type; that of `$default` for types without one.
    pub by_type: BTreeMap<String, String>,
}
