//! Where the features are: the lab file and the documents beside them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use authlab::LabFile;

use crate::{
    error::{StepError, StepResult},
    runner::scenario::ScenarioContext,
};

/// The file that states the lab of all features below its folder.
const LAB_FILE: &str = "lab.toml";

/// The folder where the names of features start.
#[derive(Clone, Debug)]
pub(crate) struct Home(PathBuf);

impl Home {
    /// The folder above the feature file that the scenario's id starts at: of
    /// `features/gateway/jwt.feature` with the id `gateway/jwt/no-token` it is `features`.
    pub(crate) fn of(context: &ScenarioContext) -> Self {
        let stem = context.feature_file.with_extension("");
        let id = Path::new(&context.id);
        let named = id
            .ancestors()
            .find(|prefix| !prefix.as_os_str().is_empty() && stem.ends_with(prefix));
        let depth = named.map_or(1, |prefix| prefix.components().count());
        let folder = stem.ancestors().nth(depth).unwrap_or(Path::new(""));
        Self(folder.to_owned())
    }

    /// The lab that the features state, else the default one.
    pub(crate) fn lab_file(&self) -> Result<LabFile, authlab::LabFileError> {
        let path = self.0.join(LAB_FILE);
        if path.is_file() {
            LabFile::read(&path)
        } else {
            Ok(LabFile::default())
        }
    }

    /// The text of a document, named from this folder on: `gateway/reports.openapi.json`.
    pub(crate) fn read(&self, name: &str) -> StepResult<String> {
        let path = self.0.join(name);
        fs::read_to_string(&path).map_err(|error| {
            let shown = path.display();
            StepError::new(format!(
                "`{name}` cannot be read: {error} (looked for {shown})"
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_home_is_where_the_id_starts() {
        for (file, id, home) in [
            (
                "/x/features/gateway/jwt.feature",
                "gateway/jwt/no-token",
                "/x/features",
            ),
            (
                "/x/features/federation/looker.feature",
                "federation/looker/a-rule/a",
                "/x/features",
            ),
            ("jwt.feature", "jwt/no-token", ""),
            ("/elsewhere/jwt.feature", "other/name", "/elsewhere"),
        ] {
            let context = ScenarioContext {
                feature_file: file.into(),
                line: 1,
                id: id.to_owned(),
                name: String::new(),
                tags: Vec::new(),
                seed: 1,
            };
            assert_eq!(Home::of(&context).0, Path::new(home), "{file} {id}");
        }
    }
}
