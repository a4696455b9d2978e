//! Whether two patterns can mean the same thing: texts that both match, or all texts of the other.

/// Whether some text matches both patterns (`*` and `?` on both sides).
pub(super) fn overlaps(left: &str, right: &str) -> bool {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    // reachable[j]: the beginnings of left (so far) and of right (j characters) have a text in
    // common.
    let mut reachable = vec![false; right.len() + 1];
    reachable[0] = true;
    for (j, character) in right.iter().enumerate() {
        reachable[j + 1] = reachable[j] && *character == '*';
    }
    for from_left in &left {
        let mut next = vec![false; right.len() + 1];
        next[0] = reachable[0] && *from_left == '*';
        for (j, from_right) in right.iter().enumerate() {
            next[j + 1] = match (from_left, from_right) {
                ('*', _) | (_, '*') => reachable[j] || reachable[j + 1] || next[j],
                ('?', _) | (_, '?') => reachable[j],
                (left, right) => left == right && reachable[j],
            };
            // A star takes any text, one character of the other side at a time.
            if *from_left == '*' {
                next[j + 1] |= next[j] || reachable[j + 1];
            }
        }
        reachable = next;
    }
    reachable.last().copied().unwrap_or(false)
}

/// Whether `wide` matches everything that `narrow` matches. Says no when in doubt.
pub(super) fn covers(wide: &str, narrow: &str) -> bool {
    wide == "*"
        || wide == narrow
        || (!wide.contains(['?', '$']) && crate::pattern::matches_pattern(wide, narrow))
}

#[cfg(test)]
mod tests {
    use super::{covers, overlaps};
    use crate::actions::template_pattern;

    #[test]
    fn patterns_with_a_text_in_common() {
        for (left, right, expected) in [
            ("a*", "*b", true),
            ("a*c", "ab*", true),
            ("link/*", "sink/*", false),
            ("?", "", false),
            ("*", "", true),
            ("a?c", "abc", true),
            ("a", "a*", true),
            ("role/*", "role/x/*", true),
        ] {
            assert_eq!(overlaps(left, right), expected, "{left} {right}");
            assert_eq!(overlaps(right, left), expected, "{right} {left}");
        }
    }

    #[test]
    fn wider_and_narrower() {
        assert!(covers("s3:*", "s3:Get*"));
        assert!(!covers("s3:Get?", "s3:Get*"));
        assert!(!covers("s3:Get*", "s3:*"));
        assert_eq!(
            template_pattern("arn:${P}:oam:${R}:${A}:sink/${Id}"),
            "arn:*:oam:*:*:sink/*"
        );
    }
}
