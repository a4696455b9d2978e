//! Lists in parts: one mechanism for every list of a service.
//!
//! A handler answers the whole list; the row says which members of the answer it is, and what the
//! service calls the size of a part and the place where the next begins. A token is good for the
//! operation that gave it; any other is refused.

use authlab_wire::{Value, WireError};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use crate::operation::{Answer, Call, read_part};

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
    /// What a token that is none is answered.
    pub refused: fn() -> WireError,
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

    /// Where the asked-for part begins.
    fn start(&self, call: &Call, token: Option<String>) -> Result<usize, WireError> {
        let Some(token) = token else {
            return Ok(0);
        };
        let decoded = URL_SAFE_NO_PAD.decode(token).ok();
        let text = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
        let start = text.as_deref().and_then(|text| {
            let (operation, start) = text.split_once(':')?;
            (operation == call.operation).then(|| start.parse().ok())?
        });
        start.ok_or_else(self.refused)
    }

    /// The asked-for part of the lists `members`, which count as one list in their order.
    ///
    /// # Errors
    /// What `whole` answers, or a token that this operation did not give.
    pub fn part_of(
        &self,
        members: &[&str],
        call: &Call,
        mut input: Value,
        whole: impl FnOnce(Value) -> Answer,
    ) -> Answer {
        let (token, size) = self.asked(&mut input)?;
        let start = self.start(call, token)?;
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
            let token = URL_SAFE_NO_PAD.encode(format!("{}:{end}", call.operation));
            let next = match self.words {
                Words::Marker => "Marker",
                Words::Token => "NextToken",
            };
            output.insert(next.to_owned(), Value::Text(token));
        }
        if self.words == Words::Marker {
            output.insert("IsTruncated".to_owned(), Value::Bool(is_truncated));
        }
        Ok(reply)
    }
}
