//! The input of an operation, read into types with the model's member names.

use authlab_wire::{Value, WireError, from_value_noting_unread};
use serde::de::DeserializeOwned;

/// Reads an operation's input into a serde type with the model's member names.
///
/// Nothing is accepted and ignored: a member that the request states and the type does not have is
/// answered with 501 that names it, unless it asks for nothing ([`Value::asks_nothing`]).
///
/// # Errors
/// A member has another type than the model says; required members and bounds were checked before.
pub fn read<T: DeserializeOwned>(input: Value) -> Result<T, WireError> {
    let (read, unread) = noting_unread(input)?;
    match unread.first() {
        None => Ok(read),
        Some(member) => Err(member_not_implemented(member)),
    }
}

/// The input of an operation that has no members, or none beside those that were taken out.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
pub struct Nothing {}

/// Reads an operation's input into two types that share its members: what it is about, and the
/// rest. A member that neither has is refused as by [`read`].
///
/// # Errors
/// As [`read`].
pub fn read_both<A: DeserializeOwned, B: DeserializeOwned>(
    input: Value,
) -> Result<(A, B), WireError> {
    let (first, unread) = noting_unread(input.clone())?;
    let (second, unread_either) = noting_unread(input)?;
    let mut both = unread_either
        .iter()
        .filter(|member| unread.iter().any(|other| is_within(member, other)))
        .chain(
            unread
                .iter()
                .filter(|member| unread_either.iter().any(|other| is_within(member, other))),
        );
    match both.next() {
        None => Ok((first, second)),
        Some(member) => Err(member_not_implemented(member)),
    }
}

/// Whether the path `inner` is `outer`, or below it.
fn is_within(inner: &str, outer: &str) -> bool {
    inner
        .strip_prefix(outer)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// Reads what of an input is needed before the whole is read by [`read`] or [`read_both`].
///
/// # Errors
/// As [`read`], but for members that the type does not have: the other reading finds them.
pub fn read_part<T: DeserializeOwned>(input: &Value) -> Result<T, WireError> {
    noting_unread(input.clone()).map(|(read, _)| read)
}

fn noting_unread<T: DeserializeOwned>(input: Value) -> Result<(T, Vec<String>), WireError> {
    #[cfg(test)]
    crate::coverage::field::note::<T>();
    from_value_noting_unread(input)
        .map_err(|error| WireError::new(400, "SerializationException", error.to_string()))
}

/// The answer to a request that states a member which this lab does not read.
pub fn member_not_implemented(member: &str) -> WireError {
    WireError::new(
        501,
        "NotImplemented",
        format!("the member `{member}` is not implemented by this lab: leave it out"),
    )
}
