//! What a lab is started with.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use authlab_aws::front::ClientClock;
use authlab_http::Guests;

use crate::backend::BackendChoice;
use crate::clock_start::ClockStart;
use crate::error::LabError;
use crate::file::{LabFile, Vault};

/// The lab's ports; 0 is any free one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ports {
    /// Every AWS service and the gateway.
    pub aws: u16,
    /// Vault.
    pub vault: u16,
    /// The OpenID Connect provider.
    pub oidc: u16,
    /// The control API.
    pub control: u16,
}

/// Builds a lab. By default: the default lab file, seed 1, a standing clock, any free ports.
#[derive(Clone, Debug)]
pub struct LabBuilder {
    pub(crate) file: LabFile,
    pub(crate) seed: Option<u64>,
    pub(crate) clock: Option<ClockStart>,
    pub(crate) clock_default: ClockStart,
    pub(crate) client_clock: ClientClock,
    pub(crate) ports: Ports,
    pub(crate) ip: Ipv4Addr,
    pub(crate) journal_file: Option<PathBuf>,
    pub(crate) journal_bytes_max: Option<usize>,
    pub(crate) files: Option<PathBuf>,
    pub(crate) backends: BackendChoice,
    pub(crate) guests: Guests,
}

impl Default for LabBuilder {
    fn default() -> Self {
        Self {
            file: LabFile::default(),
            seed: None,
            clock: None,
            clock_default: ClockStart::test(),
            client_clock: ClientClock::Lab,
            ports: Ports::default(),
            ip: Ipv4Addr::LOCALHOST,
            journal_file: None,
            journal_bytes_max: None,
            files: None,
            backends: BackendChoice::default(),
            guests: Guests::default(),
        }
    }
}

impl LabBuilder {
    /// The lab as a file states it.
    #[must_use]
    pub fn file(mut self, file: LabFile) -> Self {
        self.file = file;
        self
    }

    /// The lab as the file at `path` states it.
    ///
    /// # Errors
    /// [`LabError::File`], with the line and the field.
    pub fn lab_file(self, path: &Path) -> Result<Self, LabError> {
        Ok(self.file(LabFile::read(path)?))
    }

    /// The seed, whatever the file says.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// How the clock starts, whatever the file says.
    #[must_use]
    pub fn clock(mut self, clock: ClockStart) -> Self {
        self.clock = Some(clock);
        self
    }

    /// How the clock starts when the file does not say.
    #[must_use]
    pub fn clock_default(mut self, clock: ClockStart) -> Self {
        self.clock_default = clock;
        self
    }

    /// Which clock the clients sign by; test labs give theirs the lab's, `authlab up` expects the
    /// machine's.
    #[must_use]
    pub fn client_clock(mut self, client_clock: ClientClock) -> Self {
        self.client_clock = client_clock;
        self
    }

    /// The ports.
    #[must_use]
    pub fn ports(mut self, ports: Ports) -> Self {
        self.ports = ports;
        self
    }

    /// Lets pages of this origin (`http://localhost:3000`) call every port from a browser and read the
    /// answers, but for those of an API, whose own CORS says so. Without it every foreign origin is
    /// refused.
    ///
    /// # Errors
    /// [`LabError::Guest`] when it is no origin.
    pub fn allow_origin(self, origin: &str) -> Result<Self, LabError> {
        self.guests.allow_origin(origin)?;
        Ok(self)
    }

    /// Answers requests whose `Host` is this name, beside loopback, AWS's names and those that the
    /// lab file maps to a port of the lab.
    ///
    /// # Errors
    /// [`LabError::Guest`] when it is no host.
    pub fn allow_host(self, host: &str) -> Result<Self, LabError> {
        self.guests.allow_host(host)?;
        Ok(self)
    }

    /// How many bytes of memory the journal's events may take, instead of 64 MiB: beyond that the
    /// oldest are forgotten. The file, if there is one, has them all.
    #[must_use]
    pub fn journal_bytes_max(mut self, bytes: usize) -> Self {
        self.journal_bytes_max = Some(bytes);
        self
    }

    /// Writes every event of the journal to this file too, as JSON lines.
    #[must_use]
    pub fn journal_file(mut self, file: &Path) -> Self {
        self.journal_file = Some(file.to_path_buf());
        self
    }

    /// The folder below which every file lies that a client names (audit devices); without one they
    /// lie in a folder that goes with the lab.
    #[must_use]
    pub fn files(mut self, folder: &Path) -> Self {
        self.files = Some(folder.to_path_buf());
        self
    }

