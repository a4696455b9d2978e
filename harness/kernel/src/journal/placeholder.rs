//! Ports of loopback addresses change from run to run; the journal shows `{port}` instead.

use serde_json::Value;

/// The hosts whose port is a matter of the machine.
const LOOPBACK: [&str; 3] = ["127.0.0.1:", "localhost:", "[::1]:"];

/// Replaces the port of every loopback address in every text of `detail`.
pub(super) fn replace_ports(detail: &mut Value) {
    match detail {
        Value::String(text) => {
            if let Some(replaced) = without_ports(text) {
                *text = replaced;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(replace_ports),
        Value::Object(members) => members.values_mut().for_each(replace_ports),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn without_ports(text: &str) -> Option<String> {
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
    use serde_json::json;

    use super::*;

    #[test]
    fn only_loopback_ports_are_replaced_wherever_they_stand() {
        let mut detail = json!({
            "url": "http://127.0.0.1:4566/x?to=localhost:80",
            "list": ["abc.execute-api.us-east-1.localhost:4566", "example.com:443", "12:30"],
            "number": 4566,
        });
        replace_ports(&mut detail);
        assert_eq!(
            detail,
            json!({
                "url": "http://127.0.0.1:{port}/x?to=localhost:{port}",
                "list": ["abc.execute-api.us-east-1.localhost:{port}", "example.com:443", "12:30"],
                "number": 4566,
            })
        );
    }
}
