//! The attributes that users of a pool may have.
//!
//! Source: Cognito developer guide, `user-pool-settings-attributes.html`; the OpenID Connect claims that
//! stand in every pool. Texts without a remark are those of answers of AWS.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::error::Error;

/// The standard attributes, each with its type.
const STANDARD: [(&str, &str); 20] = [
    ("sub", "String"),
    ("name", "String"),
    ("given_name", "String"),
    ("family_name", "String"),
    ("middle_name", "String"),
    ("nickname", "String"),
    ("preferred_username", "String"),
    ("profile", "String"),
    ("picture", "String"),
    ("website", "String"),
    ("email", "String"),
    ("email_verified", "Boolean"),
    ("gender", "String"),
    ("birthdate", "String"),
    ("zoneinfo", "String"),
    ("locale", "String"),
    ("phone_number", "String"),
    ("phone_number_verified", "Boolean"),
    ("address", "String"),
    ("updated_at", "Number"),
];

/// How long a text may be.
const LENGTH_MAX: i64 = 2048;

/// Bounds of a number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NumberBounds {
    /// The least.
    #[serde(default)]
    pub min_value: Option<String>,
    /// The greatest.
    #[serde(default)]
    pub max_value: Option<String>,
}

/// Bounds of a text's length, in characters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LengthBounds {
    /// The least.
    #[serde(default)]
    pub min_length: Option<String>,
    /// The greatest.
    #[serde(default)]
    pub max_length: Option<String>,
}

/// An attribute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SchemaAttribute {
    /// Its name; that of a custom one begins with `custom:` once it is kept.
    #[serde(default)]
    pub name: String,
    /// `String`, `Number`, `DateTime`, `Boolean`.
    #[serde(default)]
    pub attribute_data_type: Option<String>,
    /// Whether only administrators may write it.
    #[serde(default)]
    pub developer_only_attribute: Option<bool>,
    /// Whether it may be changed once it is there.
    #[serde(default)]
    pub mutable: Option<bool>,
    /// Whether every user has it.
    #[serde(default)]
    pub required: Option<bool>,
    /// Bounds, for a number.
    #[serde(default)]
    pub number_attribute_constraints: Option<NumberBounds>,
    /// Bounds, for a text.
    #[serde(default)]
    pub string_attribute_constraints: Option<LengthBounds>,
}

impl SchemaAttribute {
    fn standard(name: &str, kind: &str) -> Self {
        let is_text = kind == "String";
        Self {
            name: name.to_owned(),
            attribute_data_type: Some(kind.to_owned()),
            developer_only_attribute: Some(false),
            mutable: Some(name != "sub"),
            required: Some(name == "sub"),
            number_attribute_constraints: (kind == "Number").then(|| NumberBounds {
                min_value: Some("0".to_owned()),
                max_value: None,
            }),
            string_attribute_constraints: is_text.then(|| LengthBounds {
                min_length: Some(if name == "sub" { "1" } else { "0" }.to_owned()),
                max_length: Some(LENGTH_MAX.to_string()),
            }),
        }
    }

    fn is_standard(&self) -> bool {
        STANDARD.iter().any(|(name, _)| *name == self.name)
    }

    /// A value that it takes.
    fn check(&self, value: &str) -> Result<(), String> {
        let bound = |text: &Option<String>| text.as_deref().and_then(|it| it.parse::<i64>().ok());
        match self.attribute_data_type.as_deref() {
            Some("Boolean") => ["true", "false"]
                .iter()
                .any(|it| it.eq_ignore_ascii_case(value))
                .then_some(())
                .ok_or_else(|| "is no boolean".to_owned()),
            Some("Number") => {
                let number: i64 = value.parse().map_err(|_| "is no number".to_owned())?;
                let bounds = self.number_attribute_constraints.as_ref();
                let min = bounds.and_then(|it| bound(&it.min_value));
                let max = bounds.and_then(|it| bound(&it.max_value));
                within(number, min, max)
            }
            _ => {
                let bounds = self.string_attribute_constraints.as_ref();
                let min = bounds.and_then(|it| bound(&it.min_length));
                let max = bounds.and_then(|it| bound(&it.max_length));
                let length = i64::try_from(value.chars().count()).unwrap_or(i64::MAX);
                within(length, min, max.or(Some(LENGTH_MAX)))
            }
        }
    }
}

fn within(given: i64, min: Option<i64>, max: Option<i64>) -> Result<(), String> {
    if min.is_some_and(|min| given < min) {
        return Err("is below the minimum".to_owned());
    }
    match max.is_some_and(|max| given > max) {
        true => Err("is above the maximum".to_owned()),
        false => Ok(()),
    }
}

/// The attributes of a pool's users: the standard ones and those that the pool adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema(Vec<SchemaAttribute>);

