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

/// Whether each word of `value` begins a word of `text`, in any case.
fn has_words(text: &str, value: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        let split = text.split(|character: char| !character.is_alphanumeric());
        split
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect()
    };
    let there = words(text);
    words(value)
        .iter()
        .all(|asked| there.iter().any(|word| word.starts_with(asked.as_str())))
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
        ] {
            let values = values.iter().map(|value| (*value).to_owned()).collect();
            let filter = Filter {
                key: key.to_owned(),
                values,
            };
            assert_eq!(filter.fits(&entry, "eu-central-1"), fits, "{filter:?}");
        }
    }
}
