//! What is possible where not everything is known: no completion of the unknown leaves it, it is one
//! outcome only where all completions agree, and what it asks for settles it.

#![expect(clippy::panic, reason = "a test ends at the first surprise")]

#[path = "support/complete.rs"]
mod complete;
#[path = "support/generate.rs"]
mod generate;

use std::collections::BTreeMap;

use authlab_policy::{
    Ask, Document, DocumentKind, Keys, Layer, LayerSet, Outcome, Policy, PolicySet, Possible,
    Principal, Request, Unknown, decide, explore,
};
use generate::Rng;
use serde_json::{Value, json};

/// A few seconds' worth; `EXPLORE_CASES` asks for more.
fn cases() -> u64 {
    let asked = std::env::var("EXPLORE_CASES").ok();
    asked.map_or(120, |count| match count.parse() {
        Ok(count) => count,
        Err(error) => panic!("EXPLORE_CASES: `{count}`: {error}"),
    })
}

/// The completions that are tried.
const COMPLETIONS: usize = 40;

fn completed(
    rng: &mut Rng,
    request: &Request,
    policies: &PolicySet,
    unknown: &Unknown,
) -> (Request, PolicySet) {
    let (mut request, mut policies) = (request.clone(), policies.clone());
    complete::complete_keys(rng, &mut request, &unknown.keys);
    complete::complete_layers(rng, &mut policies, unknown.layers);
    (request, policies)
}

#[test]
fn every_completion_lies_in_what_is_possible() {
    for seed in 0..cases() {
        let rng = &mut Rng::new(seed);
        let (request, policies) = complete::question(rng);
        let unknown = complete::unknown(rng);
        let possible = explore(&request, &policies, &unknown);
        let told = |request: &Request, policies: &PolicySet| {
            format!("seed {seed}: {unknown:?}\n{possible:?}\n{request:?}\n{policies:?}")
        };
        for _ in 0..COMPLETIONS {
            let (request, policies) = completed(rng, &request, &policies, &unknown);
            let decision = decide(&request, &policies);
            assert!(
                possible.outcomes.contains(decision.outcome),
                "{}: {}",
                decision.explain(),
                told(&request, &policies)
            );
        }
        let nothing = unknown == Unknown::default();
        if nothing {
            let decision = decide(&request, &policies);
            assert_eq!(possible.decided(), Some(decision.outcome), "seed {seed}");
        }
        let settled = possible.perhaps.is_empty();
        assert_eq!(settled, possible.decided().is_some(), "seed {seed}");
    }
}

/// Takes from the unknown what was asked for, and puts something in its place.
fn answer(
    rng: &mut Rng,
    request: &mut Request,
    policies: &mut PolicySet,
    unknown: &Unknown,
    asks: &[&Ask],
) -> Unknown {
    let mut left = unknown.clone();
    let mut layers = LayerSet::default();
    let mut asked = Vec::new();
    for ask in asks {
        match ask {
            Ask::Key(key) => asked.push(key.clone()),
            Ask::Layer(layer) => {
                layers.insert(*layer);
                left.layers.remove(*layer);
            }
        }
    }
    complete::complete_keys(rng, request, &Keys::Listed(asked.clone()));
    complete::complete_layers(rng, policies, layers);
    match &mut left.keys {
        Keys::Listed(listed) => {
            listed.retain(|key| !asked.iter().any(|known| known.eq_ignore_ascii_case(key)));
        }
        Keys::AllBut(known) => known.extend(asked),
    }
    left
}

#[test]
fn what_is_asked_for_settles_the_decision() {
    let mut undecided = 0;
    for seed in 0..cases() {
        let rng = &mut Rng::new(seed ^ 0x5eed);
        let (mut request, mut policies) = complete::question(rng);
        let unknown = complete::unknown(rng);
        // Documents of a layer may ask for keys of their own.
        let mut left = unknown.clone();
        for round in 0..2 {
            let (asks, given) = (request.clone(), policies.clone());
            let possible = explore(&asks, &given, &left);
            let wants = possible.wants();
            undecided += usize::from(!wants.is_empty());
            let are_layers = wants.iter().any(|ask| matches!(ask, Ask::Layer(_)));
            assert!(round == 0 || !are_layers, "seed {seed}: {possible:?}");
            left = answer(rng, &mut request, &mut policies, &left, &wants);
            if !are_layers {
                break;
            }
        }
        let settled = explore(&request, &policies, &left);
        assert!(
            settled.decided().is_some(),
            "seed {seed}: {unknown:?}, then {left:?}\n{settled:?}"
        );
    }
    assert!(undecided > 20, "{undecided} decisions were open");
}

