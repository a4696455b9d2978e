//! Completions of what is unknown about a generated case.

use authlab_policy::{
    AdditionalCheck, ApiAuthorization, ApiRequest, Context, Document, DocumentKind, Keys, Layer,
    LayerSet, Policy, PolicySet, Request, Unknown, case,
};
use serde_json::json;

use super::generate::{self, Rng};

/// The keys that generated documents ask for, each with values that they tell apart, in several
/// spellings, and one that they do not know.
pub const KEYS: [(&str, &[&str]); 10] = [
    (
        "svc:Label",
        &["red", "RED", "rEd", "blue", "zlue", "r", "*", "", "other"],
    ),
    ("aws:TagKeys", &["a", "ab", "b", "c", "", "other"]),
    ("svc:Size", &["7", "7.5", "8", "10", "11", "-1e999", "ten"]),
    (
        "aws:CurrentTime",
        &["2025-01-01", "2026-01-01T00:00:00Z", "2027-01-01", "never"],
    ),
    ("aws:SecureTransport", &["true", "TRUE", "false", "other"]),
    (
        "aws:SourceIp",
        &[
            "203.0.113.7",
            "203.0.113.200",
            "2001:db8::1",
            "192.0.2.1",
            "x",
        ],
    ),
    (
        "aws:PrincipalArn",
        &[
            "arn:aws:iam::111111111111:user/ana",
            "arn:aws:iam::111111111111:role/app",
            "arn:aws:iam::222222222222:user/bob",
            "other",
        ],
    ),
    ("aws:username", &["ana", "red", "other"]),
    ("aws:PrincipalTag/team", &["red", "blue", "r", "other"]),
    ("aws:PrincipalTag/none", &["red", "ana", "other"]),
];

/// A request with policies, of any kind that decisions have rules for.
pub fn question(rng: &mut Rng) -> (Request, PolicySet) {
    let (mut request, policies) = decoded(rng);
    if rng.chance(25) {
        let authorization = *rng.pick(&[
            ApiAuthorization::None,
            ApiAuthorization::Iam,
            ApiAuthorization::Custom,
            ApiAuthorization::Cognito,
            ApiAuthorization::Jwt,
        ]);
        let mut api = ApiRequest::new(authorization, "a1b2");
        api.private = rng.chance(40);
        request.api = Some(api);
    }
    if rng.chance(15) {
        let (other, _) = decoded(rng);
        request.additional.push(AdditionalCheck {
            action: other.action,
            resource: other.resource,
            resource_account: other.resource_account,
            context: other.context,
        });
    }
    (request, policies)
}

fn decoded(rng: &mut Rng) -> (Request, PolicySet) {
    let case = generate::case(rng);
    match case::decode(&case) {
        Ok(decoded) => decoded,
        Err(error) => panic!("{error}: {case}"),
    }
}

/// What a request and its policies come to, with one thing or another unknown.
pub fn unknown(rng: &mut Rng) -> Unknown {
    let key = |rng: &mut Rng| rng.pick(&KEYS).0.to_owned();
    let several = |rng: &mut Rng| {
        let count = rng.below(4);
        (0..count).map(|_| key(rng)).collect()
    };
    let keys = match rng.below(6) {
        0 | 1 => Keys::Listed(vec![key(rng)]),
        2 => Keys::Listed(several(rng)),
        3 => Keys::AllBut(several(rng)),
        _ => Keys::default(),
    };
    let count = if rng.chance(50) { rng.below(4) } else { 0 };
    let layers = (0..count).map(|_| *rng.pick(&Layer::ALL));
    Unknown {
        keys,
        layers: layers.collect(),
    }
}

/// Every value list that is worth trying for a key; `None` = absent.
pub fn values_of(key: &str) -> Vec<Option<Vec<&'static str>>> {
    let known = KEYS.iter().find(|(name, _)| *name == key);
    let values = known.map_or(&[] as &[&str], |(_, values)| *values);
    let mut lists = vec![None, Some(Vec::new())];
    for (position, one) in values.iter().enumerate() {
        lists.push(Some(vec![*one]));
        for other in values.iter().skip(position) {
            lists.push(Some(vec![*one, *other]));
        }
    }
    lists.push(Some(values.to_vec()));
    lists
}

/// Sets a key in every check, or makes it absent.
pub fn set(request: &mut Request, key: &str, values: Option<&Vec<&'static str>>) {
    let additional = request.additional.iter_mut().map(|it| &mut it.context);
    for context in std::iter::once(&mut request.context).chain(additional) {
        set_in(context, key, values);
    }
}

