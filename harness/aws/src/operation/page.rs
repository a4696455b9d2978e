//! Lists in parts: one mechanism for every list of a service.
//!
//! A handler answers the whole list; the row says which members of the answer it is, and what the
//! service calls the size of a part and the place where the next begins. Other handlers cut their
//! lists by themselves. What a handler says of the place leaves the lab as a [`Token`], which is good
//! for the operation and the account that it was given to; any other is refused.

use authlab_wire::{Operation, Value, WireError};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest;
use serde::Deserialize;

use super::call::{Answer, Call};
use super::input::read_part;

/// What services call the place where a part begins.
pub const PLACES: [&str; 6] = [
    "NextToken",
    "nextToken",
    "NextMarker",
    "Marker",
    "position",
    "PaginationToken",
];

/// How many bytes of a digest tell a token of this lab from any other text.
const DIGEST_SIZE_BYTES: usize = 12;

/// The place where a list goes on, as callers see it: opaque, and of one operation of one account.
///
/// That AWS refuses the token of another operation is known of some services and taken for all; that
/// of a call with other parameters is taken (unverified).
pub struct Token<'a> {
    call: &'a Call,
    /// What the service answers to a token that was not given for this.
    refused: fn(&str) -> WireError,
    from: &'static str,
    next: &'static str,
}

impl<'a> Token<'a> {
    /// How an operation speaks of places; `None` for what is no list.
    pub fn of(
        operation: &Operation,
        refused: fn(&str) -> WireError,
        call: &'a Call,
    ) -> Option<Self> {
        let (input, output) = (operation.input_shape()?, operation.output_shape()?);
        let mut places = PLACES.into_iter();
        let from = places.clone().find(|name| input.member(name).is_some())?;
        let next = places.find(|name| output.member(name).is_some())?;
        Some(Self {
            call,
            refused,
            from,
            next,
        })
    }

    /// Puts the handler's own place into the input, instead of the token.
    ///
    /// # Errors
    /// The service's, for a token that was not given for this.
    pub fn open(&self, input: &mut Value) -> Result<(), WireError> {
        let Value::Map(members) = input else {
            return Ok(());
        };
        let Some(Value::Text(token)) = members.get(self.from) else {
            return Ok(());
        };
        let refused = || (self.refused)(self.call.operation);
        let place = self.place(token).ok_or_else(refused)?;
        members.insert(self.from.to_owned(), Value::Text(place));
        Ok(())
    }

    /// Puts the token into the output, instead of the handler's own place.
    pub fn seal(&self, output: &mut Value) {
        let Value::Map(members) = output else {
            return;
        };
        if let Some(Value::Text(place)) = members.get(self.next) {
            let mut bytes = self.digest(place);
            bytes.extend_from_slice(place.as_bytes());
            let token = URL_SAFE_NO_PAD.encode(bytes);
            members.insert(self.next.to_owned(), Value::Text(token));
        }
    }

    fn place(&self, token: &str) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (digest, place) = bytes.split_at_checked(DIGEST_SIZE_BYTES)?;
        let place = String::from_utf8(place.to_vec()).ok()?;
        (self.digest(&place) == digest).then_some(place)
    }

    fn digest(&self, place: &str) -> Vec<u8> {
        let (service, operation) = (self.call.service, self.call.operation);
        let account = self.call.account();
        let text = format!("{service}:{operation}:{account}:{place}");
        let whole = digest::digest(&digest::SHA256, text.as_bytes());
        whole
            .as_ref()
            .iter()
            .copied()
            .take(DIGEST_SIZE_BYTES)
            .collect()
    }
}

/// What a service calls size and place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    /// `MaxItems` and `Marker`; the answer says `IsTruncated`.
    Marker,
    /// `MaxResults` and `NextToken`.
    Token,
}

