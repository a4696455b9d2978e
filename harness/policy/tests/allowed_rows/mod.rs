//! The rows: a combination of layers each, and what of it let the request through.

use serde_json::{Value, json};

/// A request that is allowed.
pub struct Row {
    pub name: &'static str,
    /// In the format of `tests/golden/README.md`, with `policies.grants` beside it.
    pub case: Value,
    /// Layer, document and statement, and the conditions that were met.
    pub allowed_by: Vec<&'static str>,
    /// How many more, which are counted only.
    pub further: usize,
}

fn row(name: &'static str, request: Value, policies: Value, allowed_by: &[&'static str]) -> Row {
    Row {
        name,
        case: json!({"request": request, "policies": policies}),
        allowed_by: allowed_by.to_vec(),
        further: 0,
    }
}

/// A request of the user `ana` of 111111111111.
fn by_ana(action: &str, resource: &str, owner: &str) -> Value {
    json!({
        "principal": {"type": "user", "arn": "arn:aws:iam::111111111111:user/ana",
            "account": "111111111111", "unique_id": "AIDAANAEXAMPLE0000000", "name": "ana"},
        "action": action, "resource": resource, "resource_account": owner,
        "context": {"aws:username": ["ana"], "aws:PrincipalTag/team": ["red"]},
    })
}

/// A request of a session of the role `app` of 111111111111.
fn by_app(action: &str, resource: &str, owner: &str) -> Value {
    json!({
        "principal": {"type": "role-session", "account": "111111111111",
            "arn": "arn:aws:sts::111111111111:assumed-role/app/one",
            "role_arn": "arn:aws:iam::111111111111:role/app", "session_name": "one",
            "unique_id": "AROAAPPEXAMPLE0000000"},
        "action": action, "resource": resource, "resource_account": owner, "context": {},
    })
}

const OBJECT: &str = "arn:aws:s3:::bkt/k";
const HOME: &str = "111111111111";
const ABROAD: &str = "222222222222";

fn document(statements: &[Value]) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn allow(sid: &str) -> Value {
    json!({"Sid": sid, "Effect": "Allow", "Action": "*", "Resource": "*"})
}

fn other(sid: &str) -> Value {
    json!({"Sid": sid, "Effect": "Allow", "Action": "sqs:*", "Resource": "*"})
}

fn to(sid: &str, principal: Value) -> Value {
    json!({"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": "*", "Resource": "*"})
}

fn trust(sid: &str, principal: Value, action: &str, condition: Value) -> Value {
    json!({"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": action,
        "Condition": condition})
}

/// Every row.
pub fn rows() -> Vec<Row> {
    let mut rows = sides();
    rows.extend(caps());
    rows.extend(organization());
    rows.extend(roles());
    rows.extend(services());
    rows.extend(apis());
    rows
}

