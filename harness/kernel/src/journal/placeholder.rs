//! Ports of loopback addresses change from run to run; the journal shows `{port}` instead.

/// The hosts whose port is a matter of the machine.
const LOOPBACK: [&str; 3] = ["127.0.0.1:", "localhost:", "[::1]:"];

/// The text with `{port}` for the port of every loopback address in it; `None` where there is none.
pub(super) fn without_ports(text: &str) -> Option<String> {
    let mut replaced = String::new();
    let mut rest = text;
    while let Some(end) = next_host_end(rest) {
        let digits = rest[end..].bytes().take_while(u8::is_ascii_digit).count();
        replaced.push_str(&rest[..end]);
        if digits > 0 {
            replaced.push_str("{port}");
        }
        rest = &rest[end + digits..];
    }
    if replaced.is_empty() {
        return None;
    }
    replaced.push_str(rest);
    Some(replaced)
}

/// Where the first loopback host of `text` ends, its colon included.
fn next_host_end(text: &str) -> Option<usize> {
    // Every host ends in a colon, and few texts have one.
    let mut ends = text.match_indices(':').map(|(colon, _)| colon + 1);
    ends.find(|end| {
        LOOPBACK.iter().any(|host| {
            let before = text.get(..*end).and_then(|text| text.strip_suffix(host));
            before.is_some_and(|before| is_whole(text, before.len(), host))
        })
    })
}

/// Whether the host that begins there is not the end of another: `notlocalhost`, `1127.0.0.1`. Below
/// `localhost` every name is loopback (RFC 6761, section 6.3).
fn is_whole(text: &str, start: usize, host: &str) -> bool {
    let before = text.get(..start).and_then(|text| text.chars().next_back());
    before.is_none_or(|before| match before {
        '.' => host.starts_with("localhost"),
        '-' | '_' => false,
        before => !before.is_alphanumeric(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_ports_are_replaced_wherever_they_stand() {
        for (given, replaced) in [
            (
                "http://127.0.0.1:4566/x?to=localhost:80",
                Some("http://127.0.0.1:{port}/x?to=localhost:{port}"),
            ),
            (
                "abc.execute-api.us-east-1.localhost:4566",
                Some("abc.execute-api.us-east-1.localhost:{port}"),
            ),
            ("notlocalhost:80", None),
            ("not-localhost:80", None),
            ("1127.0.0.1:80", None),
            ("0.127.0.0.1:80", None),
            (
                "notlocalhost:80,localhost:80",
                Some("notlocalhost:80,localhost:{port}"),
            ),
            ("[::1]:80", Some("[::1]:{port}")),
            ("example.com:443", None),
            ("12:30", None),
        ] {
            assert_eq!(without_ports(given).as_deref(), replaced, "{given}");
        }
    }
}
