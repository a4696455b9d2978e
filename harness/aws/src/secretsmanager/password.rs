//! GetRandomPassword: text from the seed, with the asked kinds of character.
//!
//! Source: API reference, `GetRandomPassword` (32 characters by default; each included kind at
//! least once unless told otherwise; which signs count as punctuation).

use authlab_kernel::{Ids, Secret};

use super::error::Error;

/// How many characters a password has when nothing is asked for.
const LENGTH_DEFAULT: usize = 32;

const PUNCTUATION: &str = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

/// What a password is made of.
#[derive(Clone, Debug, Default)]
pub struct PasswordRule {
    /// How long it is, in characters.
    pub length: Option<usize>,
    /// Which characters it does not have.
    pub exclude: String,
    /// No lower-case letters.
    pub exclude_lowercase: bool,
    /// No upper-case letters.
    pub exclude_uppercase: bool,
    /// No digits.
    pub exclude_numbers: bool,
    /// No punctuation.
    pub exclude_punctuation: bool,
    /// Spaces too. A password need not have one, whatever is required of it (API reference,
    /// `RequireEachIncludedType`: upper and lower case, numbers, special characters).
    pub include_space: bool,
    /// Each kind at least once; so it is when nothing is said.
    pub require_each: Option<bool>,
}

impl PasswordRule {
    /// The next password of `scope`.
    ///
    /// # Errors
    /// No character is left, or the password is shorter than its kinds are many (`unverified`
    /// texts).
    pub fn draw(&self, ids: &Ids, scope: &str) -> Result<Secret, Error> {
        let kinds = self.kinds();
        let length = self.length.unwrap_or(LENGTH_DEFAULT);
        let requires_each = self.require_each.unwrap_or(true);
        let all: Vec<char> = kinds
            .iter()
            .flatten()
            .copied()
            .chain(self.space())
            .collect();
        if all.is_empty() {
            return Err(parameter(
                "The password has no characters left to be made of.",
            ));
        }
        if requires_each && length < kinds.len() {
            return Err(parameter(
                "The password length is too short for its required types.",
            ));
        }
        // Eight bytes a character: four choose it, four its place.
        let bytes = ids
            .draw("random-password", scope, "password")
            .bytes(8 * length);
        let mut drawn = bytes.chunks_exact(4).map(|four| {
            four.iter()
                .fold(0usize, |number, byte| (number << 8) | usize::from(*byte))
        });
        let mut password: Vec<char> = (0..length)
            .map(|position| {
                let alphabet = kinds
                    .get(position)
                    .filter(|_| requires_each)
                    .unwrap_or(&all);
                let number = drawn.next().unwrap_or_default();
                alphabet
                    .get(number % alphabet.len())
                    .copied()
                    .unwrap_or_default()
            })
            .collect();
        // Fisher-Yates, so that the required kinds do not all stand at the beginning.
        for position in (1..password.len()).rev() {
            password.swap(position, drawn.next().unwrap_or_default() % (position + 1));
        }
        Ok(Secret::new(password.into_iter().collect::<String>()))
    }

    /// The space, where it is wanted.
    fn space(&self) -> Option<char> {
        (self.include_space && !self.exclude.contains(' ')).then_some(' ')
    }

    /// The kinds of character that are left and required, none of them empty.
    fn kinds(&self) -> Vec<Vec<char>> {
        let kinds: [(bool, Vec<char>); 4] = [
            (self.exclude_lowercase, ('a'..='z').collect()),
            (self.exclude_uppercase, ('A'..='Z').collect()),
            (self.exclude_numbers, ('0'..='9').collect()),
            (self.exclude_punctuation, PUNCTUATION.chars().collect()),
        ];
        kinds
            .into_iter()
            .filter(|(is_excluded, _)| !is_excluded)
            .map(|(_, kind)| {
                kind.into_iter()
                    .filter(|it| !self.exclude.contains(*it))
                    .collect()
            })
            .filter(|kind: &Vec<char>| !kind.is_empty())
            .collect()
    }
}

fn parameter(text: &str) -> Error {
    Error::Parameter(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_has_what_was_asked_for_and_comes_from_the_seed() {
        let draw = |rule: &PasswordRule| rule.draw(&Ids::new(1), "a").unwrap();
        let password = draw(&PasswordRule::default());
        let text = password.expose_secret();
        assert_eq!(text.chars().count(), 32);
        assert!(text.chars().any(char::is_lowercase) && text.chars().any(char::is_uppercase));
        assert!(
            text.chars().any(char::is_numeric) && text.chars().any(|it| PUNCTUATION.contains(it))
        );
        assert_eq!(draw(&PasswordRule::default()).expose_secret(), text);
        let ids = Ids::new(1);
        let twice = [(); 2].map(|()| PasswordRule::default().draw(&ids, "a").unwrap());
        assert_ne!(twice[0].expose_secret(), twice[1].expose_secret());

        let digits = PasswordRule {
            length: Some(6),
            exclude: "13579".to_owned(),
            exclude_lowercase: true,
            exclude_uppercase: true,
            exclude_punctuation: true,
            ..PasswordRule::default()
        };
        assert!(
            draw(&digits)
                .expose_secret()
                .chars()
                .all(|digit| "02468".contains(digit))
        );
    }

    #[test]
    fn a_password_that_cannot_be_is_refused() {
        let none = PasswordRule {
            exclude_lowercase: true,
            exclude_uppercase: true,
            exclude_numbers: true,
            exclude_punctuation: true,
            ..PasswordRule::default()
        };
        let short = PasswordRule {
            length: Some(3),
            ..PasswordRule::default()
        };
        let four = PasswordRule {
            length: Some(4),
            include_space: true,
            ..PasswordRule::default()
        };
        assert_eq!(draw_length(&four), 4, "a space is no required kind");
        for rule in [none, short.clone()] {
            assert!(
                matches!(rule.draw(&Ids::new(1), "a"), Err(Error::Parameter(_))),
                "{rule:?}"
            );
        }
        let any = PasswordRule {
            require_each: Some(false),
            ..short
        };
        assert_eq!(
            any.draw(&Ids::new(1), "a").unwrap().expose_secret().len(),
            3
        );
    }

    fn draw_length(rule: &PasswordRule) -> usize {
        let password = rule.draw(&Ids::new(1), "a").unwrap();
        password.expose_secret().chars().count()
    }
}
