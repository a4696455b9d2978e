//! Classes of a refusal without a condition in it: nothing speaks of the caller, of the resource or of the
//! action, or a statement denies without asking.

use authlab_policy::evidence::DecidedBy;
use authlab_policy::{Layer, NamesTrace};

use super::super::entry::Entry;
use super::super::finding::{Finding, Mender, System};
use super::super::words;
use super::difference;
use super::document;
use super::fault::Fault;
use super::refused::{At, Refused};
use crate::case::Case;

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
    "tag-session-not-allowed", Owner, "session tags are passed, and sts:TagSession is not allowed",
        |case| beside_assume_role(case, "sts:TagSession", "make the session without tags");
    "source-identity-not-allowed", Owner,
        "a source identity is passed, and sts:SetSourceIdentity is not allowed",
        |case| beside_assume_role(case, "sts:SetSourceIdentity", "make the session without SourceIdentity");
    "trust-principal-recreated", Owner, "the policy names a principal that was deleted",
        recreated;
    "trust-action-mismatch", Owner, "the trust policy lets the caller in by another operation",
        trust_action;
    "trust-principal-missing", Owner, "the role's trust policy does not name the caller",
        |case| {
            let refused = Refused::of(case)?;
            let at = refused.at();
            let is_other = at.is_none_or(|at| at.statement.principal == Some(false));
            (refused.is_silent(Layer::Trust) && is_other).then(|| principal(&refused, at))
        };
    "resource-principal-missing", Owner, "the resource's policy names others",
        |case| {
            let refused = Refused::of(case)?;
            let at = refused.at().filter(|at| at.statement.principal == Some(false))?;
            let is_near = at.statement.action.matches;
            (refused.is_silent(Layer::Resource) && is_near).then(|| principal(&refused, Some(at)))
        };

    "scp-denies", Owner, "an SCP of the caller's organization denies the action",
        |case| denies(case, &[Layer::ServiceControl]);
    "rcp-denies", Owner, "an RCP of the resource's organization denies the action",
        |case| denies(case, &[Layer::ResourceControl]);
    "boundary-denies", Owner, "the permissions boundary denies the action",
        |case| denies(case, &[Layer::Boundary]);
    "session-policy-denies", Caller, "the session's own policy denies the action",
        |case| denies(case, &[Layer::Session]);
    "endpoint-policy-denies", Owner, "the policy of the VPC endpoint denies the action",
        |case| denies(case, &[Layer::Endpoint]);
    "policy-denies", Owner, "a statement denies the action",
        |case| denies(case, &[Layer::Identity, Layer::Resource, Layer::Trust]);

    "scp-silent", Owner, "a level of the organization allows nothing of the kind",
        |case| silent(case, &[Layer::ServiceControl]);
    "rcp-silent", Owner, "a level of the resource's organization allows nothing of the kind",
        |case| silent(case, &[Layer::ResourceControl]);
    "boundary-silent", Owner, "the permissions boundary does not allow the action",
        |case| silent(case, &[Layer::Boundary]);
    "session-policy-silent", Caller, "the session's own policy does not allow the action",
        |case| silent(case, &[Layer::Session]);
    "endpoint-policy-silent", Owner, "the policy of the VPC endpoint does not allow the action",
        |case| silent(case, &[Layer::Endpoint]);
    "no-policy-allows", Owner, "no statement of the layer allows the action",
        |case| silent(case, &[Layer::Identity, Layer::Resource, Layer::Trust]);
};

/// What AssumeRole asks for beside itself: each is an action of its own, of the caller's policies and of
/// the trust policy (IAM user guide, `id_session-tags.html`).
fn beside_assume_role(case: &Case<'_>, action: &str, without: &str) -> Option<Finding> {
    let refused = Refused::of(case)?;
    let is_asked = refused.check.action.eq_ignore_ascii_case(action);
    if !is_asked || refused.is_explicit() || !Fault::all(&refused).is_empty() {
        return None;
    }
    let layer = refused.layer();
    let owner = document::owner(&refused, layer);
    let (asked, principal) = (refused.asked(), &refused.decision.principal);
    let assumes = |at: &At<'_>| {
        let values = &at.statement.action.values;
        at.statement.principal != Some(false)
            && values.iter().any(|value| value.starts_with("sts:Assume"))
    };
    let (cause, place) = match refused.nearest().into_iter().find(assumes) {
        Some(at) => {
            let (place, allowed) = (at.place(), words::texts(&at.statement.action.values));
            let cause = format!("{place} allows {allowed} to `{principal}`, and not {asked}");
            (cause, place)
        }
        None => {
            let place = match refused.at() {
                Some(at) => at.document(),
                None => format!("a {} of `{}`", document::word(layer), refused.who()),
            };
            (
                format!("nothing in {place} allows {asked} to `{principal}`"),
                place,
            )
        }
    };
    let fix = format!("{owner} adds `{action}` to {place}; or {without}");
    Some(Finding::certain(cause, fix))
}

