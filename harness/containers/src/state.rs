//! What the processes of one run tell each other about a set of containers: one file, under a lock.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::ContainerError;
use crate::image::Service;
use crate::start::Running;

/// The variable that moves the shared state.
const STATE_FOLDER_VARIABLE: &str = "AUTHLAB_STATE_DIR";

/// The folder of the shared state, which is the user's own.
pub(crate) fn default_folder() -> PathBuf {
    let variable = |name: &str| std::env::var_os(name).filter(|text| !text.is_empty());
    if let Some(folder) = variable(STATE_FOLDER_VARIABLE) {
        return folder.into();
    }
    if let Some(folder) = variable("XDG_RUNTIME_DIR") {
        return PathBuf::from(folder).join("authlab");
    }
    let user = std::env::var("USER").unwrap_or_else(|_| "user".to_owned());
    std::env::temp_dir().join(format!("authlab-{user}"))
}

/// The containers of a set, and how many scenarios have had it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct SetState {
    /// Label of the owner.
    pub owner: String,
    /// How many leases were given: each scenario has a number that no other has.
    pub scenario_count: u32,
    /// Whether a process waits for the owner's end.
    pub has_reaper: bool,
    /// Whether the containers stay after the run.
    pub is_kept: bool,
    /// What runs.
    pub services: BTreeMap<Service, Running>,
}

/// The state, held exclusively: other processes wait until it is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    pub state: SetState,
    path: PathBuf,
    _lock: File,
}

impl Held {
    /// Waits for the lock of `set` and reads its state. A state that cannot be read is a new one:
    /// its containers, if any, have the names that will be used again.
    pub async fn take(folder: &Path, set: &str) -> Result<Self, ContainerError> {
        let path = folder.join(format!("{set}.json"));
        let lock_path = folder.join(format!("{set}.lock"));
        let taken = tokio::task::spawn_blocking(move || take_blocking(path, &lock_path)).await;
        taken.map_err(|error| ContainerError::state(folder, error))?
    }

    /// Writes the state. A reader never sees half of it, since it waits for the lock.
    pub fn write(&self) -> Result<(), ContainerError> {
        let text = serde_json::to_vec_pretty(&self.state)
            .map_err(|error| ContainerError::state(&self.path, error))?;
        fs::write(&self.path, text).map_err(|error| ContainerError::state(&self.path, error))
    }
}

fn take_blocking(path: PathBuf, lock_path: &Path) -> Result<Held, ContainerError> {
    let failed = |error: std::io::Error| ContainerError::state(lock_path, error);
    create_folder(lock_path.parent().unwrap_or(Path::new(".")))?;
    let mut options = OpenOptions::new();
    let lock = options
        .create(true)
        .truncate(false)
        .write(true)
        .open(lock_path)
        .map_err(failed)?;
    lock.lock().map_err(failed)?;
    let state = fs::read(&path)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default();
    Ok(Held {
        state,
        path,
        _lock: lock,
    })
}

/// Makes the folder, for this user alone: addresses of development servers stand in it.
pub(crate) fn create_folder(folder: &Path) -> Result<(), ContainerError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .map_err(|error| ContainerError::state(folder, error))
}

/// Removes the files of a set. The lock goes too: whoever held it is dead or done.
pub(crate) fn forget(folder: &Path, set: &str) {
    for extension in ["json", "lock"] {
        let _gone = fs::remove_file(folder.join(format!("{set}.{extension}")));
    }
}

/// Removes the files of every set that is not kept and whose owner's label fits.
pub(crate) fn forget_where(folder: &Path, is_to_go: impl Fn(&str) -> bool) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        let state = fs::read(&path)
            .ok()
            .filter(|_| {
                path.extension()
                    .is_some_and(|extension| extension == "json")
            })
            .and_then(|bytes| serde_json::from_slice::<SetState>(&bytes).ok());
        if let (Some(state), Some(set)) = (state, path.file_stem().and_then(|stem| stem.to_str()))
            && !state.is_kept
            && is_to_go(&state.owner)
        {
            forget(folder, set);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_state_is_held_by_one_at_a_time_and_read_by_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let mut held = Held::take(folder.path(), "set").await.unwrap();
        let path = folder.path().to_owned();
        let waiting = tokio::spawn(async move { Held::take(&path, "set").await.unwrap() });
        held.state.scenario_count = 7;
        held.write().unwrap();
        assert!(!waiting.is_finished());
        drop(held);
        assert_eq!(waiting.await.unwrap().state.scenario_count, 7);
    }

    #[tokio::test]
    async fn an_unreadable_state_is_a_new_one_and_an_unusable_folder_an_error() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("set.json"), "{half").unwrap();
        assert_eq!(
            Held::take(folder.path(), "set")
                .await
                .unwrap()
                .state
                .scenario_count,
            0
        );
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let error = Held::take(&file, "set").await.unwrap_err();
        assert!(error.to_string().contains("AUTHLAB_STATE_DIR"), "{error}");
    }
}
