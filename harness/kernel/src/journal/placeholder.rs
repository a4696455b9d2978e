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
    LOOPBACK
        .iter()
        .filter_map(|host| text.find(host).map(|start| start + host.len()))
        .min()
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
            ("example.com:443", None),
            ("12:30", None),
        ] {
            assert_eq!(without_ports(given).as_deref(), replaced, "{given}");
        }
    }
}
