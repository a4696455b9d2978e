//! What a role asks of a token's claims, and what it takes from them.

use std::collections::BTreeMap;

use authlab_kernel::Timestamp;
use serde_json::{Map, Value};

use super::Role;
use crate::duration::quoted;
use crate::evidence::{JwtTimes, Reason};
use crate::field::go_print;

/// The leeway that makes up for a missing claim, when the role gives none, in seconds.
const LEEWAY_DEFAULT: i64 = 150;
/// The clock skew that is forgiven, when the role gives none, in seconds.
const SKEW_DEFAULT: i64 = 60;

/// A claim by its name, or by a JSON pointer (RFC 6901). Null counts as missing.
pub(super) fn claim<'c>(claims: &'c Map<String, Value>, name: &str) -> Option<&'c Value> {
    let found = match name.strip_prefix('/') {
        None => claims.get(name),
        Some(rest) => {
            let mut segments = rest
                .split('/')
                .map(|one| one.replace("~1", "/").replace("~0", "~"));
            let first = segments.next()?;
            segments.try_fold(claims.get(&first)?, |value, segment| match value {
                Value::Object(members) => members.get(&segment),
                Value::Array(items) => items.get(segment.parse::<usize>().ok()?),
                _ => None,
            })
        }
    };
    found.filter(|value| !value.is_null())
}

/// A refusal with its reason in the journal.
pub(super) type Refused = (Reason, String);

#[expect(clippy::cast_precision_loss, reason = "the bound is a power of two")]
fn numeric_date(claims: &Map<String, Value>, name: &str) -> Result<i64, Refused> {
    match claims.get(name) {
        None | Some(Value::Null) => Ok(0),
        // What 64 bits cannot hold is kept as the least or as the greatest of them, as the machine has
        // it: the one lets `exp` in, the other `nbf` and `iat`. Neither gets in here.
        Some(Value::Number(number)) => Ok(match number.as_f64().unwrap_or_default() {
            above if above >= -(i64::MIN as f64) && name != "exp" => i64::MAX,
            number => whole(number),
        }),
        Some(_) => Err((
            Reason::JwtMalformed,
            "go-jose/go-jose/jwt: expected number value to unmarshal NumericDate".to_owned(),
        )),
    }
}

/// The three times, read before anything is compared.
#[derive(Clone, Copy)]
pub(super) struct Times {
    issued: i64,
    not_before: i64,
    expires: i64,
}

pub(super) fn read_times(claims: &Map<String, Value>) -> Result<Times, Refused> {
    Ok(Times {
        issued: numeric_date(claims, "iat")?,
        not_before: numeric_date(claims, "nbf")?,
        expires: numeric_date(claims, "exp")?,
    })
}

fn leeway(given: i64, fallback: i64) -> i64 {
    match given {
        0 => fallback,
        given if given < 0 => 0,
        given => given,
    }
}

/// The times as they count: a missing claim is made up from the others.
pub(super) fn times_seen(times: Times, role: &Role) -> JwtTimes {
    let Times {
        issued,
        mut not_before,
        mut expires,
    } = times;
    if expires == 0 {
        let leeway = leeway(role.expiration_leeway, LEEWAY_DEFAULT);
        expires = issued.max(not_before).saturating_add(leeway);
    }
    if not_before == 0 {
        not_before = if issued == 0 {
            expires.saturating_sub(leeway(role.not_before_leeway, LEEWAY_DEFAULT))
        } else {
            issued
        };
    }
    JwtTimes {
        issued,
        not_before,
        expires,
        leeway: leeway(role.clock_skew_leeway, SKEW_DEFAULT),
    }
}

/// A missing claim is made up from the others; then all three must hold, give or take the skew.
pub(super) fn check_times(times: Times, role: &Role, now: Timestamp) -> Result<(), Refused> {
    if times.issued == 0 && times.not_before == 0 && times.expires == 0 {
        let text = "no issued at (iat), not before (nbf), or expiration time (exp) claims in token";
        return Err((Reason::JwtWithoutTimes, text.to_owned()));
    }
    let JwtTimes {
        issued,
        not_before,
        expires,
        leeway: skew,
    } = times_seen(times, role);
    // Compared with the fraction of a second, as the reference does.
    let now = now.as_microsecond();
    let micro = |seconds: i64| seconds.saturating_mul(1_000_000);
    let (early, late) = (
        now.saturating_add(micro(skew)),
        now.saturating_sub(micro(skew)),
    );
    if late > micro(expires) {
        let text = "invalid expiration time (exp) claim: token is expired";
        return Err((Reason::JwtExpired, text.to_owned()));
    }
    if early < micro(not_before) {
        let text = "invalid not before (nbf) claim: token not yet valid";
        return Err((Reason::JwtNotYetValid, text.to_owned()));
    }
    if early < micro(issued) {
        let text = "invalid issued at (iat) claim: token issued in the future";
        return Err((Reason::JwtIssuedInTheFuture, text.to_owned()));
    }
    Ok(())
}

