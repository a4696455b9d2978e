//! Against awsim-iam-policy 0.8 on generated cases: where the two differ, a rule that it does not
//! have explains it; where none of those rules is touched, they agree.

#![expect(clippy::expect_used, reason = "a test ends at the first surprise")]

mod support;

use std::collections::{BTreeMap, HashMap};

use authlab_policy::case;
use awsim_iam_policy::{AuthzRequest, ContextValue, Decision, EvalContext, PolicyDocument};
use serde_json::{Value, json};
use support::generate::{self, Rng};
use support::naive;

type Touches = fn(&Value) -> bool;

/// The rules that awsim does not have, with the source of each. The first that a differing case
/// touches explains it.
const CLASSES: [(&str, Touches); 15] = [
    (
        "RCPs and endpoint policies take part (orgs_manage_policies_rcps)",
        |case| case["policies"].get("rcps").is_some() || case["policies"].get("endpoint").is_some(),
    ),
    (
        "callers outside any account have the resource side only (evaluation logic)",
        |case| case["request"]["principal"].get("account").is_none(),
    ),
    (
        "the root user has full access at home (access_policies)",
        |case| kind(case) == "root",
    ),
    (
        "a federated session without session policy has nothing (evaluation logic)",
        |case| kind(case) == "federated-user",
    ),
    (
        "SCPs spare the management account and service-linked roles (orgs_manage_policies_scps)",
        |case| {
            case["policies"].get("scps").is_some()
                && (case["request"]["principal"]["org"]["management_account"] == true
                    || case["request"]["principal"]["service_linked_role"] == true)
        },
    ),
    (
        "policies of one SCP level unite (orgs_manage_policies_scps_evaluation)",
        |case| {
            list(&case["policies"]["scps"])
                .iter()
                .any(|level| list(level).len() > 1)
        },
    ),
    ("several session policies unite (grade K)", |case| {
        list(&case["policies"]["session"]).len() > 1
    }),
    (
        "trust and key policies are indispensable (key-policies, AssumeRole)",
        |case| {
            matches!(
                case["request"]["action"].as_str(),
                Some("sts:AssumeRole" | "kms:Decrypt")
            )
        },
    ),
    (
        "the owner of a resource is an input, its ARN may not tell (cross-account logic)",
        |case| case["request"]["principal"]["account"] != "111111111111",
    ),
    (
        "variables count by version, have defaults, and without value match nothing (variables)",
        |case| case["policies"].to_string().contains("${"),
    ),
    (
        "the values of a negated operator act as NOR (condition-logic-multiple-context-keys-or-values)",
        |case| {
            let text = case["policies"].to_string();
            text.contains("[\"7\",\"8\"]") || text.contains("[\"8\",\"7\"]")
        },
    ),
    (
        "NotPrincipal spares by the exact name and never with a boundary (notprincipal)",
        |case| case["policies"].to_string().contains("NotPrincipal"),
    ),
    (
        "an account is a delegation; roles and ids name sessions; each form bypasses its own layers (elements_principal)",
        |case| case["policies"].get("resource").is_some(),
    ),
    (
        "a key with an empty set of values is present (golden README; grade K)",
        |case| case["request"]["context"].to_string().contains("[]"),
    ),
    (
        "a request value that is no number equals no number (grade K)",
        |case| case["request"]["context"].to_string().contains("ten"),
    ),
];

