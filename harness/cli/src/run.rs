//! `authlab run`: features with live progress, and a summary that explains what failed.

use std::io::IsTerminal as _;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use authlab_scenarios::runner::report::TextReporter;
use authlab_scenarios::runner::run::{RunOptions, run as run_features};
use authlab_scenarios::{Surroundings, World};
use authlab_snapshots::Accept;

use crate::arguments::Run;
use crate::backend;
use crate::end::{End, Stop, Usage};

/// Runs what was asked for. Status 1 when something failed.
pub fn run(arguments: &Run) -> Result<End, Stop> {
    let root = project_root()?;
    let mut options = RunOptions::new(root.join("features"), root.join("snapshots"));
    options.paths.clone_from(&arguments.paths);
    options.tags.clone_from(&arguments.tags);
    options.name.clone_from(&arguments.name);
    options.jobs = match arguments.jobs {
        Some(0) => return Err(Usage(anyhow!("`--jobs 0` runs nothing: give 1 or more")).into()),
        Some(jobs) => NonZeroUsize::new(jobs),
        None => None,
    };
    let backends = backend::choice(&arguments.backends)?;
    let surroundings = Arc::new(Surroundings::default().with_backends(backends));
    if arguments.accept {
        options.accept = Accept::Yes;
    }
    let output = std::io::stdout();
    let color = output.is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let mut reporter = TextReporter::new(output, color);
    let summary = run_features::<World>(&options, &surroundings, &mut reporter)
        .map_err(|error| Usage(anyhow!(error)))?;
    Ok(if summary.is_success() {
        End::Success
    } else {
        End::Failed
    })
}

/// The nearest folder, from the current one upwards, that holds `features/`.
fn project_root() -> Result<PathBuf, Stop> {
    let here = std::env::current_dir().context("there is no current folder")?;
    let root = here
        .ancestors()
        .find(|folder| folder.join("features").is_dir());
    let root = root.map(Path::to_path_buf).ok_or_else(|| {
        Usage(anyhow!(
            "no folder `features` here or above: run this where your scenarios are"
        ))
    })?;
    Ok(root)
}