/// How often all completions that were tried agree and more than one outcome was held possible, of how
/// many where they agree.
#[derive(Default, Debug)]
struct Excess {
    agree: u64,
    too_many: u64,
}

impl Excess {
    fn add(&mut self, possible: &Possible<'_>, found: &[Outcome]) -> bool {
        let agrees = found.windows(2).all(|pair| pair[0] == pair[1]);
        let excess = agrees && possible.decided().is_none();
        self.agree += u64::from(agrees);
        self.too_many += u64::from(excess);
        excess
    }
}

#[test]
fn what_is_possible_is_one_outcome_where_all_completions_agree() {
    let mut by_key: BTreeMap<&str, Excess> = BTreeMap::new();
    let mut of_layers = Excess::default();
    let mut of_several = Excess::default();
    for seed in 0..cases() / 2 {
        let rng = &mut Rng::new(seed ^ 0x0dd);
        let (mut request, policies) = complete::question(rng);
        // One unknown key has one value.
        request.additional.clear();
        for (key, _) in complete::KEYS {
            let unknown = Unknown {
                keys: Keys::Listed(vec![key.to_ascii_uppercase()]),
                ..Unknown::default()
            };
            let possible = explore(&request, &policies, &unknown);
            let mut found = Vec::new();
            for values in complete::values_of(key) {
                let mut request = request.clone();
                complete::set(&mut request, key, values.as_ref());
                found.push(decide(&request, &policies).outcome);
            }
            by_key.entry(key).or_default().add(&possible, &found);
        }
        let mut layers = complete::unknown(rng);
        layers.keys = Keys::default();
        let several = Unknown {
            keys: Keys::AllBut(Vec::new()),
            ..Unknown::default()
        };
        for (unknown, excess) in [(&layers, &mut of_layers), (&several, &mut of_several)] {
            let possible = explore(&request, &policies, unknown);
            let mut found = Vec::new();
            for _ in 0..4 * COMPLETIONS {
                let (request, policies) = completed(rng, &request, &policies, unknown);
                found.push(decide(&request, &policies).outcome);
            }
            let is_excess = excess.add(&possible, &found);
            assert!(
                !(is_excess && unknown == &layers),
                "seed {seed}: {unknown:?} {possible:?}\n{request:?}\n{policies:?}"
            );
        }
    }
    println!("one key: {by_key:#?}\nlayers: {of_layers:?}\nall keys: {of_several:?}");
    for (key, excess) in by_key {
        // Compared with patterns that have a star in their middle, and a variable elsewhere.
        let is_open = ["aws:PrincipalArn", "aws:PrincipalTag/team", "svc:Label"].contains(&key);
        let bound = if is_open { excess.agree / 50 } else { 0 };
        assert!(excess.too_many <= bound, "{key}: {excess:?}");
    }
}

fn identity(statements: Value) -> PolicySet {
    let document = json!({"Version": "2012-10-17", "Statement": statements});
    let document = match Document::from_value(DocumentKind::Identity, &document) {
        Ok(document) => document,
        Err(error) => panic!("{error}: {document}"),
    };
    PolicySet {
        identity: vec![Policy::new("p", document)],
        ..PolicySet::default()
    }
}

fn ana() -> Request {
    let ana = Principal::user(
        "arn:aws:iam::111111111111:user/ana",
        "AIDAANAEXAMPLE0000000",
    );
    Request::new(ana, "s3:GetObject", "arn:aws:s3:::bkt/red/k")
}

