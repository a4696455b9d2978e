//! A document as a tree: every value knows the members on the way to it, and errors name them.

use serde_json::{Map, Value as Json};

use crate::apigateway::error::Error;
use crate::apigateway::resource::Texts;
use crate::shared::document;

/// How many references may lead from one to the next.
const REFERENCES_MAX: usize = 16;
/// What every extension of API Gateway begins with.
pub(super) const EXTENSION: &str = "x-amazon-apigateway-";

/// The whole.
#[derive(Debug)]
pub(super) struct Document {
    root: Json,
    /// Whether it is Swagger 2.0.
    pub(super) is_swagger: bool,
}

impl Document {
    /// Reads one.
    ///
    /// # Errors
    /// [`Error::NoDocument`] where the text is none, [`Error::Import`] for a version that is not read.
    pub(super) fn read(text: &str) -> Result<Self, Error> {
        let none = |problem: String| Error::NoDocument { problem };
        let root: Json = document::read(text).map_err(|error| none(error.to_string()))?;
        let version = |member: &str| {
            let version = root.get(member).filter(|version| !version.is_null())?;
            Some(scalar(version).unwrap_or_else(|| version.to_string()))
        };
        let is_swagger = match (version("swagger"), version("openapi")) {
            (Some(version), None) if version == "2.0" || version == "2" => true,
            (None, Some(version)) if version.starts_with("3.0") => false,
            (None, None) => {
                return Err(none(
                    "neither `swagger` nor `openapi` says its version; give `openapi: 3.0.1`"
                        .to_owned(),
                ));
            }
            (Some(version), _) | (None, Some(version)) => {
                let problem = format!("`{version}` is not read; give Swagger 2.0 or OpenAPI 3.0.x");
                return Err(Error::Import(vec![problem]));
            }
        };
        Ok(Self { root, is_swagger })
    }

    /// All of it.
    pub(super) fn root(&self) -> At<'_> {
        At {
            value: &self.root,
            place: String::new(),
        }
    }

    /// What stands in the place: a reference is followed.
    ///
    /// # Errors
    /// It leads nowhere, out of the document, or round in a circle.
    pub(super) fn resolved<'d>(&'d self, at: At<'d>) -> Result<At<'d>, Error> {
        let place = at.place.clone();
        let mut found = at;
        for _ in 0..REFERENCES_MAX {
            let Some(reference) = found.value.get("$ref") else {
                return Ok(found);
            };
            let reference = reference.as_str().unwrap_or_default();
            let pointer = reference.strip_prefix('#');
            let value = pointer.and_then(|pointer| self.root.pointer(pointer));
            let Some(value) = value else {
                let problem = format!("`{reference}` is not in the document");
                return Err(refuse(&format!("{place}.$ref"), &problem));
            };
            let place = pointer.unwrap_or_default().trim_start_matches('/');
            found = At {
                value,
                place: place
                    .replace('/', ".")
                    .replace("~1", "/")
                    .replace("~0", "~"),
            };
        }
        Err(refuse(&place, "its references lead round in a circle"))
    }
}

/// A value and its place.
#[derive(Clone, Debug)]
pub(super) struct At<'d> {
    pub(super) value: &'d Json,
    pub(super) place: String,
}

