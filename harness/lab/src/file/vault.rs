//! What the file says of Vault, checked: by the rules of the embedded server, and for the backend that
//! reads it.

use authlab_kernel::Secret;
use authlab_vault::{Flavour, MountConfig, UnknownFlavour, VaultConfig};
use toml::Spanned;

use super::check::Checker;
use super::{LabFileError, SpelledMount, SpelledVault, Vault, VaultMount};
use crate::backend::Backend;

impl Checker<'_> {
    /// `backend` is what the file itself chooses; what the command line chooses is seen later.
    pub(super) fn vault(
        &self,
        spelled: &SpelledVault,
        backend: Backend,
    ) -> Result<Vault, LabFileError> {
        let vault = Vault {
            flavour: match &spelled.flavour {
                Some(stated) => Some(self.flavour(stated)?),
                None => None,
            },
            root_token: match &spelled.root_token {
                Some(stated) => Some(self.root_token(stated)?),
                None => None,
            },
            mounts: self.mounts(&spelled.mount)?,
        };
        let Some(field) = vault.unread_by(backend) else {
            return Ok(vault);
        };
        let what = Vault::unread_because(backend);
        let texts = [&spelled.root_token, &spelled.flavour];
        let mut places = texts
            .into_iter()
            .flatten()
            .chain(spelled.mount.iter().map(|mount| &mount.path));
        Err(match places.next() {
            Some(place) => self.field(place, field, &what),
            None => self.at(0, &format!("{field}: {what}")),
        })
    }

    fn flavour(&self, stated: &Spanned<String>) -> Result<Flavour, LabFileError> {
        let parsed = stated.get_ref().parse();
        parsed.map_err(|error: UnknownFlavour| self.field(stated, "vault.flavour", &error))
    }

    /// Nobody can send an empty token, or one with a blank.
    fn root_token(&self, stated: &Spanned<String>) -> Result<String, LabFileError> {
        let text = stated.get_ref();
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Ok(text.clone());
        }
        let what = "give letters, digits or signs of ASCII, without blanks";
        Err(self.field(stated, "vault.root_token", &what))
    }

    fn mounts(&self, spelled: &[SpelledMount]) -> Result<Vec<VaultMount>, LabFileError> {
        let mut config = VaultConfig {
            root_token: Some(Secret::new("unused")),
            ..VaultConfig::default()
        };
        let mut mounts = Vec::new();
        for stated in spelled {
            let mount = VaultMount {
                path: stated.path.get_ref().clone(),
                engine: stated.engine.get_ref().clone(),
                version: self.version(stated)?,
            };
            if mount.path.trim_matches('/').is_empty() {
                return Err(self.field(&stated.path, "vault.mount.path", &"give a path"));
            }
            config.mounts.push(mount.config());
            if let Err(error) = config.check_mounts() {
                return Err(match self.path_is_wrong(config, &mount) {
                    true => self.field(&stated.path, "vault.mount.path", &error),
                    false => self.field(&stated.engine, "vault.mount.type", &error),
                });
            }
            mounts.push(mount);
        }
        Ok(mounts)
    }

    /// Whether a mount of a type that every server has would be refused there as well.
    fn path_is_wrong(&self, mut config: VaultConfig, mount: &VaultMount) -> bool {
        config.mounts.pop();
        let is_method = mount.path.trim_start_matches('/').starts_with("auth/");
        config.mounts.push(MountConfig {
            path: mount.path.clone(),
            kind: if is_method { "approle" } else { "kv" }.to_owned(),
            ..MountConfig::default()
        });
        config.check_mounts().is_err()
    }

    fn version(&self, mount: &SpelledMount) -> Result<Option<u8>, LabFileError> {
        let Some(stated) = &mount.version else {
            return Ok(None);
        };
        let what = match (mount.engine.get_ref().as_str(), stated.get_ref()) {
            ("kv" | "generic", 1 | 2) => return Ok(Some(*stated.get_ref())),
            ("kv" | "generic", other) => format!("`{other}` is no version of kv: give 1 or 2"),
            (engine, _) => format!("`{engine}` has none to choose: leave it out"),
        };
        Err(self.field(stated, "vault.mount.version", &what))
    }
}