/// What an absent key means is no answer for a key that is not known; with the key known to be absent
/// each is decided.
#[test]
fn every_operator_on_an_unknown_key_depends() {
    let key = "svc:Label";
    for (operator, value, if_absent) in [
        ("StringEquals", "red", Outcome::ImplicitDeny),
        ("StringNotEquals", "red", Outcome::Allow),
        ("StringEqualsIfExists", "red", Outcome::Allow),
        ("StringNotLike", "r*d", Outcome::Allow),
        ("StringLike", "*", Outcome::ImplicitDeny),
        ("ForAllValues:StringEquals", "red", Outcome::Allow),
        ("ForAnyValue:StringEquals", "red", Outcome::ImplicitDeny),
        ("ForAnyValue:StringNotEquals", "red", Outcome::ImplicitDeny),
        ("ArnNotLike", "arn:aws:iam::*:role/*", Outcome::Allow),
        ("NotIpAddress", "203.0.113.0/24", Outcome::Allow),
        ("NumericNotEquals", "7", Outcome::Allow),
        ("Null", "true", Outcome::Allow),
        ("Null", "false", Outcome::ImplicitDeny),
    ] {
        let condition = json!({operator: {key: value}});
        let policies = identity(
            json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}),
        );
        let request = ana();
        let mut unknown = Unknown {
            keys: Keys::AllBut(Vec::new()),
            ..Unknown::default()
        };
        let possible = explore(&request, &policies, &unknown);
        assert_eq!(possible.decided(), None, "{operator}");
        assert_eq!(possible.wants(), [&Ask::Key(key.to_owned())], "{operator}");
        unknown.keys = Keys::AllBut(vec![key.to_ascii_uppercase()]);
        let possible = explore(&request, &policies, &unknown);
        assert_eq!(possible.decided(), Some(if_absent), "{operator}");
        assert_eq!(
            possible.always.len(),
            usize::from(if_absent == Outcome::Allow)
        );
    }
}

/// Two statements that hang on one key: between them they decide, or they do not.
#[test]
fn statements_on_one_key_are_seen_together() {
    let on = |effect: &str, operator: &str, values: Value| {
        json!({"Effect": effect, "Action": "*", "Resource": "*",
            "Condition": {operator: {"svc:Label": values}}})
    };
    for (one, two, decided) in [
        (
            on("Allow", "StringEquals", json!("red")),
            on("Allow", "StringNotEquals", json!("red")),
            Some(Outcome::Allow),
        ),
        (
            on("Allow", "StringNotEquals", json!("red")),
            on("Allow", "StringNotEquals", json!("blue")),
            Some(Outcome::Allow),
        ),
        (
            on("Allow", "StringNotEquals", json!(["red", "green"])),
            on("Allow", "StringNotEqualsIfExists", json!("blue")),
            Some(Outcome::Allow),
        ),
        (
            on("Allow", "StringEquals", json!("red")),
            on("Allow", "StringNotEquals", json!("blue")),
            None,
        ),
        (
            on("Allow", "StringLike", json!("r?d")),
            on("Allow", "StringNotLike", json!("r?d")),
            Some(Outcome::Allow),
        ),
        (
            on("Allow", "StringEquals", json!("red")),
            on("Allow", "StringEquals", json!("blue")),
            None,
        ),
        (
            on("Allow", "NumericLessThan", json!("10")),
            on("Allow", "NumericGreaterThanEquals", json!("10")),
            // Neither holds for what is no number, nor for an absent key.
            None,
        ),
        (
            on("Allow", "StringEquals", json!("red")),
            on("Deny", "StringNotEquals", json!("red")),
            None,
        ),
    ] {
        let policies = identity(json!([one, two]));
        let unknown = Unknown {
            keys: Keys::Listed(vec!["svc:label".to_owned()]),
            ..Unknown::default()
        };
        let request = ana();
        let possible = explore(&request, &policies, &unknown);
        assert_eq!(possible.decided(), decided, "{one} {two}: {possible:?}");
    }
    // Either allowed or denied, and never without an answer.
    let policies = identity(json!([
        on("Allow", "StringEquals", json!("red")),
        on("Deny", "StringNotEquals", json!("red")),
    ]));
    let unknown = Unknown {
        keys: Keys::Listed(vec!["svc:label".to_owned()]),
        ..Unknown::default()
    };
    let possible = explore(&ana(), &policies, &unknown).outcomes;
    assert_eq!(possible.to_string(), "allowed or explicitly denied");
}