impl<'d> At<'d> {
    fn below(&self, name: &str, value: &'d Json) -> Self {
        let place = if self.place.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.place)
        };
        Self { value, place }
    }

    /// A member; one that is null is not there.
    pub(super) fn member(&self, name: &str) -> Option<Self> {
        let value = self.value.get(name).filter(|value| !value.is_null())?;
        Some(self.below(name, value))
    }

    /// The extension of this name: `integration`.
    pub(super) fn extension(&self, name: &str) -> Option<Self> {
        self.member(&format!("{EXTENSION}{name}"))
    }

    /// The error about this place.
    pub(super) fn refuse(&self, problem: &str) -> Error {
        refuse(&self.place, problem)
    }

    fn object(&self) -> Result<&'d Map<String, Json>, Error> {
        let object = self.value.as_object();
        object.ok_or_else(|| self.refuse("it has to be a map of names"))
    }

    /// The members, in the order of the document.
    pub(super) fn entries(&self) -> Result<Vec<(&'d str, Self)>, Error> {
        let members = self.object()?.iter();
        Ok(members
            .map(|(name, value)| (name.as_str(), self.below(name, value)))
            .collect())
    }

    /// The members of a member that may be absent.
    pub(super) fn entries_of(&self, name: &str) -> Result<Vec<(&'d str, Self)>, Error> {
        self.member(name)
            .map_or(Ok(Vec::new()), |found| found.entries())
    }

    /// The elements.
    pub(super) fn list(&self) -> Result<Vec<Self>, Error> {
        let list = self.value.as_array();
        let list = list.ok_or_else(|| self.refuse("it has to be a list"))?;
        Ok(list
            .iter()
            .enumerate()
            .map(|(position, value)| self.below(&position.to_string(), value))
            .collect())
    }

    /// The elements of a member that may be absent.
    pub(super) fn list_of(&self, name: &str) -> Result<Vec<Self>, Error> {
        self.member(name)
            .map_or(Ok(Vec::new()), |found| found.list())
    }

    /// A text; numbers and truth values are taken as what they are written as (recorded for a status).
    pub(super) fn text(&self) -> Result<String, Error> {
        scalar(self.value).ok_or_else(|| self.refuse("it has to be a text"))
    }

    /// A member's text.
    pub(super) fn text_of(&self, name: &str) -> Result<Option<String>, Error> {
        self.member(name).map(|found| found.text()).transpose()
    }

    /// A member's text that AWS's enums have in capitals: `when_no_match`.
    pub(super) fn capitals_of(&self, name: &str) -> Result<Option<String>, Error> {
        Ok(self.text_of(name)?.map(|text| text.to_ascii_uppercase()))
    }

    /// A member's truth value.
    pub(super) fn flag_of(&self, name: &str) -> Result<Option<bool>, Error> {
        let Some(found) = self.member(name) else {
            return Ok(None);
        };
        match scalar(found.value).as_deref() {
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            _ => Err(found.refuse("it has to be true or false")),
        }
    }

    /// A member's number.
    pub(super) fn number_of(&self, name: &str) -> Result<Option<i64>, Error> {
        let Some(found) = self.member(name) else {
            return Ok(None);
        };
        let number = scalar(found.value).and_then(|text| text.parse().ok());
        let number = number.ok_or_else(|| found.refuse("it has to be a whole number"))?;
        Ok(Some(number))
    }

    /// A member's texts by name.
    pub(super) fn texts_of(&self, name: &str) -> Result<Option<Texts>, Error> {
        let Some(found) = self.member(name) else {
            return Ok(None);
        };
        let entries = found.entries()?.into_iter();
        let texts = entries.map(|(name, value)| Ok((name.to_owned(), value.text()?)));
        texts.collect::<Result<_, Error>>().map(Some)
    }

    /// A member's list of texts.
    pub(super) fn names_of(&self, name: &str) -> Result<Vec<String>, Error> {
        self.list_of(name)?.iter().map(Self::text).collect()
    }

    /// Refuses members that nothing reads.
    ///
    /// # Errors
    /// [`Error::Import`] names one.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), Error> {
        let mut names = self.object()?.keys();
        let other = names.find(|name| !known.contains(&name.as_str()));
        other.map_or(Ok(()), |name| {
            let problem = format!("`{name}` is none of {}", known.join(", "));
            Err(self.refuse(&problem))
        })
    }

    /// Refuses extensions of API Gateway that nothing reads.
    ///
    /// # Errors
    /// [`Error::NotImplemented`] names one.
    pub(super) fn only_extensions(&self, known: &[&str]) -> Result<(), Error> {
        let names = self.object()?.keys();
        let mut extensions = names.filter_map(|name| Some((name, name.strip_prefix(EXTENSION)?)));
        let other = extensions.find(|(_, name)| !known.contains(name));
        other.map_or(Ok(()), |(name, _)| {
            let place = if self.place.is_empty() {
                String::new()
            } else {
                format!(" in `{}`", self.place)
            };
            Err(Error::not_implemented(&format!("`{name}`{place}")))
        })
    }
}

fn refuse(place: &str, problem: &str) -> Error {
    Error::Import(vec![format!("`{place}`: {problem}")])
}

fn scalar(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}
