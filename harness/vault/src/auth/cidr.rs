//! Address ranges.

use std::net::IpAddr;

use crate::duration;

/// Reads an address with or without a prefix length.
fn parse(text: &str) -> Option<(IpAddr, u8)> {
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let full = if address.is_ipv4() { 32 } else { 128 };
    let length = match length {
        Some(length) => length.parse().ok().filter(|length| *length <= full)?,
        None => full,
    };
    Some((address, length))
}

/// Reads a list; a range of one address is shown as that address.
///
/// # Errors
/// The text that names the entry which is none.
pub(crate) fn read_all(texts: &[String]) -> Result<Vec<String>, String> {
    let texts = texts.iter().filter(|text| !text.is_empty());
    texts
        .map(|text| {
            let quoted = duration::quoted(text);
            let (address, length) = parse(text).ok_or_else(|| {
                format!(
                    "error parsing address {quoted}: Unable to convert {quoted} to an IPv4 or IPv6 \
                     address, or a UNIX Socket"
                )
            })?;
            let single = length == if address.is_ipv4() { 32 } else { 128 };
            Ok(if single {
                address.to_string()
            } else {
                format!("{address}/{length}")
            })
        })
        .collect()
}

/// Whether a text is a range in the strict form, with its length.
pub(crate) fn is_range(text: &str) -> bool {
    text.contains('/') && parse(text).is_some()
}

/// Whether an address lies in one of the ranges; no ranges means any address.
pub(crate) fn contains(ranges: &[String], address: IpAddr) -> bool {
    ranges.is_empty()
        || ranges.iter().any(|range| {
            parse(range).is_some_and(|(base, length)| match (base, address) {
                (IpAddr::V4(base), IpAddr::V4(address)) => {
                    let mask = u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or(0);
                    u32::from(base) & mask == u32::from(address) & mask
                }
                (IpAddr::V6(base), IpAddr::V6(address)) => {
                    let mask = u128::MAX.checked_shl(128 - u32::from(length)).unwrap_or(0);
                    u128::from(base) & mask == u128::from(address) & mask
                }
                _ => false,
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_hold_their_addresses_and_no_others() {
        let ranges = |text: &str| vec![text.to_owned()];
        let local: IpAddr = "127.0.0.1".parse().unwrap();
        for (range, holds) in [
            ("127.0.0.0/8", true),
            ("127.0.0.1", true),
            ("10.0.0.0/8", false),
            ("0.0.0.0/0", true),
        ] {
            assert_eq!(contains(&ranges(range), local), holds, "{range}");
        }
        assert!(contains(&[], local));
        assert_eq!(read_all(&ranges("127.0.0.1/32")).unwrap(), ["127.0.0.1"]);
        assert!(read_all(&ranges("x")).is_err());
    }
}
