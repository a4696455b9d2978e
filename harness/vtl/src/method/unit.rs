//! The UTF-16 units of texts, which Java counts in.

/// How many units a text has.
pub fn count(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    text.encode_utf16().count()
}

/// The units from one to another; nothing where there are not so many.
pub fn slice(text: &str, from: usize, to: usize) -> Option<String> {
    if text.is_ascii() {
        return text.get(from..to).map(str::to_owned);
    }
    let units: Vec<u16> = text.encode_utf16().collect();
    units.get(from..to).map(String::from_utf16_lossy)
}

/// The unit at which a byte stands.
pub fn of_byte(text: &str, byte: usize) -> usize {
    text.get(..byte).map_or(byte, count)
}

/// The byte at which a unit stands, or the end.
pub fn to_byte(text: &str, unit: usize) -> usize {
    let mut seen = 0;
    for (byte, sign) in text.char_indices() {
        if seen >= unit {
            return byte;
        }
        seen += sign.len_utf16();
    }
    text.len()
}
