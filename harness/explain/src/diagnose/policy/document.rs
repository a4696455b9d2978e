//! Documents by name, and whose they are.

use authlab_policy::Layer;

use super::refused::Refused;

/// A document with what it is: ``the boundary `arn:...` ``. A name that says so itself stays as it is.
pub(super) fn named(layer: Layer, name: &str) -> String {
    if name.starts_with("arn:") {
        return format!("the {} {}", word(layer), quoted_arn(name));
    }
    if name.contains(' ') {
        return format!("the {name}");
    }
    format!("the {} `{name}`", word(layer))
}

/// An ARN in backticks, and behind it what stands beside it in the name.
fn quoted_arn(name: &str) -> String {
    match name.split_once(' ') {
        Some((arn, rest)) => format!("`{arn}` {rest}"),
        None => format!("`{name}`"),
    }
}

/// What a document of a layer is called.
pub(super) fn word(layer: Layer) -> &'static str {
    match layer {
        Layer::Identity => "policy",
        Layer::Resource => "resource policy",
        Layer::Trust => "trust policy",
        Layer::Boundary => "permissions boundary",
        Layer::Session => "session policy",
        Layer::ServiceControl => "SCP",
        Layer::ResourceControl => "RCP",
        Layer::Endpoint => "VPC endpoint policy",
    }
}

/// Who changes documents of a layer.
pub(super) fn owner(refused: &Refused, layer: Layer) -> String {
    match layer {
        Layer::Identity => match &refused.check.caller.account {
            Some(account) => format!("whoever administers account {account}"),
            None => "the owner of that policy".to_owned(),
        },
        Layer::Resource => match account_of(&refused.check.resource) {
            Some(account) => format!("the owner of the resource (account {account})"),
            None => "the owner of the resource".to_owned(),
        },
        Layer::Trust => match account_of(&refused.check.resource) {
            Some(account) => format!("the owner of the role (account {account})"),
            None => "the owner of the role".to_owned(),
        },
        Layer::Boundary => "whoever set that boundary".to_owned(),
        Layer::Session => "whoever makes the session".to_owned(),
        Layer::ServiceControl => "the administrator of the caller's organization".to_owned(),
        Layer::ResourceControl => "the administrator of the resource's organization".to_owned(),
        Layer::Endpoint => "the owner of the VPC endpoint".to_owned(),
    }
}

fn account_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|account| !account.is_empty())
}