fn kind(case: &Value) -> &str {
    case["request"]["principal"]["type"]
        .as_str()
        .unwrap_or_default()
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

fn ours(case: &Value) -> String {
    let answer = case::answer(case, false).json;
    answer["decision"].as_str().unwrap_or_default().to_owned()
}

/// The same case in awsim's terms; what it cannot express is left out.
fn awsim(case: &Value) -> String {
    let parse = |value: &Value| -> Option<PolicyDocument> {
        (!value.is_null())
            .then(|| awsim_iam_policy::parse_value(value).expect("a generated document"))
    };
    let all =
        |value: &Value| -> Vec<PolicyDocument> { list(value).iter().filter_map(parse).collect() };
    let policies = &case["policies"];
    let identity = all(&policies["identity"]);
    let resource = parse(&policies["resource"]).or_else(|| parse(&policies["trust"]));
    let boundary = parse(&policies["boundary"]);
    let session = all(&policies["session"]);
    let levels = list(&policies["scps"]);
    let scps: Vec<PolicyDocument> = levels.iter().flat_map(&all).collect();

    let (request, _) = case::decode(case).expect("a generated case");
    let context: HashMap<String, ContextValue> = request
        .context
        .iter()
        .map(|(key, values)| {
            let value = match values {
                [value] => ContextValue::String(value.clone()),
                values => ContextValue::StringList(values.to_vec()),
            };
            (key.to_owned(), value)
        })
        .collect();
    let arn = request.principal.arn().unwrap_or_default().into_owned();
    let decision = awsim_iam_policy::evaluate(
        &AuthzRequest {
            principal_arn: &arn,
            principal_account: request.principal.account().unwrap_or_default(),
            action: &request.action,
            resource_arn: &request.resource,
            context: &context,
        },
        &EvalContext {
            identity_policies: &identity,
            permissions_boundary: boundary.as_ref(),
            resource_policy: resource.as_ref(),
            scps: &scps,
            session_policy: session.first(),
        },
    );
    match decision {
        Decision::Allow => "Allow",
        Decision::ExplicitDeny => "ExplicitDeny",
        Decision::ImplicitDeny => "ImplicitDeny",
    }
    .to_owned()
}

/// Seconds' worth; `DIFFERENTIAL_SEEDS` asks for more.
fn seeds() -> u64 {
    let asked = std::env::var("DIFFERENTIAL_SEEDS").ok();
    let asked = asked.and_then(|count| {
        let number = count.parse().ok();
        assert!(
            number.is_some(),
            "DIFFERENTIAL_SEEDS: `{count}` is no number"
        );
        number
    });
    asked.unwrap_or(250)
}

#[test]
fn every_difference_is_explained_by_a_rule() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut unexplained = Vec::new();
    for seed in 0..seeds() {
        let case = generate::case(&mut Rng::new(seed));
        let (own, other) = (ours(&case), awsim(&case));
        if own == other {
            *counts.entry("(the two agree)").or_default() += 1;
            continue;
        }
        // Whatever explains the difference, the rules themselves say what we say.
        assert_eq!(naive::decide(&case).0, own, "seed {seed}: {case}");
        match CLASSES.iter().find(|(_, touches)| touches(&case)) {
            Some((rule, _)) => *counts.entry(rule).or_default() += 1,
            None => unexplained.push(format!("seed {seed}: ours {own}, awsim {other}: {case}")),
        }
    }
    for (rule, count) in &counts {
        println!("{count:5}  {rule}");
    }
    assert!(unexplained.is_empty(), "{}", unexplained.join("\n"));
}

/// A user of the resource's account, identity policies and a boundary, no rule of the list touched.
#[test]
fn without_those_rules_the_two_agree() {
    let mut compared = 0;
    for seed in 0..4 * seeds() {
        let mut case = generate::case(&mut Rng::new(seed));
        case["request"]["principal"] = json!({
            "type": "user", "arn": "arn:aws:iam::111111111111:user/ana",
            "account": "111111111111", "unique_id": "AIDAANAEXAMPLE0000000", "name": "ana",
        });
        if let Some(policies) = case["policies"].as_object_mut() {
            for layer in ["resource", "trust", "rcps", "endpoint", "session", "scps"] {
                policies.remove(layer);
            }
        }
        if CLASSES.iter().any(|(_, touches)| touches(&case)) {
            continue;
        }
        compared += 1;
        assert_eq!(ours(&case), awsim(&case), "seed {seed}: {case}");
    }
    assert!(compared > 80, "{compared}");
}
