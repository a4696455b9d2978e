//! What to do about a condition that is not met: for the one who can, and never by loosening it.
//!
//! A condition on the external id, on a second factor, on where a call comes from or on whom a token is
//! for is there to keep others out. So the request is changed to meet it, or the tag is set that it asks
//! for; a document is changed only where it cannot do what it was written for.

use super::document;
use super::fault::{Fault, either};
use super::topic::Topic;

/// What to do about a condition on something that the request shows of itself or of its caller.
pub(super) fn of(fault: &Fault<'_>) -> String {
    let Some(wanted) = fault.wanted() else {
        return avoid(fault);
    };
    let wish = fault.wish();
    match fault.topic() {
        Topic::ExternalId => external_id(fault, &wanted),
        Topic::PrincipalTag => principal_tag(fault, &wanted),
        Topic::ResourceTag => resource_tag(fault, &wish),
        Topic::RequestTag => request_tag(fault, &wish),
        Topic::Region => format!("send the call to a Region that is meant: {wish}"),
        Topic::Mfa => mfa(fault),
        Topic::SourceIp => format!("send the call from an address {wish}"),
        Topic::VpcEndpoint => format!(
            "send the call through the VPC endpoint that is meant: `{}` has to be {wish}",
            fault.key()
        ),
        Topic::SecureTransport => "send the call by https".to_owned(),
        Topic::Organization => organization(fault, &wish),
        Topic::ResourceOwner => format!(
            "ask for a resource of whom is meant: `{}` has to be {wish}",
            fault.key()
        ),
        Topic::Source => source(fault),
        Topic::Principal => format!(
            "make the call as a principal that is meant: `{}` has to be {wish}",
            fault.key()
        ),
        Topic::Service => service(fault),
        Topic::Session => session(fault, &wish),
        Topic::Time => format!("make the call when `{}` is {wish}", fault.key()),
        Topic::PassedTo => format!("pass the role to the service that is meant: {wish}"),
        Topic::NewBoundary => {
            format!("pass `PermissionsBoundary` = {wish} in `{}`", asked(fault))
        }
        Topic::Key => format!(
            "use the key in the way that is meant: `{}` has to be {wish}",
            fault.key()
        ),
        Topic::SharedTypes => shared_types(fault),
        Topic::Subject => subject(fault),
        Topic::Audience => audience(fault, &wish),
        Topic::Claim => format!(
            "get a token whose claim `{}` is {wish}; the issuer decides whether this client has one",
            claim(fault)
        ),
        Topic::Other => format!("make the request so that `{}` is {wish}", fault.key()),
    }
}

/// A statement that speaks of what the request has.
fn avoid(fault: &Fault<'_>) -> String {
    let key = fault.key();
    if fault.refused.is_explicit() {
        let had = fault.had();
        return format!("no Allow outweighs this: the call passes only where `{key}` is not {had}");
    }
    let listed = either(&fault.condition.policy);
    format!("the statement leaves {listed} out: make the call with another `{key}`")
}

fn asked<'f>(fault: &'f Fault<'_>) -> &'f str {
    &fault.refused.check.action
}

fn claim<'f>(fault: &'f Fault<'_>) -> &'f str {
    let key = fault.key();
    key.rsplit_once(':').map_or(key, |(_, claim)| claim)
}

fn external_id(fault: &Fault<'_>, wanted: &[String]) -> String {
    let value = if wanted.iter().any(|value| value.contains(['*', '?'])) {
        format!("like {}", either(wanted))
    } else {
        format!("= {}", either(wanted))
    };
    let end = if fault.is_absent() {
        String::new()
    } else {
        format!(", not {}", fault.had())
    };
    format!("pass `ExternalId` {value} in sts:AssumeRole{end}")
}

/// The tag of the caller is set where the resource's, or the policy's, says what it has to be.
fn principal_tag(fault: &Fault<'_>, wanted: &[String]) -> String {
    let key = fault.key();
    let name = key.split_once('/').map_or(key, |(_, name)| name);
    let is_by_variable = !fault.condition.absent_variables.is_empty();
    let value = match &fault.condition.request {
        Some(values) if is_by_variable => either(values),
        _ => either(wanted),
    };
    let who = fault.refused.who();
    if fault.is_absent() {
        return format!(
            "tag `{who}` with `{name}` = {value}, or pass that as a tag of the session"
        );
    }
    format!(
        "make the call as a principal whose tag `{name}` is {value}: that of `{who}` is {}",
        fault.had()
    )
}

fn resource_tag(fault: &Fault<'_>, wish: &str) -> String {
    let key = fault.key();
    let name = key.split_once('/').map_or(key, |(_, name)| name);
    let resource = &fault.refused.check.resource;
    if fault.is_absent() {
        return format!("tag `{resource}` with `{name}` = {wish}");
    }
    format!("ask for a resource whose tag `{name}` is {wish}")
}

fn request_tag(fault: &Fault<'_>, wish: &str) -> String {
    let key = fault.key();
    match key.split_once('/') {
        Some((_, name)) => format!("send the tag `{name}` = {wish} in `{}`", asked(fault)),
        None => format!("send tags only whose keys are {wish} in `{}`", asked(fault)),
    }
}

