//! Parts and versions of the documentation.

use serde::Deserialize;
use serde_json::Value as Json;

use crate::apigateway::documentation::{
    DocumentationLocation, DocumentationPart, DocumentationVersion,
};
use crate::apigateway::error::{Error, Missing};
use crate::apigateway::resource::Api;
use crate::apigateway::rule::check_enum;
use crate::apigateway::state::PART_ID_LENGTH;
use crate::shared::Ctx;

/// The most parts of an API (API Gateway developer guide, `limits.html`).
pub(in crate::apigateway) const PARTS_MAX: usize = 2000;
/// Where a document of OpenAPI has its documentation.
const EXTENSION: &str = "x-amazon-apigateway-documentation";
/// Recorded for the import of APIs.
const NO_DOCUMENT: &str = "Invalid OpenAPI input.";

/// A location's members beside its type.
const PATH: u8 = 1;
const METHOD: u8 = 2;
const STATUS: u8 = 4;
const NAME: u8 = 8;

/// The members that the location of a type may have, and whether it needs a name (API Gateway API
/// reference, `DocumentationPartLocation`).
fn members_of(kind: &str) -> (u8, bool) {
    match kind {
        "AUTHORIZER" | "MODEL" => (NAME, true),
        "RESOURCE" => (PATH, false),
        "METHOD" => (PATH | METHOD, false),
        "PATH_PARAMETER" | "QUERY_PARAMETER" | "REQUEST_HEADER" => (PATH | METHOD | NAME, true),
        // The reference asks for a name, which a body has not (unverified).
        "REQUEST_BODY" => (PATH | METHOD | NAME, false),
        "RESPONSE" | "RESPONSE_BODY" => (PATH | METHOD | STATUS, false),
        "RESPONSE_HEADER" => (PATH | METHOD | STATUS | NAME, true),
        _ => (0, false),
    }
}

impl DocumentationLocation {
    /// Whether there is such a place, of whatever API. (Texts unverified.)
    fn check(&self) -> Result<(), Error> {
        let kind = self.kind.as_str();
        check_enum("location.type", "DocumentationPartType", Some(kind))?;
        let (members, needs_name) = members_of(kind);
        for (member, bit, value) in [
            ("location.path", PATH, &self.path),
            ("location.method", METHOD, &self.method),
            ("location.statusCode", STATUS, &self.status_code),
            ("location.name", NAME, &self.name),
        ] {
            if value.is_some() && members & bit == 0 {
                let problem = format!("a location of the type {kind} has none: leave it out");
                return Err(Error::invalid(member, problem));
            }
        }
        if needs_name && self.name.as_deref().unwrap_or_default().is_empty() {
            let problem = format!("a location of the type {kind} needs it");
            return Err(Error::invalid("location.name", problem));
        }
        Ok(())
    }

    /// The place with what it means where nothing is said.
    fn whole(&self) -> (&str, &str, &str, &str, &str) {
        (
            &self.kind,
            self.path.as_deref().unwrap_or("/"),
            self.method.as_deref().unwrap_or("*"),
            self.status_code.as_deref().unwrap_or("*"),
            self.name.as_deref().unwrap_or_default(),
        )
    }

    /// Whether another is the same place.
    fn is(&self, other: &Self) -> bool {
        self.whole() == other.whole()
    }
}

impl Api {
    /// A part of the documentation.
    ///
    /// # Errors
    /// There is none. (Recorded.)
    pub fn documentation_part(&self, id: &str) -> Result<&DocumentationPart, Error> {
        let mut parts = self.documentation.parts.iter();
        let found = parts.find(|part| part.id == id);
        found.ok_or_else(|| Missing::DocumentationPart.named(id))
    }

    /// Makes a part of the documentation.
    ///
    /// # Errors
    /// It cannot be, there are too many, or its place has one.
    pub fn add_documentation_part(
        &mut self,
        mut part: DocumentationPart,
        ctx: &Ctx<'_>,
    ) -> Result<DocumentationPart, Error> {
        check_part(&part)?;
        if self.documentation.parts.len() >= PARTS_MAX {
            return Err(Error::Quota {
                of: "documentation parts of the API",
                limit: PARTS_MAX,
            });
        }
        let mut parts = self.documentation.parts.iter();
        if let Some(other) = parts.find(|other| other.location.is(&part.location)) {
            return Err(Error::Taken {
                what: "documentation part",
                name: other.id.clone(),
                // Unverified.
                text: "Documentation part already exists for the specified location".to_owned(),
            });
        }
        let kind = &part.location.kind;
        part.id = self.draw("documentation-part-id", kind, PART_ID_LENGTH, ctx);
        self.documentation.parts.push(part.clone());
        Ok(part)
    }

    /// Keeps a part that is changed.
    ///
    /// # Errors
    /// It cannot be.
    pub fn put_documentation_part(
        &mut self,
        part: DocumentationPart,
    ) -> Result<DocumentationPart, Error> {
        check_part(&part)?;
        let mut parts = self.documentation.parts.iter_mut();
        let found = parts.find(|other| other.id == part.id);
        let found = found.ok_or_else(|| Missing::DocumentationPart.named(&part.id))?;
        *found = part.clone();
        Ok(part)
    }

    /// Takes a part of the documentation away.
    ///
    /// # Errors
    /// There is none. (Recorded.)
    pub fn remove_documentation_part(&mut self, id: &str) -> Result<(), Error> {
        self.documentation_part(id)?;
        self.documentation.parts.retain(|part| part.id != id);
        Ok(())
    }

