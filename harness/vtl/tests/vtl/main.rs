//! Templates and what they print. Each table is about one part of the language; the golden table `rest` has
//! what was recorded on AWS.

mod hostile;
mod language;
mod member;
mod method;
mod overrides;
mod path;
mod refusal;
mod support;