impl Schema {
    /// The standard attributes, and what a pool says of them and beside them.
    ///
    /// # Errors
    /// An attribute that can be none.
    pub fn of(given: Vec<SchemaAttribute>) -> Result<Self, Error> {
        let standard = STANDARD
            .iter()
            .map(|(name, kind)| SchemaAttribute::standard(name, kind));
        let mut all: Vec<SchemaAttribute> = standard.collect();
        for mut attribute in given {
            check_kind(&attribute)?;
            check_bounds(&attribute)?;
            if let Some(standing) = all.iter_mut().find(|it| it.name == attribute.name) {
                merge(standing, attribute);
                continue;
            }
            if attribute.required == Some(true) {
                // Unverified.
                let text = "Required custom attributes are not supported currently.";
                return Err(Error::parameter("Schema", text));
            }
            let is_of_developer = attribute.developer_only_attribute == Some(true);
            let prefix = if is_of_developer {
                "dev:custom"
            } else {
                "custom"
            };
            attribute.name = format!("{prefix}:{}", attribute.name);
            attribute.developer_only_attribute = Some(is_of_developer);
            attribute.mutable = Some(attribute.mutable.unwrap_or(true));
            attribute.required = Some(false);
            all.push(attribute);
        }
        Ok(Self(all))
    }

    /// All attributes.
    pub fn all(&self) -> &[SchemaAttribute] {
        &self.0
    }

    fn find(&self, name: &str) -> Option<&SchemaAttribute> {
        self.0.iter().find(|it| it.name == name)
    }

    /// Whether there is an attribute of the name.
    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// Whether a user may be given these values; those that stand already may differ only where they may
    /// be changed.
    ///
    /// # Errors
    /// The first that may not (the words `Attributes did not conform to the schema` are AWS's, what
    /// follows them is `unverified` but for an attribute that is not there).
    pub fn check(
        &self,
        given: &BTreeMap<String, String>,
        standing: Option<&BTreeMap<String, String>>,
    ) -> Result<(), Error> {
        let wrong = |name: &str, problem: &str| {
            let text = format!("Attributes did not conform to the schema: {name}: {problem}\n");
            Err(Error::parameter("UserAttributes", text))
        };
        for (name, value) in given {
            let Some(attribute) = self.find(name) else {
                return wrong(name, "Attribute does not exist in the schema.");
            };
            let before = standing.and_then(|standing| standing.get(name));
            let is_fixed = name == "sub" || attribute.mutable == Some(false);
            let is_changed = before.is_some_and(|before| before != value) || name == "sub";
            if standing.is_some() && is_fixed && is_changed || name == "sub" {
                return wrong(name, "Attribute cannot be updated.");
            }
            if let Err(problem) = attribute.check(value) {
                return wrong(name, &problem);
            }
        }
        let lacks = |attribute: &&SchemaAttribute| {
            attribute.required == Some(true)
                && attribute.name != "sub"
                && !given.contains_key(&attribute.name)
                && standing.is_none()
        };
        match self.0.iter().find(lacks) {
            Some(attribute) => wrong(&attribute.name, "The attribute is required"),
            None => Ok(()),
        }
    }
}

/// What a pool may change of a standard attribute.
fn merge(standing: &mut SchemaAttribute, given: SchemaAttribute) {
    standing.mutable = given.mutable.or(standing.mutable);
    standing.required = given.required.or(standing.required);
    if given.number_attribute_constraints.is_some() {
        standing.number_attribute_constraints = given.number_attribute_constraints;
    }
    if given.string_attribute_constraints.is_some() {
        standing.string_attribute_constraints = given.string_attribute_constraints;
    }
}

fn check_kind(attribute: &SchemaAttribute) -> Result<(), Error> {
    let name = &attribute.name;
    if !attribute.is_standard() && attribute.attribute_data_type.is_none() {
        let text =
            "Invalid AttributeDataType input, consider using the provided AttributeDataType enum.";
        return Err(Error::parameter("Schema", text));
    }
    let standard = STANDARD.iter().find(|(standard, _)| standard == name);
    let is_changed = standard.is_some_and(|(_, kind)| {
        let given = attribute.attribute_data_type.as_deref();
        given.is_some_and(|given| given != *kind)
            || attribute.developer_only_attribute == Some(true)
    });
    if is_changed {
        let text = format!(
            "You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute {name}"
        );
        return Err(Error::parameter("Schema", text));
    }
    Ok(())
}

fn check_bounds(attribute: &SchemaAttribute) -> Result<(), Error> {
    let name = &attribute.name;
    let wrong = |text: &str| Err(Error::parameter("Schema", format!("user.{name}: {text}")));
    let read = |text: &Option<String>| -> Result<Option<i64>, Error> {
        let read = text.as_deref().map(str::parse::<i64>).transpose();
        // Unverified.
        read.map_err(|_| Error::parameter("Schema", format!("user.{name}: a bound is no number")))
    };
    if let Some(bounds) = &attribute.number_attribute_constraints {
        let (min, max) = (read(&bounds.min_value)?, read(&bounds.max_value)?);
        if min.zip(max).is_some_and(|(min, max)| max < min) {
            return wrong("Max value cannot be less than min value.");
        }
    }
    if let Some(bounds) = &attribute.string_attribute_constraints {
        let (min, max) = (read(&bounds.min_length)?, read(&bounds.max_length)?);
        if [min, max].iter().flatten().any(|it| *it > LENGTH_MAX) {
            return wrong("String attributes cannot have a length of more than 2048");
        }
        if min.zip(max).is_some_and(|(min, max)| max < min) {
            return wrong("Max length cannot be less than min length.");
        }
    }
    Ok(())
}
