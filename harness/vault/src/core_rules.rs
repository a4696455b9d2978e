//! What differs between the flavours in the core: policies, listing, audit devices, paths.
//!
//! | | `vault` | `openbao` | `openbao-2.7` |
//! |---|---|---|---|
//! | LIST of `a/b/`: which spelling a rule is looked for first | `a/b` | `a/b` | `a/b/` |
//! | a rule's error names its path | once | once | twice |
//! | `expiration` of a rule, filters of lists | no | no | yes |
//! | `sys/renew`, `sys/revoke`, `sys/revoke-prefix` | yes | yes | no |
//! | a path with an encoded `..` | as it stands | as it stands | refused |
//! | name of an entity that is given none | `entity_1a2b3c4d` | the same | `entity_1a2b3c4d.root` |
//!
//! Grades: `openbao` and `openbao-2.7` are recorded, `vault` is public text or source.

use crate::field::Words;
use crate::flavour::Flavour;

/// One flavour's rules.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CoreRules {
    /// A LIST looks for the path without its slash before that with it.
    pub(crate) list_trims_first: bool,
    /// The errors of a policy's rule name the rule's path once more, outside.
    pub(crate) rule_path_outside: bool,
    /// The keys of a rule that are known beside those that every flavour has.
    pub(crate) more_rule_keys: &'static [&'static str],
    /// What follows the drawn part of the name of an entity or group that is given none.
    pub(crate) identity_name_end: &'static str,
    /// Audit devices know the format `jsonx`.
    pub(crate) audit_jsonx: bool,
    /// Audit devices take a prefix. The newer products refuse it unless their configuration allows
    /// it; `openbao-2.7` was recorded with `allow_audit_log_prefixing = true`.
    pub(crate) audit_prefix: bool,
    /// The refusal of an audit device that is not there names it with its slash.
    pub(crate) audit_backend_slash: bool,
    /// Audit lines say of paths that need no token that they were allowed.
    pub(crate) audit_open_allowed: bool,
    /// Numbers in the data of audit lines are hashed as their text.
    pub(crate) audit_hashes_numbers: bool,
    /// Every text in the data of audit lines that is a time stands as it is.
    pub(crate) audit_shows_times: bool,
    /// Auth methods, too, show their `deprecation_status`.
    pub(crate) auth_status: bool,
    /// Fields in the words of errors stand in single quotes.
    pub(crate) single_quotes: bool,
    /// The member with the date of the version, and its value.
    pub(crate) date_of_build: &'static str,
    pub(crate) date: &'static str,
    /// `sys/health`, `sys/leader` and `sys/seal-status` without what Enterprise and clusters need.
    pub(crate) lean_status: bool,
    /// `sys/config/cors` shows `allow_credentials`.
    pub(crate) cors_credentials: bool,
    /// The catalog has the method `aws`.
    pub(crate) catalog_has_aws: bool,
    /// The catalog says whether a plugin is an image, and declared.
    pub(crate) catalog_has_images: bool,
    /// Policies have versions, check-and-set and an end.
    pub(crate) policy_versions: bool,
    /// Without versions: the fields of versions are named as unknown. OpenBao 2.2 took them and did
    /// nothing with them, without a word (recorded).
    pub(crate) warns_of_policy_fields: bool,
    /// A policy's name in capitals is answered with a warning.
    pub(crate) policy_name_warning: bool,
    /// Mounting at a path of the server's own names the path; else it names what is there.
    pub(crate) mount_names_own: bool,
    /// A path that is not clean is answered by 307, not 301.
    pub(crate) moved_status: u16,
    /// How errors word a value that does not fit.
    pub(crate) words: Words,
    /// A body's errors say what is wrong with the JSON, and what follows its end is one.
    pub(crate) json_errors: bool,
    /// Leases are also renewed and revoked at the paths that there were before `sys/leases/`.
    pub(crate) old_lease_paths: bool,
    /// A path with a segment `.` or `..`, which no client sends but encoded, is refused.
    pub(crate) refuses_relative_paths: bool,
    /// KV version 2 has check-and-set for metadata, and a write of them is an update of the key.
    pub(crate) metadata_cas: bool,
    /// A patch of KV version 2 whose data is null is none, not an error; and other details that
    /// changed with it.
    pub(crate) kv_null_patch: bool,
    /// A request for a namespace is answered by 404: the server knows namespaces, and has none.
    pub(crate) namespaces_are_missing: bool,
    /// `sys/wrapping/lookup` checks the wrapping token as unwrapping does, before it is handled.
    pub(crate) lookup_checks_wrapping_token: bool,
    /// The text of the policy `default`.
    pub(crate) default_policy: &'static str,
    /// What stands between policies and namespace where a client without entity is given an id.
    pub(crate) client_id_delimiter: char,
    /// The version that audit lines and mounts name for what is built in ends with this.
    pub(crate) builtin: &'static str,
}

