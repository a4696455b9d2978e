//! Classes of a condition that is not met, or that makes a Deny hold.

use super::super::entry::Entry;
use super::super::finding::{Finding, Mender, System};
use super::document;
use super::fault::{Fault, either};
use super::fix;
use super::refused::Refused;
use super::topic::Topic;
use crate::case::Case;
use authlab_policy::Standing;

/// Which of the conditions that stand in the way a class is about.
#[derive(Clone, Copy)]
enum Of {
    /// Absent from the request, on any layer.
    Absent(Topic),
    /// Of another value in the request.
    Other(Topic),
    /// Either.
    Any(Topic),
}

/// The first condition that stands in the way and is meant.
///
/// Of several the one counts that the class with the higher place is about: a fence of Regions that spares
/// a role is about Regions.
fn conditional(case: &Case<'_>, of: Of, is_deny: Option<bool>) -> Option<Finding> {
    let refused = Refused::of(case)?;
    if is_deny.is_some_and(|is_deny| is_deny != refused.is_explicit()) {
        return None;
    }
    let faults = Fault::all(&refused);
    let meant = |fault: &&Fault<'_>| {
        let (topic, absence) = match of {
            Of::Absent(topic) => (topic, Some(true)),
            Of::Other(topic) => (topic, Some(false)),
            Of::Any(topic) => (topic, None),
        };
        let is_absence = absence.is_none_or(|absence| absence == fault.is_absent());
        // What a Deny speaks of by listing it is no condition that one could meet.
        let is_to_be_met = fault.wanted().is_some() || !refused.is_explicit();
        fault.topic() == topic && is_absence && is_to_be_met
    };
    let fault = faults.iter().find(meant)?;
    Some(Finding::certain(causes(fault, &faults), fix::of(fault)))
}

/// The cause by one condition, and the others that stand in the way beside it.
fn causes(fault: &Fault<'_>, all: &[Fault<'_>]) -> String {
    let mut cause = fault.cause();
    for other in all {
        if !std::ptr::eq(other.condition, fault.condition) {
            let condition = other.condition;
            cause.push_str(&format!(
                "; so does {} on `{}` with {}, the request has {}",
                condition.operator,
                condition.key,
                either(&condition.policy),
                other.had()
            ));
        }
    }
    cause
}

