//! Resources: a tree of paths below `/`.

use crate::apigateway::error::{Error, Missing};
use crate::apigateway::resource::{Api, Resource};
use crate::apigateway::state::ID_LENGTH;
use crate::shared::Ctx;

/// The most resources of an API (API Gateway developer guide, `limits.html`).
pub(in crate::apigateway) const RESOURCES_MAX: usize = 300;

/// Unverified.
const NO_PATH_PART: &str = "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path \
                            variable and curly braces at the beginning and the end.";

impl Api {
    /// A resource.
    ///
    /// # Errors
    /// There is none. (Recorded.)
    pub fn resource(&self, id: &str) -> Result<&Resource, Error> {
        let found = self.content.resources.get(id);
        found.ok_or_else(|| Missing::Resource.named(id))
    }

    /// The resources, in the order of their paths (recorded).
    pub fn resources(&self) -> Vec<&Resource> {
        let mut all: Vec<&Resource> = self.content.resources.values().collect();
        all.sort_by(|one, other| one.path.cmp(&other.path));
        all
    }

    /// Makes a resource below another.
    ///
    /// # Errors
    /// There is no such parent, it can have no children, or the part of the path cannot be or is taken.
    pub fn add_resource(
        &mut self,
        parent_id: &str,
        path_part: String,
        ctx: &Ctx<'_>,
    ) -> Result<Resource, Error> {
        self.check_place(parent_id, &path_part, None)?;
        if self.content.resources.len() >= RESOURCES_MAX {
            return Err(Error::Quota {
                of: "resources of the API",
                limit: RESOURCES_MAX,
            });
        }
        let resource = Resource {
            id: self.draw("resource-id", &path_part, ID_LENGTH, ctx),
            parent_id: Some(parent_id.to_owned()),
            path_part: Some(path_part),
            ..Resource::default()
        };
        let id = resource.id.clone();
        self.content.resources.insert(id.clone(), resource);
        self.set_paths();
        self.resource(&id).cloned()
    }

    /// Puts a resource in another place, with all that is below it.
    ///
    /// # Errors
    /// As for one that is made, and where it would be below itself.
    pub fn move_resource(&mut self, id: &str, to: &Resource) -> Result<Resource, Error> {
        let before = self.resource(id)?.clone();
        if (&before.parent_id, &before.path_part) == (&to.parent_id, &to.path_part) {
            return Ok(before);
        }
        let (Some(_), Some(parent), Some(part)) = (&before.parent_id, &to.parent_id, &to.path_part)
        else {
            return Err(Error::invalid(
                "patchOperations",
                "the root stays where it is",
            ));
        };
        let mut above = Some(self.resource(parent)?);
        while let Some(resource) = above {
            if resource.id == id {
                return Err(Error::stated("Resources cannot be cyclical."));
            }
            above = match &resource.parent_id {
                Some(parent) => Some(self.resource(parent)?),
                None => None,
            };
        }
        self.check_place(parent, part, Some(id))?;
        let (parent, part) = (parent.clone(), part.clone());
        if let Some(resource) = self.content.resources.get_mut(id) {
            resource.parent_id = Some(parent);
            resource.path_part = Some(part);
        }
        self.set_paths();
        self.resource(id).cloned()
    }

    /// Takes a resource away, with all that is below it.
    ///
    /// # Errors
    /// There is none, or it is the root (text unverified).
    pub fn remove_resource(&mut self, id: &str) -> Result<(), Error> {
        if self.resource(id)?.parent_id.is_none() {
            return Err(Error::stated("Root resource is not removable"));
        }
        let mut gone = vec![id.to_owned()];
        while let Some(id) = gone.pop() {
            self.content.resources.remove(&id);
            let below = self.content.resources.values();
            let below = below.filter(|it| it.parent_id.as_ref() == Some(&id));
            gone.extend(below.map(|it| it.id.clone()));
        }
        Ok(())
    }

    /// Whether a part of a path can stand below a parent. (The texts about variables are
    /// unverified, that about a taken name is recorded.)
    fn check_place(&self, parent_id: &str, part: &str, own: Option<&str>) -> Result<(), Error> {
        let parent = self.resource(parent_id)?;
        if let Some(above) = parent.path_part.as_deref().filter(|it| it.ends_with("+}")) {
            return Err(Error::stated(format!(
                "Cannot create a child of a resource with a greedy path variable: {above}"
            )));
        }
        if !is_path_part(part) {
            return Err(Error::stated(NO_PATH_PART));
        }
        let siblings =
            self.content.resources.values().filter(|it| {
                it.parent_id.as_deref() == Some(parent_id) && own != Some(it.id.as_str())
            });
        for sibling in siblings.filter_map(|it| it.path_part.as_deref()) {
            if sibling == part {
                return Err(Error::Taken {
                    what: "resource",
                    name: part.to_owned(),
                    text: format!(
                        "Another resource with the same parent already has this name: {part}"
                    ),
                });
            }
            if sibling.starts_with('{') && part.starts_with('{') {
                return Err(Error::stated(format!(
                    "A sibling ({sibling}) of this resource already has a variable path part -- \
                     only one is allowed"
                )));
            }
        }
        Ok(())
    }

    fn set_paths(&mut self) {
        let mut known: Vec<(String, String)> =
            vec![(self.facts.root_resource_id.clone(), String::new())];
        while let Some((parent, above)) = known.pop() {
            for resource in self.content.resources.values_mut() {
                if resource.parent_id.as_deref() == Some(parent.as_str()) {
                    let part = resource.path_part.as_deref().unwrap_or_default();
                    resource.path = format!("{above}/{part}");
                    known.push((resource.id.clone(), resource.path.clone()));
                }
            }
        }
    }
}

/// Letters, digits and `._-:`, or the same in braces, with `+` at the end for a greedy variable.
fn is_path_part(part: &str) -> bool {
    let inner = match part.strip_prefix('{') {
        Some(rest) => rest
            .strip_suffix('}')
            .map(|it| it.strip_suffix('+').unwrap_or(it)),
        None => Some(part),
    };
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"._-:".contains(&byte);
    inner.is_some_and(|inner| !inner.is_empty() && inner.bytes().all(is_word))
}