/// A value as the list of what it may be: one of the simple types, or a list.
fn normalized(value: &Value) -> Option<Vec<Value>> {
    match value {
        Value::Array(items) => Some(items.clone()),
        Value::Object(_) | Value::Null => None,
        simple => Some(vec![simple.clone()]),
    }
}

/// A bound claim that a token does not have as the role wants it.
pub(super) struct Unbound<'r> {
    /// The claim, as the role names it.
    pub(super) claim: &'r str,
    pub(super) refused: Refused,
}

pub(super) fn check_bound<'r>(
    role: &'r Role,
    claims: &Map<String, Value>,
) -> Result<(), Unbound<'r>> {
    let globs = role.bound_claims_type == "glob";
    for (name, expected) in &role.bound_claims {
        check_claim(name, expected, claims, globs).map_err(|refused| Unbound {
            claim: name,
            refused,
        })?;
    }
    Ok(())
}

fn check_claim(
    name: &str,
    expected: &Value,
    claims: &Map<String, Value>,
    globs: bool,
) -> Result<(), Refused> {
    let shown = quoted(name);
    let Some(found) = claim(claims, name) else {
        return Err((Reason::JwtClaimMissing, format!("claim {shown} is missing")));
    };
    let Some(actual) = normalized(found) else {
        let text = format!(
            "received claim is not a string, bool, int or list: {}",
            go_print(found)
        );
        return Err((Reason::JwtClaim, text));
    };
    let Some(expected) = normalized(expected) else {
        let text = format!(
            "bound claim is not a string, bool, int or list: {}",
            go_print(expected)
        );
        return Err((Reason::JwtBoundClaim, text));
    };
    // A number in a list keeps its type, which is never that of a bound number (recorded).
    let listed = found.is_array();
    let fits = expected.iter().any(|wanted| {
        actual
            .iter()
            .any(|one| !(listed && one.is_number()) && value_fits(wanted, one, globs))
    });
    if fits {
        return Ok(());
    }
    let text = format!("claim {shown} does not match any associated bound claim values");
    Err((Reason::JwtClaim, text))
}

fn value_fits(wanted: &Value, actual: &Value, globs: bool) -> bool {
    match (wanted, actual) {
        (Value::String(pattern), Value::String(text)) if globs => glob(pattern, text),
        (Value::Number(wanted), Value::Number(actual)) => {
            // A bound number must be whole, as it is written; a token's loses its fraction (recorded).
            wanted.as_i64().is_some() && wanted.as_i64() == actual.as_f64().map(whole)
        }
        // Lists in lists are compared with nothing: the reference breaks off there.
        (Value::Array(_) | Value::Object(_), _) => false,
        (wanted, actual) => wanted == actual,
    }
}

/// A number of a token as the reference keeps it: without its fraction, and what no 64 bits can hold
/// as the least of all numbers, which is what its processor makes of it (observed).
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "the fraction is dropped, and the bounds are powers of two"
)]
fn whole(number: f64) -> i64 {
    if (i64::MIN as f64..-(i64::MIN as f64)).contains(&number) {
        number as i64
    } else {
        i64::MIN
    }
}

/// The registered claims must be of their types (RFC 7519, section 4.1), whoever asks for them.
///
/// # Errors
/// The first that is not, in the words of the reference's library; where `folded` is set also a name
/// that is a registered one but for its case.
pub(super) fn check_types(claims: &Map<String, Value>, folded: bool) -> Result<(), Refused> {
    const REGISTERED: [&str; 7] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];
    if folded {
        let mut kin = claims.keys().filter_map(|name| {
            let registered = REGISTERED
                .iter()
                .find(|one| name != *one && name.eq_ignore_ascii_case(one))?;
            Some((name, registered))
        });
        if let Some((name, registered)) = kin.next() {
            let (name, registered) = (quoted(name), quoted(registered));
            let text = format!(
                "ambiguous claim: key {name} collides with registered claim {registered} under \
                 case folding"
            );
            return Err((Reason::JwtMalformed, text));
        }
    }
    for name in ["iss", "sub", "jti"] {
        let kind = match claims.get(name) {
            None | Some(Value::Null | Value::String(_)) => continue,
            Some(Value::Number(_)) => "number",
            Some(Value::Bool(_)) => "bool",
            Some(Value::Array(_)) => "array",
            Some(Value::Object(_)) => "object",
        };
        let text = format!(
            "json: cannot unmarshal {kind} into Go struct field Claims.{name} of type string"
        );
        return Err((Reason::JwtMalformed, text));
    }
    let audience = match claims.get("aud") {
        None | Some(Value::String(_)) => true,
        Some(Value::Array(items)) => items.iter().all(Value::is_string),
        Some(_) => false,
    };
    if !audience {
        let text = "go-jose/go-jose/jwt: expected string or array value to unmarshal to Audience";
        return Err((Reason::JwtMalformed, text.to_owned()));
    }
    Ok(())
}

