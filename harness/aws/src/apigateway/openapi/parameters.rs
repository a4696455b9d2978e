//! What a caller says beside the document: the parameters of ImportRestApi and PutRestApi.

use super::document::Document;
use crate::apigateway::error::Error;
use crate::apigateway::resource::Texts;

/// What stands beside the document.
#[derive(Clone, Debug, Default)]
pub(in crate::apigateway) struct Parameters {
    /// Whether a warning fails the import.
    pub(in crate::apigateway) fail_on_warnings: bool,
    /// The parameters by name.
    pub(in crate::apigateway) parameters: Texts,
}

/// What becomes of the path that all paths of a document stand below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BasePath {
    Ignore,
    Prepend,
    Split,
}

impl Parameters {
    /// Refuses parameters that nobody knows. (AWS's texts are not known.)
    ///
    /// # Errors
    /// [`Error::Invalid`] names the parameter.
    pub(in crate::apigateway) fn check(&self) -> Result<(), Error> {
        for (name, value) in &self.parameters {
            match name.as_str() {
                "basepath" => drop(self.base_path()?),
                "endpointConfigurationTypes" | "vpcEndpointIds" | "ipAddressType" => {}
                "ignore" if value == "documentation" => {}
                "ignore" => {
                    let problem = format!("ignore: `{value}` is not documentation");
                    return Err(Error::invalid("parameters", problem));
                }
                other => {
                    let problem = format!(
                        "`{other}` is none of basepath, endpointConfigurationTypes, ignore, \
                         ipAddressType, vpcEndpointIds"
                    );
                    return Err(Error::invalid("parameters", problem));
                }
            }
        }
        Ok(())
    }

    /// A parameter.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }

    /// Whether documentation is left out.
    pub(super) fn ignores_documentation(&self) -> bool {
        self.get("ignore") == Some("documentation")
    }

    fn base_path(&self) -> Result<BasePath, Error> {
        match self.get("basepath") {
            None | Some("ignore") => Ok(BasePath::Ignore),
            Some("prepend") => Ok(BasePath::Prepend),
            Some("split") => Ok(BasePath::Split),
            Some(other) => {
                let problem = format!("basepath: `{other}` is none of ignore, prepend, split");
                Err(Error::invalid("parameters", problem))
            }
        }
    }

    /// What stands before every path: all of the base path, or all but its first part (recorded).
    pub(super) fn base(
        &self,
        document: &Document,
        warnings: &mut Vec<String>,
    ) -> Result<String, Error> {
        let kind = self.base_path()?;
        if kind == BasePath::Ignore {
            return Ok(String::new());
        }
        let base = if document.is_swagger {
            document.root().text_of("basePath")?.unwrap_or_default()
        } else {
            server_path(document)?
        };
        if !base.is_empty() && !base.starts_with('/') {
            // As observed in public reports.
            warnings.push("Invalid format for 'basePath'. 'basePath' has been ignored.".to_owned());
            return Ok(String::new());
        }
        let base = base.trim_end_matches('/');
        Ok(match kind {
            BasePath::Split => {
                let rest = base.get(1..).and_then(|rest| rest.split_once('/'));
                rest.map_or_else(String::new, |(_, rest)| format!("/{rest}"))
            }
            _ => base.to_owned(),
        })
    }
}

/// The path of the first server, with the defaults of its variables.
fn server_path(document: &Document) -> Result<String, Error> {
    let servers = document.root().list_of("servers")?;
    let Some(server) = servers.first() else {
        return Ok(String::new());
    };
    let mut url = server.text_of("url")?.unwrap_or_default();
    for (name, variable) in server.entries_of("variables")? {
        let default = variable.text_of("default")?.unwrap_or_default();
        // `https://host/{basePath}` with a default that begins with a slash has one slash.
        url = url.replace(
            &format!("/{{{name}}}"),
            &format!("/{}", default.trim_start_matches('/')),
        );
        url = url.replace(&format!("{{{name}}}"), &default);
    }
    let behind = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
    let path = match (url.contains("://"), behind.find('/')) {
        (true, Some(start)) => behind.get(start..).unwrap_or_default(),
        (true, None) => "",
        (false, _) => behind,
    };
    Ok(path.to_owned())
}