    /// Which systems are containers or elsewhere, before what the file says. The environment is read
    /// by whoever wants it to count: [`BackendChoice::from_environment`].
    #[must_use]
    pub fn backends(mut self, backends: BackendChoice) -> Self {
        self.backends = backends;
        self
    }

    pub(crate) fn address(&self, port: u16) -> SocketAddr {
        SocketAddr::from((self.ip, port))
    }

    /// The backends, all things considered.
    pub(crate) fn backend_choice(&self) -> BackendChoice {
        self.backends.clone().or(self.file.backends.clone())
    }

    /// What the clock starts with, all things considered. What is not embedded runs on the machine's
    /// time: a time that was stated, wherever, is refused beside it, and what nobody stated is that.
    ///
    /// # Errors
    /// [`LabError::ClockBesideForeign`].
    pub(crate) fn clock_start(&self) -> Result<ClockStart, LabError> {
        let stated = self.clock.or(self.file.clock);
        if self.backend_choice().backends().are_embedded() {
            return Ok(stated.unwrap_or(self.clock_default));
        }
        match stated {
            Some(ClockStart::Standing(_)) => Err(LabError::ClockBesideForeign),
            Some(ClockStart::Wall) | None => Ok(ClockStart::Wall),
        }
    }

    /// Refuses what the lab file says of a Vault that is another one than it says it of.
    ///
    /// # Errors
    /// [`LabError::Statement`] names the field.
    pub(crate) fn check_vault(&self) -> Result<(), LabError> {
        let backend = self.backend_choice().backends().vault;
        self.file.vault.unread_by(backend).map_or(Ok(()), |field| {
            Err(LabError::Statement {
                field: field.to_owned(),
                reason: Vault::unread_because(backend),
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::Backend;

    #[test]
    fn a_time_that_was_stated_stands_only_where_everything_is_embedded() {
        let noon = ClockStart::test();
        let later = "2026-02-01T00:00:00Z".parse().unwrap();
        let wall = ClockStart::Wall;
        for (file, option, embedded, foreign) in [
            (None, None, noon, Some(wall)),
            (None, Some(wall), wall, Some(wall)),
            (None, Some(later), later, None),
            (Some(later), None, later, None),
            (Some(later), Some(wall), wall, Some(wall)),
            (Some(wall), None, wall, Some(wall)),
            (Some(wall), Some(later), later, None),
        ] {
            let start = |backends: BackendChoice| {
                let builder = LabBuilder {
                    clock: option,
                    backends,
                    ..LabBuilder::default()
                };
                let file = LabFile {
                    clock: file,
                    ..LabFile::default()
                };
                builder.file(file).clock_start().ok()
            };
            assert_eq!(start(BackendChoice::default()), Some(embedded));
            for backend in [Backend::Container, Backend::External] {
                let one = BackendChoice {
                    oidc: Some(backend),
                    ..BackendChoice::default()
                };
                assert_eq!(start(one), foreign, "{backend} {file:?} {option:?}");
                assert_eq!(start(BackendChoice::all(backend)), foreign, "{backend}");
            }
        }
    }

    #[test]
    fn what_the_file_says_of_vault_is_read_by_the_vault_that_was_chosen() {
        for (text, container, external) in [
            ("root_token = \"root\"", false, false),
            ("flavour = \"openbao\"", false, false),
            ("mount = [{ path = \"a\", type = \"kv\" }]", true, false),
            ("", true, true),
        ] {
            let text = format!("[vault]\n{text}\n");
            for (backend, read) in [
                (Backend::Embedded, true),
                (Backend::Container, container),
                (Backend::External, external),
            ] {
                let file = LabFile::parse(Path::new("lab.toml"), &text).unwrap();
                let chosen = BackendChoice {
                    vault: Some(backend),
                    ..BackendChoice::default()
                };
                let checked = LabBuilder::default()
                    .file(file)
                    .backends(chosen)
                    .check_vault();
                assert_eq!(checked.is_ok(), read, "{backend}: {text}");
                let in_file = format!("{text}[backend]\nvault = \"{backend}\"\n");
                let parsed = LabFile::parse(Path::new("lab.toml"), &in_file);
                assert_eq!(parsed.is_ok(), read, "{in_file}");
                if let Err(error) = parsed {
                    let error = error.to_string();
                    assert!(error.starts_with("lab.toml:2: vault."), "{error}");
                }
            }
        }
    }
}
