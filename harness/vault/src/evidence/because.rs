//! What stood against a request beside policies, proofs and ended tokens: the values of both sides.

use authlab_kernel::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Cap, Ended, LeaseNotRevoked, Missing, UnknownAccessor, Unseen};

/// The values that stood against each other when a request was refused. Never a secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Because {
    /// The request came from another address than those that are bound.
    Address(Address),
    /// What was sent as a token is none that is known.
    Token(UnknownToken),
    /// A login named a role that is not there.
    Role(UnknownRole),
    /// A header of a signed request is not one that the mount takes.
    Header(Header),
    /// STS did not say who signed.
    Sts(Sts),
    /// IAM was not, or could not be, asked for a principal.
    Principal(Principal),
    /// The keys or the discovery document of an identity provider cannot be used.
    Provider(Provider),
    /// Name or secret of a login are wrong.
    Credential(Credential),
    /// The user is locked out.
    Lockout(Lockout),
    /// What was to be renewed.
    Renewal(Renewal),
    /// No audit device has written the line.
    Audit(Audit),
    /// The wrapping token is none any more.
    Wrapping(Wrapping),
    /// What was named is not there.
    Missing(Missing),
    /// An accessor names nothing that could be used.
    Accessor(UnknownAccessor),
    /// What was issued could not be ended.
    Revocation(LeaseNotRevoked),
    /// What a relay could not see.
    Unseen(Unseen),
}

/// An address, and what is bound.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// The address that Vault saw.
    pub seen: String,
    /// The first address in `X-Forwarded-For`, if there is one: Vault heeds it only from listeners that are
    /// told to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forwarded_for: Option<String>,
    /// The ranges.
    pub bound: Vec<String>,
    /// Whose ranges they are.
    pub of: BoundBy,
}

/// Whose ranges of addresses count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BoundBy {
    /// The token's own.
    Token,
    /// The role's, or the user's.
    Role,
    /// The secret id's.
    SecretId,
}

/// What is known of a token that is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnknownToken {
    /// What it looks like.
    pub form: Form,
    /// Whether the server knows it once this is mended.
    pub is_known_otherwise: bool,
}

/// What was sent as a token looks like this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// A service token.
    Service,
    /// A batch token.
    Batch,
    /// A JSON Web Token.
    Jwt,
    /// An accessor.
    Accessor,
    /// A token with quotes, blanks or a scheme around it.
    Wrapped,
    /// Something else.
    Other,
}

/// A role that is not there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnknownRole {
    /// The role that was asked for.
    pub role: String,
    /// Some of those that are there, the nearest first.
    pub known: Vec<String>,
}

/// How many roles are told.
const ROLES_SHOWN_MAX: usize = 10;

impl UnknownRole {
    /// A role that is none of those that are known.
    pub fn of<'n>(
        role: &str,
        known: impl IntoIterator<Item = &'n String, IntoIter: Clone>,
    ) -> Self {
        let known = known.into_iter().map(String::as_str);
        let near = authlab_kernel::near::nearest(role, known.clone(), ROLES_SHOWN_MAX);
        let others = known.filter(|known| !near.contains(known));
        let shown = near.iter().copied().chain(others);
        Self {
            role: role.to_owned(),
            known: shown.take(ROLES_SHOWN_MAX).map(str::to_owned).collect(),
        }
    }
}

/// A header that the mount does not take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// What `allowed_sts_header_values` names.
    pub allowed: Vec<String>,
}

/// What STS said of a signed request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sts {
    /// The endpoint that the mount calls.
    pub endpoint: String,
    /// The host that was signed.
    pub host: String,
    /// The Region of the signature's scope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The code of STS's error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Its text; of an STS that did not answer, what the client says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// A principal that could not be looked up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Principal {
    /// Its ARN.
    pub arn: String,
    /// Its account.
    pub account: String,
    /// The account of Vault's own credentials, where it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_account: Option<String>,
    /// Whether `config/sts` has a role for its account.
    pub has_sts_role: bool,
    /// What the client says.
    pub error: String,
}

/// An identity provider whose documents cannot be used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    /// The document.
    pub url: String,
    /// The issuer that was expected, of a discovery document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer_expected: Option<String>,
    /// The issuer that the document names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer_found: Option<String>,
    /// The status of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Whether the answer is a page for people.
    #[serde(default)]
    pub is_html: bool,
    /// What is wrong.
    pub problem: String,
}

/// A login whose name or secret is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// What is wrong.
    pub fault: CredentialFault,
    /// The user, or the name of the role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// What is wrong with a login by name and secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CredentialFault {
    /// No user has the name.
    UserUnknown,
    /// The user has another password.
    PasswordWrong,
    /// No role has the role id.
    RoleIdUnknown,
    /// The role has no such secret id (any more).
    SecretIdUnknown,
    /// Another role has the secret id.
    SecretIdOfAnotherRole,
}

/// A user who is locked out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lockout {
    /// The user.
    pub user: String,
    /// How often the login failed.
    pub failures: u64,
    /// How many are too many.
    pub threshold: u64,
    /// When the lockout ends.
    pub until: Option<Timestamp>,
}

/// What was to be renewed, and what stands against it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Renewal {
    /// The accessor of the token; none for a batch token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accessor: Option<String>,
    /// Where it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creation_path: Option<String>,
    /// The kind of the token: `service`, `batch`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Whether it was made renewable.
    pub renewable: bool,
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued_at: Option<Timestamp>,
    /// The longest that it may live.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<Cap>,
    /// Whether a token's lease was named where only leases of engines are renewed.
    #[serde(default)]
    pub is_lease_of_token: bool,
    /// The token, where it is none any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
}

/// The devices of which none has written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audit {
    /// Each by its path, with its file.
    pub devices: Vec<String>,
}

/// A wrapping token that is none any more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Wrapping {
    /// What is known of the token that was given.
    pub ended: Option<Ended>,
    /// Whether it is a token, of another kind.
    pub is_other_token: bool,
}