fn set_in(context: &mut Context, key: &str, values: Option<&Vec<&'static str>>) {
    match values {
        Some(values) => context.insert_many(key.to_owned(), values.iter().copied()),
        None => context.remove(key),
    }
}

/// Gives every unknown key some values, in each check its own.
pub fn complete_keys(rng: &mut Rng, request: &mut Request, keys: &Keys) {
    let additional = request.additional.iter_mut().map(|it| &mut it.context);
    for context in std::iter::once(&mut request.context).chain(additional) {
        for (key, _) in KEYS {
            if keys.contains(key, context) {
                set_in(context, key, rng.pick(&values_of(key)).as_ref());
            }
        }
    }
}

/// Puts documents of some kind, or none, into every unknown layer.
pub fn complete_layers(rng: &mut Rng, policies: &mut PolicySet, layers: LayerSet) {
    for layer in layers.iter() {
        let policy = match rng.below(5) {
            0 => None,
            1 => Some(of_everything(layer, &[])),
            2 => Some(of_everything(layer, &["Allow"])),
            3 => Some(of_everything(layer, &["Deny"])),
            _ => {
                let mut donor = decoded(rng).1;
                let found = documents(&mut donor, layer).into_iter().next();
                found.or_else(|| Some(of_everything(layer, &["Allow", "Deny"])))
            }
        };
        put(policies, layer, policy);
    }
}

fn documents(policies: &mut PolicySet, layer: Layer) -> Vec<Policy> {
    match layer {
        Layer::Identity => std::mem::take(&mut policies.identity),
        Layer::Session => std::mem::take(&mut policies.session),
        Layer::Resource => policies.resource.take().into_iter().collect(),
        Layer::Trust => policies.trust.take().into_iter().collect(),
        Layer::Boundary => policies.boundary.take().into_iter().collect(),
        Layer::Endpoint => policies.endpoint.take().into_iter().collect(),
        Layer::ServiceControl => policies.service_control.drain(..).flatten().collect(),
        Layer::ResourceControl => policies.resource_control.drain(..).flatten().collect(),
    }
}

fn put(policies: &mut PolicySet, layer: Layer, policy: Option<Policy>) {
    let list = || policy.iter().cloned().collect::<Vec<_>>();
    match layer {
        Layer::Identity => policies.identity = list(),
        Layer::Session => policies.session = list(),
        Layer::Resource => {
            policies.resource = policy;
            policies.grants = Vec::new();
        }
        Layer::Trust => policies.trust = policy,
        Layer::Boundary => policies.boundary = policy,
        Layer::Endpoint => policies.endpoint = policy,
        Layer::ServiceControl => policies.service_control = levels(list()),
        Layer::ResourceControl => policies.resource_control = levels(list()),
    }
}

/// One level, or no organization.
fn levels(attached: Vec<Policy>) -> Vec<Vec<Policy>> {
    if attached.is_empty() {
        Vec::new()
    } else {
        vec![attached]
    }
}

/// A document with statements of these effects on everything and everybody; one that speaks of an
/// action that nobody asks for where there are none.
fn of_everything(layer: Layer, effects: &[&str]) -> Policy {
    let kind = match layer {
        Layer::Identity => DocumentKind::Identity,
        Layer::Resource => DocumentKind::Resource,
        Layer::Trust => DocumentKind::Trust,
        Layer::Boundary => DocumentKind::Boundary,
        Layer::Session => DocumentKind::Session,
        Layer::ServiceControl => DocumentKind::ServiceControl,
        Layer::ResourceControl => DocumentKind::ResourceControl,
        Layer::Endpoint => DocumentKind::VpcEndpoint,
    };
    let statement = |effect: &str, action: &str| {
        let mut statement = json!({"Effect": effect, "Action": action});
        if kind.takes_principal() {
            statement["Principal"] = json!("*");
        }
        if kind != DocumentKind::Trust {
            statement["Resource"] = json!("*");
        }
        statement
    };
    let mut statements: Vec<_> = effects.iter().map(|it| statement(it, "*")).collect();
    if statements.is_empty() {
        statements.push(statement("Allow", "none:Asked"));
    }
    let document = json!({"Version": "2012-10-17", "Statement": statements});
    match Document::from_stored(kind, &document) {
        Ok(document) => Policy::new("completed", document),
        Err(error) => panic!("{error}: {document}"),
    }
}