const VAULT: CoreRules = CoreRules {
    list_trims_first: true,
    rule_path_outside: false,
    more_rule_keys: &["subscribe_event_types"],
    identity_name_end: "",
    audit_jsonx: true,
    audit_prefix: false,
    audit_backend_slash: false,
    audit_open_allowed: false,
    audit_hashes_numbers: true,
    audit_shows_times: false,
    auth_status: false,
    single_quotes: false,
    date_of_build: "build_date",
    date: "",
    lean_status: false,
    cors_credentials: false,
    catalog_has_aws: true,
    catalog_has_images: false,
    policy_versions: false,
    warns_of_policy_fields: true,
    policy_name_warning: true,
    mount_names_own: false,
    moved_status: 301,
    words: Words::WithValues,
    json_errors: false,
    old_lease_paths: true,
    refuses_relative_paths: false,
    metadata_cas: false,
    kv_null_patch: false,
    namespaces_are_missing: false,
    lookup_checks_wrapping_token: false,
    default_policy: include_str!("policy/default.hcl"),
    client_id_delimiter: '.',
    builtin: "+builtin.vault",
};

const OPENBAO: CoreRules = CoreRules {
    list_trims_first: true,
    rule_path_outside: false,
    more_rule_keys: &["pagination_limit"],
    identity_name_end: "",
    audit_jsonx: true,
    audit_prefix: true,
    audit_backend_slash: false,
    audit_open_allowed: false,
    audit_hashes_numbers: true,
    audit_shows_times: false,
    auth_status: false,
    single_quotes: false,
    date_of_build: "build_date",
    date: "",
    lean_status: false,
    cors_credentials: false,
    catalog_has_aws: true,
    catalog_has_images: false,
    policy_versions: false,
    warns_of_policy_fields: false,
    policy_name_warning: true,
    mount_names_own: false,
    moved_status: 301,
    words: Words::WithValues,
    json_errors: false,
    old_lease_paths: true,
    refuses_relative_paths: false,
    metadata_cas: false,
    kv_null_patch: false,
    namespaces_are_missing: false,
    lookup_checks_wrapping_token: false,
    default_policy: include_str!("policy/default.hcl"),
    client_id_delimiter: '.',
    builtin: "+builtin",
};

const OPENBAO_27: CoreRules = CoreRules {
    list_trims_first: false,
    rule_path_outside: true,
    more_rule_keys: &[
        "pagination_limit",
        "expiration",
        "list_scan_response_keys_filter_path",
    ],
    identity_name_end: ".root",
    audit_jsonx: false,
    audit_prefix: true,
    audit_backend_slash: true,
    audit_open_allowed: true,
    audit_hashes_numbers: false,
    audit_shows_times: true,
    auth_status: true,
    single_quotes: true,
    date_of_build: "commit_date",
    date: "2026-10-26T20:32:27Z",
    lean_status: true,
    cors_credentials: true,
    catalog_has_aws: false,
    catalog_has_images: true,
    policy_versions: true,
    warns_of_policy_fields: false,
    policy_name_warning: false,
    mount_names_own: true,
    moved_status: 307,
    words: Words::WithoutValues,
    json_errors: true,
    old_lease_paths: false,
    refuses_relative_paths: true,
    metadata_cas: true,
    kv_null_patch: true,
    namespaces_are_missing: true,
    lookup_checks_wrapping_token: true,
    default_policy: include_str!("policy/default_2_7.hcl"),
    client_id_delimiter: '\0',
    builtin: "+builtin.bao",
};

impl Flavour {
    /// The name of a field or type as error texts quote it.
    pub(crate) fn in_quotes(self, name: &str) -> String {
        if self.core().single_quotes {
            format!("'{name}'")
        } else {
            format!("\"{name}\"")
        }
    }

    /// The version of what is built in, as mounts and audit lines name it.
    pub(crate) fn builtin_version(self) -> String {
        format!("v{}{}", self.version(), self.core().builtin)
    }

    /// What holds for it in the core.
    pub(crate) fn core(self) -> &'static CoreRules {
        match self {
            Self::Vault => &VAULT,
            Self::OpenBao => &OPENBAO,
            Self::OpenBao27 => &OPENBAO_27,
        }
    }
}
