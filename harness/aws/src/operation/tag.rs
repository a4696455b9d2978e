//! Tags: as requests and answers list them, as they are kept, and as condition keys.
//!
//! How many a resource may have, and what a service says of one key twice, are its own.

use std::collections::BTreeMap;

use authlab_wire::Value;
use serde::{Deserialize, Serialize};

use super::check::Check;

/// Tags as they are kept, by key.
pub type Tags = BTreeMap<String, String>;

/// A tag in a list. KMS spells it `TagKey` and `TagValue`; a value that is not given is empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Tag {
    /// The key.
    #[serde(alias = "TagKey")]
    pub key: String,
    /// The value.
    #[serde(default, alias = "TagValue")]
    pub value: String,
}

/// Tags as answers list them.
pub fn listed(tags: &Tags) -> Vec<Tag> {
    let tag = |(key, value): (&String, &String)| Tag {
        key: key.clone(),
        value: value.clone(),
    };
    tags.iter().map(tag).collect()
}

/// Listed tags as they are kept; `None` when two of them have the same key by `is_same`.
pub fn distinct(listed: Vec<Tag>, is_same: fn(&str, &str) -> bool) -> Option<Tags> {
    let mut kept = Tags::new();
    for tag in listed {
        if kept.keys().any(|key| is_same(key, &tag.key)) {
            return None;
        }
        kept.insert(tag.key, tag.value);
    }
    Some(kept)
}

impl Check {
    /// With the condition keys of the tags that a request gives or takes away: `aws:RequestTag/…` for
    /// each that is given, and `aws:TagKeys` for all. None of them where it names no tag.
    ///
    /// They stand in the member `Tags` as a map or as a list of structures, and their bare keys there or
    /// in `TagKeys` (IAM user guide, `reference_policies_condition-keys.html`).
    #[must_use]
    pub fn request_tags(mut self, input: &Value) -> Self {
        let mut keys = Vec::new();
        for member in ["Tags", "tags", "TagKeys", "tagKeys"] {
            for (key, value) in named(input.get(member)) {
                if let Some(value) = value {
                    self = self.with(format!("aws:RequestTag/{key}"), value);
                }
                keys.push(key.to_owned());
            }
        }
        if keys.is_empty() {
            self
        } else {
            self.with_all("aws:TagKeys", keys)
        }
    }

    /// The same for tags that were read.
    #[must_use]
    pub fn requests<'t>(self, tags: impl IntoIterator<Item = &'t Tag>) -> Self {
        let mut keys = Vec::new();
        let tagged = tags.into_iter().fold(self, |check, tag| {
            keys.push(tag.key.clone());
            check.with(format!("aws:RequestTag/{}", tag.key), tag.value.as_str())
        });
        if keys.is_empty() {
            tagged
        } else {
            tagged.with_all("aws:TagKeys", keys)
        }
    }

    /// With the tags of the resource, as `aws:ResourceTag/…` and under the service's own prefix where it
    /// has one.
    #[must_use]
    pub fn resource_tags<'t>(
        self,
        prefixes: &[&str],
        tags: impl IntoIterator<Item = (&'t String, &'t String)>,
    ) -> Self {
        tags.into_iter().fold(self, |check, (key, value)| {
            prefixes.iter().fold(check, |check, prefix| {
                check.with(format!("{prefix}:ResourceTag/{key}"), value.as_str())
            })
        })
    }
}

/// The keys that a member names, with the values that it gives them.
fn named(member: Option<&Value>) -> Vec<(&str, Option<&str>)> {
    match member {
        Some(Value::Map(tags)) => tags
            .iter()
            .map(|(key, value)| (key.as_str(), Some(value.as_text().unwrap_or_default())))
            .collect(),
        Some(Value::List(tags)) => tags.iter().filter_map(one).collect(),
        _ => Vec::new(),
    }
}

