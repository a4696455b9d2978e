//! The one redactor.
//!
//! Ids that come from the lab's seed need no redaction and stay in the clear. What a foreign
//! backend generates is mapped to the name of the thing (`role:looker`, `lease:app-1`), and the
//! loopback ports, which the machine chose, become `{port}`. Secrets are shown without the characters
//! that Secrets Manager added to their names, which every backend draws for itself.

use std::collections::BTreeMap;

/// Hosts whose port was chosen by the machine.
const LOOPBACK_HOSTS: [&str; 3] = ["localhost:", "127.0.0.1:", "[::1]:"];

/// How many characters Secrets Manager adds to a name, after a hyphen (user guide,
/// `whats-in-a-secret.html`).
const SECRET_SUFFIX_LENGTH: usize = 6;

/// Names what could not be made deterministic.
///
/// ```
/// use authlab_snapshots::Redactor;
///
/// let redactor = Redactor::new().name("AROAX7Q2", "role:looker");
/// assert_eq!(
///     redactor.redact("AROAX7Q2:s1 called http://127.0.0.1:40123/orders"),
///     "role:looker:s1 called http://127.0.0.1:{port}/orders",
/// );
/// ```
#[derive(Clone, Debug, Default)]
pub struct Redactor {
    names: BTreeMap<String, String>,
}

impl Redactor {
    /// A redactor that knows the loopback ports only.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes `name` (`role:looker`) wherever `foreign_id` stands as a whole word. An empty id is
    /// ignored.
    #[must_use]
    pub fn name(mut self, foreign_id: impl Into<String>, name: impl Into<String>) -> Self {
        let foreign_id = foreign_id.into();
        if !foreign_id.is_empty() {
            self.names.insert(foreign_id, name.into());
        }
        self
    }

    /// [`Redactor::name`] for many.
    #[must_use]
    pub fn names(self, names: impl IntoIterator<Item = (String, String)>) -> Self {
        names
            .into_iter()
            .fold(self, |redactor, (id, name)| redactor.name(id, name))
    }

    /// Writes the name of a secret without the six characters at the end of its ARN, wherever the
    /// resource of that ARN stands: `secret:production/db-a1B2c3` becomes `secret:production/db`. An
    /// ARN of anything else is ignored.
    #[must_use]
    pub fn secret(self, arn: &str) -> Self {
        match secret_resource(arn) {
            Some((resource, shown)) => self.name(resource, shown),
            None => self,
        }
    }

    /// The text with every known id named and every loopback port hidden. Of two ids that start
    /// at one place the longer counts.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        let mut output = String::with_capacity(text.len());
        let mut rest = text;
        let mut before = None;
        while let Some(character) = rest.chars().next() {
            let (written, length) = match self.name_at(rest, before) {
                Some((id, name)) => (name.to_owned(), id.len()),
                None => port_at(rest).unwrap_or((character.to_string(), character.len_utf8())),
            };
            output.push_str(&written);
            before = rest[..length].chars().next_back();
            rest = &rest[length..];
        }
        output
    }

    fn name_at(&self, rest: &str, before: Option<char>) -> Option<(&str, &str)> {
        self.names
            .iter()
            .filter(|(id, _)| rest.starts_with(id.as_str()))
            .filter(|(id, _)| {
                is_word_edge(before, id.chars().next())
                    && is_word_edge(id.chars().next_back(), rest[id.len()..].chars().next())
            })
            .max_by_key(|(id, _)| id.len())
            .map(|(id, name)| (id.as_str(), name.as_str()))
    }
}

/// The resource of a secret's complete ARN, and the same without what was added to the name.
fn secret_resource(arn: &str) -> Option<(&str, &str)> {
    let resource = arn
        .strip_prefix("arn:")
        .and_then(|rest| rest.splitn(5, ':').nth(4))
        .filter(|resource| resource.starts_with("secret:"))?;
    let (shown, suffix) = resource.rsplit_once('-')?;
    let is_suffix = suffix.len() == SECRET_SUFFIX_LENGTH
        && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_suffix.then_some((resource, shown))
}

/// Whether no word goes on from one character to the next.
fn is_word_edge(left: Option<char>, right: Option<char>) -> bool {
    let in_word = |character: Option<char>| character.is_some_and(char::is_alphanumeric);
    !(in_word(left) && in_word(right))
}

/// The replacement of a loopback host and port that starts here, and how long the original is.
fn port_at(rest: &str) -> Option<(String, usize)> {
    let host = LOOPBACK_HOSTS
        .into_iter()
        .find(|host| rest.starts_with(host))?;
    let digits = rest[host.len()..]
        .bytes()
        .take_while(u8::is_ascii_digit)
        .count();
    (2..=5)
        .contains(&digits)
        .then(|| (format!("{host}{{port}}"), host.len() + digits))
}

#[cfg(test)]
mod tests {
    use super::Redactor;

    #[test]
    fn names_whole_words_and_the_longest_first() {
        let redactor = Redactor::new().name("abc", "short").names([
            ("abc-def".to_owned(), "long".to_owned()),
            (String::new(), "x".to_owned()),
        ]);
        for (text, expected) in [
            ("abc", "short"),
            ("abc-def", "long"),
            ("abcd", "abcd"),
            ("xabc", "xabc"),
            ("\"abc\":é abc/abc", "\"short\":é short/short"),
            ("", ""),
        ] {
            assert_eq!(redactor.redact(text), expected, "{text}");
        }
    }

    #[test]
    fn hides_what_was_added_to_the_names_of_known_secrets_only() {
        let arn = "arn:aws:secretsmanager:us-east-1:222222222222:secret:production/db-a1B2c3";
        let redactor = Redactor::new().secret(arn);
        for (text, expected) in [
            (
                arn,
                "arn:aws:secretsmanager:us-east-1:222222222222:secret:production/db",
            ),
            (
                "{\"Resource\":\"arn:aws:secretsmanager:*:*:secret:production/db-a1B2c3\"}",
                "{\"Resource\":\"arn:aws:secretsmanager:*:*:secret:production/db\"}",
            ),
            ("secret:production/db-??????", "secret:production/db-??????"),
            ("secret:production/db-a1B2c4", "secret:production/db-a1B2c4"),
            (
                "secret:production/db-a1B2c3d",
                "secret:production/db-a1B2c3d",
            ),
        ] {
            assert_eq!(redactor.redact(text), expected);
        }
        for other in [
            "production/db-a1B2c3",
            "arn:aws:iam::222222222222:role/reader-a1B2c3",
            "arn:aws:secretsmanager:us-east-1:222222222222:secret:production/db",
            "arn:aws:secretsmanager:us-east-1:222222222222:secret:production/db-a1B2",
        ] {
            assert_eq!(Redactor::new().secret(other).redact(other), other);
        }
    }

    #[test]
    fn hides_loopback_ports_only() {
        for (text, expected) in [
            ("http://a1.execute-api.eu-west-1.localhost:45123/x", true),
            ("http://127.0.0.1:8200", true),
            ("http://[::1]:40000", true),
            ("https://login.corp.example:8443", false),
            ("localhost: 12", false),
            ("10:15:127.0.0.1", false),
        ] {
            assert_eq!(
                Redactor::new().redact(text).contains("{port}"),
                expected,
                "{text}"
            );
        }
    }
}
