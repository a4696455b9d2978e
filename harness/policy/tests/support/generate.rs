//! Cases in the golden format from a seed: few names, so that statements often match.

use serde_json::{Map, Value, json};

/// Xorshift: the same seed gives the same cases on every machine.
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    /// True in `percent` of a hundred.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

const KEY: &str = "arn:aws:kms:us-east-1:111111111111:key/k1";
const ROLE: &str = "arn:aws:iam::111111111111:role/ops";

/// What is asked, with a resource of the kind that the action takes.
const REQUESTS: [(&str, &str); 6] = [
    ("s3:GetObject", "arn:aws:s3:::bkt/red/k"),
    ("s3:PutObject", "arn:aws:s3:::bkt/ana/k"),
    ("sqs:SendMessage", "arn:aws:sqs:us-east-1:111111111111:q"),
    ("kms:Decrypt", KEY),
    ("sts:AssumeRole", ROLE),
    ("ec2:DescribeInstances", "*"),
];

const ACTIONS: [&str; 9] = [
    "*",
    "s3:*",
    "S3:get*",
    "s3:?etObject",
    "sqs:SendMessage",
    "kms:*",
    "sts:AssumeRole",
    "ec2:Describe*",
    "iam:*",
];

const RESOURCES: [&str; 11] = [
    "*",
    "arn:aws:s3:::bkt/*",
    "arn:*:s3:::bkt/?ed/*",
    "arn:aws:s3:::bkt/${aws:username}/*",
    "arn:aws:s3:::bkt/${aws:PrincipalTag/team}/*",
    "arn:aws:s3:::bkt/${aws:PrincipalTag/none, 'red'}/*",
    "arn:aws:sqs:*:111111111111:q",
    "arn:aws:sqs:us-east-1:*:*",
    KEY,
    "arn:aws:iam::111111111111:role/*",
    "arn:aws:s3:::other/*",
];

const OPERATORS: [(&str, &str, &[&str]); 20] = [
    (
        "StringEquals",
        "aws:PrincipalTag/team",
        &["red", "blue", "${svc:Label}"],
    ),
    (
        "StringNotEquals",
        "svc:Label",
        &["red", "${aws:PrincipalTag/team}"],
    ),
    ("StringLike", "svc:Label", &["r*", "?lue", "${*}"]),
    ("StringNotLike", "svc:Label", &["r*"]),
    ("StringEqualsIgnoreCase", "SVC:label", &["RED"]),
    ("StringEqualsIfExists", "svc:Label", &["blue"]),
    ("ForAllValues:StringEquals", "aws:TagKeys", &["a", "b"]),
    ("ForAnyValue:StringLike", "aws:TagKeys", &["a*", "c"]),
    ("ForAnyValue:StringNotEquals", "aws:TagKeys", &["a"]),
    ("ForAllValues:StringNotEquals", "aws:TagKeys", &["c"]),
    ("NumericLessThan", "svc:Size", &["10"]),
    ("NumericNotEquals", "svc:Size", &["7", "8"]),
    (
        "DateGreaterThan",
        "aws:CurrentTime",
        &["2026-01-01T00:00:00Z"],
    ),
    ("Bool", "aws:SecureTransport", &["true"]),
    ("BoolIfExists", "aws:SecureTransport", &["false"]),
    (
        "IpAddress",
        "aws:SourceIp",
        &["203.0.113.0/24", "2001:db8::/32"],
    ),
    ("NotIpAddress", "aws:SourceIp", &["203.0.113.0/25"]),
    (
        "ArnLike",
        "aws:PrincipalArn",
        &[
            "arn:aws:iam::*:user/*",
            "arn:aws:iam::111111111111:role/app",
        ],
    ),
    (
        "ArnNotEquals",
        "aws:PrincipalArn",
        &["arn:aws:iam::111111111111:user/ana"],
    ),
    ("Null", "svc:Label", &["true"]),
];

const PRINCIPALS: [&str; 9] = [
    "*",
    "111111111111",
    "arn:aws:iam::111111111111:root",
    "arn:aws:iam::111111111111:user/ana",
    "arn:aws:iam::111111111111:role/app",
    "arn:aws:sts::111111111111:assumed-role/app/run",
    "arn:aws:sts::111111111111:federated-user/guest",
    "222222222222",
    "AROAAPPEXAMPLE0000000",
];

/// A whole case.
pub fn case(rng: &mut Rng) -> Value {
    let (action, resource) = *rng.pick(&REQUESTS);
    let principal = principal(rng);
    let is_role = action == "sts:AssumeRole";
    let mut policies = Map::new();
    let count = rng.below(3);
    policies.insert("identity".into(), documents(rng, count, false));
    if rng.chance(60) && !is_role {
        policies.insert("resource".into(), document(rng, true, true));
    }
    if is_role {
        policies.insert("trust".into(), document(rng, true, false));
    }
    if rng.chance(25) {
        policies.insert("boundary".into(), document(rng, false, true));
    }
    if rng.chance(25) {
        let count = 1 + rng.below(2);
        policies.insert("session".into(), documents(rng, count, false));
    }
    for (name, with_principal) in [("scps", false), ("rcps", true)] {
        if rng.chance(25) {
            let levels = 1 + rng.below(2);
            let levels: Vec<Value> = (0..levels)
                .map(|_| {
                    let count = 1 + rng.below(2);
                    documents(rng, count, with_principal)
                })
                .collect();
            policies.insert(name.into(), json!(levels));
        }
    }
    if rng.chance(15) {
        policies.insert("endpoint".into(), document(rng, true, true));
    }
    let context = context(rng);
    json!({
        "id": "generated",
        "request": {
            "principal": principal,
            "action": action,
            "resource": resource,
            "resource_account": "111111111111",
            "context": context,
        },
        "policies": policies,
    })
}

