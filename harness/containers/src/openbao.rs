//! OpenBao in development mode.

use crate::start::Recipe;
use crate::vault::{HEALTH_PATH, PORT, command, root_token};

/// OpenBao refuses audit devices that are made by the API unless its configuration allows them
/// (OpenBao's page "Configuration", `unsafe_allow_api_audit_creation`); the lab makes one.
const CONFIGURATION: &str = "unsafe_allow_api_audit_creation = true\n";
const CONFIGURATION_PATH: &str = "/authlab.hcl";

pub(crate) fn recipe(set: &str) -> Recipe {
    let mut command = command();
    command.push(format!("-config={CONFIGURATION_PATH}"));
    Recipe {
        port: PORT,
        health_path: HEALTH_PATH,
        variables: vec![("BAO_DEV_ROOT_TOKEN_ID".to_owned(), root_token(set))],
        command,
        files: vec![(CONFIGURATION_PATH, CONFIGURATION.to_owned())],
        capabilities: &[],
    }
}
