//! What is written is read back, whole or cut.

use serde_json::{Value, json};

use super::*;
use crate::{
    ApiAuthorization, ApiRequest, Document, DocumentKind, Policy, PolicySet, Principal, decide,
};

fn policy(kind: DocumentKind, statement: Value) -> Policy {
    let document = json!({"Version": "2012-10-17", "Statement": statement});
    Policy::new("p", Document::from_value(kind, &document).unwrap())
}

fn request(action: &str) -> Request {
    let ana = Principal::user(
        "arn:aws:iam::111111111111:user/ana",
        "AIDAANAEXAMPLE0000000",
    );
    Request::new(ana, action, "arn:aws:s3:::bkt/k")
}

fn evidence(request: &Request, policies: &PolicySet) -> Decision {
    let decision = decide(request, policies);
    Decision::new(
        request,
        &decision,
        &Compared::of(request, policies, &decision),
    )
}

fn identity(statement: Value) -> PolicySet {
    PolicySet {
        identity: vec![policy(DocumentKind::Identity, statement)],
        ..PolicySet::default()
    }
}

/// Every kind of ground, its text, and what is read back from it.
#[test]
fn what_is_written_is_read_back() {
    let allow = json!({"Sid": "Read", "Effect": "Allow", "Action": "s3:*", "Resource": "*"});
    let level = |effect| {
        let all = json!({"Effect": effect, "Action": "*", "Resource": "*"});
        vec![policy(DocumentKind::ServiceControl, all)]
    };
    let everyone = json!({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"});
    let of_resource = PolicySet {
        resource: Some(policy(DocumentKind::Resource, everyone)),
        ..PolicySet::default()
    };
    let fenced = PolicySet {
        service_control: vec![level("Allow"), Vec::new()],
        ..identity(allow.clone())
    };
    let denied = PolicySet {
        service_control: vec![level("Allow"), level("Deny")],
        ..identity(allow.clone())
    };
    let mut root = request("s3:GetObject");
    root.principal = Principal::root("111111111111");
    let mut open = request("execute-api:Invoke");
    open.api = Some(ApiRequest::new(ApiAuthorization::None, "a1b2"));
    let none = PolicySet::default();
    let rows = [
        (
            request("s3:GetObject"),
            &identity(allow),
            json!({"layer": "identity", "policy": "p", "statement": 0, "sid": "Read", "level": null, "principal_form": null}),
        ),
        (
            request("s3:GetObject"),
            &of_resource,
            json!({"layer": "resource", "policy": "p", "statement": 0, "sid": null, "level": null, "principal_form": "everyone"}),
        ),
        (
            request("s3:GetObject"),
            &denied,
            json!({"layer": "scp", "policy": "p", "statement": 0, "sid": null, "level": 1, "principal_form": null}),
        ),
        (
            request("s3:GetObject"),
            &fenced,
            json!({"layer": "scp", "level": 1}),
        ),
        (
            request("s3:GetObject"),
            &none,
            json!({"layer": "identity", "level": null}),
        ),
        (
            root,
            &none,
            json!({"layer": "identity", "policy": "root user"}),
        ),
        (
            request("sts:GetCallerIdentity"),
            &none,
            json!({"rule": "always allowed"}),
        ),
        (open, &none, json!({"rule": "open"})),
    ];
    for (request, policies, ground) in rows {
        let written = evidence(&request, policies);
        let text = serde_json::to_string(&written).unwrap();
        let member = format!(r#","decided_by":{ground},"missing_keys":"#);
        assert!(text.contains(&member), "{text}: {member}");
        let read: Decision = serde_json::from_str(&text).unwrap();
        assert_eq!(read, written, "{text}");
        assert_eq!(read.layer(), decide(&request, policies).layer(), "{text}");
    }
}

#[test]
fn the_members_stand_in_their_order() {
    let office = json!({"Sid": "Office", "Effect": "Allow", "NotAction": "sqs:*",
        "Resource": "arn:aws:s3:::other/*", "Condition": {
            "IpAddress": {"aws:SourceIp": "198.51.100.0/24"},
            "StringEquals": {"aws:PrincipalTag/team": "red"}}});
    let mut request = request("s3:GetObject");
    request.context.insert("aws:SourceIp", "192.0.2.1");
    let written = evidence(&request, &identity(office));
    let expected = concat!(
        r#"{"action":"s3:GetObject","resource":"arn:aws:s3:::bkt/k","#,
        r#""principal":"arn:aws:iam::111111111111:user/ana","decision":"ImplicitDeny","#,
        r#""decided_by":{"layer":"identity","level":null},"missing_keys":[],"#,
        r#""near_misses":[{"policy":"p","statement":0,"sid":"Office","failing":["#,
        r#"{"element":"Resource","policy":["arn:aws:s3:::other/*"]},"#,
        r#"{"element":"IpAddress","key":"aws:SourceIp","policy":["198.51.100.0/24"],"request":["192.0.2.1"]},"#,
        r#"{"element":"StringEquals","key":"aws:PrincipalTag/team","policy":["red"]}]}],"#,
        r#""explanation":"implicitly denied: no identity-based policy allows it","#,
        r#""trace":{"action":"s3:GetObject","resource":"arn:aws:s3:::bkt/k","same_account":true,"#,
        r#""caller":{"account":"111111111111","unique_id":"AIDAANAEXAMPLE0000000"},"#,
        r#""layers":[{"layer":"identity","verdict":"silent","policies":[{"name":"p","statements":["#,
        r#"{"index":0,"sid":"Office","effect":"Allow","#,
        r#""action":{"negated":true,"values":["sqs:*"],"matches":true},"#,
        r#""resource":{"negated":false,"values":["arn:aws:s3:::other/*"],"matches":false},"#,
        r#""conditions":[{"operator":"IpAddress","key":"aws:SourceIp","policy":["198.51.100.0/24"],"#,
        r#""request":["192.0.2.1"],"standing":"different","holds":false},"#,
        r#"{"operator":"StringEquals","key":"aws:PrincipalTag/team","policy":["red"],"#,
        r#""request":null,"standing":"absent","holds":false}],"matches":false}]}]}]}}"#,
    );
    let text = serde_json::to_string(&written).unwrap();
    assert_eq!(text, expected);
    assert_eq!(serde_json::from_str::<Decision>(&text).unwrap(), written);
}

/// What a journal leaves of a line that is too long: a list ends in a text, an object lacks members.
#[test]
fn what_was_cut_is_left_out() {
    let whole = json!({"policy": "p", "statement": 1, "failing": [
        {"element": "Action", "policy": ["a", "… (9,000 of them)"]}, "… (2 of them)"]});
    let half = json!({"policy": "q", "…": "(4 members)"});
    let line = json!({
        "action": "s3:GetObject", "resource": "*", "principal": "ana",
        "decision": "ImplicitDeny", "decided_by": {"layer": "identity", "level": null},
        "missing_keys": ["a", "… (7 of them)"],
        "near_misses": [whole, half, "… (3 of them)"],
        "…": "(8 members)",
    });
    let read: Decision = serde_json::from_value(line).unwrap();
    let [near] = read.near_misses.as_slice() else {
        panic!("{read:?}");
    };
    assert_eq!((near.statement, near.failing.len()), (1, 1));
    assert_eq!(read.explanation, "");
}

#[test]
fn what_names_no_layer_is_not_read() {
    for (ground, is_read) in [
        (json!({"layer": "rcp", "level": null}), true),
        (json!({"layer": "firewall", "level": null}), false),
        (json!({"layer": "identity", "policy": "root user"}), true),
        (json!({"rule": "open"}), true),
        (json!({"rule": "closed"}), false),
        (json!({}), false),
    ] {
        let read = serde_json::from_value::<DecidedBy>(ground.clone());
        assert_eq!(read.is_ok(), is_read, "{ground}");
    }
}

#[test]
fn an_allow_says_what_let_it_through_a_line_each() {
    let all = json!({"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"});
    let of_team = json!({"Effect": "Allow", "Principal": {"AWS": "111111111111"}, "Action": "s3:*",
        "Resource": "*", "Condition": {"StringEquals": {"aws:username": ["bob", "ana"]}}});
    let control = || policy(DocumentKind::ServiceControl, all.clone());
    let layered = PolicySet {
        resource: Some(policy(DocumentKind::Resource, of_team)),
        service_control: vec![vec![control()], (0..9).map(|_| control()).collect()],
        ..identity(all.clone())
    };
    let mut by_ana = request("s3:GetObject");
    by_ana.context.insert("aws:username", "ana");
    let mut root = request("s3:GetObject");
    root.principal = Principal::root("111111111111");
    let level = "scp: statement `All` of `p` at level 1 from the root";
    let expected = [
        "identity: statement `All` of `p`",
        "resource: statement 0 of `p`, which names the account; StringEquals aws:username: policy \
         [bob, ana], request [ana]",
        "scp: statement `All` of `p` at level 0 from the root",
    ];
    let expected = expected.into_iter().chain([level; 8]);
    let expected: Vec<_> = expected
        .chain(["scp: and 1 more at level 1 from the root"])
        .collect();
    let none = PolicySet::default();
    let built_in = "identity: the root user has full access to its own account";
    for (request, policies, lines) in [
        (by_ana, &layered, expected),
        (root, &none, vec![built_in]),
        (
            request("sts:GetCallerIdentity"),
            &none,
            vec!["no policy can take this away"],
        ),
        (request("s3:GetObject"), &none, Vec::new()),
    ] {
        let written = evidence(&request, policies);
        assert_eq!(written.allowed_by(), lines);
        let text = serde_json::to_string(&written).unwrap();
        assert_eq!(serde_json::from_str::<Decision>(&text).unwrap(), written);
    }
}
