//! Evidence as the journal keeps it, written as JSON in one pass: bounded in depth, in the length of each
//! text and as a whole, without credentials, and so that it reads back as it was written. Nothing in
//! between is built of it.

use std::borrow::Cow;
use std::fmt::Display;
use std::io::Write as _;
use std::mem::size_of;

use serde::ser::{self, Serialize, Serializer};
use serde_json::{Error, Number, Value};

use super::bounded::{DEPTH_MAX, TEXT_BYTES_MAX, grouped, searched_bytes, shown};
use super::placeholder;

/// How much of a detail is kept, in bytes: of its texts and of the places that its values take.
pub(super) const DETAIL_BYTES_MAX: usize = 128 * 1_024;

/// The longest name of a member, in bytes.
pub(super) const NAME_BYTES_MAX: usize = 256;

/// The text of JSON that is kept of `evidence`.
///
/// # Errors
/// It cannot be written as JSON: a map whose keys are no texts.
pub(super) fn written(evidence: &impl Serialize) -> Result<String, Error> {
    let mut kept = Kept {
        text: Vec::with_capacity(256),
        left: DETAIL_BYTES_MAX,
    };
    evidence.serialize(Writer {
        kept: &mut kept,
        depth: 0,
    })?;
    String::from_utf8(kept.text).map_err(ser::Error::custom)
}

/// What is written, and how many bytes may still be.
struct Kept {
    text: Vec<u8>,
    left: usize,
}

impl Kept {
    fn take(&mut self, bytes: usize) {
        self.left = self.left.saturating_sub(bytes);
    }

    fn plain(&mut self, value: impl Display) -> Result<(), Error> {
        self.take(size_of::<Value>());
        write!(self.text, "{value}").map_err(Error::io)
    }

    /// A text that needs no search.
    fn quoted(&mut self, text: &str) -> Result<(), Error> {
        serde_json::to_writer(&mut self.text, text)
    }
}

/// Writes one value.
struct Writer<'k> {
    kept: &'k mut Kept,
    depth: usize,
}

impl<'k> Writer<'k> {
    fn within(self, opening: u8, closing: &'static str) -> Compound<'k> {
        self.kept.take(size_of::<Value>());
        let state = if self.depth == DEPTH_MAX {
            State::TooDeep
        } else {
            self.kept.text.push(opening);
            State::Open
        };
        Compound {
            kept: self.kept,
            depth: self.depth,
            state,
            closing,
            count: 0,
            name: None,
        }
    }

    /// `{"variant":`, and what follows.
    fn variant(
        self,
        variant: &'static str,
        opening: u8,
        closing: &'static str,
    ) -> Result<Compound<'k>, Error> {
        let depth = self.depth;
        let mut outer = self.within(b'{', "}");
        outer.begin_member(variant, true)?;
        if outer.state != State::Open {
            return Ok(outer);
        }
        let inner = Writer {
            kept: outer.kept,
            depth: depth + 1,
        };
        Ok(inner.within(opening, closing))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Members are written.
    Open,
    /// Nothing is left: the others are counted.
    Full,
    /// It is nested too deeply: a text stands for it.
    TooDeep,
}

/// A list or an object under way.
struct Compound<'k> {
    kept: &'k mut Kept,
    depth: usize,
    state: State,
    /// What closes it, and what is around a variant.
    closing: &'static str,
    count: usize,
    /// The name of a map's next member, while its value is awaited.
    name: Option<String>,
}

impl Compound<'_> {
    /// Whether another member is written.
    fn goes_on(&mut self) -> bool {
        self.count += 1;
        if self.state == State::Open && self.kept.left == 0 {
            self.state = State::Full;
        }
        if self.state == State::Open && self.count > 1 {
            self.kept.text.push(b',');
        }
        self.state == State::Open
    }

    fn item(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), Error> {
        if !self.goes_on() {
            return Ok(());
        }
        self.value(value)
    }

    fn value(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), Error> {
        value.serialize(Writer {
            kept: self.kept,
            depth: self.depth + 1,
        })
    }

    /// The name of the next member; one that stands in the source needs no search.
    fn begin_member(&mut self, name: &str, is_of_source: bool) -> Result<bool, Error> {
        if !self.goes_on() {
            return Ok(false);
        }
        let searched = searched_bytes(name, NAME_BYTES_MAX);
        let name = if is_of_source {
            Cow::Borrowed(name)
        } else {
            shown(name, NAME_BYTES_MAX)
        };
        let place = size_of::<(String, Value)>();
        self.kept.take(place + searched.max(name.len()));
        self.kept.quoted(&name)?;
        self.kept.text.push(b':');
        Ok(true)
    }

    fn field(
        &mut self,
        name: &'static str,
        value: &(impl Serialize + ?Sized),
    ) -> Result<(), Error> {
        if self.begin_member(name, true)? {
            self.value(value)?;
        }
        Ok(())
    }

    fn close(self) -> Result<(), Error> {
        match self.state {
            State::Open => {}
            State::TooDeep => {
                self.kept.quoted(&too_deep())?;
                // What is around a variant stands already.
                let around = self.closing.get(1..).unwrap_or_default();
                self.kept.text.extend_from_slice(around.as_bytes());
                return Ok(());
            }
            State::Full => {
                let count = grouped(self.count);
                if self
                    .kept
                    .text
                    .last()
                    .is_some_and(|last| !b"[{".contains(last))
                {
                    self.kept.text.push(b',');
                }
                if self.closing.starts_with(']') {
                    self.kept.quoted(&format!("… ({count} of them)"))?;
                } else {
                    self.kept.quoted("…")?;
                    self.kept.text.push(b':');
                    self.kept.quoted(&format!("({count} members)"))?;
                }
            }
        }
        self.kept.text.extend_from_slice(self.closing.as_bytes());
        Ok(())
    }
}