/// A saved policy keeps the unique id of whom it names, and shows it once that one is gone (IAM user guide,
/// `reference_policies_elements_principal.html`, "Role principals").
fn recreated(case: &Case<'_>) -> Option<Finding> {
    let refused = Refused::of(case)?;
    let at = refused
        .at()
        .filter(|at| at.statement.principal == Some(false))?;
    if refused.is_explicit() || !matches!(at.layer, Layer::Trust | Layer::Resource) {
        return None;
    }
    let names = at.statement.names.as_ref().filter(|names| !names.negated)?;
    let id = names.values.iter().find(|value| is_unique_id(value))?;
    let (place, who) = (at.place(), refused.who());
    let own = refused.check.caller.unique_id.as_deref();
    let own = own.map_or_else(|| "none".to_owned(), |own| format!("`{own}`"));
    let kind = if id.starts_with("AROA") {
        "role"
    } else {
        "user"
    };
    let owner = document::owner(&refused, at.layer);
    let cause = format!(
        "{place} names `{id}`, the unique id of a {kind} that was deleted; the caller is `{who}`, whose \
         unique id is {own}: the {kind} was deleted and made again"
    );
    let fix = format!(
        "{owner} writes {} anew, with `{who}` as the principal of that statement",
        at.document()
    );
    Some(Finding::certain(cause, fix))
}

fn is_unique_id(value: &str) -> bool {
    let is_kind = value.starts_with("AROA") || value.starts_with("AIDA");
    is_kind && value.len() >= 16 && value.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn trust_action(case: &Case<'_>) -> Option<Finding> {
    let refused = Refused::of(case)?;
    let at = refused.at()?;
    let statement = at.statement;
    let is_other = !statement.action.matches && statement.principal != Some(false);
    if !refused.is_silent(Layer::Trust) || !is_other {
        return None;
    }
    let (place, asked) = (at.place(), refused.asked());
    let allowed = words::texts(&statement.action.values);
    let (owner, action) = (document::owner(&refused, at.layer), &refused.check.action);
    Some(Finding::certain(
        format!("{place} lets the caller in by {allowed}; what was asked is {asked}"),
        format!("{owner} writes `{action}` as the Action of {place}"),
    ))
}

/// A statement that names others, and in which part the nearest of them differs from the caller.
fn principal(refused: &Refused, at: Option<At<'_>>) -> Finding {
    let layer = refused.layer();
    let (who, owner) = (refused.who(), document::owner(refused, layer));
    let Some(at) = at else {
        return Finding::certain(
            format!(
                "the {} has no statement that allows {}",
                document::word(layer),
                refused.asked()
            ),
            format!("{owner} adds a statement with `{who}` as its principal"),
        );
    };
    let place = at.place();
    let names = at.statement.names.as_ref();
    let (named, values) = match names {
        Some(NamesTrace {
            negated: true,
            values,
        }) => (format!("spares {}", words::texts(values)), &[][..]),
        Some(NamesTrace { values, .. }) => {
            (format!("names {}", words::texts(values)), values.as_slice())
        }
        None => ("names others".to_owned(), &[][..]),
    };
    let differs = match difference::nearest(values, who) {
        Some(difference) => format!("; {}", difference.told()),
        None => String::new(),
    };
    let caller = if who == refused.decision.principal {
        format!("`{who}`")
    } else {
        format!("`{who}` (as `{}`)", refused.decision.principal)
    };
    Finding::certain(
        format!("{place} {named}; the caller is {caller}{differs}"),
        format!("{owner} names `{who}` as the principal of {place}, where it is meant to come in"),
    )
}

fn denies(case: &Case<'_>, layers: &[Layer]) -> Option<Finding> {
    let refused = Refused::of(case)?;
    if !refused.is_explicit() || !layers.contains(&refused.layer()) {
        return None;
    }
    let layer = refused.layer();
    let owner = document::owner(&refused, layer);
    let asked = refused.asked();
    // The statement's own words, where the journal has kept them.
    let Some(at) = refused.at() else {
        let by = refused.decision.decided_by.statement()?;
        let document = document::named(layer, &by.policy);
        let place = match &by.sid {
            Some(sid) => format!("statement `{sid}` of {document}"),
            None => format!("statement {} of {document}", by.statement),
        };
        return Some(Finding::certain(
            format!("{place} denies {asked}"),
            denial_mended(&owner, &place),
        ));
    };
    let place = at.place();
    let faults = Fault::all(&refused);
    let cause = match faults.first() {
        Some(fault) => fault.cause(),
        None => {
            let names = at
                .statement
                .names
                .as_ref()
                .map(|names| words::texts(&names.values));
            let to = names.map_or_else(String::new, |names| format!(" to {names}"));
            format!("{place} denies {asked}{to}, under no condition")
        }
    };
    Some(Finding::certain(cause, denial_mended(&owner, &place)))
}

fn denial_mended(owner: &str, place: &str) -> String {
    format!(
        "no Allow outweighs a Deny: where this call is meant to be, {owner} narrows {place}, so that it no \
         longer speaks of it"
    )
}

fn silent(case: &Case<'_>, layers: &[Layer]) -> Option<Finding> {
    let refused = Refused::of(case)?;
    let layer = refused.layer();
    if refused.is_explicit() || !layers.contains(&layer) {
        return None;
    }
    let (action, resource) = (&refused.check.action, &refused.check.resource);
    let asked = refused.asked();
    let owner = document::owner(&refused, layer);
    let at = refused.at();
    let documents = documents(&refused);
    let nearest = at.map_or_else(String::new, |at| {
        format!(
            "; the nearest is {}, which {}",
            at.place(),
            differs(&refused, at)
        )
    });
    let cause = format!("{documents} allows {asked}{nearest}");
    let is_about_resource = |at: &At<'_>| {
        at.statement.action.matches
            && at
                .statement
                .resource
                .as_ref()
                .is_some_and(|found| !found.matches)
    };
    let what = format!("allows `{action}` on `{resource}`");
    let fix = match (layer, at) {
        (Layer::Boundary, _) => format!(
            "{owner} adds a statement to it that {what}: nothing that is attached beside it reaches farther"
        ),
        (Layer::Session, _) => {
            format!(
                "make the session with a policy that {what}: it gets no more than that policy has"
            )
        }
        (Layer::ServiceControl | Layer::ResourceControl, _) => format!(
            "{owner} attaches at that level one that {what}: a level without an Allow blocks"
        ),
        (Layer::Endpoint, _) => format!("{owner} adds a statement to it that {what}"),
        (_, Some(at)) if is_about_resource(&at) => format!(
            "{owner} names `{resource}` as a Resource of {}, where that is meant; or ask for what it names",
            at.place()
        ),
        (Layer::Identity, _) => {
            format!("{owner} gives `{}` a statement that {what}", refused.who())
        }
        _ => format!(
            "{owner} adds a statement that {what} to `{}`",
            refused.who()
        ),
    };
    Some(Finding::certain(cause, fix))
}

