//! Whose server is imitated, and how the three differ.
//!
//! | | `vault` | `openbao` | `openbao-2.7` |
//! |---|---|---|---|
//! | copied from | HashiCorp Vault 1.21 (public documents and source) | OpenBao 2.2 (recorded) | OpenBao 2.7.2 (recorded) |
//! | version that it claims | 1.21.0 | 2.2.0 | 2.7.2 |
//! | service, batch tokens | `hvs.`, `hvb.` | `hvs.`, `hvb.` | `s.`, `b.` |
//! | a token that is not known | two errors | one error | one error |
//! | `auth/aws` | Vault's own | the plug-in's, older | the plug-in's, older |
//! | namespaces | refused by name | ignored | ignored |
//! | `after`, `limit` of a LIST | ignored | ignored | heeded |
//! | userpass `password_hash` | taken | ignored | taken |
//! | a secret id after its end | refused | until the sweep, 60 s | refused |
//! | a chosen root token | created, as in a dev server | of the initialisation | of the initialisation |
//! | a field that cannot be read | named with its value | with its value | without its value |
//! | a claim `Aud` beside the registered `aud` | another claim | another claim | refused |
//! | `token_strictly_bind_ip` of roles | no | yes | yes |
//! | AppRole `bind-secret-id` | an endpoint | an endpoint | no endpoint |
//!
//! What differs is a member of [`Rules`], one constant per flavour: code asks for the rule, never for
//! the product's name.

use std::str::FromStr;

use thiserror::Error;

/// Where the servers word or decide differently, the flavour decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flavour {
    /// HashiCorp Vault 1.21.
    #[default]
    Vault,
    /// OpenBao 2.2.
    OpenBao,
    /// OpenBao 2.7.
    OpenBao27,
}

/// A name that no flavour has.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("`{0}` is no flavour: give vault, openbao or openbao-2.7")]
pub struct UnknownFlavour(String);

impl Flavour {
    /// Every flavour, its name on command lines and in lab files, and the server that it is.
    pub const NAMED: [(Self, &'static str, &'static str); 3] = [
        (Self::Vault, "vault", "HashiCorp Vault 1.21"),
        (Self::OpenBao, "openbao", "OpenBao 2.2"),
        (Self::OpenBao27, "openbao-2.7", "OpenBao 2.7"),
    ];
}

impl FromStr for Flavour {
    type Err = UnknownFlavour;

    /// Reads a name of [`Flavour::NAMED`].
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut named = Self::NAMED.into_iter();
        named
            .find(|(_, name, _)| *name == text)
            .map(|(flavour, _, _)| flavour)
            .ok_or_else(|| UnknownFlavour(text.to_owned()))
    }
}

/// What differs between the flavours.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    /// The product's name in texts.
    pub(crate) product: &'static str,
    /// The command line's name in texts.
    pub(crate) command: &'static str,
    /// The version that the server claims.
    pub(crate) version: &'static str,
    /// The refusal of a token that is not known. Vault names both causes, OpenBao one (reference:
    /// "Flavour" of the corpus's README; grade P for Vault).
    pub(crate) bad_token: &'static str,
    /// What a service token begins with.
    pub(crate) service_prefix: &'static str,
    /// What a batch token begins with.
    pub(crate) batch_prefix: &'static str,
    /// The envelope of an answer names the type of the mount (grade P).
    pub(crate) mount_type: bool,
    /// `X-Vault-Namespace` is refused by name: an isolation that is not there must not be believed
    /// in. OpenBao 2.2's core, the reference, ignored the header.
    pub(crate) refuses_namespaces: bool,
    /// A LIST heeds `after` and `limit`.
    pub(crate) pages_lists: bool,
    /// Userpass takes a password as its bcrypt hash.
    pub(crate) password_hash: bool,
    /// How long after its end a secret id of AppRole still logs in, in seconds: the older server only
    /// swept them away, once a minute (recorded: 1 s after the end it let the login through).
    pub(crate) secret_id_grace_seconds: i64,
    /// The root token that was chosen when the server started is one that was created, as that of a
    /// dev server is; else it is that of the initialisation.
    pub(crate) chosen_root_is_created: bool,
    /// A token in the body of `auth/token/lookup` and its kin must be text, or is no token.
    pub(crate) strict_token_field: bool,
    /// `auth/jwt` shows what the newer one does, and refuses a registered claim in another case.
    pub(crate) newer_jwt: bool,
    /// Roles know `token_strictly_bind_ip`, which is OpenBao's.
    pub(crate) strictly_binds_ip: bool,
    /// AppRole has the endpoint `bind-secret-id` of a role's setting.
    pub(crate) bind_secret_id_setting: bool,
    /// AppRole warns of a period beyond the mount's maximum, too.
    pub(crate) warns_of_period: bool,
    /// `auth/aws` is Vault's own method and not OpenBao's plug-in, which stands at an older state.
    pub(crate) own_aws_method: bool,
}

const VAULT: Rules = Rules {
    product: "Vault",
    command: "vault",
    version: "1.21.0",
    bad_token: "2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n",
    service_prefix: "hvs.",
    batch_prefix: "hvb.",
    mount_type: true,
    refuses_namespaces: true,
    pages_lists: false,
    password_hash: true,
    secret_id_grace_seconds: 0,
    chosen_root_is_created: true,
    strict_token_field: false,
    newer_jwt: false,
    strictly_binds_ip: false,
    bind_secret_id_setting: true,
    warns_of_period: true,
    own_aws_method: true,
};

const OPENBAO: Rules = Rules {
    product: "OpenBao",
    command: "bao",
    version: "2.2.0",
    bad_token: "permission denied",
    service_prefix: "hvs.",
    batch_prefix: "hvb.",
    mount_type: false,
    refuses_namespaces: false,
    pages_lists: false,
    password_hash: false,
    secret_id_grace_seconds: 60,
    chosen_root_is_created: false,
    strict_token_field: false,
    newer_jwt: false,
    strictly_binds_ip: true,
    bind_secret_id_setting: true,
    warns_of_period: true,
    own_aws_method: false,
};

const OPENBAO_27: Rules = Rules {
    version: "2.7.2",
    service_prefix: "s.",
    batch_prefix: "b.",
    pages_lists: true,
    password_hash: true,
    secret_id_grace_seconds: 0,
    strict_token_field: true,
    newer_jwt: true,
    bind_secret_id_setting: false,
    warns_of_period: false,
    ..OPENBAO
};

impl Flavour {
    /// Every flavour.
    pub const ALL: [Self; 3] = [Self::Vault, Self::OpenBao, Self::OpenBao27];

    /// The name on command lines and in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Vault => "vault",
            Self::OpenBao => "openbao",
            Self::OpenBao27 => "openbao-2.7",
        }
    }

    /// What holds for it.
    pub(crate) fn rules(self) -> &'static Rules {
        match self {
            Self::Vault => &VAULT,
            Self::OpenBao => &OPENBAO,
            Self::OpenBao27 => &OPENBAO_27,
        }
    }

    /// The product's name in texts.
    pub(crate) fn product(self) -> &'static str {
        self.rules().product
    }

    /// The command line's name in texts.
    pub(crate) fn command(self) -> &'static str {
        self.rules().command
    }

    /// The version that the server claims.
    pub(crate) fn version(self) -> &'static str {
        self.rules().version
    }

    /// The refusal of a token that is not known.
    pub(crate) fn bad_token(self) -> &'static str {
        self.rules().bad_token
    }
}
