//! What to do about a member of an input, and about a document.

use super::answer::Refused;

/// How a missing member is given.
pub(super) fn give(refused: &Refused, member: &str) -> String {
    let (within, name) = match member.rsplit_once('.') {
        Some((within, name)) => (format!(" in `{within}`"), name),
        None => (String::new(), member),
    };
    format!("send `{name}`{within} with {}", refused.call())
}

/// A constraint as it reads after `has to`: `have length less than or equal to 64`, `be later than …`.
pub(super) fn infinitive(wants: &str) -> String {
    let is_verb = ["have ", "satisfy ", "be ", "not ", "match "]
        .iter()
        .any(|verb| wants.starts_with(verb));
    if is_verb {
        wants.to_owned()
    } else {
        format!("be: {wants}")
    }
}

/// What the grammar of policies wants where a document breaks it, by the element that the problem names.
/// (IAM user guide, "Grammar of the IAM JSON policy language".)
pub(super) fn document(problem: &str) -> &'static str {
    const WANTS: [(&str, &str); 11] = [
        (
            "JSON syntax",
            "it has to be one JSON object, without comments and trailing commas",
        ),
        ("Version", "write `\"Version\": \"2012-10-17\"`"),
        (
            "Effect",
            "each statement has `\"Effect\": \"Allow\"` or `\"Deny\"`, with this case",
        ),
        ("NotPrincipal", "name the principals by `Principal`"),
        (
            "Principal",
            "a resource or trust policy names principals as `{\"AWS\": \"arn:…\"}`, `{\"Service\": \
             \"….amazonaws.com\"}` or `{\"Federated\": \"arn:…\"}`; an identity policy has none",
        ),
        (
            "Action",
            "an action is a service's prefix, one colon and a name, such as `s3:GetObject`",
        ),
        (
            "Resource",
            "a resource is `*` or an ARN that begins with `arn:`",
        ),
        (
            "Condition",
            "a condition is an operator of IAM, a key, and values: `{\"StringEquals\": {\"aws:PrincipalOrgID\": \"o-…\"}}`",
        ),
        (
            "Sid",
            "a Sid is letters and digits, each once in a document",
        ),
        (
            "Statement",
            "`Statement` is one statement or a list of them",
        ),
        (
            "OpenAPI",
            "the document has to follow OpenAPI 3.0, in JSON or YAML",
        ),
    ];
    let found = WANTS.iter().find(|(element, _)| problem.contains(element));
    found.map_or("it has to be what the message says", |(_, wants)| *wants)
}