/// ``no statement of the permissions boundary `arn:...` ``.
fn documents(refused: &Refused) -> String {
    let layer = refused.layer();
    let level = match &refused.decision.decided_by {
        DecidedBy::Missing { level, .. } => *level,
        _ => None,
    };
    let traced = refused
        .check
        .layers
        .iter()
        .filter(|found| found.layer == layer);
    let policies = traced.flat_map(|found| &found.policies);
    let at_level = policies.filter(|policy| level.is_none() || policy.level_index == level);
    let names: Vec<String> = at_level
        .map(|policy| document::named(layer, &policy.name))
        .collect();
    let at = level.map_or_else(String::new, |level| {
        format!(" at level {level} from the root")
    });
    match names.as_slice() {
        [] => format!("no {}{at}", document::word(layer)),
        [one] => format!("no statement of {one}{at}"),
        several => format!("no statement of {}{at}", several.join(", nor of ")),
    }
}

/// In what a statement differs from the request.
fn differs(refused: &Refused, at: At<'_>) -> String {
    let statement = at.statement;
    let mut parts = Vec::new();
    if statement.principal == Some(false) {
        let names = statement.names.as_ref();
        let names = names.map_or_else(|| "others".to_owned(), |names| words::texts(&names.values));
        parts.push(format!("names {names}"));
    }
    if !statement.action.matches {
        let values = words::texts(&statement.action.values);
        let verb = if statement.action.negated {
            "leaves out"
        } else {
            "allows"
        };
        parts.push(format!("{verb} {values}"));
    }
    if let Some(resource) = statement.resource.as_ref().filter(|found| !found.matches) {
        let values = words::texts(&resource.values);
        let verb = if resource.negated {
            "leaves out"
        } else {
            "speaks of"
        };
        let difference = difference::nearest(&resource.values, &refused.check.resource);
        let difference = difference.filter(|_| !resource.negated);
        let told = difference.map_or_else(String::new, |found| format!(" ({})", found.told()));
        parts.push(format!("{verb} {values}{told}"));
    }
    for condition in statement.conditions.iter().filter(|found| !found.holds) {
        let had = match &condition.request {
            None => "none".to_owned(),
            Some(values) => words::texts(values),
        };
        let wanted = words::texts(&condition.policy);
        let (operator, key) = (&condition.operator, &condition.key);
        parts.push(format!(
            "wants {operator} of `{key}` with {wanted}, where the request has {had}"
        ));
    }
    parts.join(" and ")
}
