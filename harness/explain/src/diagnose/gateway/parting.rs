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

/// How many characters have to be changed, put in or taken out to make the one of the other.
pub(super) fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, character) in one.chars().enumerate() {
        let mut diagonal = index;
        let mut left = index + 1;
        for (above, same) in row.iter_mut().skip(1).zip(&other) {
            let replaced = diagonal + usize::from(character != *same);
            diagonal = *above;
            left = replaced.min(left + 1).min(*above + 1);
            *above = left;
        }
        if let Some(first) = row.first_mut() {
            *first = index + 1;
        }
    }
    row.last().copied().unwrap_or_default()
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

    #[test]
    fn a_distance_counts_changes() {
        for (one, other, expected) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("order", "orders", 1),
            ("dialy", "daily", 2),
            ("/daily", "/health", 5),
        ] {
            assert_eq!(distance(one, other), expected, "{one} {other}");
        }
    }
}
