//! What was meant by a name that is none.

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
}
