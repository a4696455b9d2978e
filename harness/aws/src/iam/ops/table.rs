//! The table of operations.

use authlab_wire::WireError;

use super::{
    account, certificate, check, credential, grant, group, in_other_words, instance_profile, mfa,
    policy, provider, role, service_linked, simulate, user,
};
use crate::operation::page::{Paging, Words};
use crate::operation::{Authorization::Checks, Handler::Locked, Row, Service, Validation};

macro_rules! row {
    ($name:literal, $handler:path) => {
        Row {
            name: $name,
            authorization: Checks(check::of),
            handler: Locked($handler),
        }
    };
}

/// A list, which the handler answers whole: the members that it is made of.
macro_rules! list {
    ($name:literal, [$($member:literal),+], $handler:path) => {
        Row {
            name: $name,
            authorization: Checks(check::of),
            handler: Locked(|cloud, call, input| {
                PAGING.part_of(&[$($member),+], input, |input| $handler(cloud, call, input))
            }),
        }
    };
}

/// How IAM answers lists in parts (IAM API reference, `Marker` and `MaxItems`).
const PAGING: Paging = Paging {
    words: Words::Marker,
    default_size: 100,
};

/// The service and its operations.
pub const SERVICE: Service = Service {
    name: "iam",
    clock_skew_seconds: 15 * 60,
    validation: Validation::with_code("ValidationError")
        .without_values()
        .or(in_other_words),
    // Unverified text.
    token_refused: |_| WireError::new(400, "ValidationError", "Invalid Marker."),
    passing: None,
    rows: &[
        row!("CreateRole", role::create),
        row!("GetRole", role::get),
        list!("ListRoles", ["Roles"], role::list),
        row!("UpdateRole", role::update),
        row!("UpdateRoleDescription", role::update_description),
        row!("UpdateAssumeRolePolicy", role::update_trust),
        row!("DeleteRole", role::delete),
        row!("TagRole", grant::tag),
        row!("UntagRole", grant::untag),
        list!("ListRoleTags", ["Tags"], grant::list_tags),
        row!("PutRolePolicy", grant::put_inline),
        row!("GetRolePolicy", grant::get_inline),
        list!("ListRolePolicies", ["PolicyNames"], grant::list_inline),
        row!("DeleteRolePolicy", grant::delete_inline),
        row!("AttachRolePolicy", grant::attach),
        row!("DetachRolePolicy", grant::detach),
        list!(
            "ListAttachedRolePolicies",
            ["AttachedPolicies"],
            grant::list_attached
        ),
        row!("PutRolePermissionsBoundary", grant::put_boundary),
        row!("DeleteRolePermissionsBoundary", grant::delete_boundary),
        row!("CreateUser", user::create),
        row!("GetUser", user::get),
        list!("ListUsers", ["Users"], user::list),
        row!("DeleteUser", user::delete),
        row!("TagUser", grant::tag),
        row!("UntagUser", grant::untag),
        list!("ListUserTags", ["Tags"], grant::list_tags),
        row!("PutUserPolicy", grant::put_inline),
        row!("GetUserPolicy", grant::get_inline),
        list!("ListUserPolicies", ["PolicyNames"], grant::list_inline),
        row!("DeleteUserPolicy", grant::delete_inline),
        row!("AttachUserPolicy", grant::attach),
        row!("DetachUserPolicy", grant::detach),
        list!(
            "ListAttachedUserPolicies",
            ["AttachedPolicies"],
            grant::list_attached
        ),
        row!("PutUserPermissionsBoundary", grant::put_boundary),
        row!("DeleteUserPermissionsBoundary", grant::delete_boundary),
        list!("ListGroupsForUser", ["Groups"], group::list_for_user),
        row!("CreateAccessKey", user::create_key),
        list!("ListAccessKeys", ["AccessKeyMetadata"], user::list_keys),
        row!("UpdateAccessKey", user::update_key),
        row!("DeleteAccessKey", user::delete_key),
        row!("CreatePolicy", policy::create),
        row!("GetPolicy", policy::get),
        list!("ListPolicies", ["Policies"], policy::list),
        row!("DeletePolicy", policy::delete),
        list!(
            "ListEntitiesForPolicy",
            ["PolicyGroups", "PolicyUsers", "PolicyRoles"],
            policy::list_entities
        ),
        row!("CreatePolicyVersion", policy::create_version),
        row!("GetPolicyVersion", policy::get_version),
        list!("ListPolicyVersions", ["Versions"], policy::list_versions),
        row!("SetDefaultPolicyVersion", policy::set_default_version),
        row!("DeletePolicyVersion", policy::delete_version),
        row!("TagPolicy", policy::tag),
        row!("UntagPolicy", policy::untag),
        list!("ListPolicyTags", ["Tags"], policy::list_tags),
        row!("CreateOpenIDConnectProvider", provider::create),
        row!("GetOpenIDConnectProvider", provider::get),
        row!("ListOpenIDConnectProviders", provider::list),
        row!("DeleteOpenIDConnectProvider", provider::delete),
        row!(
            "AddClientIDToOpenIDConnectProvider",
            provider::add_client_id
        ),
        row!(
            "RemoveClientIDFromOpenIDConnectProvider",
            provider::remove_client_id
        ),
        row!(
            "UpdateOpenIDConnectProviderThumbprint",
            provider::update_thumbprints
        ),
        row!("TagOpenIDConnectProvider", provider::tag),
        row!("UntagOpenIDConnectProvider", provider::untag),
        list!(
            "ListOpenIDConnectProviderTags",
            ["Tags"],
            provider::list_tags
        ),
        list!(
            "SimulateCustomPolicy",
            ["EvaluationResults"],
            simulate::custom
        ),
        list!(
            "SimulatePrincipalPolicy",
            ["EvaluationResults"],
            simulate::principal
        ),
        row!("UpdateUser", user::update),
        row!("GetAccessKeyLastUsed", account::access_key_last_used),
        row!("CreateGroup", group::create),
        list!("GetGroup", ["Users"], group::get),
        list!("ListGroups", ["Groups"], group::list),
        row!("UpdateGroup", group::update),
        row!("DeleteGroup", group::delete),
        row!("AddUserToGroup", group::add_user),
        row!("RemoveUserFromGroup", group::remove_user),
        row!("PutGroupPolicy", grant::put_inline),
        row!("GetGroupPolicy", grant::get_inline),
        list!("ListGroupPolicies", ["PolicyNames"], grant::list_inline),
        row!("DeleteGroupPolicy", grant::delete_inline),
        row!("AttachGroupPolicy", grant::attach),
        row!("DetachGroupPolicy", grant::detach),
        list!(
            "ListAttachedGroupPolicies",
            ["AttachedPolicies"],
            grant::list_attached
        ),
        Row {
            name: "AddRoleToInstanceProfile",
            authorization: Checks(check::add_role_to_instance_profile),
            handler: Locked(instance_profile::add_role),
        },
        row!("CreateInstanceProfile", instance_profile::create),
        row!("GetInstanceProfile", instance_profile::get),
        list!(
            "ListInstanceProfiles",
            ["InstanceProfiles"],
            instance_profile::list
        ),
        list!(
            "ListInstanceProfilesForRole",
            ["InstanceProfiles"],
            instance_profile::list
        ),
        row!(
            "RemoveRoleFromInstanceProfile",
            instance_profile::remove_role
        ),
        row!("DeleteInstanceProfile", instance_profile::delete),
        row!("TagInstanceProfile", instance_profile::tag),
        row!("UntagInstanceProfile", instance_profile::tag),
        list!(
            "ListInstanceProfileTags",
            ["Tags"],
            instance_profile::list_tags
        ),
        row!("CreateVirtualMFADevice", mfa::create),
        row!("EnableMFADevice", mfa::enable),
        row!("ResyncMFADevice", mfa::resync),
        row!("DeactivateMFADevice", mfa::deactivate),
        row!("DeleteVirtualMFADevice", mfa::delete),
        row!("GetMFADevice", mfa::get),
        list!("ListMFADevices", ["MFADevices"], mfa::list_of_user),
        list!("ListVirtualMFADevices", ["VirtualMFADevices"], mfa::list),
        row!("TagMFADevice", mfa::tag),
        row!("UntagMFADevice", mfa::tag),
        list!("ListMFADeviceTags", ["Tags"], mfa::list_tags),
        row!("CreateServiceLinkedRole", service_linked::create),
        row!("DeleteServiceLinkedRole", service_linked::delete),
        row!(
            "GetServiceLinkedRoleDeletionStatus",
            service_linked::deletion_status
        ),
        row!(
            "CreateServiceSpecificCredential",
            credential::create_for_service
        ),
        list!(
            "ListServiceSpecificCredentials",
            ["ServiceSpecificCredentials"],
            credential::list_for_service
        ),
        row!(
            "UpdateServiceSpecificCredential",
            credential::update_for_service
        ),
        row!(
            "ResetServiceSpecificCredential",
            credential::reset_for_service
        ),
        row!(
            "DeleteServiceSpecificCredential",
            credential::delete_for_service
        ),
        row!("CreateLoginProfile", credential::create_login),
        row!("GetLoginProfile", credential::get_login),
        row!("UpdateLoginProfile", credential::update_login),
        row!("DeleteLoginProfile", credential::delete_login),
        row!("ChangePassword", credential::change_password),
        row!("UploadSigningCertificate", certificate::upload_signing),
        list!(
            "ListSigningCertificates",
            ["Certificates"],
            certificate::list_signing
        ),
        row!("UpdateSigningCertificate", certificate::update_signing),
        row!("DeleteSigningCertificate", certificate::delete_signing),
        row!("UploadServerCertificate", certificate::upload_server),
        row!("GetServerCertificate", certificate::get_server),
        list!(
            "ListServerCertificates",
            ["ServerCertificateMetadataList"],
            certificate::list_server
        ),
        row!("UpdateServerCertificate", certificate::update_server),
        row!("DeleteServerCertificate", certificate::delete_server),
        row!("TagServerCertificate", certificate::tag_server),
        row!("UntagServerCertificate", certificate::tag_server),
        list!(
            "ListServerCertificateTags",
            ["Tags"],
            certificate::list_server_tags
        ),
        row!("CreateAccountAlias", account::create_alias),
        list!(
            "ListAccountAliases",
            ["AccountAliases"],
            account::list_aliases
        ),
        row!("DeleteAccountAlias", account::delete_alias),
        row!("GetAccountSummary", account::summary),
        row!(
            "UpdateAccountPasswordPolicy",
            account::update_password_policy
        ),
        row!("GetAccountPasswordPolicy", account::get_password_policy),
        row!(
            "DeleteAccountPasswordPolicy",
            account::delete_password_policy
        ),
    ],
};
