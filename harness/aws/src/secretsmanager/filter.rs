//! The filters of ListSecrets and BatchGetSecretValue.
//!
//! Source: API reference, `Filter`: filters are joined by AND, the values of one by OR; `name`,
//! `tag-key`, `tag-value`, `primary-region` and `owning-service` compare prefixes with regard to
//! case, `description` and `all` words without; a value that begins with `!` is negated.

use super::secret::Entry;

/// One filter: a key of a secret, and values of which one has to fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// `name`, `description`, `tag-key`, `tag-value`, `primary-region`, `owning-service`, `all`.
    pub key: String,
    /// Any of these.
    pub values: Vec<String>,
}

impl Filter {
    /// Whether the secret, which is of this Region, fits.
    pub fn fits(&self, entry: &Entry, region: &str) -> bool {
        self.values
            .iter()
            .any(|value| match value.strip_prefix('!') {
                Some(value) => !self.fits_value(entry, region, value),
                None => self.fits_value(entry, region, value),
            })
    }

    fn fits_value(&self, entry: &Entry, region: &str, value: &str) -> bool {
        let description = entry.description.as_deref().unwrap_or_default();
        match self.key.as_str() {
            "name" => entry.name.starts_with(value),
            "tag-key" => entry.tags.keys().any(|key| key.starts_with(value)),
            "tag-value" => entry.tags.values().any(|tag| tag.starts_with(value)),
            "primary-region" => region.starts_with(value),
            "description" => has_words(description, value),
            "all" => {
                let tags = entry
                    .tags
                    .iter()
                    .flat_map(|(key, tag)| [key.as_str(), tag.as_str()]);
                let mut texts = tags.chain([entry.name.as_str(), description, region]);
                texts.any(|text| has_words(text, value))
            }
            // No secret here is managed by a service.
            _ => false,
        }
    }
}

/// Whether each word of `value` begins a word of `text`, in any case; what has no word fits nothing.
fn has_words(text: &str, value: &str) -> bool {
    let (there, asked) = (words(text), words(value));
    let is_there = |asked: &String| there.iter().any(|word| word.starts_with(asked.as_str()));
    !asked.is_empty() && asked.iter().all(is_there)
}

/// What separates words. A text with two different ones is one word (as verified on AWS).
const SEPARATORS: [char; 7] = ['/', '-', '_', '+', '=', '.', '@'];

/// The words of a text, in lower case: what stands between blanks and separators, and of that each
/// run of lower-case letters with the character before it (`COMPANYthings` is `COMPAN` and
/// `Ythings`).
fn words(text: &str) -> Vec<String> {
    text.split_whitespace().flat_map(words_of_part).collect()
}

fn words_of_part(part: &str) -> Vec<String> {
    let mut separators: Vec<char> = part.chars().filter(|it| SEPARATORS.contains(it)).collect();
    separators.sort_unstable();
    separators.dedup();
    match separators.as_slice() {
        [] => words_of_run(part),
        [separator] => part.split(*separator).flat_map(words_of_run).collect(),
        _ => vec![part.to_lowercase()],
    }
}

fn words_of_run(run: &str) -> Vec<String> {
    let letters: Vec<char> = run.chars().collect();
    let is_lower = |at: usize| letters.get(at).is_some_and(char::is_ascii_lowercase);
    let mut words: Vec<String> = Vec::new();
    let mut was_lower = false;
    for (at, letter) in letters.iter().enumerate() {
        let begins_word = !is_lower(at) && (is_lower(at + 1) || was_lower);
        was_lower = is_lower(at);
        match words.last_mut().filter(|_| !begins_word) {
            Some(word) => word.extend(letter.to_lowercase()),
            None => words.push(letter.to_lowercase().collect()),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_fit_what_they_say() {
        let arn = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:prod/db-a1B2c3";
        let now = "2026-01-01T00:00:00Z".parse().unwrap();
        let mut entry = Entry::new(arn.to_owned(), "prod/db".to_owned(), now);
        entry.description = Some("Password of the Reports database".to_owned());
        entry.tags.insert("team".to_owned(), "reports".to_owned());
        for (key, values, fits) in [
            ("name", &["prod/"][..], true),
            ("name", &["Prod"], false),
            ("name", &["test", "prod"], true),
            ("name", &["!prod"], false),
            ("name", &["!test"], true),
            ("tag-key", &["te"], true),
            ("tag-value", &["te"], false),
            ("tag-value", &["rep"], true),
            ("description", &["reports pass"], true),
            ("description", &["reports missing"], false),
            ("primary-region", &["eu-"], true),
            ("owning-service", &["rds"], false),
            ("all", &["REPORTS"], true),
            ("all", &["nothing"], false),
            ("all", &["+"], false),
        ] {
            let values = values.iter().map(|value| (*value).to_owned()).collect();
            let filter = Filter {
                key: key.to_owned(),
                values,
            };
            assert_eq!(filter.fits(&entry, "eu-central-1"), fits, "{filter:?}");
        }
    }

    #[test]
    fn words_are_told_apart_as_aws_does() {
        for (text, value, fits) in [
            ("SecretOne05b7af", "SecretOne", true),
            ("SecretOne05b7af", "secret", true),
            ("SecretOne05b7af", "sec", true),
            ("SecretOne05b7af", "ret", false),
            ("SecretOne05b7af", "SomeSecret", false),
            ("Thirdsecret", "secret", false),
            ("SecretFTag", "t", true),
            ("DescTwo", "d t", true),
            ("prod/AppBeta/05b7af", "AppBeta", true),
            ("prod@AppBeta@05b7af", "Beta", true),
            ("prod-AppBeta/05b7af", "Beta", false),
            ("prod-AppBeta/05b7af", "prod", true),
            ("prod/AppBeta/05b7af", "05b7af", true),
            ("uat/COMPANY/05b7af", "company", true),
            ("uat/COMPANYthings/05b7af", "company", false),
            ("uat/COMPANYthings/05b7af", "things", false),
            ("uat/COMPANYthings/05b7af", "Ythings", true),
            ("uat/COMPANYthings/05b7af", "N", false),
            ("one and two", "one two", true),
            ("one and two", "o t", true),
            ("a+b", "+", false),
        ] {
            assert_eq!(has_words(text, value), fits, "{text} {value}");
        }
    }
}
