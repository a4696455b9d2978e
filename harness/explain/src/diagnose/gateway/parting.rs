//! Where two texts part that should be one.

/// What of each is told from the first character that differs.
const CHARACTERS_MAX: usize = 24;

/// In words, from which character on two texts differ: `they part at character 27: "/" against nothing`.
/// Blanks at an end are said to be ones, since nobody sees them.
pub(in crate::diagnose) fn parting(one: &str, other: &str) -> String {
    if one.trim() == other.trim() {
        return "they differ by a blank at an end".to_owned();
    }
    if one.eq_ignore_ascii_case(other) {
        let at = common(one, other) + 1;
        return format!("they differ in capitals, first at character {at}");
    }
    let same = common(one, other);
    let rest = |text: &str| {
        let rest: String = text.chars().skip(same).take(CHARACTERS_MAX).collect();
        if rest.is_empty() {
            "nothing".to_owned()
        } else {
            format!("`{rest}`")
        }
    };
    format!(
        "they part at character {}: {} against {}",
        same + 1,
        rest(one),
        rest(other)
    )
}

/// How many characters two texts begin with alike.
fn common(one: &str, other: &str) -> usize {
    let pairs = one.chars().zip(other.chars());
    pairs.take_while(|(one, other)| one == other).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_part_at_their_first_differing_character() {
        for (one, other, told) in [
            (
                "https://a.example/",
                "https://a.example",
                "they part at character 18: `/` against nothing",
            ),
            (
                "https://a",
                "http://a",
                "they part at character 5: `s://a` against `://a`",
            ),
            (
                "Reports",
                "reports",
                "they differ in capitals, first at character 1",
            ),
            ("a ", "a", "they differ by a blank at an end"),
            ("é1", "é2", "they part at character 2: `1` against `2`"),
        ] {
            assert_eq!(parting(one, other), told);
        }
    }
}
