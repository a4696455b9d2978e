//! Whose server is imitated.

/// Where HashiCorp Vault and OpenBao word an answer differently, the flavour decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flavour {
    /// HashiCorp Vault.
    #[default]
    Vault,
    /// OpenBao.
    OpenBao,
}

impl Flavour {
    /// The product's name in texts.
    pub(crate) fn product(self) -> &'static str {
        match self {
            Self::Vault => "Vault",
            Self::OpenBao => "OpenBao",
        }
    }

    /// The command line's name in texts.
    pub(crate) fn command(self) -> &'static str {
        match self {
            Self::Vault => "vault",
            Self::OpenBao => "bao",
        }
    }

    /// The version that the server claims.
    pub(crate) fn version(self) -> &'static str {
        match self {
            Self::Vault => "1.20.0",
            Self::OpenBao => "2.2.0",
        }
    }

    /// The refusal of a token that is not known. Vault names both causes, OpenBao one (reference:
    /// "Flavour" of the corpus's README; grade P for Vault).
    pub(crate) fn bad_token(self) -> &'static str {
        match self {
            Self::Vault => "2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n",
            Self::OpenBao => "permission denied",
        }
    }
}
