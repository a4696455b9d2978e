//! What can go wrong with containers. Each text says what to do next.

use crate::image::Service;

/// An error of the engine, an image, or a container.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ContainerError {
    /// Nothing answers where the engine should be.
    #[error(
        "no Docker engine answers at `{host}` ({reason}): start one, set DOCKER_HOST, or run on the embedded backend"
    )]
    NoEngine {
        /// The address that was tried.
        host: String,
        /// What the attempt said.
        reason: String,
    },
    /// The engine's socket is there and this user may not use it.
    #[error(
        "the Docker engine's socket at `{host}` refuses this user: add the user to the group `docker` (`usermod -aG docker USER`, then log in again), or set DOCKER_HOST to a rootless engine"
    )]
    NoPermission {
        /// The address that was tried.
        host: String,
    },
    /// The image is neither there nor to be had.
    #[error(
        "the image `{image}` for {service} is not there and cannot be pulled ({reason}): `cargo ci images` builds or pulls what is needed, `{variable}` selects another"
    )]
    NoImage {
        /// What the image is for.
        service: Service,
        /// The image's name with its tag.
        image: String,
        /// The environment variable that selects another.
        variable: &'static str,
        /// Why it could not be pulled.
        reason: String,
    },
    /// A LocalStack that does not start without an account at its vendor.
    #[error(
        "`{image}` starts only with a token: set LOCALSTACK_AUTH_TOKEN, or select `localstack/localstack:4.14.0`, the last release without one"
    )]
    TokenNeeded {
        /// The image's name with its tag.
        image: String,
    },
    /// An environment variable that cannot be read.
    #[error("`{variable}` is `{value}`, which is no {expected}: correct or unset it")]
    BadVariable {
        /// The variable's name.
        variable: String,
        /// What it holds.
        value: String,
        /// What it should hold.
        expected: &'static str,
    },
    /// A port that was asked for is in use.
    #[error(
        "port {port} for {service} is taken: stop what listens there (`ss -ltnp 'sport = :{port}'`), or unset `{variable}` so that the engine picks a free one"
    )]
    PortTaken {
        /// What the port is for.
        service: Service,
        /// The port.
        port: u16,
        /// The environment variable that asked for it.
        variable: &'static str,
    },
    /// The engine has no room left.
    #[error(
        "the engine's disk is full while {doing}: `docker system df` shows what takes the room, `docker system prune` frees what nobody uses"
    )]
    DiskFull {
        /// What was being done.
        doing: String,
    },
    /// A container that ended before it was ready.
    #[error(
        "{service} (`{image}`) exited with code {code} before it was ready; its last lines:\n{logs}"
    )]
    Exited {
        /// What the container is for.
        service: Service,
        /// Its image.
        image: String,
        /// Its exit code.
        code: i64,
        /// Its last log lines.
        logs: String,
    },
    /// A container that runs and never answers as a healthy one does.
    #[error(
        "{service} (`{image}`) was not healthy within {deadline_s} s ({last}): `AUTHLAB_START_DEADLINE_S` allows more; its last lines:\n{logs}"
    )]
    NeverHealthy {
        /// What the container is for.
        service: Service,
        /// Its image.
        image: String,
        /// How long it was given, in seconds.
        deadline_s: u64,
        /// What the last health request met.
        last: String,
        /// Its last log lines.
        logs: String,
    },
    /// A container of the set that is gone or stopped in the middle of a run.
    #[error(
        "{service} (container `{name}`) {state} in the middle of the run; the next lease starts a new one; its last lines:\n{logs}"
    )]
    Gone {
        /// What the container is for.
        service: Service,
        /// Its name.
        name: String,
        /// How it ended, as far as the engine knows.
        state: String,
        /// Its last log lines.
        logs: String,
    },
    /// The lease does not hold this service.
    #[error("the lease holds no {service}: ask for it in `Wanted`")]
    NotLeased {
        /// What was asked for.
        service: Service,
    },
    /// Anything else that the engine said.
    #[error("the Docker engine failed while {doing}: {reason}")]
    Engine {
        /// What was being done.
        doing: String,
        /// What the engine said.
        reason: String,
    },
    /// The files through which the processes of a run share a set.
    #[error(
        "the shared state in `{path}` cannot be used ({reason}): set AUTHLAB_STATE_DIR to a writable folder"
    )]
    State {
        /// The file or folder.
        path: String,
        /// What the system said.
        reason: String,
    },
}

impl ContainerError {
    /// The error for what the engine answered while `doing`.
    pub(crate) fn engine(doing: impl Into<String>, reason: impl ToString) -> Self {
        let (doing, reason) = (doing.into(), reason.to_string());
        if reason.contains("no space left on device") {
            return Self::DiskFull { doing };
        }
        Self::Engine { doing, reason }
    }

    /// The error with where the whole log of the container is.
    pub(crate) fn with_log(mut self, path: Option<&std::path::Path>) -> Self {
        if let Self::Exited { logs, .. } | Self::NeverHealthy { logs, .. } = &mut self
            && let Some(path) = path
        {
            logs.push_str(&format!("\n  (whole log: `{}`)", path.display()));
        }
        self
    }

    /// The error for a file of the shared state.
    pub(crate) fn state(path: &std::path::Path, reason: impl ToString) -> Self {
        Self::State {
            path: path.display().to_string(),
            reason: reason.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_from_other_faults() {
        let full =
            ContainerError::engine("creating a container", "write /x: no space left on device");
        assert!(matches!(full, ContainerError::DiskFull { .. }), "{full}");
        assert!(full.to_string().contains("docker system df"), "{full}");
        let other = ContainerError::engine("creating a container", "conflict");
        assert_eq!(
            other.to_string(),
            "the Docker engine failed while creating a container: conflict"
        );
    }
}