fn principal(rng: &mut Rng) -> Value {
    let organization = json!({
        "id": "o-aaaaaaaaaa",
        "path": "o-aaaaaaaaaa/r-ab12/",
        "management_account": rng.chance(15),
    });
    let mut principal = match rng.below(9) {
        0 | 1 => json!({ "type": "user", "arn": "arn:aws:iam::111111111111:user/ana",
            "account": "111111111111", "unique_id": "AIDAANAEXAMPLE0000000", "name": "ana" }),
        2 | 3 => json!({ "type": "role-session",
            "arn": "arn:aws:sts::111111111111:assumed-role/app/run", "account": "111111111111",
            "role_arn": "arn:aws:iam::111111111111:role/app", "session_name": "run",
            "unique_id": "AROAAPPEXAMPLE0000000", "service_linked_role": rng.chance(10) }),
        4 => json!({ "type": "root", "arn": "arn:aws:iam::111111111111:root",
            "account": "111111111111" }),
        5 => json!({ "type": "federated-user",
            "arn": "arn:aws:sts::111111111111:federated-user/guest", "account": "111111111111",
            "name": "guest", "user_arn": "arn:aws:iam::111111111111:user/ana" }),
        6 => json!({ "type": "user", "arn": "arn:aws:iam::222222222222:user/bob",
            "account": "222222222222", "unique_id": "AIDABOBEXAMPLE0000000", "name": "bob" }),
        7 => json!({ "type": "anonymous" }),
        _ => json!({ "type": "service", "service": "sns.amazonaws.com" }),
    };
    if rng.chance(50) {
        principal["org"] = organization;
    }
    if rng.chance(60) {
        principal["tags"] = json!({ "team": rng.pick(&["red", "blue", "r*"]) });
    }
    principal
}

fn context(rng: &mut Rng) -> Value {
    let mut context = Map::new();
    let mut maybe = |rng: &mut Rng, key: &str, choices: &[&[&str]]| {
        if rng.chance(60) {
            context.insert(key.into(), json!(rng.pick(choices)));
        }
    };
    maybe(rng, "svc:Label", &[&["red"], &["blue"], &["*"], &[]]);
    maybe(rng, "aws:TagKeys", &[&["a"], &["a", "c"], &["c", "d"], &[]]);
    maybe(rng, "svc:Size", &[&["7"], &["10"], &["ten"]]);
    maybe(
        rng,
        "aws:CurrentTime",
        &[&["2026-11-20T10:00:00Z"], &["2025-01-01"]],
    );
    maybe(rng, "aws:SecureTransport", &[&["true"], &["false"]]);
    maybe(
        rng,
        "aws:SourceIp",
        &[&["203.0.113.200"], &["203.0.113.7"], &["2001:db8::1"]],
    );
    Value::Object(context)
}

fn documents(rng: &mut Rng, count: usize, with_principal: bool) -> Value {
    Value::Array(
        (0..count)
            .map(|_| document(rng, with_principal, true))
            .collect(),
    )
}

/// `with_resource` is false for trust policies.
pub fn document(rng: &mut Rng, with_principal: bool, with_resource: bool) -> Value {
    // Now and then so many that they are filed by what the resource begins with.
    let count = if rng.chance(8) {
        20 + rng.below(50)
    } else {
        1 + rng.below(6)
    };
    let statements: Vec<Value> = (0..count)
        .map(|_| statement(rng, with_principal, with_resource))
        .collect();
    let version = if rng.chance(90) {
        "2012-10-17"
    } else {
        "2008-10-17"
    };
    json!({ "Version": version, "Statement": statements })
}

fn list(rng: &mut Rng, choices: &[&str]) -> Value {
    let count = 1 + rng.below(2);
    let values: Vec<&str> = (0..count).map(|_| *rng.pick(choices)).collect();
    json!(values)
}

fn statement(rng: &mut Rng, with_principal: bool, with_resource: bool) -> Value {
    let mut statement = Map::new();
    statement.insert(
        "Effect".into(),
        json!(if rng.chance(75) { "Allow" } else { "Deny" }),
    );
    let action = if rng.chance(90) {
        "Action"
    } else {
        "NotAction"
    };
    statement.insert(action.into(), list(rng, &ACTIONS));
    if with_resource {
        let resource = if rng.chance(90) {
            "Resource"
        } else {
            "NotResource"
        };
        statement.insert(resource.into(), list(rng, &RESOURCES));
    }
    if with_principal {
        let negated = with_resource && rng.chance(5);
        let principal = match rng.below(6) {
            0 if !negated => json!("*"),
            1 => json!({ "Service": "sns.amazonaws.com" }),
            _ => json!({ "AWS": list(rng, &PRINCIPALS) }),
        };
        let name = if negated { "NotPrincipal" } else { "Principal" };
        statement.insert(name.into(), principal);
    }
    let mut condition: Map<String, Value> = Map::new();
    for _ in 0..[0, 0, 1, 1, 2][rng.below(5)] {
        let (operator, key, values) = *rng.pick(&OPERATORS);
        condition.entry(operator).or_insert_with(|| json!({}))[key] = list(rng, values);
    }
    if !condition.is_empty() {
        statement.insert("Condition".into(), Value::Object(condition));
    }
    Value::Object(statement)
}
