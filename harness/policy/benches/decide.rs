//! Decisions per second, with ratios against awsim-iam-policy and iam-rs on the same inputs.
//!
//! Each size is a set of identity statements and resource statements: 2+1, 61+1, 1,000+10. The
//! statements name many services and buckets, the request asks for one object. `awsim` is its
//! `evaluate`, which names no statement and stops at the first Deny; `explain` is its `explain`, which
//! names the deciding statement. Ours are `verdict` (outcome and deciding statement, stops early),
//! `decide` (the complete answer with all missing keys) and `trace` (everything that was compared).
//!
//! All are measured in short turns, one after the other and round after round, and the best turn of
//! each counts: what else runs on the machine disturbs some turns, not the ratios. Results stay where
//! they were returned to; nothing is copied for the measurement.

#![expect(
    clippy::disallowed_methods,
    reason = "a bench measures with the machine's clock"
)]
#![expect(clippy::unwrap_used, reason = "a bench ends at the first surprise")]

use std::collections::HashMap;
use std::hint::black_box;
use std::time::Instant;

use authlab_policy::{
    Context, Document, DocumentKind, Outcome, Policy, PolicySet, Principal, Request, decide, trace,
    verdict,
};
use serde_json::{Value, json};

const CALLER: &str = "arn:aws:iam::111111111111:user/ana";
const ACCOUNT: &str = "111111111111";
const RESOURCE: &str = "arn:aws:s3:::bucket-0/reports/2026/november.csv";

struct Size {
    name: &'static str,
    identity: usize,
    resource: usize,
    /// All statements name the same action, so that only the resource tells them apart.
    one_action: bool,
}

const SIZES: [Size; 4] = [
    Size {
        name: "2+1",
        identity: 2,
        resource: 1,
        one_action: false,
    },
    Size {
        name: "61+1",
        identity: 61,
        resource: 1,
        one_action: false,
    },
    Size {
        name: "1000+10",
        identity: 1_000,
        resource: 10,
        one_action: false,
    },
    Size {
        name: "1000+10 same action",
        identity: 1_000,
        resource: 10,
        one_action: true,
    },
];

fn identity_document(size: &Size) -> Value {
    let services = [
        "sqs", "sns", "dynamodb", "logs", "lambda", "kms", "ssm", "events", "ecr", "s3",
    ];
    let filler = |index: usize| {
        let service = if size.one_action {
            "s3"
        } else {
            services[index % services.len()]
        };
        let action = if size.one_action {
            "s3:GetObject".to_owned()
        } else {
            format!("{service}:Get{}*", index % 17)
        };
        json!({
            "Sid": format!("S{index}"),
            // Guard rails among the grants, as documents of this size have them.
            "Effect": if index % 5 == 4 { "Deny" } else { "Allow" },
            "Action": [action, format!("{service}:Put{index}")],
            "Resource": if service == "s3" {
                format!("arn:aws:s3:::bucket-{}/team-{index}/*", index + 1)
            } else {
                format!("arn:aws:{service}:eu-west-1:{ACCOUNT}:thing-{index}/*")
            },
        })
    };
    let mut statements: Vec<Value> = (1..size.identity).map(filler).collect();
    statements.push(json!({
        "Sid": "Wanted",
        "Effect": "Allow",
        "Action": ["s3:GetObject", "s3:ListBucket"],
        "Resource": "arn:aws:s3:::bucket-0/reports/*",
        "Condition": {
            "StringEquals": { "aws:PrincipalAccount": ACCOUNT },
            "Bool": { "aws:SecureTransport": "true" },
        },
    }));
    json!({ "Version": "2012-10-17", "Statement": statements })
}