    /// Takes the parts of a document of OpenAPI: their ids, and what was left out and why. Merged, a
    /// part takes the place of the one of the same location (unverified), and the others stay.
    ///
    /// # Errors
    /// The document cannot be read, or there are too many parts.
    pub fn import_documentation(
        &mut self,
        document: &[u8],
        overwrites: bool,
        ctx: &Ctx<'_>,
    ) -> Result<(Vec<String>, Vec<String>), Error> {
        let given = parts_of(document)?;
        if overwrites {
            self.documentation.parts.clear();
        }
        let (mut ids, mut warnings) = (Vec::new(), Vec::new());
        for part in given {
            let part = DocumentationPart {
                id: String::new(),
                properties: part.properties.to_string(),
                location: part.location,
            };
            let mut parts = self.documentation.parts.iter();
            let same = parts.find(|other| other.location.is(&part.location));
            let same = same.map(|other| other.id.clone());
            let kept = match same {
                Some(id) => self.put_documentation_part(DocumentationPart { id, ..part }),
                None => self.add_documentation_part(part, ctx),
            };
            match kept {
                Ok(part) if ids.contains(&part.id) => {}
                Ok(part) => ids.push(part.id),
                Err(error @ Error::Quota { .. }) => return Err(error),
                Err(error) => warnings.push(error.to_string()),
            }
        }
        Ok((ids, warnings))
    }

    /// A version of the documentation.
    ///
    /// # Errors
    /// There is none.
    pub fn documentation_version(&self, name: &str) -> Result<&DocumentationVersion, Error> {
        let mut versions = self.documentation.versions.iter();
        let found = versions.find(|it| it.version == name);
        found.ok_or_else(|| Missing::DocumentationVersion.named(name))
    }

    /// Makes a version of the documentation; a stage that is named has it from now on.
    ///
    /// # Errors
    /// The name is empty or taken, or there is no such stage. (Texts unverified.)
    pub fn add_documentation_version(
        &mut self,
        mut version: DocumentationVersion,
        stage: Option<&str>,
        ctx: &Ctx<'_>,
    ) -> Result<DocumentationVersion, Error> {
        let name = version.version.clone();
        if name.is_empty() {
            return Err(Error::invalid(
                "documentationVersion",
                "a version has a name",
            ));
        }
        if self.documentation_version(&name).is_ok() {
            return Err(Error::Taken {
                what: "documentation version",
                name,
                text: "Documentation version already exists".to_owned(),
            });
        }
        if let Some(stage) = stage {
            let found = self.stages.get_mut(stage);
            let found = found.ok_or_else(|| Missing::Stage.named(stage))?;
            found.documentation_version = Some(name);
            found.last_updated_date = Some(ctx.now);
        }
        version.created_date = Some(ctx.now);
        version.description = version.description.filter(|text| !text.is_empty());
        self.documentation.versions.push(version.clone());
        Ok(version)
    }

    /// Keeps a version that is changed.
    ///
    /// # Errors
    /// There is none.
    pub fn put_documentation_version(
        &mut self,
        version: DocumentationVersion,
    ) -> Result<DocumentationVersion, Error> {
        let mut versions = self.documentation.versions.iter_mut();
        let found = versions.find(|it| it.version == version.version);
        let found = found.ok_or_else(|| Missing::DocumentationVersion.named(&version.version))?;
        *found = version.clone();
        Ok(version)
    }

    /// Takes a version away that no stage has.
    ///
    /// # Errors
    /// There is none, or a stage has it (unverified, after deployments).
    pub fn remove_documentation_version(&mut self, name: &str) -> Result<(), Error> {
        self.documentation_version(name)?;
        let mut stages = self.stages.values();
        let has = stages.find(|it| it.documentation_version.as_deref() == Some(name));
        if let Some(stage) = has {
            return Err(Error::InUse {
                is_conflict: false,
                what: "documentation version",
                name: name.to_owned(),
                by: format!("the stage {}", stage.stage_name),
                text:
                    "Active stages pointing to this documentation version must be moved or deleted"
                        .to_owned(),
            });
        }
        self.documentation.versions.retain(|it| it.version != name);
        Ok(())
    }
}

/// Whether a part can be. (Texts unverified.)
fn check_part(part: &DocumentationPart) -> Result<(), Error> {
    part.location.check()?;
    if part.properties.is_empty() {
        return Err(Error::stated(
            "Documentation part properties must be non-empty",
        ));
    }
    let is_object = serde_json::from_str::<Json>(&part.properties).is_ok_and(|it| it.is_object());
    if !is_object {
        return Err(Error::invalid("properties", "give a JSON object"));
    }
    Ok(())
}

/// A part as a document has it: its properties are no text there.
#[derive(Deserialize)]
struct Imported {
    #[serde(default)]
    location: DocumentationLocation,
    #[serde(default)]
    properties: Json,
}

/// The parts of a document in JSON; one in YAML is not read.
fn parts_of(document: &[u8]) -> Result<Vec<Imported>, Error> {
    let invalid = || Error::stated(NO_DOCUMENT);
    let text = std::str::from_utf8(document).map_err(|_| invalid())?;
    if !text.trim_start().starts_with('{') {
        return Err(Error::not_implemented(
            "the import of documentation from a document that is not JSON",
        ));
    }
    let mut document: Json = serde_json::from_str(text).map_err(|_| invalid())?;
    if document
        .get("openapi")
        .or(document.get("swagger"))
        .is_none()
    {
        return Err(invalid());
    }
    let parts = document
        .get_mut(EXTENSION)
        .and_then(|it| it.get_mut("documentationParts"));
    match parts.map(Json::take) {
        None => Ok(Vec::new()),
        Some(parts) => serde_json::from_value(parts).map_err(|_| invalid()),
    }
}