fn sides() -> Vec<Row> {
    let ana = json!({"AWS": "arn:aws:iam::111111111111:user/ana"});
    let account = json!({"AWS": "111111111111"});
    let identity = [document(&[allow("Read")])];
    let many: Vec<_> = (0..12).map(|_| document(&[allow("Read")])).collect();
    let eight = [
        "identity identity[0]#Read",
        "identity identity[1]#Read",
        "identity identity[2]#Read",
        "identity identity[3]#Read",
        "identity identity[4]#Read",
        "identity identity[5]#Read",
        "identity identity[6]#Read",
        "identity identity[7]#Read",
    ];
    let of_team = json!({"Sid": "Team", "Effect": "Allow", "Action": "s3:*", "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalTag/team": ["blue", "red"]}}});
    vec![
        row(
            "identity: each document once, and none that speaks of others",
            by_ana("s3:GetObject", OBJECT, HOME),
            json!({"identity": [
                document(&[other("Queue"), allow("Read"), allow("Again")]),
                document(&[other("Queue")]),
                document(&[of_team]),
            ]}),
            &[
                "identity identity[0]#Read",
                "identity identity[2]#Team; StringEquals aws:PrincipalTag/team: policy [blue, red], \
                 request [red]",
            ],
        ),
        Row {
            further: 4,
            ..row(
                "identity: more documents than are kept",
                by_ana("s3:GetObject", OBJECT, HOME),
                json!({"identity": many}),
                &eight,
            )
        },
        row(
            "resource alone",
            by_ana("s3:GetObject", OBJECT, HOME),
            json!({"identity": [document(&[other("Queue")])],
                "resource": document(&[to("Account", account.clone()), to("Ana", ana.clone())])}),
            &["resource resource#Ana"],
        ),
        row(
            "both sides of one account",
            by_ana("s3:GetObject", OBJECT, HOME),
            json!({"identity": identity, "resource": document(&[to("Account", account.clone())])}),
            &["identity identity[0]#Read", "resource resource#Account"],
        ),
        row(
            "both sides across accounts",
            by_ana("s3:GetObject", OBJECT, ABROAD),
            json!({"identity": identity, "resource": document(&[to("Account", account)])}),
            &["identity identity[0]#Read", "resource resource#Account"],
        ),
        row(
            "root of its own account",
            json!({"principal": {"type": "root", "account": HOME,
                "arn": "arn:aws:iam::111111111111:root"},
                "action": "s3:GetObject", "resource": OBJECT, "context": {}}),
            json!({}),
            &[],
        ),
        row(
            "what no policy takes away",
            by_ana("sts:GetCallerIdentity", "*", HOME),
            json!({"identity": identity}),
            &[],
        ),
        row(
            "a VPC endpoint",
            by_ana("s3:GetObject", OBJECT, HOME),
            json!({"identity": identity, "endpoint": document(&[to("Through", json!("*"))])}),
            &["identity identity[0]#Read", "endpoint endpoint#Through"],
        ),
    ]
}

fn caps() -> Vec<Row> {
    let identity = [document(&[allow("Read")])];
    let role = json!({"AWS": "arn:aws:iam::111111111111:role/app"});
    let session = json!({"AWS": "arn:aws:sts::111111111111:assumed-role/app/one"});
    vec![
        row(
            "boundary",
            by_ana("s3:GetObject", OBJECT, HOME),
            json!({"identity": identity, "boundary": document(&[other("Queue"), allow("Limit")])}),
            &["identity identity[0]#Read", "boundary boundary#Limit"],
        ),
        row(
            "boundary and session policies",
            by_app("s3:GetObject", OBJECT, HOME),
            json!({"identity": identity, "boundary": document(&[allow("Limit")]), "session": [
                document(&[other("Queue")]), document(&[allow("Once")]), document(&[allow("Too")]),
            ]}),
            &[
                "identity identity[0]#Read",
                "boundary boundary#Limit",
                "session session[1]#Once",
                "session session[2]#Too",
            ],
        ),
        row(
            "all of them across accounts",
            by_app("s3:GetObject", OBJECT, ABROAD),
            json!({"identity": identity, "boundary": document(&[allow("Limit")]),
                "session": [document(&[allow("Once")])],
                "resource": document(&[to("Role", role.clone())])}),
            &[
                "identity identity[0]#Read",
                "resource resource#Role",
                "boundary boundary#Limit",
                "session session[0]#Once",
            ],
        ),
        row(
            "a session that is named passes its boundary by, and identity counts for nothing",
            by_app("s3:GetObject", OBJECT, HOME),
            json!({"identity": identity, "boundary": document(&[other("Queue")]),
                "session": [document(&[allow("Once")])],
                "resource": document(&[to("Role", role.clone()), to("Session", session.clone())])}),
            &["resource resource#Session"],
        ),
        row(
            "a role that is named is held by its boundary",
            by_app("s3:GetObject", OBJECT, HOME),
            json!({"boundary": document(&[allow("Limit")]), "session": [document(&[allow("Once")])],
                "resource": document(&[to("Role", role), to("Session", session)])}),
            &[
                "resource resource#Role",
                "boundary boundary#Limit",
                "session session[0]#Once",
            ],
        ),
    ]
}

