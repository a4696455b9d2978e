//! Which operation of a service lists what another one names: where a caller looks for what is there.

use crate::SERVICES;

/// What the names of operations on a single thing begin with.
const VERBS: [&str; 22] = [
    "Create",
    "Delete",
    "Get",
    "Put",
    "Update",
    "Describe",
    "Attach",
    "Detach",
    "Set",
    "Enable",
    "Disable",
    "Deregister",
    "Register",
    "Remove",
    "Add",
    "Tag",
    "Untag",
    "Invoke",
    "Restore",
    "Rotate",
    "Move",
    "Import",
];

/// The operation of `service` that lists the things of the kind that `operation` is about: `ListRoles`
/// for `GetRole`. None where the service has none in the lab.
pub fn lister(service: &str, operation: &str) -> Option<&'static str> {
    let service = SERVICES.iter().find(|known| known.name == service)?;
    let mut verbs = VERBS.iter();
    let noun = verbs.find_map(|verb| operation.strip_prefix(verb))?;
    let noun = noun.trim_end_matches('s');
    let plural = match noun.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None => format!("{noun}s"),
    };
    let wanted = ["List", "Describe", "Get"].map(|verb| format!("{verb}{plural}"));
    let mut wanted = wanted.iter();
    let row = wanted.find_map(|name| service.row(name))?;
    (row.name != operation).then_some(row.name)
}

#[cfg(test)]
mod tests {
    use super::lister;

    #[test]
    fn what_is_there_is_listed_by_the_operation_of_the_same_noun() {
        for (service, operation, listed) in [
            ("iam", "GetRole", Some("ListRoles")),
            ("iam", "DeletePolicy", Some("ListPolicies")),
            ("oam", "DeleteSink", Some("ListSinks")),
            ("oam", "CreateLink", Some("ListLinks")),
            ("logs", "DeleteLogGroup", Some("DescribeLogGroups")),
            ("apigatewayv2", "GetApi", Some("GetApis")),
            ("iam", "ListRoles", None),
            ("iam", "GetAccountSummary", None),
            ("s3", "GetBucket", None),
        ] {
            assert_eq!(lister(service, operation), listed, "{service}:{operation}");
        }
    }
}