/// How a service pages.
#[derive(Clone, Copy, Debug)]
pub struct Paging {
    /// What it calls size and place.
    pub words: Words,
    /// How many when none is given.
    pub default_size: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ByMarker {
    marker: Option<String>,
    max_items: Option<usize>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ByToken {
    next_token: Option<String>,
    max_results: Option<usize>,
}

impl Paging {
    /// Takes size and place out of an input.
    fn asked(&self, input: &mut Value) -> Result<(Option<String>, usize), WireError> {
        let (token, size) = match self.words {
            Words::Marker => {
                let asked: ByMarker = read_part(input)?;
                (asked.marker, asked.max_items)
            }
            Words::Token => {
                let asked: ByToken = read_part(input)?;
                (asked.next_token, asked.max_results)
            }
        };
        if let Value::Map(members) = input {
            for member in ["Marker", "MaxItems", "NextToken", "MaxResults"] {
                members.remove(member);
            }
        }
        Ok((token, size.unwrap_or(self.default_size).max(1)))
    }

    /// The asked-for part of the lists `members`, which count as one list in their order.
    ///
    /// # Errors
    /// What `whole` answers.
    pub fn part_of(
        &self,
        members: &[&str],
        mut input: Value,
        whole: impl FnOnce(Value) -> Answer,
    ) -> Answer {
        let (token, size) = self.asked(&mut input)?;
        // Only numbers are given out as places.
        let start = token
            .and_then(|place| place.parse().ok())
            .unwrap_or(0_usize);
        let mut reply = whole(input)?;
        let Value::Map(output) = &mut reply.output else {
            return Ok(reply);
        };
        let end = start.saturating_add(size);
        let mut before = 0;
        for member in members {
            let Some(Value::List(items)) = output.get_mut(*member) else {
                continue;
            };
            let count = items.len();
            let clip = |at: usize| at.saturating_sub(before).min(count);
            let (first, last) = (clip(start), clip(end));
            items.truncate(last);
            items.drain(..first);
            before += count;
        }
        let is_truncated = before > end;
        if is_truncated {
            let next = match self.words {
                Words::Marker => "Marker",
                Words::Token => "NextToken",
            };
            output.insert(next.to_owned(), Value::Text(end.to_string()));
        }
        if self.words == Words::Marker {
            output.insert("IsTruncated".to_owned(), Value::Bool(is_truncated));
        }
        Ok(reply)
    }
}

/// A place that no list has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSuchPlace;

/// The part of a list that goes by numbers: a place is the number of items before it. The items of the
/// part, and the place of the next one; a part behind the end is empty.
///
/// # Errors
/// A place that is no number.
pub fn numbered<T>(
    items: impl IntoIterator<Item = T>,
    place: Option<&str>,
    size: usize,
) -> Result<(Vec<T>, Option<String>), NoSuchPlace> {
    let start: usize = place.map_or(Ok(0), |place| place.parse().map_err(|_| NoSuchPlace))?;
    let mut rest = items.into_iter().skip(start);
    let part = rest.by_ref().take(size).collect();
    let next = rest.next().map(|_| start.saturating_add(size).to_string());
    Ok((part, next))
}

/// As [`numbered`], of a service that says so when a place lies behind the end.
///
/// # Errors
/// A place that is no number, or lies behind the end.
pub fn numbered_within<T>(
    items: Vec<T>,
    place: Option<&str>,
    size: usize,
) -> Result<(Vec<T>, Option<String>), NoSuchPlace> {
    let count = items.len();
    let start: usize = place.map_or(Ok(0), |place| place.parse().map_err(|_| NoSuchPlace))?;
    if start > count {
        return Err(NoSuchPlace);
    }
    numbered(items, place, size)
}

/// The part of a sorted list that goes by names: a place is the name of the first item of the next part,
/// so that what is made or taken away before it moves nothing.
pub fn named<T>(
    items: impl IntoIterator<Item = T>,
    place: Option<&str>,
    size: usize,
    name: impl Fn(&T) -> String,
) -> (Vec<T>, Option<String>) {
    let mut rest = items
        .into_iter()
        .skip_while(|item| place.is_some_and(|place| name(item).as_str() < place));
    let part = rest.by_ref().take(size).collect();
    let next = rest.next().map(|item| name(&item));
    (part, next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_by_numbers_go_on_where_the_last_one_ended() {
        let items = || vec!['a', 'b', 'c'];
        for (place, size, part, next) in [
            (None, 2, "ab", Some("2")),
            (Some("2"), 2, "c", None),
            (None, 3, "abc", None),
            (None, usize::MAX, "abc", None),
            (Some("1"), usize::MAX, "bc", None),
            (Some("3"), 2, "", None),
        ] {
            let expected = Ok((part.chars().collect(), next.map(str::to_owned)));
            assert_eq!(numbered(items(), place, size), expected, "{place:?} {size}");
            assert_eq!(
                numbered_within(items(), place, size),
                expected,
                "{place:?} {size}"
            );
        }
        assert_eq!(numbered(items(), Some("4"), 2), Ok((Vec::new(), None)));
        assert_eq!(numbered_within(items(), Some("4"), 2), Err(NoSuchPlace));
        for none in ["", "x", "-1"] {
            assert_eq!(numbered(items(), Some(none), 2), Err(NoSuchPlace));
            assert_eq!(numbered_within(items(), Some(none), 2), Err(NoSuchPlace));
        }
    }

    #[test]
    fn parts_by_names_lose_nothing_when_what_they_begin_with_goes() {
        let name = |item: &char| item.to_string();
        let (part, next) = named(['a', 'b', 'c', 'd'], None, 2, name);
        assert_eq!((part, next.as_deref()), (vec!['a', 'b'], Some("c")));
        let (part, next) = named(['a', 'd'], next.as_deref(), 2, name);
        assert_eq!((part, next), (vec!['d'], None));
    }
}
