//! Globs of names, as roles and parameters have them.

/// A `*` at the beginning, at the end or at both; elsewhere it is a character like any other.
pub(crate) fn glob_fits(pattern: &str, text: &str) -> bool {
    if pattern.len() < 2 {
        return pattern == text;
    }
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(tail), Some(_)) => text.contains(tail.strip_suffix('*').unwrap_or(tail)),
        (Some(tail), None) => text.ends_with(tail),
        (None, Some(head)) => text.starts_with(head),
        (None, None) => pattern == text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_have_a_star_only_at_their_ends() {
        for (pattern, text, fits) in [
            ("a*", "abc", true),
            ("*z", "xyz", true),
            ("*b*", "abc", true),
            ("m*m", "mxm", false),
            ("*", "a", false),
            ("*", "*", true),
        ] {
            assert_eq!(glob_fits(pattern, text), fits, "{pattern} {text}");
        }
    }
}
