//! `MOCK`: the request template says which status the integration answers.
//!
//! The template gives `{"statusCode": 200}`. API Gateway reads more than JSON there: names without quotes or
//! in single ones, members that are empty or that mean nothing (recorded). What it is that it reads is not
//! published; here it is one object, of members parted by commas.

/// The status that a rendered template says; `None` where it says none.
pub(super) fn status(text: &str) -> Option<u16> {
    let code = match serde_json::from_str::<serde_json::Value>(text) {
        Ok(value) => value.get("statusCode")?.as_u64(),
        Err(_) => lenient(text),
    };
    code.and_then(|code| u16::try_from(code).ok())
        .filter(|code| *code > 0)
}

/// The last `statusCode` of an object that is no JSON.
fn lenient(text: &str) -> Option<u64> {
    let inner = text.trim().strip_prefix('{')?.strip_suffix('}')?;
    let mut status = None;
    let mut rest = inner;
    loop {
        let (member, behind) = member(rest);
        if !member.trim().is_empty() {
            let (name, value) = named(member.trim())?;
            if name == "statusCode" {
                status = Some(value.trim().parse().ok()?);
            }
        }
        match behind {
            Some(behind) => rest = behind,
            None => return status,
        }
    }
}

/// The text up to the next comma outside of quotes, and what is behind it.
fn member(text: &str) -> (&str, Option<&str>) {
    let mut quote = None;
    for (at, sign) in text.char_indices() {
        match (quote, sign) {
            (None, '"') => quote = Some(sign),
            (Some(open), _) if open == sign => quote = None,
            (None, ',') => return (text.get(..at).unwrap_or_default(), text.get(at + 1..)),
            _ => {}
        }
    }
    (text, None)
}

/// The name of a member, without its quotes, and its value. A name begins with no brace, and a quote that
/// opens it closes it.
fn named(member: &str) -> Option<(&str, &str)> {
    let quote = member
        .chars()
        .next()
        .filter(|sign| matches!(sign, '"' | '\''));
    if let Some(quote) = quote {
        let (name, behind) = member.get(1..)?.split_once(quote)?;
        return Some((name, behind.trim_start().strip_prefix(':')?));
    }
    if member.starts_with('{') {
        return None;
    }
    let (name, value) = member.split_once(':')?;
    Some((name.trim(), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read_or_is_none() {
        let cases = [
            (r#"{"statusCode": 200}"#, Some(200)),
            ("{statusCode: 200}", Some(200)),
            (" { statusCode : 200 } \n", Some(200)),
            ("{'statusCode': 200, '': ''}", Some(200)),
            (r#"{"statusCode": 200 ,, }"#, Some(200)),
            (r#"{"statusCode": 200 , null: null }"#, Some(200)),
            ("{statusCode: 200, foo}: [ba r]}", Some(200)),
            ("{statusCode: 200, foo'}: [ba r]}", Some(200)),
            (r#"{statusCode: 200, "a": "b,c"}"#, Some(200)),
            ("{statusCode: 200, statusCode: 404}", Some(404)),
            (r#"{"statusCode": 40}"#, Some(40)),
            (r#"{"statusCode": "200"}"#, None),
            (r#"{"statusCode": 200.5}"#, None),
            (r#"{"statusCode": 200"#, None),
            (r#""statusCode": 200}"#, None),
            (r#"{"statusCode': 200 }"#, None),
            ("{'statusCode: 200 }", None),
            ("{statusCode: 200, {foo: [ba r]}", None),
            ("{statusCode: 0}", None),
            ("{statusCode: 70000}", None),
            ("{}", None),
            ("", None),
            ("200", None),
            ("{", None),
        ];
        for (text, expected) in cases {
            assert_eq!(status(text), expected, "{text}");
        }
    }
}