/// A condition of the owner's that cannot do what it was written for.
fn broken(
    case: &Case<'_>,
    standings: &[Standing],
    mended: fn(&Fault<'_>) -> String,
) -> Option<Finding> {
    let refused = Refused::of(case)?;
    if refused.is_explicit() {
        return None;
    }
    let faults = Fault::all(&refused);
    let fault = faults
        .iter()
        .find(|fault| standings.contains(&fault.condition.standing))?;
    let (owner, place) = (document::owner(&refused, fault.at.layer), fault.at.place());
    let fix = format!("{owner} {} in {place}", mended(fault));
    Some(Finding::certain(causes(fault, &faults), fix))
}

macro_rules! classes {
    ($( $class:literal, $mender:ident, $title:literal, $find:expr; )*) => {
        &[ $( Entry {
            system: System::Policy,
            class: $class,
            mender: Mender::$mender,
            title: $title,
            find: $find,
        } ),* ]
    };
}

/// The classes, the most specific first.
pub(super) const ENTRIES: &[Entry] = classes! {
    "condition-wildcard-literal", Owner, "a wildcard is read as it stands",
        |case| broken(case, &[Standing::WildcardLiteral], |fault| {
            let operator = &fault.condition.operator;
            let like = operator.replace("EqualsIgnoreCase", "Like").replace("Equals", "Like");
            format!("writes {like} for {operator}, whose `*` and `?` are wildcards,")
        });
    "condition-variable-literal", Owner, "a variable is read as it stands",
        |case| broken(case, &[Standing::VariableLiteral], |_| {
            "writes the Version `2012-10-17`, with which variables are read, and an operator of texts"
                .to_owned()
        });
    "condition-operator-mismatch", Owner, "the operator cannot compare these values",
        |case| broken(case, &[
            Standing::RangeLiteral,
            Standing::PolicyUnreadable,
            Standing::RequestUnreadable,
        ], operator_mended);
    "condition-several-values", Owner, "the operator compares one value, and the request has several",
        |case| broken(case, &[Standing::Several], |fault| {
            let operator = &fault.condition.operator;
            format!(
                "writes ForAnyValue:{operator} where one of the values has to be listed, or \
                 ForAllValues:{operator} and a Null test where all have to be,"
            )
        });
    "principal-arn-of-session", Owner, "the policy names a session where the key has the role",
        principal_arn_of_session;

    "perimeter-service", Owner, "a perimeter keeps out a call of a service's role",
        perimeter_service;

    "external-id-missing", Caller, "the role wants an external id, and none is passed",
        |case| conditional(case, Of::Absent(Topic::ExternalId), None);
    "external-id-mismatch", Caller, "the role wants another external id",
        |case| conditional(case, Of::Other(Topic::ExternalId), None);
    "mfa-missing", Caller, "a session with a second factor is wanted",
        |case| conditional(case, Of::Any(Topic::Mfa), None);
    "transport-insecure", Caller, "the call has to be encrypted on its way",
        |case| conditional(case, Of::Any(Topic::SecureTransport), None);
    "region-fenced", Caller, "the call goes to a Region that is not meant",
        |case| conditional(case, Of::Any(Topic::Region), None);
    "source-ip-outside", Caller, "the call comes from another address than is meant",
        |case| conditional(case, Of::Any(Topic::SourceIp), None);
    "vpc-endpoint-other", Caller, "the call does not come through the VPC endpoint that is meant",
        |case| conditional(case, Of::Any(Topic::VpcEndpoint), None);

    "trust-subject-mismatch", Owner, "the role's trust policy names another subject",
        |case| conditional(case, Of::Any(Topic::Subject), None);
    "trust-claim-under-other-key", Owner, "the role's trust policy looks for a value under another claim",
        claim_under_other_key;
    "trust-audience-mismatch", Caller, "the role's trust policy names another audience",
        |case| conditional(case, Of::Any(Topic::Audience), None);
    "trust-claim-not-a-key", Owner, "the role's trust policy demands a claim that STS does not read",
        claim_without_key;
    "trust-claim-mismatch", Caller, "the role's trust policy wants another claim",
        |case| conditional(case, Of::Any(Topic::Claim), None);

    "sink-policy-resource-type", Owner,
        "the sink's policy does not take all the types that the link shares",
        |case| conditional(case, Of::Any(Topic::SharedTypes), None);
    "sink-policy-organization", Owner, "the sink's policy takes accounts of one organization only",
        |case| {
            sink_organization(case)
        };
    "perimeter-organization", Owner, "a perimeter keeps out whoever is of no organization of its own",
        |case| conditional(case, Of::Any(Topic::Organization), Some(true));
    "organization-outside", Caller, "the caller is not of the organization that is meant",
        |case| conditional(case, Of::Any(Topic::Organization), Some(false));
    "service-only", Caller, "only a service may make the call",
        |case| conditional(case, Of::Any(Topic::Service), Some(false));
    "source-not-granted", Owner, "the service calls for another resource than is meant",
        |case| conditional(case, Of::Any(Topic::Source), None);

    "principal-tag-missing", Caller, "the caller lacks a tag that the policy compares",
        principal_tag_missing;
    "resource-tag-missing", Owner, "the resource lacks a tag that the policy compares",
        |case| conditional(case, Of::Absent(Topic::ResourceTag), None);
    "request-tag-missing", Caller, "the request lacks a tag that the policy wants",
        |case| conditional(case, Of::Absent(Topic::RequestTag), None);
    "principal-tag-mismatch", Caller, "the caller's tag is another than the policy wants",
        |case| conditional(case, Of::Other(Topic::PrincipalTag), None);
    "resource-tag-mismatch", Caller, "the resource's tag is another than the policy wants",
        |case| conditional(case, Of::Other(Topic::ResourceTag), None);
    "request-tag-mismatch", Caller, "a tag of the request is another than the policy wants",
        |case| conditional(case, Of::Other(Topic::RequestTag), None);
    "variable-without-value", Owner, "a variable of the policy has no value for this caller",
        variable_without_value;

    "new-boundary-missing", Caller, "a permissions boundary has to be passed",
        |case| conditional(case, Of::Any(Topic::NewBoundary), None);
    "role-passed-to-other-service", Caller, "the role is passed to another service than is meant",
        |case| conditional(case, Of::Any(Topic::PassedTo), None);
    "session-name-mismatch", Caller, "the session has to go by another name or identity",
        |case| conditional(case, Of::Any(Topic::Session), None);
    "key-use-other", Caller, "the key is used in another way than is meant",
        |case| conditional(case, Of::Any(Topic::Key), None);
    "resource-owner-other", Caller, "the resource belongs to somebody else than is meant",
        |case| conditional(case, Of::Any(Topic::ResourceOwner), None);
    "time-outside", Caller, "the call comes at another time than is meant",
        |case| conditional(case, Of::Any(Topic::Time), None);
    "principal-not-meant", Caller, "the condition is about another caller",
        |case| conditional(case, Of::Any(Topic::Principal), None);
    "condition-not-met", Caller,
        "a statement speaks of the action, under a condition that the request does not meet",
        |case| conditional(case, Of::Any(Topic::Other), None);
};

/// What reads a value as it is meant.
fn operator_mended(fault: &Fault<'_>) -> String {
    let operator = &fault.condition.operator;
    let better = match fault.condition.standing {
        Standing::RangeLiteral => Some("IpAddress"),
        _ => match fault.topic() {
            Topic::SourceIp => Some("IpAddress"),
            Topic::Time if fault.key().eq_ignore_ascii_case("aws:epochtime") => {
                Some("an operator of numbers")
            }
            Topic::Time => Some("an operator of dates"),
            Topic::Mfa | Topic::SecureTransport | Topic::Service => Some("Bool"),
            Topic::Source | Topic::Principal => Some("an operator of ARNs, or StringEquals"),
            Topic::Other => None,
            _ => Some("StringEquals"),
        },
    };
    match better {
        Some(better) => format!("writes {better} for {operator}, and a value that it reads,"),
        None => format!("writes a value that {operator} reads, or the operator of the key's type,"),
    }
}

/// `aws:PrincipalArn` has the role's ARN, never that of a session (IAM user guide,
/// `reference_policies_condition-keys.html#condition-keys-principalarn`).
fn principal_arn_of_session(case: &Case<'_>) -> Option<Finding> {
    let refused = Refused::of(case)?;
    let faults = Fault::all(&refused);
    let is_session = |value: &String| value.contains(":assumed-role/");
    let fault = faults.iter().find(|fault| {
        let condition = fault.condition;
        condition.key.eq_ignore_ascii_case("aws:PrincipalArn")
            && fault.wanted().is_some()
            && condition.policy.iter().all(is_session)
    })?;
    let (owner, place) = (document::owner(&refused, fault.at.layer), fault.at.place());
    let who = refused.who();
    let fix = format!(
        "{owner} writes the ARN of the role in {place}, as `{who}` is one: `aws:PrincipalArn` never has \
         that of a session"
    );
    Some(Finding::certain(causes(fault, &faults), fix))
}

/// A perimeter spares services by keys that are only there where they sign for themselves, and not where
/// they work with a role of the account.
fn perimeter_service(case: &Case<'_>) -> Option<Finding> {
    let refused = Refused::of(case)?;
    let is_network = |topic| matches!(topic, Topic::SourceIp | Topic::VpcEndpoint);
    let asks_network = Fault::all(&refused)
        .iter()
        .any(|fault| is_network(fault.topic()));
    // Such a role has this path where AWS made it (IAM user guide, `id_roles_create_for-service.html`).
    let is_of_service = refused.who().contains("service-role/");
    if asks_network && !is_of_service {
        return None;
    }
    conditional(case, Of::Any(Topic::Service), Some(true))
}

/// An account joins the organization, or the sink's owner names it: the source account can do neither.
fn sink_organization(case: &Case<'_>) -> Option<Finding> {
    let refused = Refused::of(case)?;
    let account = refused.check.caller.account.as_deref()?;
    if !refused.check.action.starts_with("oam:") {
        return None;
    }
    let found = conditional(case, Of::Any(Topic::Organization), Some(false))?;
    let at = refused.at()?;
    let (owner, document) = (document::owner(&refused, at.layer), at.document());
    Some(Finding {
        fix: format!(
            "where the metrics of account {account} are meant to be shared, {owner} adds a statement to \
             {document} whose principal is that account alone; or the account joins the organization"
        ),
        ..found
    })
}

fn claim_under_other_key(case: &Case<'_>) -> Option<Finding> {
    let refused = Refused::of(case)?;
    let faults = Fault::all(&refused);
    let fault = faults.iter().find(|fault| {
        let is_claim = matches!(fault.topic(), Topic::Audience | Topic::Claim);
        is_claim && fault.condition.found_under.is_some()
    })?;
    let (owner, place) = (document::owner(&refused, fault.at.layer), fault.at.place());
    let other = fault.condition.found_under.as_deref().unwrap_or_default();
    let (key, had) = (fault.key(), fault.had());
    let fix = format!(
        "{owner} writes that value under `{other}` in {place}: `{key}` of the token is {had}"
    );
    Some(Finding::certain(causes(fault, &faults), fix))
}

/// Claims that are condition keys, of every issuer or of Google (IAM user guide,
/// `reference_policies_iam-condition-keys.html`).
const CLAIMS: [&str; 5] = ["amr", "aud", "email", "oaud", "sub"];

/// Issuers of whose tokens STS reads more claims.
const KNOWN_ISSUERS: [&str; 4] = [
    "accounts.google.com",
    "circleci.com",
    "githubusercontent.com",
    "oraclecloud.com",
];

/// Only some claims are condition keys: a condition on another is met by no token.
fn claim_without_key(case: &Case<'_>) -> Option<Finding> {
    let refused = Refused::of(case)?;
    let faults = Fault::all(&refused);
    let fault = faults.iter().find(|fault| {
        let (issuer, claim) = fault.key().rsplit_once(':').unwrap_or_default();
        let host = issuer.split('/').next().unwrap_or_default();
        fault.topic() == Topic::Claim
            && fault.is_absent()
            && fault.wanted().is_some()
            && !CLAIMS.contains(&claim)
            && !KNOWN_ISSUERS.iter().any(|known| host.ends_with(known))
    })?;
    let (owner, place) = (document::owner(&refused, fault.at.layer), fault.at.place());
    let (_, claim) = fault.key().rsplit_once(':')?;
    let cause = format!(
        "{}; of such a token STS makes keys of `aud`, `sub` and `amr` only, whatever its claim `{claim}` is",
        causes(fault, &faults)
    );
    let fix = format!(
        "{owner} compares in {place} what STS reads: `sub`, into which the issuer puts it; or \
         `aws:RequestTag/{claim}`, where the issuer passes it as a session tag (the claim \
         `https://aws.amazon.com/tags`, and `sts:TagSession`)"
    );
    Some(Finding::certain(cause, fix))
}

/// The tag is missing where a condition compares it, or where a resource's ARN is made of it.
fn principal_tag_missing(case: &Case<'_>) -> Option<Finding> {
    conditional(case, Of::Absent(Topic::PrincipalTag), None).or_else(|| {
        let refused = Refused::of(case)?;
        let at = refused.at()?;
        let resource = at
            .statement
            .resource
            .as_ref()
            .filter(|found| !found.matches)?;
        let is_tag = |name: &&String| Topic::of(name) == Topic::PrincipalTag;
        let variable = resource.absent_variables.iter().find(is_tag)?;
        let name = variable
            .split_once('/')
            .map_or(variable.as_str(), |(_, name)| name);
        let (place, asked, who) = (at.place(), refused.asked(), refused.who());
        let named = either(&resource.values);
        Some(Finding::certain(
            format!("{place} would allow {asked} on {named}; the caller has no tag `{name}`"),
            format!("tag `{who}` with `{name}`, or pass it as a tag of the session"),
        ))
    })
}

/// `aws:username` is there for users, `aws:PrincipalTag` for whoever is tagged: the owner of the document
/// wrote it for other callers.
fn variable_without_value(case: &Case<'_>) -> Option<Finding> {
    let refused = Refused::of(case)?;
    if refused.is_explicit() {
        return None;
    }
    let at = refused.at()?;
    let mut conditions = Fault::all(&refused).into_iter();
    let by_condition =
        conditions.find(|fault| fault.condition.standing == Standing::VariableAbsent);
    let of_resource = at
        .statement
        .resource
        .as_ref()
        .filter(|found| !found.matches);
    let variable = match (&by_condition, of_resource) {
        (Some(fault), _) => fault.key(),
        (None, Some(resource)) => resource.absent_variables.first()?,
        (None, None) => return None,
    };
    let (owner, place) = (document::owner(&refused, at.layer), at.place());
    let hint = if variable.eq_ignore_ascii_case("aws:username") {
        ": it is there for users only, and this caller is none; a session has `aws:userid` and its tags"
    } else {
        ""
    };
    let principal = &refused.decision.principal;
    Some(Finding::certain(
        format!("{place} is made of `${{{variable}}}`, which has no value for `{principal}`{hint}"),
        format!(
            "{owner} makes {place} of a key that this caller has; or make the call as one that has it"
        ),
    ))
}