fn mfa(fault: &Fault<'_>) -> String {
    let is_age = fault.key().eq_ignore_ascii_case("aws:multifactorauthage");
    if is_age && !fault.is_absent() {
        return format!(
            "make a new session with a code of the MFA device: this one has to be {} seconds old",
            fault.wish()
        );
    }
    if asked(fault).eq_ignore_ascii_case("sts:AssumeRole") {
        return "pass `SerialNumber` and `TokenCode` of the MFA device in sts:AssumeRole"
            .to_owned();
    }
    "make the call with a session that was made with a code of the MFA device: sts:GetSessionToken or \
     sts:AssumeRole with `SerialNumber` and `TokenCode`"
        .to_owned()
}

fn organization(fault: &Fault<'_>, wish: &str) -> String {
    if !fault.refused.is_explicit() {
        let key = fault.key();
        return format!(
            "make the call from an account of the organization: `{key}` has to be {wish}"
        );
    }
    let place = fault.at.place();
    let owner = document::owner(fault.refused, fault.at.layer);
    let caller = match &fault.refused.check.caller.account {
        Some(account) => format!("leaves out `aws:PrincipalAccount` {account}"),
        // Services, and the bearers of foreign tokens, stand outside any organization.
        None => format!("does not speak of `{}`", asked(fault)),
    };
    format!(
        "make the call from an account of the organization {wish}; where outsiders are meant to come in \
         here, {owner} sees to it that {place} {caller}, and nothing else"
    )
}

fn source(fault: &Fault<'_>) -> String {
    let (key, place) = (fault.key(), fault.at.document());
    if fault.is_absent() {
        return format!(
            "let the service make the call for a resource of its own: only then `{key}` is there"
        );
    }
    let owner = document::owner(fault.refused, fault.at.layer);
    let (had, who) = (fault.had(), &fault.refused.decision.principal);
    let how = if asked(fault).eq_ignore_ascii_case("lambda:InvokeFunction") {
        "by lambda:AddPermission "
    } else {
        ""
    };
    format!(
        "{owner} grants {had} {how}a statement of its own in {place}: principal `{who}`, `{key}` = {had}"
    )
}

fn service(fault: &Fault<'_>) -> String {
    let key = fault.key();
    let place = fault.at.place();
    if fault.refused.is_explicit() {
        let owner = document::owner(fault.refused, fault.at.layer);
        return format!(
            "{owner} tells in {place} the role that services work with apart, by its `aws:PrincipalArn`: \
             `{key}` is true only of a service that signs for itself or passes the caller's call on"
        );
    }
    format!(
        "let the service make the call: `{key}` has to be {}",
        fault.wish()
    )
}

fn session(fault: &Fault<'_>, wish: &str) -> String {
    let is_name = fault.key().eq_ignore_ascii_case("sts:rolesessionname");
    let member = if is_name {
        "RoleSessionName"
    } else {
        "SourceIdentity"
    };
    format!("pass `{member}` = {wish} when the session is made")
}

fn shared_types(fault: &Fault<'_>) -> String {
    let others = match fault.condition.others.as_slice() {
        [] => fault.condition.request.as_deref().unwrap_or_default(),
        others => others,
    };
    let owner = document::owner(fault.refused, fault.at.layer);
    format!(
        "{owner} adds {} to `{}` in {}, or link without what is not meant to be shared",
        super::super::words::texts(others),
        fault.key(),
        fault.at.place()
    )
}

/// A subject is the owner's to write; GitHub's says by its end what started the job.
fn subject(fault: &Fault<'_>) -> String {
    let owner = document::owner(fault.refused, fault.at.layer);
    let place = fault.at.place();
    if fault.is_absent() {
        return "get a token that has a `sub`".to_owned();
    }
    let had = fault.had();
    let shape = github_shape(fault).unwrap_or_default();
    format!(
        "{shape}where it is {had} that is to come in, {owner} writes exactly that subject in {place}; \
         otherwise get the token as {}",
        fault.wish()
    )
}

/// What the shape of a subject of GitHub Actions says about the job (GitHub, "About security hardening
/// with OpenID Connect", example subject claims).
fn github_shape(fault: &Fault<'_>) -> Option<String> {
    let key = fault.condition.key.to_ascii_lowercase();
    if !key.starts_with("token.actions.githubusercontent.com") {
        return None;
    }
    let subject = fault.condition.request.as_ref()?.first()?;
    let wanted = fault.condition.policy.join(" ");
    let mut parts = subject.splitn(3, ':').skip(1);
    let (repository, end) = (parts.next()?, parts.next()?);
    if repository.contains('@') && !wanted.contains('@') {
        return Some(
            "GitHub writes the numeric ids of owner and repository into the subject now: "
                .to_owned(),
        );
    }
    let shape = if end.starts_with("environment:") {
        "the job runs in an environment"
    } else if end == "pull_request" {
        "the job runs for a pull request"
    } else if end.starts_with("ref:refs/tags/") {
        "the job runs for a tag"
    } else {
        "the job runs for a branch, outside any environment"
    };
    Some(format!("{shape}: "))
}

fn audience(fault: &Fault<'_>, wish: &str) -> String {
    if let Some(other) = &fault.condition.found_under {
        let owner = document::owner(fault.refused, fault.at.layer);
        return format!(
            "{owner} writes that value under `{other}` in {}: it is no audience, and `{}` is {}",
            fault.at.place(),
            fault.key(),
            fault.had()
        );
    }
    format!("ask the issuer for a token whose `aud` is {wish}")
}
