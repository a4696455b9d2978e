//! What Organizations refuses.

use authlab_policy::DocumentError;

/// Why an operation of Organizations did not happen. Nothing recorded on AWS is public: the texts are
/// those of the model's documentation or of moto's assertions (unverified).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The caller's account is in no organization.
    #[error("Your account is not a member of an organization.")]
    NotInOrganization,
    /// Only the management account may do this, or one that administers something for it.
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
    #[error("A policy with the same name already exists.")]
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
    #[error("This operation can be performed only for enabled policy types.")]
    TypeNotEnabled,
    /// The type is switched on already.
    #[error("The specified policy type is already enabled.")]
    TypeEnabled,
    /// A type that is not simulated.
    #[error(
        "the policy type `{0}` is not simulated: only SERVICE_CONTROL_POLICY and RESOURCE_CONTROL_POLICY are"
    )]
    TypeNotSimulated(String),
    /// The caller's account is in an organization.
    #[error("The provided account is already a member of an organization.")]
    InOrganization,
    /// An organization in which more than its management account is.
    #[error(
        "To delete an organization you must first remove all member accounts (except the master)."
    )]
    NotEmpty,
    /// The name is taken beside it.
    #[error("An OU with the same name already exists.")]
    DuplicateUnit,
    /// A unit in which something is.
    #[error(
        "The specified OU is not empty. Move all accounts to another root or to other OUs, remove all child OUs, and try the operation again."
    )]
    UnitNotEmpty,
    /// A sixth level of units.
    #[error("You have exceeded the number of levels of organizational units below the root: 5.")]
    UnitTooDeep,
    /// No such root or unit to move from.
    #[error("You specified a source parent that doesn't exist.")]
    NoSourceParent(String),
    /// No such root or unit to move to.
    #[error("You specified a destination parent that doesn't exist.")]
    NoDestinationParent(String),
    /// The account is there.
    #[error("That account is already present in the specified destination.")]
    DuplicateAccount,
    /// The management account leaves its organization.
    #[error("You can't remove a management account from an organization.")]
    ManagementLeaves,
    /// An account leaves that administers something.
    #[error("You can't remove a delegated administrator: deregister it first.")]
    DelegatedLeaves,
    /// No such request of CreateAccount.
    #[error("You specified a create account request that doesn't exist.")]
    NoRequest(String),
    /// A service that cannot be trusted, as far as the lab knows.
    #[error("You specified an unrecognized service principal.")]
    NoService(String),
    /// The management account administers everything.
    #[error(
        "You cannot register master account/yourself as delegated administrator for your organization."
    )]
    ManagementDelegated,
    /// The member administers the service.
    #[error("The provided account is already a delegated administrator for your organization.")]
    DelegatedTwice,
    /// The member does not.
    #[error(
        "The provided account is not a registered delegated administrator for your organization."
    )]
    NotDelegated,
    /// More than fifty tags.
    #[error("You have exceeded the number of tags that can be attached to a resource: 50.")]
    TooManyTags,
    /// A tag key twice.
    #[error("You specified an invalid value.")]
    DuplicateTags,
    /// A document that is none.
    #[error(
        "The provided policy document does not meet the requirements of the specified policy type."
    )]
    Document(#[from] DocumentError),
}
