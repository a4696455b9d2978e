//! What Organizations refuses.

use authlab_policy::DocumentError;

/// Why an operation of Organizations did not happen. The texts name the thing; AWS's own are not
/// public in full (unverified).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The caller's account is in no organization.
    #[error("Your account is not a member of an organization.")]
    NotInOrganization,
    /// Only the management account may write.
    #[error("You don't have permissions to access this resource.")]
    NotManagement,
    /// No such account.
    #[error("You specified an account that doesn't exist.")]
    NoAccount(String),
    /// No such organizational unit.
    #[error("You specified an organizational unit that doesn't exist.")]
    NoUnit(String),
    /// No such root or unit as a parent.
    #[error("You specified parent that doesn't exist.")]
    NoParent(String),
    /// No such root, unit or account as a child.
    #[error("You specified a child that doesn't exist.")]
    NoChild(String),
    /// No such root.
    #[error("You specified a root that doesn't exist.")]
    NoRoot(String),
    /// No such target of a policy.
    #[error("You specified a target that doesn't exist.")]
    NoTarget(String),
    /// No such policy.
    #[error("We can't find a policy with the PolicyId that you specified.")]
    NoPolicy(String),
    /// A policy of that name exists.
    #[error("A policy with the name `{0}` exists already.")]
    DuplicateName(String),
    /// The policy is attached there.
    #[error("The policy is attached to the target already.")]
    DuplicateAttachment,
    /// The policy is not attached there.
    #[error("The policy isn't attached to the specified target.")]
    NotAttached,
    /// The policy is attached somewhere.
    #[error("This policy is attached to one or more entities. Detach it before you delete it.")]
    InUse,
    /// AWS's own policies.
    #[error("You can't change a policy that AWS manages.")]
    AwsManaged,
    /// The last policy of a target, or the one that every target keeps.
    #[error("You specified a policy that can't be detached: {0}.")]
    CannotDetach(&'static str),
    /// A quota.
    #[error("You have exceeded the number of policies that can be attached to an entity: {0}.")]
    TooManyAttached(usize),
    /// The type is not switched on in the root.
    #[error("The policy type is not enabled in this root.")]
    TypeNotEnabled,
    /// The type is switched on already.
    #[error("The policy type is enabled in this root already.")]
    TypeEnabled,
    /// A type that is not simulated.
    #[error(
        "the policy type `{0}` is not simulated: only SERVICE_CONTROL_POLICY and RESOURCE_CONTROL_POLICY are"
    )]
    TypeNotSimulated(String),
    /// A document that is none.
    #[error(
        "The provided policy document does not meet the requirements of the specified policy type."
    )]
    Document(#[from] DocumentError),
}
