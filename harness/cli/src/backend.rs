//! Which backends the arguments and the environment choose.

use anyhow::anyhow;
use authlab::backend::{HAS_CONTAINERS, PlaceError};
use authlab::{Backend, BackendChoice};

use crate::arguments::BackendOptions;
use crate::end::Usage;

/// What the command line chooses, and where it says nothing the environment. A container is refused
/// at once in a build without containers, before a lab starts for each scenario.
pub fn choice(options: &BackendOptions) -> Result<BackendChoice, Usage> {
    let read = |option: &str, word: &Option<String>| {
        let read = |word: &String| {
            word.parse::<Backend>()
                .map_err(|error| Usage(anyhow!("--{option}: {error}")))
        };
        word.as_ref().map(read).transpose()
    };
    let own = BackendChoice {
        all: read("backend", &options.backend)?,
        aws: read("aws", &options.aws)?,
        vault: read("vault", &options.vault)?,
        oidc: read("oidc", &options.oidc)?,
        unchecked: options.unchecked.clone(),
        allow_writes: options.allow_writes.clone(),
    };
    let environment = BackendChoice::from_environment().map_err(|error| Usage(anyhow!(error)))?;
    let choice = own.or(environment);
    let backends = choice.backends();
    if backends.have_container() && !HAS_CONTAINERS {
        return Err(Usage(anyhow!(PlaceError::WithoutContainers { backends })));
    }
    Ok(choice)
}
