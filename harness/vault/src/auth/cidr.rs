//! Address ranges.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::duration;

/// Reads an address with or without a prefix length. A port beside it holds nothing back: only the
/// address is compared (recorded).
fn parse(text: &str) -> Option<(IpAddr, u8)> {
    if let Some((address, _)) = with_port(text) {
        let full = if address.is_ipv4() { 32 } else { 128 };
        return Some((address, full));
    }
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

/// Reads an address with a port, `127.0.0.1:80` or `[::1]:80`, or in brackets alone. The names of
/// hosts and services, which the reference resolves, are none here.
fn with_port(text: &str) -> Option<(IpAddr, u16)> {
    let (address, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (address, port) = rest.split_once(']')?;
            let address: Ipv6Addr = address.parse().ok()?;
            let port = if port.is_empty() {
                port
            } else {
                port.strip_prefix(':')?
            };
            (address.to_canonical(), port)
        }
        None => {
            let (address, port) = text.split_once(':')?;
            (IpAddr::V4(address.parse::<Ipv4Addr>().ok()?), port)
        }
    };
    let digits = port.bytes().all(|byte| byte.is_ascii_digit());
    let port = if port.is_empty() {
        Some(0)
    } else {
        port.parse().ok()
    };
    port.filter(|_| digits).map(|port| (address, port))
}

/// Reads a list; a range of one address is shown as that address.
///
/// # Errors
/// The text that names the entry which is none.
pub(crate) fn read_all(texts: &[String]) -> Result<Vec<String>, String> {
    texts
        .iter()
        .map(|text| {
            let quoted = duration::quoted(text);
            if let Some((address, port)) = with_port(text) {
                return Ok(match port {
                    0 => address.to_string(),
                    port => SocketAddr::new(address, port).to_string(),
                });
            }
            let Some((address, length)) = parse(text) else {
                return socket(text).ok_or_else(|| {
                    format!(
                        "error parsing address {quoted}: Unable to convert {quoted} to an IPv4 or \
                         IPv6 address, or a UNIX Socket"
                    )
                });
            };
            let single = length == if address.is_ipv4() { 32 } else { 128 };
            Ok(if single {
                address.to_string()
            } else {
                format!("{address}/{length}")
            })
        })
        .collect()
}

/// What has a slash and is no range is the path of a socket to the reference: it is taken, shown in
/// quotes, and holds no address (recorded with `10.0.0.0/33`).
fn socket(text: &str) -> Option<String> {
    let path = text.contains('/') || text.starts_with('.');
    path.then(|| duration::quoted(&duration::quoted(text)))
}

/// Whether each of the inner ranges lies within one of the outer; no outer ranges hold everything.
pub(crate) fn holds_all(outer: &[String], inner: &[String]) -> bool {
    let holds = |outer: &str, inner: &str| match (parse(outer), parse(inner)) {
        (Some((_, wide)), Some((base, narrow))) => {
            wide <= narrow && contains(std::slice::from_ref(&outer.to_owned()), base)
        }
        _ => false,
    };
    outer.is_empty()
        || inner
            .iter()
            .all(|range| outer.iter().any(|outer| holds(outer, range)))
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
        for (given, shown) in [
            ("127.0.0.1:80", "127.0.0.1:80"),
            ("127.0.0.1:080", "127.0.0.1:80"),
            ("127.0.0.1:0", "127.0.0.1"),
            ("127.0.0.1:", "127.0.0.1"),
            ("[::1]:80", "[::1]:80"),
            ("[::1]", "::1"),
            ("[::ffff:127.0.0.1]:5", "127.0.0.1:5"),
        ] {
            let read = read_all(&ranges(given)).unwrap();
            assert_eq!(read, [shown], "{given}");
            assert_eq!(contains(&read, local), !shown.contains("::1"), "{given}");
        }
        for wrong in [
            "127.0.0.1:x",
            "127.0.0.1:99999",
            "127.0.0.1:-1",
            "127.0.0.1 :80",
        ] {
            assert!(read_all(&ranges(wrong)).is_err(), "{wrong}");
        }
        assert!(read_all(&ranges("x")).is_err());
        assert!(read_all(&ranges("")).is_err());
        let socket = read_all(&ranges("10.0.0.0/33")).unwrap();
        assert!(!contains(&socket, "10.0.0.1".parse().unwrap()));
    }

    #[test]
    fn a_range_within_another_is_no_wider_and_of_its_kind() {
        for (outer, inner, holds) in [
            ("", "0.0.0.0/0", true),
            ("10.0.0.0/8", "10.1.0.0/16", true),
            ("10.0.0.0/8", "10.0.0.0/8", true),
            ("10.0.0.0/8", "10.0.0.0/7", false),
            ("10.0.0.0/8", "0.0.0.0/0", false),
            ("10.0.0.0/8", "11.0.0.1/32", false),
            ("10.0.0.0/8", "::1/128", false),
            ("127.0.0.1", "127.0.0.1/32", true),
            ("127.0.0.1", "127.0.0.0/31", false),
            ("::/0", "::1/128", true),
            ("10.0.0.0/8,127.0.0.0/8", "10.1.0.0/16,127.0.0.1/32", true),
            ("10.0.0.0/8,127.0.0.0/8", "10.1.0.0/16,128.0.0.1/32", false),
        ] {
            let list = |text: &str| -> Vec<String> {
                let items = text.split(',').filter(|item| !item.is_empty());
                items.map(str::to_owned).collect()
            };
            assert_eq!(
                holds_all(&list(outer), &list(inner)),
                holds,
                "{outer} {inner}"
            );
        }
    }
}