/// A `*` anywhere stands for any text.
fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(first) = parts.next() else {
        return false;
    };
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// The name of the user.
pub(super) fn user(role: &Role, claims: &Map<String, Value>) -> Result<String, Refused> {
    let name = &role.user_claim;
    let shown = quoted(name);
    let found = if role.user_claim_json_pointer {
        claim(claims, name)
    } else {
        claims.get(name).filter(|value| !value.is_null())
    };
    match found {
        None => Err((
            Reason::JwtUserClaim,
            format!("claim {shown} not found in token"),
        )),
        Some(Value::String(user)) => Ok(user.clone()),
        Some(_) => Err((
            Reason::JwtUserClaim,
            format!("claim {shown} could not be converted to string"),
        )),
    }
}

/// What of the claims becomes metadata.
pub(super) fn metadata(
    role: &Role,
    claims: &Map<String, Value>,
) -> Result<BTreeMap<String, String>, Refused> {
    let mut metadata = BTreeMap::new();
    for (name, key) in &role.claim_mappings {
        match claim(claims, name) {
            None => {}
            Some(Value::String(text)) => {
                metadata.insert(key.clone(), text.clone());
            }
            Some(_) => {
                return Err((
                    Reason::JwtClaim,
                    format!("error converting claim '{name}' to string"),
                ));
            }
        }
    }
    Ok(metadata)
}

/// The names of the external groups.
pub(super) fn groups(role: &Role, claims: &Map<String, Value>) -> Result<Vec<String>, Refused> {
    let name = &role.groups_claim;
    if name.is_empty() {
        return Ok(Vec::new());
    }
    let shown = quoted(name);
    let Some(value) = claim(claims, name) else {
        let text = format!("failed to fetch groups: {shown} claim not found in token");
        return Err((Reason::JwtGroupsClaim, text));
    };
    let Some(items) = normalized(value) else {
        let text = format!("{shown} claim could not be converted to string list");
        return Err((Reason::JwtGroupsClaim, text));
    };
    let mut groups = Vec::new();
    for item in items {
        // A number that stands alone is made whole, one in a list is not.
        let alone = item.as_f64().filter(|_| !value.is_array());
        let item = alone.map_or(item, |number| Value::from(whole(number)));
        match item {
            Value::String(group) if group.is_empty() => {}
            Value::String(group) => groups.push(group),
            other => {
                let text = format!(
                    "value {} in groups claim could not be parsed as string",
                    go_print(&other)
                );
                return Err((Reason::JwtGroupsClaim, text));
            }
        }
    }
    Ok(groups)
}

/// The names between the braces of a policy's template.
fn templates(policy: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = policy;
    while let Some((_, tail)) = rest.split_once("{{") {
        let Some((name, after)) = tail.split_once("}}") else {
            break;
        };
        names.push(name.trim());
        rest = after;
    }
    names
}

/// Only `{{.claim}}` is known of the template language.
pub(super) fn check_template(policy: &str) -> Result<(), String> {
    let open = policy.rsplit_once("{{").map(|(_, tail)| tail.trim());
    let open = open.filter(|tail| !tail.contains("}}"));
    if open.is_some_and(|tail| tail.starts_with('.')) {
        return Err("template: template:1: unclosed action".to_owned());
    }
    match templates(policy)
        .into_iter()
        .chain(open)
        .find(|name| !name.starts_with('.'))
    {
        Some(name) => {
            let name = quoted(name.split([' ', '.']).next().unwrap_or_default());
            Err(format!("template: template:1: function {name} not defined"))
        }
        None => Ok(()),
    }
}