fn organization() -> Vec<Row> {
    let identity = [document(&[allow("Read")])];
    let levels = json!([
        [document(&[allow("Root")])],
        [
            document(&[allow("Unit")]),
            document(&[other("Queue")]),
            document(&[allow("Unit2")])
        ]
    ]);
    let controls = json!([
        [document(&[to("Full", json!("*"))])],
        [document(&[to("Full", json!("*"))])]
    ]);
    let mut of_management = by_ana("s3:GetObject", OBJECT, HOME);
    of_management["principal"]["org"] =
        json!({"id": "o-a", "path": "o-a/r-1/", "management_account": true});
    vec![
        row(
            "each level of SCPs",
            by_ana("s3:GetObject", OBJECT, HOME),
            json!({"identity": identity, "scps": levels}),
            &[
                "identity identity[0]#Read",
                "scp scps[0][0]#Root",
                "scp scps[1][0]#Unit",
                "scp scps[1][2]#Unit2",
            ],
        ),
        row(
            "SCPs do not bind the management account",
            of_management,
            json!({"identity": identity, "scps": levels}),
            &["identity identity[0]#Read"],
        ),
        row(
            "SCPs and RCPs",
            by_ana("s3:GetObject", OBJECT, HOME),
            json!({"identity": identity, "scps": [[document(&[allow("Root")])]], "rcps": controls}),
            &[
                "identity identity[0]#Read",
                "scp scps[0][0]#Root",
                "rcp rcps[0][0]#Full",
                "rcp rcps[1][0]#Full",
            ],
        ),
    ]
}

fn roles() -> Vec<Row> {
    let role = "arn:aws:iam::222222222222:role/looker";
    let mut by_token = by_ana("sts:AssumeRoleWithWebIdentity", role, ABROAD);
    by_token["principal"] = json!({"type": "web-identity",
        "provider": "arn:aws:iam::222222222222:oidc-provider/login.corp.example"});
    by_token["context"] =
        json!({"login.corp.example:aud": ["bi"], "login.corp.example:sub": ["l-1"]});
    let provider =
        json!({"Federated": "arn:aws:iam::222222222222:oidc-provider/login.corp.example"});
    let of_token = json!({"StringEquals": {"login.corp.example:aud": "bi"},
        "StringLike": {"login.corp.example:sub": "l-*"}});
    let account = json!({"AWS": "111111111111"});
    let with_id = json!({"StringEquals": {"sts:ExternalId": "e-1"}});
    let mut with_external_id = by_ana("sts:AssumeRole", role, ABROAD);
    with_external_id["context"]["sts:ExternalId"] = json!(["e-1"]);
    let mut passing = by_ana("lambda:CreateFunction", "*", HOME);
    passing["additional"] = json!([{"action": "iam:PassRole", "context": {},
        "resource": "arn:aws:iam::111111111111:role/app", "resource_account": HOME}]);
    let only = |sid: &str, action: &str| {
        json!({"Sid": sid, "Effect": "Allow", "Action": action,
        "Resource": "*"})
    };
    vec![
        row(
            "the bearer of a token has the trust policy only",
            by_token,
            json!({"identity": [document(&[allow("Read")])], "trust": document(&[
                trust("Other", provider.clone(), "sts:AssumeRoleWithWebIdentity",
                    json!({"StringEquals": {"login.corp.example:aud": "crm"}})),
                trust("Bi", provider, "sts:AssumeRoleWithWebIdentity", of_token)])}),
            &[
                "trust trust#Bi; StringEquals login.corp.example:aud: policy [bi], request [bi]; \
               StringLike login.corp.example:sub: policy [l-*], request [l-1]",
            ],
        ),
        row(
            "a role of another account: both sides",
            with_external_id,
            json!({"identity": [document(&[allow("Assume")])],
                "trust": document(&[trust("Partner", account, "sts:AssumeRole", with_id)])}),
            &[
                "identity identity[0]#Assume",
                "trust trust#Partner; StringEquals sts:ExternalId: policy [e-1], request [e-1]",
            ],
        ),
        row(
            "a further check of the same call",
            passing,
            json!({"identity": [document(&[only("Create", "lambda:*"), only("Pass", "iam:PassRole")])]}),
            &[
                "identity identity[0]#Create",
                "identity identity[0]#Pass for iam:PassRole",
            ],
        ),
    ]
}