/// A variable of unknown value in a resource matters only where some value would match.
#[test]
fn a_variable_of_an_unknown_key_depends_where_it_may_match() {
    for (resource, depends) in [
        ("arn:aws:s3:::bkt/${aws:PrincipalTag/team}/*", true),
        ("arn:aws:s3:::bkt/${aws:PrincipalTag/team, 'red'}/*", true),
        ("arn:aws:s3:::bkt/blue/${aws:PrincipalTag/team}", false),
        ("arn:aws:s3:::${aws:PrincipalTag/team}", true),
        ("arn:aws:sqs:::${aws:PrincipalTag/team}", false),
        // A key with several values stands for none.
        ("arn:aws:s3:::bkt/${aws:TagKeys}/*", false),
    ] {
        let policies = identity(json!({"Effect": "Allow", "Action": "*", "Resource": resource}));
        let unknown = Unknown {
            keys: Keys::AllBut(Vec::new()),
            ..Unknown::default()
        };
        let request = ana();
        let possible = explore(&request, &policies, &unknown);
        let key = Ask::Key("aws:PrincipalTag/team".to_owned());
        let wants: &[&Ask] = if depends { &[&key] } else { &[] };
        assert_eq!(possible.wants(), wants, "{resource}");
    }
}

/// Each layer that nobody exported may deny; those that take no part are not asked for.
#[test]
fn a_layer_that_was_not_exported_may_say_anything() {
    let everything = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
    for (layer, caller_is_user, takes_part) in [
        (Layer::Identity, true, true),
        (Layer::Resource, true, true),
        (Layer::Trust, true, false),
        (Layer::Boundary, true, true),
        (Layer::Session, true, true),
        (Layer::ServiceControl, true, true),
        (Layer::ResourceControl, true, true),
        (Layer::Endpoint, true, true),
        (Layer::Identity, false, false),
        (Layer::ServiceControl, false, false),
        (Layer::Resource, false, true),
    ] {
        let mut request = ana();
        if !caller_is_user {
            request.principal = Principal::Anonymous;
        }
        let policies = identity(everything.clone());
        let unknown = Unknown {
            layers: LayerSet::from_iter([layer]),
            ..Unknown::default()
        };
        let possible = explore(&request, &policies, &unknown);
        let may_deny = possible.outcomes.contains(Outcome::ExplicitDeny);
        assert_eq!(may_deny, takes_part, "{layer}");
        let ask = Ask::Layer(layer);
        let wants: &[&Ask] = if takes_part { &[&ask] } else { &[] };
        assert_eq!(possible.wants(), wants, "{layer}");
    }
}

/// `NotPrincipal` spares nobody who has a boundary, so that a boundary that is not known is asked for.
#[test]
fn a_not_principal_hangs_on_the_boundary() {
    let deny = json!({"Version": "2012-10-17", "Statement": {"Effect": "Deny",
        "NotPrincipal": {"AWS": "arn:aws:iam::111111111111:user/ana"},
        "Action": "*", "Resource": "*"}});
    let deny = match Document::from_value(DocumentKind::Resource, &deny) {
        Ok(document) => document,
        Err(error) => panic!("{error}"),
    };
    let mut policies = identity(json!({"Effect": "Allow", "Action": "*", "Resource": "*"}));
    policies.resource = Some(Policy::new("of the bucket", deny));
    let request = ana();
    assert!(decide(&request, &policies).is_allowed());
    let unknown = Unknown {
        layers: LayerSet::from_iter([Layer::Boundary]),
        ..Unknown::default()
    };
    let possible = explore(&request, &policies, &unknown);
    let outcomes = possible.outcomes.to_string();
    assert_eq!(outcomes, "allowed or explicitly denied");
    let statements: Vec<String> = possible
        .perhaps
        .iter()
        .filter_map(|residual| Some(format!("{}", residual.statement?.to_ref())))
        .collect();
    assert_eq!(
        statements,
        ["statement 0 of resource-based policy `of the bucket`"]
    );
    assert_eq!(possible.wants(), [&Ask::Layer(Layer::Boundary)]);
}