/// A policy's name with the claims filled in.
pub(super) fn fill_template(policy: &str, claims: &Map<String, Value>) -> String {
    let mut filled = policy.to_owned();
    for name in templates(policy) {
        let path = format!("/{}", name.trim_start_matches('.').replace('.', "/"));
        let value = claim(claims, &path).map(go_print).unwrap_or_default();
        for form in [format!("{{{{{name}}}}}"), format!("{{{{ {name} }}}}")] {
            filled = filled.replace(&form, &value);
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn globs_have_stars_anywhere() {
        for (pattern, text, fits) in [
            ("a*c", "abc", true),
            ("a*c", "abd", false),
            ("1*2*3", "1x2y3", true),
            ("*", "", true),
            ("a", "a", true),
            ("a", "ab", false),
            ("*ab", "aab", true),
        ] {
            assert_eq!(glob(pattern, text), fits, "{pattern} {text}");
        }
    }

    #[test]
    fn times_are_kept_as_the_reference_keeps_them() {
        let malformed = "go-jose/go-jose/jwt: expected number value to unmarshal NumericDate";
        for (time, kept) in [
            (json!(1_800_000_000), Ok(1_800_000_000)),
            (json!(1_800_000_000.999), Ok(1_800_000_000)),
            (json!(-1), Ok(-1)),
            (json!(-0.5), Ok(0)),
            (
                json!(9_223_372_036_854_774_784_i64),
                Ok(9_223_372_036_854_774_784),
            ),
            (json!(-1e300), Ok(i64::MIN)),
            (json!(null), Ok(0)),
            (json!("1800000000"), Err(malformed)),
            (json!(true), Err(malformed)),
            (json!([1_800_000_000]), Err(malformed)),
            (json!({}), Err(malformed)),
        ] {
            for name in ["iat", "nbf", "exp"] {
                let claims = Map::from_iter([(name.to_owned(), time.clone())]);
                let read = numeric_date(&claims, name).map_err(|(_, text)| text);
                assert_eq!(read, kept.map_err(str::to_owned), "{name} {time}");
            }
        }
        for beyond in [json!(i64::MAX), json!(u64::MAX), json!(1e300)] {
            for (name, kept) in [("iat", i64::MAX), ("nbf", i64::MAX), ("exp", i64::MIN)] {
                let claims = Map::from_iter([(name.to_owned(), beyond.clone())]);
                let read = numeric_date(&claims, name).map_err(|(_, text)| text);
                assert_eq!(read, Ok(kept), "{name} {beyond}");
            }
        }
    }

    #[test]
    fn the_registered_claims_are_of_their_types() {
        let audience =
            "go-jose/go-jose/jwt: expected string or array value to unmarshal to Audience";
        for (name, value, refused) in [
            ("aud", json!("a"), None),
            ("aud", json!(["a", "b"]), None),
            ("aud", json!([]), None),
            ("aud", json!(["a", 5]), Some(audience)),
            ("aud", json!([5, "a"]), Some(audience)),
            ("aud", json!([["a"]]), Some(audience)),
            ("aud", json!([null]), Some(audience)),
            ("aud", json!(5), Some(audience)),
            ("aud", json!(true), Some(audience)),
            ("aud", json!({"a": "b"}), Some(audience)),
            ("sub", json!("a"), None),
            ("sub", json!(null), None),
            (
                "sub",
                json!(5),
                Some(
                    "json: cannot unmarshal number into Go struct field Claims.sub of type string",
                ),
            ),
            (
                "jti",
                json!(true),
                Some("json: cannot unmarshal bool into Go struct field Claims.jti of type string"),
            ),
            (
                "jti",
                json!(["a"]),
                Some("json: cannot unmarshal array into Go struct field Claims.jti of type string"),
            ),
            (
                "iss",
                json!({}),
                Some(
                    "json: cannot unmarshal object into Go struct field Claims.iss of type string",
                ),
            ),
        ] {
            let claims = Map::from_iter([(name.to_owned(), value.clone())]);
            let found = check_types(&claims, true).err().map(|(_, text)| text);
            assert_eq!(found.as_deref(), refused, "{name} {value}");
        }
    }

    #[test]
    fn a_bound_claim_fits_by_type_and_value() {
        for (wanted, actual, fits) in [
            (json!("x"), json!("x"), true),
            (json!("5"), json!(5), false),
            (json!(5), json!("5"), false),
            (json!(5), json!(5), true),
            (json!(5), json!(5.7), true),
            (json!(5.5), json!(5.5), false),
            (json!(true), json!(true), true),
            (json!("true"), json!(true), false),
            (json!(i64::MIN), json!(1e300), true),
            (json!(i64::MAX), json!(1e300), false),
            (json!([["x"]]), json!([["x"]]), false),
            (json!({"a": 1}), json!({"a": 1}), false),
            (json!(["x", "y"]), json!(["y"]), true),
            (json!([5]), json!([5]), false),
        ] {
            let claims = Map::from_iter([("n".to_owned(), actual.clone())]);
            let found = check_claim("n", &wanted, &claims, false);
            assert_eq!(found.is_ok(), fits, "{wanted} {actual}");
        }
    }

    #[test]
    fn claims_are_found_by_name_and_by_pointer() {
        let claims = json!({"a": {"b": ["x"]}, "n": null})
            .as_object()
            .cloned()
            .unwrap();
        assert_eq!(claim(&claims, "/a/b/0"), Some(&json!("x")));
        assert_eq!(claim(&claims, "/a/c"), None);
        assert_eq!(claim(&claims, "n"), None);
    }
}