fn services() -> Vec<Row> {
    let key = "arn:aws:kms:us-east-1:111111111111:key/k-1";
    let ana = json!({"AWS": "arn:aws:iam::111111111111:user/ana"});
    let account = json!({"AWS": "arn:aws:iam::111111111111:root"});
    let identity = [document(&[allow("Use")])];
    let function = "arn:aws:lambda:us-east-1:111111111111:function:f";
    let mut by_service = by_ana("lambda:InvokeFunction", function, HOME);
    by_service["principal"] = json!({"type": "service", "service": "apigateway.amazonaws.com"});
    by_service["context"] =
        json!({"AWS:SourceArn": ["arn:aws:execute-api:us-east-1:111111111111:a1/*/GET/r"]});
    let permission = json!({"Sid": "Api", "Effect": "Allow", "Action": "lambda:InvokeFunction",
        "Principal": {"Service": "apigateway.amazonaws.com"}, "Resource": function,
        "Condition": {"ArnLike": {"AWS:SourceArn": "arn:aws:execute-api:us-east-1:111111111111:a1/*"}}});
    let sink = "arn:aws:oam:us-east-1:222222222222:sink/s-1";
    let mut link = by_ana("oam:CreateLink", sink, ABROAD);
    link["context"] = json!({"oam:ResourceTypes": ["AWS::Logs::LogGroup"]});
    let of_sink = json!({"Effect": "Allow", "Action": ["oam:CreateLink", "oam:UpdateLink"],
        "Principal": {"AWS": "111111111111"}, "Resource": "*", "Condition":
        {"ForAllValues:StringEquals": {"oam:ResourceTypes": ["AWS::Logs::LogGroup"]}}});
    vec![
        row(
            "a key's policy that delegates",
            by_ana("kms:Decrypt", key, HOME),
            json!({"identity": identity, "resource": document(&[to("Root", account.clone())])}),
            &["identity identity[0]#Use", "resource resource#Root"],
        ),
        row(
            "a grant on a key",
            by_ana("kms:Decrypt", key, HOME),
            json!({"resource": document(&[to("Root", account)]),
                "grants": [document(&[to("Grant", ana.clone())])]}),
            &["resource grants[0]#Grant"],
        ),
        row(
            "a key's policy and a grant",
            by_ana("kms:Decrypt", key, HOME),
            json!({"resource": document(&[to("Ana", ana.clone())]),
                "grants": [document(&[other_of(ana.clone())]), document(&[to("Grant", ana)])]}),
            &["resource resource#Ana", "resource grants[1]#Grant"],
        ),
        row(
            "a function's permission",
            by_service,
            json!({"resource": document(&[permission])}),
            &["resource resource#Api; ArnLike AWS:SourceArn: policy \
               [arn:aws:execute-api:us-east-1:111111111111:a1/*], request \
               [arn:aws:execute-api:us-east-1:111111111111:a1/*/GET/r]"],
        ),
        row(
            "a sink's policy",
            link,
            json!({"identity": identity, "resource": document(&[of_sink])}),
            &[
                "identity identity[0]#Use",
                "resource resource#0; ForAllValues:StringEquals oam:ResourceTypes: policy \
                 [AWS::Logs::LogGroup], request [AWS::Logs::LogGroup]",
            ],
        ),
    ]
}

/// A grant of another operation.
fn other_of(principal: Value) -> Value {
    json!({"Sid": "Sign", "Effect": "Allow", "Principal": principal, "Action": "kms:Sign",
        "Resource": "*"})
}

fn apis() -> Vec<Row> {
    let method = "arn:aws:execute-api:us-east-1:111111111111:a1/prod/GET/r";
    let call = |authorization: &str| {
        let mut request = by_ana("execute-api:Invoke", method, HOME);
        request["api"] = json!({"authorization": authorization, "api_id": "a1"});
        request
    };
    let everyone = document(&[to("Public", json!("*"))]);
    let authorizer = [document(&[allow("Authorizer")])];
    vec![
        row("an open method", call("NONE"), json!({}), &[]),
        row(
            "a method with a resource policy",
            call("NONE"),
            json!({"identity": authorizer, "resource": everyone}),
            &["resource resource#Public"],
        ),
        row(
            "what an authorizer returned, and the resource policy",
            call("CUSTOM"),
            json!({"identity": authorizer, "resource": everyone}),
            &[
                "identity identity[0]#Authorizer",
                "resource resource#Public",
            ],
        ),
        row(
            "a signed caller",
            call("AWS_IAM"),
            json!({"identity": [document(&[allow("Invoke")])]}),
            &["identity identity[0]#Invoke"],
        ),
    ]
}