fn too_deep() -> String {
    format!("… (nested deeper than {DEPTH_MAX} levels)")
}

/// A number that reads back as itself. The parser of numbers is fast and not always exact: a
/// fraction that it would read as its neighbour is replaced by that neighbour, which stands.
fn readable(number: Number) -> Value {
    let mut current = number;
    for _ in 0..4 {
        let text = current.to_string();
        match serde_json::from_str::<Number>(&text) {
            Ok(read) if read == current => return Value::Number(current),
            Ok(read) => current = read,
            Err(_) => return Value::String(text),
        }
    }
    Value::String(current.to_string())
}

macro_rules! plain {
    ($($method:ident: $type:ty),* $(,)?) => {
        $(fn $method(self, value: $type) -> Result<(), Error> {
            self.kept.plain(value)
        })*
    };
}

impl<'k> Serializer for Writer<'k> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Compound<'k>;
    type SerializeTuple = Compound<'k>;
    type SerializeTupleStruct = Compound<'k>;
    type SerializeTupleVariant = Compound<'k>;
    type SerializeMap = Compound<'k>;
    type SerializeStruct = Compound<'k>;
    type SerializeStructVariant = Compound<'k>;

    plain!(
        serialize_bool: bool,
        serialize_i8: i8,
        serialize_i16: i16,
        serialize_i32: i32,
        serialize_i64: i64,
        serialize_u8: u8,
        serialize_u16: u16,
        serialize_u32: u32,
        serialize_u64: u64,
    );

    fn serialize_f32(self, value: f32) -> Result<(), Error> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<(), Error> {
        self.kept.take(size_of::<Value>());
        let written = Number::from_f64(value).map_or(Value::Null, readable);
        serde_json::to_writer(&mut self.kept.text, &written)
    }

    fn serialize_char(self, value: char) -> Result<(), Error> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, given: &str) -> Result<(), Error> {
        self.kept.take(size_of::<Value>());
        let searched = searched_bytes(given, TEXT_BYTES_MAX);
        let kept = shown(given, TEXT_BYTES_MAX);
        let kept = match placeholder::without_ports(&kept) {
            Some(replaced) => Cow::Owned(replaced),
            None => kept,
        };
        // Only the excess of a long list of texts can be more than is left.
        self.kept.take(searched.max(kept.len()));
        self.kept.quoted(&kept)
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Error> {
        self.collect_seq(value)
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.kept.plain("null")
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Error> {
        self.kept.take(size_of::<Value>() + variant.len());
        self.kept.quoted(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        let mut outer = self.within(b'{', "}");
        outer.field(variant, value)?;
        outer.close()
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Compound<'k>, Error> {
        Ok(self.within(b'[', "]"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Compound<'k>, Error> {
        Ok(self.within(b'[', "]"))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Compound<'k>, Error> {
        Ok(self.within(b'[', "]"))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Compound<'k>, Error> {
        self.variant(variant, b'[', "]}")
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Compound<'k>, Error> {
        Ok(self.within(b'{', "}"))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Compound<'k>, Error> {
        Ok(self.within(b'{', "}"))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Compound<'k>, Error> {
        self.variant(variant, b'{', "}}")
    }
}

impl ser::SerializeSeq for Compound<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.item(value)
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

impl ser::SerializeTuple for Compound<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.item(value)
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

impl ser::SerializeTupleStruct for Compound<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.item(value)
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

impl ser::SerializeTupleVariant for Compound<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.item(value)
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

impl ser::SerializeMap for Compound<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.name = match serde_json::to_value(key)? {
            Value::String(name) => Some(name),
            Value::Number(name) => Some(name.to_string()),
            Value::Bool(name) => Some(name.to_string()),
            _ => return Err(ser::Error::custom("key must be a string")),
        };
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        let name = self.name.take().unwrap_or_default();
        if self.begin_member(&name, false)? {
            self.value(value)?;
        }
        Ok(())
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

impl ser::SerializeStruct for Compound<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.field(name, value)
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

impl ser::SerializeStructVariant for Compound<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.field(name, value)
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

#[cfg(test)]
mod tests;
