//! Every code of policy documents, by what it is about.

use super::code::{Code, doubt, error, hole, warning};

/// The codes of documents, principals, actions, resources and statements.
pub(super) const ELEMENTS: [Code; 40] = [
    // The document.
    error(
        "json-syntax",
        "the text is no JSON",
        "mend the JSON at this place",
    ),
    error(
        "duplicate-element",
        "an element stands twice in one object",
        "leave one of the two, or make a list of their values",
    ),
    error(
        "duplicate-sid",
        "two statements have the same Sid",
        "give each statement a Sid of its own",
    ),
    error(
        "refused",
        "AWS stores no such document",
        "write what the message names",
    ),
    error(
        "size-quota",
        "the document is longer than its quota",
        "use wildcards, leave out what another policy allows, or split the document",
    ),
    // Principals.
    error(
        "principal-form",
        "a principal that cannot be stored",
        "name accounts, users, roles or sessions in full; patterns belong under ArnLike with aws:PrincipalArn",
    ),
    error(
        "principal-never",
        "a principal of a form that no caller has",
        "name the user or role by its ARN of IAM, path included, or the session by its ARN of STS",
    ),
    error(
        "principal-arn-never",
        "aws:PrincipalArn compared with what it never is",
        "compare with the ARN of the role, `arn:aws:iam::ACCOUNT:role/PATH/NAME`: sessions carry it, path included",
    ),
    error(
        "service-principal",
        "a service that is named in no form that services have",
        "write `SERVICE.amazonaws.com`",
    ),
    error(
        "federated-principal",
        "a token provider where none can stand",
        "name the ARN of the provider in a trust policy",
    ),
    error(
        "trust-principal-action",
        "an action that the principal does not use",
        "write the action that the message names",
    ),
    hole(
        "not-principal-allow",
        "NotPrincipal with Allow grants to everybody else",
        "name the principals that are meant",
    ),
    doubt(
        "open-principal",
        "everybody is allowed, without a condition",
        "name the callers, or add a condition on aws:PrincipalOrgID",
    ),
    // Actions and resources.
    error(
        "action-characters",
        "an action with characters that none has",
        "write letters, digits, `*` and `?`",
    ),
    error(
        "variable-in-action",
        "a variable in an action",
        "name the actions",
    ),
    error(
        "unknown-service",
        "no service has this prefix",
        "look the prefix up in the Service Authorization Reference",
    ),
    error(
        "unknown-action",
        "the service has no such action",
        "look the action up in the Service Authorization Reference",
    ),
    error(
        "trust-action",
        "an action that no trust policy takes",
        "write sts:AssumeRole, sts:AssumeRoleWithWebIdentity, sts:AssumeRoleWithSAML, sts:TagSession or sts:SetSourceIdentity",
    ),
    error(
        "variable-in-arn",
        "a variable before the fifth colon of an ARN",
        "write Region and account, or `*`",
    ),
    error(
        "arn-service",
        "an ARN of a service that is not there",
        "correct the third field",
    ),
    error(
        "arn-service-case",
        "the service of an ARN in upper case",
        "write it in lower case",
    ),
    error(
        "arn-region",
        "the Region of an ARN cannot be",
        "correct the fourth field",
    ),
    error(
        "arn-account",
        "the account of an ARN cannot be",
        "correct the fifth field",
    ),
    error(
        "arn-resource",
        "an ARN that names nothing",
        "write the resource, or `*`",
    ),
    warning(
        "arn-form",
        "an ARN whose resource has no form of its service",
        "compare it with the ARNs of the Service Authorization Reference",
    ),
    warning(
        "wildcard-only-action",
        "an action without resources beside ARNs",
        "put the action into a statement with \"Resource\": \"*\"",
    ),
    warning(
        "resource-type",
        "an action that takes other resources",
        "name a resource of the kind that the message names",
    ),
    error(
        "secret-suffix",
        "the ARN of a secret without its six characters",
        "append `-??????`, or give the whole ARN",
    ),
    error(
        "secret-suffix-short",
        "the ARN of a secret with a suffix of another length than six",
        "append `-??????`, six characters after the name's hyphen",
    ),
    doubt(
        "secret-suffix-doubtful",
        "the ARN of a secret that ends as names do",
        "append `-??????` unless the last six characters are the suffix",
    ),
    error(
        "execute-api-method",
        "an HTTP method that no request has",
        "write the method in upper case, or `*`",
    ),
    error(
        "execute-api-stage",
        "the ARN of a method without its stage",
        "write `API/STAGE/METHOD/PATH`",
    ),
    error(
        "execute-api-segments",
        "the ARN of a method with too few segments",
        "write `API/STAGE/METHOD/PATH`; the path of the root is empty, with its slash: `API/STAGE/GET/`",
    ),
    // Statements.
    warning(
        "unreachable",
        "a Deny takes all that the statement allows",
        "remove the statement, or bound the Deny",
    ),
    doubt(
        "pass-any-role",
        "iam:PassRole on every role",
        "name the roles, or add a condition on iam:PassedToService",
    ),
    doubt(
        "allow-not-action",
        "Allow with NotAction",
        "list the actions",
    ),
    doubt(
        "allow-not-resource",
        "Allow with NotResource",
        "list the resources",
    ),
    hole(
        "sink-not-action",
        "a sink whose policy allows by NotAction",
        "list oam:CreateLink and oam:UpdateLink",
    ),
    hole(
        "sink-open",
        "a sink that accounts of anybody may link to",
        "add a condition on aws:PrincipalOrgID, or name the accounts",
    ),
    hole(
        "sink-update-open",
        "links may be made under conditions and changed without",
        "give oam:UpdateLink the conditions of oam:CreateLink",
    ),
];

