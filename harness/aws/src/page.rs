//! Lists in parts: one mechanism for every list of a service.
//!
//! A handler answers the whole list; the row says which members of the answer it is, and what the
//! service calls the size of a part and the place where the next begins. A token is good for the
//! operation that gave it; any other is refused.

use authlab_wire::{Value, WireError};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::operation::{Answer, Call};

/// How a service pages.
#[derive(Clone, Copy, Debug)]
pub struct Paging {
    /// The input's member for how many: `MaxItems`.
    pub size: &'static str,
    /// How many when none is given.
    pub default_size: usize,
    /// The input's member for where to go on: `Marker`.
    pub from: &'static str,
    /// The answer's member for where the next part begins.
    pub next: &'static str,
    /// Whether the answer says `IsTruncated`.
    pub says_truncated: bool,
    /// What a token that is none is answered.
    pub refused: fn() -> WireError,
}

impl Paging {
    /// Where the asked-for part begins.
    fn start(&self, call: &Call, input: &Value) -> Result<usize, WireError> {
        let Some(token) = input.get(self.from).and_then(Value::as_text) else {
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
        input: Value,
        whole: impl FnOnce(Value) -> Answer,
    ) -> Answer {
        let start = self.start(call, &input)?;
        let size = match input.get(self.size) {
            Some(Value::Integer(size)) => usize::try_from(*size).unwrap_or(1).max(1),
            _ => self.default_size,
        };
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
            output.insert(self.next.to_owned(), Value::Text(token));
        }
        if self.says_truncated {
            output.insert("IsTruncated".to_owned(), Value::Bool(is_truncated));
        }
        Ok(reply)
    }
}
