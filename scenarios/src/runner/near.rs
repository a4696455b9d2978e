//! What was meant by a name that is none.

use authlab_explain::reasons;

use crate::error::{StepError, StepResult};

/// How near, of 1, a name must be.
const NEAR_ENOUGH: f64 = 0.85;
/// How many are told at most.
const MOST: usize = 5;

/// What to say of a name that is none of those that are known: `` `a` is no class; near: `b` ``.
pub(crate) fn unknown<'n>(
    noun: &str,
    name: &str,
    known: impl IntoIterator<Item = &'n str>,
) -> String {
    let near = nearest(name, known);
    let near: Vec<_> = near.iter().map(|near| format!("`{near}`")).collect();
    match near.as_slice() {
        [] => format!("`{name}` is no {noun}, and none is near"),
        near => format!("`{name}` is no {noun}; near: {}", near.join(", ")),
    }
}

/// Whether a reason is one that the lab gives, or was given. A service's own error code in kebab case is
/// one too; the services have more of them than are listed, so that only what is near a reason is refused.
///
/// # Errors
/// It is none, and these are near.
pub(crate) fn check_reason(reason: &str, found: Option<&str>) -> StepResult {
    let mut known: Vec<&str> = reasons().collect();
    known.extend(found);
    let is_known = known.contains(&reason) || nearest(reason, known.iter().copied()).is_empty();
    if is_known {
        return Ok(());
    }
    let found = match found {
        Some(found) => format!("; the reason is `{found}`"),
        None => String::new(),
    };
    let unknown = unknown("reason", reason, known);
    Err(StepError::new(format!("{unknown}{found}")))
}

/// The names that are nearest, the nearest first.
fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Vec<&'n str> {
    let scored = known.into_iter().map(|known| {
        let is_part = !name.is_empty() && known.contains(name);
        let near = strsim::jaro_winkler(known, name);
        (if is_part { 1.0 } else { near }, known)
    });
    let mut scored: Vec<_> = scored.filter(|(near, _)| *near >= NEAR_ENOUGH).collect();
    scored.sort_by(|left, right| right.0.total_cmp(&left.0).then(left.1.cmp(right.1)));
    scored.dedup();
    scored
        .into_iter()
        .map(|(_, name)| name)
        .take(MOST)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_name_has_its_neighbours() {
        let known = ["issuer-drift", "issuer-trailing-slash", "token-expired"];
        for (name, said) in [
            (
                "issuer-trailling-slash",
                "`issuer-trailling-slash` is no class; near: `issuer-trailing-slash`",
            ),
            ("expired", "`expired` is no class; near: `token-expired`"),
            ("xyz", "`xyz` is no class, and none is near"),
            ("", "`` is no class, and none is near"),
        ] {
            assert_eq!(unknown("class", name, known), said);
        }
    }

    #[test]
    fn a_misspelt_reason_is_an_error_and_a_service_s_code_is_none() {
        for (reason, found, said) in [
            (
                "issuer-mismtach",
                Some("issuer-mismatch"),
                Some("near: `issuer-mismatch`; the reason is `issuer-mismatch`"),
            ),
            (
                "identity-implict-deny",
                None,
                Some("`identity-implicit-deny`"),
            ),
            ("issuer-mismatch", Some("token-expired"), None),
            ("scp-explicit-deny", None, None),
            ("malformed-policy-document", None, None),
            ("no-such-entity", Some("no-such-entity"), None),
        ] {
            let checked = check_reason(reason, found)
                .err()
                .map(|error| error.to_string());
            match said {
                None => assert_eq!(checked, None, "{reason}"),
                Some(said) => {
                    let checked = checked.unwrap_or_default();
                    assert!(checked.contains(said), "{reason}: {checked}");
                }
            }
        }
    }
}
