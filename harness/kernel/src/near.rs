//! Names that are nearly one that was given: what was perhaps meant by a name that is none.

/// The longest name that is compared, in characters: no name of AWS or Vault that people write is longer.
const CHARACTERS_MAX: usize = 256;

/// The most changes that a slip of the pen makes.
const SLIPS_MAX: usize = 3;

/// How many characters have to be changed, put in, taken out, or to change places with the next, to make
/// the one of the other.
pub fn distance(one: &str, other: &str) -> usize {
    strsim::osa_distance(one, other)
}

/// The names that are nearly `name`, the nearest first, at most so many: by capitals and the signs between
/// words, by a slip of the pen, or because one is a part of the other.
pub fn nearest<'n>(
    name: &str,
    known: impl IntoIterator<Item = &'n str>,
    most: usize,
) -> Vec<&'n str> {
    let wanted = bare(name);
    // Measured once, and not against each name that is known.
    if wanted.chars().nth(CHARACTERS_MAX).is_some() {
        return Vec::new();
    }
    let measured = known.into_iter().filter_map(|known| {
        let found = (known != name).then(|| nearness(&wanted, &bare(known)))?;
        Some((found?, known))
    });
    let mut measured: Vec<_> = measured.collect();
    measured.sort_unstable();
    measured.dedup();
    let names = measured.into_iter().map(|(_, known)| known);
    names.take(most).collect()
}

/// What of a name counts: not its capitals, nor what stands between its words.
fn bare(name: &str) -> String {
    let letters = name.chars().filter(|one| one.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// How far two bare names are from one another, if they are near.
fn nearness(one: &str, other: &str) -> Option<usize> {
    // By characters: a name of fewer characters may have more bytes.
    let measured = |text: &str| text.chars().count();
    let (mut short, mut long) = ((measured(one), one), (measured(other), other));
    if short.0 > long.0 {
        std::mem::swap(&mut short, &mut long);
    }
    let ((least, short), (length, long)) = (short, long);
    if least == 0 || length > CHARACTERS_MAX {
        return None;
    }
    let added = length - least;
    if least > SLIPS_MAX && long.contains(short) {
        return Some(added);
    }
    let slips = SLIPS_MAX.min(length / 3);
    if added > slips {
        return None;
    }
    Some(distance(short, long)).filter(|found| *found <= slips)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distance_counts_changes() {
        for (one, other, expected) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("order", "orders", 1),
            ("dialy", "daily", 1),
            ("/daily", "/health", 5),
        ] {
            assert_eq!(distance(one, other), expected, "{one} {other}");
        }
    }

    #[test]
    fn the_nearest_names_come_first_and_strange_ones_not_at_all() {
        let known = ["reader", "Reader", "read_er", "readers-eu", "writer", "x"];
        for (name, expected) in [
            ("reader", vec!["Reader", "read_er", "readers-eu"]),
            ("raeder", vec!["Reader", "read_er", "reader"]),
            ("readers", vec!["Reader", "read_er", "reader", "readers-eu"]),
            ("wr1ter", vec!["writer"]),
            ("y", vec![]),
            ("", vec![]),
            ("billing", vec![]),
        ] {
            let found = nearest(name, known, 4);
            assert_eq!(found, expected, "{name}");
        }
        assert_eq!(nearest("reader", known, 1), ["Reader"]);
        for (name, known, is_near) in [
            // Fewer characters in more bytes, on either side.
            ("日本", "token", false),
            ("token", "日本", false),
            ("müller", "mueller", true),
            ("größe", "größen", true),
            ("İİ", "abcde", false),
            ("日本語学校", "日本語学", true),
        ] {
            let found = nearest(name, [known], 1);
            assert_eq!(!found.is_empty(), is_near, "{name} {known}");
        }
        let long = "a".repeat(100_000);
        assert!(nearest(&long, [long.to_uppercase().as_str()], 1).is_empty());
    }
}