/// The codes of conditions, token providers and permissions.
pub(super) const CONDITIONS: [Code; 48] = [
    // Conditions.
    error(
        "duplicate-key",
        "a key that stands twice under one operator",
        "put the values into one list",
    ),
    error(
        "key-format",
        "a key without prefix",
        "write `aws:Name` or `service:Name`",
    ),
    error(
        "unknown-key",
        "a condition key that is not there",
        "look the key up in the Service Authorization Reference",
    ),
    error(
        "tag-key",
        "a tag's key without the tag",
        "write `KEY/NAME-OF-THE-TAG`",
    ),
    warning(
        "key-never-present",
        "a key that no request for the action has",
        "move the condition to a statement with the actions that have it",
    ),
    error(
        "key-always-absent",
        "a key that requests of the statement's principals never have",
        "use the keys of the token's provider: `HOST:sub`, `HOST:aud`",
    ),
    warning("empty-values", "a list of no values", "write the values"),
    error(
        "several-booleans",
        "true and false together",
        "write one value",
    ),
    error(
        "bool-value",
        "a value that is neither true nor false",
        "write \"true\" or \"false\"",
    ),
    error(
        "date-value",
        "a value that is no date",
        "write `2026-01-31T00:00:00Z`",
    ),
    error("number-value", "a value that is no number", "write digits"),
    error(
        "ip-value",
        "a value that is no address",
        "write an address or a range in CIDR notation",
    ),
    error(
        "arn-value",
        "a value that is no ARN",
        "write six fields separated by colons",
    ),
    error(
        "binary-value",
        "a value that is no base64",
        "encode the value",
    ),
    error(
        "private-address",
        "a private address as a public one",
        "use aws:VpcSourceIp for addresses within a VPC",
    ),
    error(
        "vpc-value",
        "a value that is no VPC",
        "write the id, `vpc-...`",
    ),
    error(
        "vpce-value",
        "a value that is no VPC endpoint",
        "write the id, `vpce-...`",
    ),
    error(
        "account-value",
        "a value that is no account",
        "write the twelve digits",
    ),
    error(
        "org-value",
        "a value that is no organization",
        "write the id, `o-...`",
    ),
    error(
        "region-value",
        "a value that is no Region",
        "write a Region such as `eu-central-1`",
    ),
    warning(
        "variable-bool",
        "a variable under Bool",
        "compare with StringEquals",
    ),
    error(
        "variable-operator",
        "a variable under an operator that takes none",
        "write the value",
    ),
    error(
        "variable-version",
        "a variable in a document without \"Version\": \"2012-10-17\"",
        "add \"Version\": \"2012-10-17\": older documents read `${...}` as plain text",
    ),
    error(
        "variable-syntax",
        "a variable that cannot be read",
        "write `${aws:username}`, or `${aws:username, 'default'}`",
    ),
    error(
        "variable-multivalued",
        "a variable of a key with several values",
        "use a key with one value",
    ),
    error(
        "operator-type",
        "an operator that cannot compare the key's values",
        "use an operator of the key's type",
    ),
    error(
        "wildcard-in-equals",
        "a wildcard that the operator takes for a character",
        "use StringLike, or ArnLike for an ARN",
    ),
    error(
        "missing-set-operator",
        "a key of several values without set operator",
        "write ForAnyValue: or ForAllValues: before the operator",
    ),
    warning(
        "set-operator-single",
        "a set operator on a key of one value",
        "write the operator without it",
    ),
    doubt(
        "for-all-without-null",
        "ForAllValues holds when the key is absent",
        "add \"Null\": {KEY: \"false\"}",
    ),
    hole(
        "for-all-single",
        "ForAllValues on a key of one value: who lacks the key is let in",
        "write the operator without ForAllValues",
    ),
    hole(
        "for-all-deny",
        "ForAllValues in a Deny: who lacks the key is denied",
        "write ForAnyValue, or the operator alone for a key of one value",
    ),
    hole(
        "if-exists-lets-in",
        "IfExists on a key that protects: who lacks it is let in",
        "write the operator without IfExists",
    ),
    doubt(
        "mfa-deny-absent",
        "a Deny by MFA that keys of users pass by",
        "write BoolIfExists: requests with a user's own keys lack the key",
    ),
    // Token providers.
    error(
        "issuer-key-form",
        "the key of a token provider in a form that none has",
        "write `HOST/PATH:CLAIM`, the provider's address without scheme",
    ),
    error(
        "issuer-key-unknown",
        "a claim that STS makes no key of",
        "use `aud`, `sub` or another key that STS makes for this provider",
    ),
    error(
        "issuer-key-foreign",
        "a key of another provider than the principal",
        "write the address of the provider in Principal before the claim",
    ),
    error(
        "issuer-keys-of-several",
        "keys of two providers in one statement",
        "write a statement for each provider",
    ),
    error(
        "issuer-claim-swapped",
        "a subject under `aud`, or an audience under `sub`",
        "put each value under the key of its claim",
    ),
    error(
        "issuer-subject-form",
        "a subject that no token of the provider has",
        "write the subject as the tokens carry it",
    ),
    hole(
        "issuer-subject-missing",
        "a shared provider without the claim that tells its customers apart",
        "add a condition on the claim that the message names",
    ),
    hole(
        "issuer-subject-open",
        "a subject by which other customers of the provider get in",
        "write the part that names the owner without wildcard",
    ),
    doubt(
        "issuer-unbounded",
        "a provider of one's own of which everybody gets in",
        "add a condition on the provider's `sub`, or on `aud`",
    ),
    doubt(
        "issuer-subject-wide",
        "a subject by which every project of the owner gets in",
        "name the project",
    ),
    // What Denies and permissions of services forget.
    hole(
        "source-missing",
        "a service may call for anybody",
        "add a condition on aws:SourceArn or aws:SourceAccount",
    ),
    error(
        "source-never",
        "aws:SourceArn compared with what it never is",
        "give the ARN that the service sends",
    ),
    hole(
        "rcp-federated-denied",
        "a Deny by organization takes sign-ins by token, which belong to none",
        "leave sts:AssumeRoleWithWebIdentity and sts:AssumeRoleWithSAML to a statement of their own, which names the providers",
    ),
    doubt(
        "perimeter-services",
        "a Deny that takes calls of AWS services too",
        "add the condition that the message names",
    ),
];