/// A bare key, or a structure of key and value.
fn one(tag: &Value) -> Option<(&str, Option<&str>)> {
    if let Some(key) = tag.as_text() {
        return Some((key, None));
    }
    let part = |names: [&str; 2]| names.iter().find_map(|name| tag.get(name)?.as_text());
    let value = part(["Value", "TagValue"]).unwrap_or_default();
    Some((part(["Key", "TagKey"])?, Some(value)))
}

#[cfg(test)]
mod tests {
    use authlab_wire::to_value;
    use serde_json::json;

    use super::*;

    fn context(input: serde_json::Value) -> Vec<(String, Vec<String>)> {
        let owner = "111111111111".parse().unwrap();
        let check = Check::new("oam:TagResource", "*", owner);
        check.request_tags(&to_value(&input).unwrap()).context
    }

    #[test]
    fn tags_of_a_request_are_condition_keys_however_they_are_spelled() {
        let both = [
            ("aws:RequestTag/team", vec!["red"]),
            ("aws:RequestTag/stage", vec![""]),
            ("aws:TagKeys", vec!["team", "stage"]),
        ];
        for (input, expected) in [
            (json!({}), &both[..0]),
            (json!({"Tags": []}), &both[..0]),
            (json!({"Tags": {}}), &both[..0]),
            (json!({"TagKeys": []}), &both[..0]),
            (
                json!({"Tags": [{"Key": "team", "Value": "red"}, {"Key": "stage"}]}),
                &both[..],
            ),
            (
                json!({"Tags": [{"TagKey": "team", "TagValue": "red"}, {"TagKey": "stage", "TagValue": ""}]}),
                &both[..],
            ),
        ] {
            let expected: Vec<_> = expected
                .iter()
                .map(|(key, values)| {
                    (
                        (*key).to_owned(),
                        values.iter().map(ToString::to_string).collect::<Vec<_>>(),
                    )
                })
                .collect();
            assert_eq!(context(input.clone()), expected, "{input}");
        }
        for (input, keys) in [
            (json!({"tags": {"a": "1", "b": "2"}}), vec!["a", "b"]),
            (json!({"tags": ["a", "b"]}), vec!["a", "b"]),
            (json!({"tagKeys": ["a"]}), vec!["a"]),
            (json!({"TagKeys": ["a", "b"]}), vec!["a", "b"]),
        ] {
            let found = context(input.clone());
            let last = found.last().unwrap();
            let keys: Vec<String> = keys.into_iter().map(str::to_owned).collect();
            assert_eq!(
                (last.0.as_str(), &last.1),
                ("aws:TagKeys", &keys),
                "{input}"
            );
        }
    }

    #[test]
    fn tags_of_a_resource_stand_under_each_prefix() {
        let tags = Tags::from([("team".to_owned(), "red".to_owned())]);
        let check = |prefixes| {
            let owner = "111111111111".parse().unwrap();
            Check::new("iam:GetRole", "*", owner)
                .resource_tags(prefixes, &tags)
                .context
        };
        let key = |name: &str| (name.to_owned(), vec!["red".to_owned()]);
        assert_eq!(check(&["aws"]), [key("aws:ResourceTag/team")]);
        let both = [key("aws:ResourceTag/team"), key("iam:ResourceTag/team")];
        assert_eq!(check(&["aws", "iam"]), both);
    }

    #[test]
    fn what_is_the_same_key_is_the_services_to_say() {
        let listed = |keys: [&str; 2]| {
            keys.map(|key| Tag {
                key: key.to_owned(),
                value: "1".to_owned(),
            })
            .into()
        };
        let exact = |one: &str, other: &str| one == other;
        assert!(distinct(listed(["a", "A"]), exact).is_some());
        assert_eq!(distinct(listed(["a", "a"]), exact), None);
        assert_eq!(
            distinct(listed(["a", "A"]), str::eq_ignore_ascii_case),
            None
        );
        let kept = distinct(listed(["b", "a"]), exact).unwrap();
        assert_eq!(
            super::listed(&kept)
                .iter()
                .map(|tag| tag.key.as_str())
                .collect::<Vec<_>>(),
            ["a", "b"]
        );
    }
}