fn resource_document(size: &Size, denies: bool) -> Value {
    let mut statements: Vec<Value> = (1..size.resource)
        .map(|index| {
            json!({
                "Effect": "Allow",
                "Principal": { "AWS": format!("arn:aws:iam::{ACCOUNT}:role/reader-{index}") },
                "Action": "s3:GetObject",
                "Resource": format!("arn:aws:s3:::bucket-0/other-{index}/*"),
            })
        })
        .collect();
    statements.push(json!({
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": "arn:aws:s3:::bucket-0/*",
        "Condition": { "Bool": { "aws:SecureTransport": if denies { "true" } else { "false" } } },
    }));
    json!({ "Version": "2012-10-17", "Statement": statements })
}

fn main() {
    // `cargo bench` adds `--bench`, `cargo test --benches` does not: then nothing is measured.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    println!(
        "{:<25} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}   verdict / decide x awsim, x explain, x iam-rs",
        "statements", "verdict/s", "decide/s", "trace/s", "awsim/s", "explain/s", "iam-rs/s",
    );
    let mut nanos = Vec::new();
    for size in &SIZES {
        for denies in [false, true] {
            nanos.push((size.name, row(size, denies)));
        }
    }
    let of = |name: &str| {
        nanos
            .iter()
            .find(|(known, _)| *known == name)
            .map_or(f64::NAN, |(_, n)| *n)
    };
    println!(
        "\ncost of 1000+10 against 61+1 (allow): {:.2}",
        of("1000+10") / of("61+1")
    );
    println!(
        "cost of 1000+10 same action against 61+1 (allow): {:.2}",
        of("1000+10 same action") / of("61+1")
    );
}

/// Prints one line and returns the cost of a verdict in nanoseconds.
fn row(size: &Size, denies: bool) -> f64 {
    let identity = identity_document(size);
    let resource = resource_document(size, denies);
    let expected = if denies {
        Outcome::ExplicitDeny
    } else {
        Outcome::Allow
    };

    let (request, policies) = ours(&identity, &resource);
    assert_eq!(decide(&request, &policies).outcome, expected);
    assert_eq!(verdict(&request, &policies).outcome, expected);
    let awsim = Awsim::new(&identity, &resource);
    awsim.check(denies);
    let iam_rs = IamRs::new(&identity, &resource);
    iam_rs.check(denies);

    let cost = measure([
        &mut || {
            black_box(&verdict(black_box(&request), black_box(&policies)));
        },
        &mut || {
            black_box(&decide(black_box(&request), black_box(&policies)));
        },
        &mut || {
            black_box(&trace(black_box(&request), black_box(&policies)));
        },
        &mut || awsim.evaluate(),
        &mut || awsim.explain(),
        &mut || iam_rs.evaluate(),
    ]);
    print!(
        "{:<19} {:<5}",
        size.name,
        if denies { "deny" } else { "allow" }
    );
    for nanos in cost {
        print!(" {:>9.0}", 1e9 / nanos);
    }
    let [short, full, _, others @ ..] = cost;
    for other in others {
        print!("  {:>7.1} /{:>6.1}", other / short, other / full);
    }
    println!();
    short
}

/// Turns of each call; the best one counts.
const ROUNDS: usize = 80;
/// One turn, unless a single call takes longer.
const TURN_NANOS: f64 = 700_000.0;

/// Nanoseconds per call.
fn measure<const N: usize>(mut calls: [&mut dyn FnMut(); N]) -> [f64; N] {
    let turn = |call: &mut dyn FnMut(), count: u32| {
        let start = Instant::now();
        for _ in 0..count {
            call();
        }
        start.elapsed().as_secs_f64() * 1e9 / f64::from(count)
    };
    let mut counts = [1_u32; N];
    for (call, count) in calls.iter_mut().zip(&mut counts) {
        for _ in 0..3 {
            let nanos = turn(call, *count);
            *count = ((TURN_NANOS / nanos) as u32).max(1);
        }
    }
    let mut best = [f64::INFINITY; N];
    for _ in 0..ROUNDS {
        for ((call, count), best) in calls.iter_mut().zip(counts).zip(&mut best) {
            *best = best.min(turn(call, count));
        }
    }
    best
}

fn ours(identity: &Value, resource: &Value) -> (Request, PolicySet) {
    let principal = Principal::user(CALLER, "AIDAANAEXAMPLE0000000");
    let mut context = Context::for_principal(&principal, [("team", "red")], None);
    context.insert("aws:SecureTransport", "true");
    let mut request = Request::new(principal, "s3:GetObject", RESOURCE);
    request.resource_account = Some(ACCOUNT.to_owned());
    request.context = context;
    let policy = |kind, value| Policy::new("p", Document::from_stored(kind, value).unwrap());
    let policies = PolicySet {
        identity: vec![policy(DocumentKind::Identity, identity)],
        resource: Some(policy(DocumentKind::Resource, resource)),
        ..PolicySet::default()
    };
    (request, policies)
}

struct Awsim {
    identity: Vec<awsim_iam_policy::PolicyDocument>,
    resource: awsim_iam_policy::PolicyDocument,
    context: HashMap<String, awsim_iam_policy::ContextValue>,
}

impl Awsim {
    fn new(identity: &Value, resource: &Value) -> Self {
        use awsim_iam_policy::ContextValue::{Bool, String as Text};
        let context = [
            ("aws:PrincipalArn", Text(CALLER.to_owned())),
            ("aws:PrincipalAccount", Text(ACCOUNT.to_owned())),
            ("aws:PrincipalIsAWSService", Bool(false)),
            ("aws:PrincipalType", Text("User".to_owned())),
            ("aws:userid", Text("AIDAANAEXAMPLE0000000".to_owned())),
            ("aws:username", Text("ana".to_owned())),
            ("aws:PrincipalTag/team", Text("red".to_owned())),
            ("aws:SecureTransport", Bool(true)),
        ];
        Self {
            identity: vec![awsim_iam_policy::parse(&identity.to_string()).unwrap()],
            resource: awsim_iam_policy::parse(&resource.to_string()).unwrap(),
            context: context
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect(),
        }
    }

    fn request(&self) -> awsim_iam_policy::AuthzRequest<'_> {
        awsim_iam_policy::AuthzRequest {
            principal_arn: CALLER,
            principal_account: ACCOUNT,
            action: "s3:GetObject",
            resource_arn: RESOURCE,
            context: &self.context,
        }
    }

    fn policies(&self) -> awsim_iam_policy::EvalContext<'_> {
        awsim_iam_policy::EvalContext {
            identity_policies: &self.identity,
            resource_policy: Some(&self.resource),
            ..Default::default()
        }
    }

    fn check(&self, denies: bool) {
        let found = awsim_iam_policy::evaluate(&self.request(), &self.policies());
        let expected = if denies {
            awsim_iam_policy::Decision::ExplicitDeny
        } else {
            awsim_iam_policy::Decision::Allow
        };
        assert_eq!(found, expected);
    }

    fn evaluate(&self) {
        black_box(&awsim_iam_policy::evaluate(
            black_box(&self.request()),
            black_box(&self.policies()),
        ));
    }

    fn explain(&self) {
        let attributions = awsim_iam_policy::PolicyAttributions::default();
        black_box(&awsim_iam_policy::explain(
            black_box(&self.request()),
            black_box(&self.policies()),
            &attributions,
        ));
    }
}

struct IamRs {
    evaluator: iam_rs::PolicyEvaluator,
    request: iam_rs::IAMRequest,
}

impl IamRs {
    fn new(identity: &Value, resource: &Value) -> Self {
        let context = iam_rs::Context::new()
            .with_string("aws:PrincipalAccount", ACCOUNT)
            .with_string("aws:username", "ana")
            .with_boolean("aws:SecureTransport", true);
        let caller = iam_rs::Principal::Aws(iam_rs::PrincipalId::String(CALLER.to_owned()));
        let resource_arn = iam_rs::Arn::parse(RESOURCE).unwrap();
        let policies = [identity, resource]
            .into_iter()
            .map(|value| serde_json::from_value(value.clone()).unwrap())
            .collect();
        Self {
            evaluator: iam_rs::PolicyEvaluator::with_policies(policies).with_options(
                iam_rs::EvaluationOptions {
                    max_statements: 100_000,
                    ..Default::default()
                },
            ),
            request: iam_rs::IAMRequest::new_with_context(
                caller,
                "s3:GetObject",
                resource_arn,
                context,
            ),
        }
    }

    fn check(&self, denies: bool) {
        let found = self.evaluator.evaluate(&self.request).unwrap().decision;
        let expected = if denies {
            iam_rs::Decision::Deny
        } else {
            iam_rs::Decision::Allow
        };
        assert_eq!(found, expected);
    }

    fn evaluate(&self) {
        black_box(&self.evaluator.evaluate(black_box(&self.request)).unwrap());
    }
}
