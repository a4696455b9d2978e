use super::*;

const ANA: &str = "arn:aws:iam::111111111111:user/ana";

fn caller(principal: &str, action: &str, resource: Option<&str>) -> Denied {
    Denied {
        principal: Some(principal.to_owned()),
        action: Some(action.to_owned()),
        resource: resource.map(str::to_owned),
        ..Denied::new(Head::Caller)
    }
}

fn authorization() -> Authorization {
    Authorization {
        id: "example1a2b3c4d5e6f7g8h9i0j".to_owned(),
        region: "eu-west-1".to_owned(),
    }
}

/// Every row of the table, in both forms, with and without what 2026 added.
fn reasons() -> Vec<Denied> {
    let mut reasons = vec![
        Denied::new(Head::Caller),
        Denied {
            effect: Some(Outcome::ExplicitDeny),
            ..Denied::new(Head::Caller)
        },
    ];
    let arn = "arn:aws:iam::111111111111:policy/path/Example_Deny+Policy=1";
    for wording in &WORDINGS {
        for effect in [Outcome::ExplicitDeny, Outcome::ImplicitDeny] {
            for policy_arn in [None, Some(arn.to_owned())] {
                for authorization in [None, Some(authorization())] {
                    reasons.push(Denied {
                        effect: Some(effect),
                        layer: Some(wording.layer),
                        policy_arn: policy_arn.clone(),
                        authorization,
                        ..Denied::new(Head::Caller)
                    });
                }
            }
        }
    }
    reasons
}

#[test]
fn what_is_printed_is_read_back() {
    let principals = [
        ANA,
        "arn:aws-cn:sts::111111111111:assumed-role/app/run+=,.@-_1",
        "arn:aws:iam::111111111111:user/p\"a't`h/{User:}/because/ana",
        "arn:aws:iam::111111111111:root",
        "arn:aws:sts::111111111111:federated-user/guest",
        "sns.amazonaws.com",
        "anonymous",
    ];
    let resources = [
        None,
        Some("arn:aws:s3:::bkt/key"),
        Some("arn:aws:s3:::bkt/a file because no reason allows the thing"),
        Some("arn:aws:s3:::bkt/ with an explicit deny in my soul, perhaps"),
        Some("arn:aws:s3:::bkt/x on resource: y is not authorized to perform: z"),
        Some("arn:aws:s3:::bkt/. Go to https://eu-west-1.console.aws.amazon.com"),
        Some("arn:aws:s3:::bkt/because no identity-based policy allows the s3:PutObject action"),
        Some("secret named ü, e.g. \u{1f511}: x"),
        Some("arn:aws:execute-api:eu-west-1:********2222:a1b2/prod/GET/"),
    ];
    for reason in reasons() {
        for principal in principals {
            for resource in resources {
                for encoded in [None, Some("GWcDRrzCtkH/+8==".to_owned())] {
                    let denied = Denied {
                        encoded,
                        ..with_reason(caller(principal, "s3:GetObject", resource), &reason)
                    };
                    let text = denied.to_string();
                    assert_eq!(parse(&text), Some(denied), "{text}");
                }
            }
        }
        let denied = with_reason(Denied::new(Head::Authorizer), &reason);
        let is_implicit = denied.effect == Some(Outcome::ImplicitDeny);
        let denied = Denied {
            action: is_implicit.then(|| "execute-api:Invoke".to_owned()),
            ..denied
        };
        let text = denied.to_string();
        assert_eq!(parse(&text), Some(denied), "{text}");
    }
    let denied = Denied {
        action: Some("sts:AssumeRoleWithWebIdentity".to_owned()),
        ..Denied::new(Head::Token)
    };
    assert_eq!(parse(&denied.to_string()), Some(denied));
}

fn with_reason(denied: Denied, reason: &Denied) -> Denied {
    Denied {
        effect: reason.effect,
        layer: reason.layer,
        policy_arn: reason.policy_arn.clone(),
        authorization: reason.authorization.clone(),
        ..denied
    }
}

/// Other spellings are read as the layer that they mean.
#[test]
fn every_spelling_of_the_table_names_its_layer() {
    for Wording {
        layer,
        article,
        kind,
        ..
    } in &WORDINGS
    {
        let head = caller(ANA, "s3:GetObject", Some("arn:aws:s3:::bkt/key")).to_string();
        for (tail, effect) in [
            (
                format!(" with an explicit deny in {article} {kind}"),
                Outcome::ExplicitDeny,
            ),
            (
                format!(" because no {kind} allows the s3:GetObject action"),
                Outcome::ImplicitDeny,
            ),
        ] {
            let denied = parse(&format!("{head}{tail}")).unwrap();
            assert_eq!(denied.layer, Some(*layer), "{tail}");
            assert_eq!(denied.effect, Some(effect), "{tail}");
            assert_eq!(denied.resource.as_deref(), Some("arn:aws:s3:::bkt/key"));
        }
    }
}

#[test]
fn what_is_no_kind_of_the_table_is_no_layer() {
    let head = caller(ANA, "s3:GetObject", Some("r")).to_string();
    for (tail, effect) in [
        (
            " because no firewall policy allows the s3:GetObject action",
            Some(Outcome::ImplicitDeny),
        ),
        (
            " with an explicit deny in a firewall policy",
            Some(Outcome::ExplicitDeny),
        ),
        (" with an explicit deny", Some(Outcome::ExplicitDeny)),
        (words::UNCLEAR, None),
        ("", None),
    ] {
        let denied = parse(&format!("{head}{tail}")).unwrap();
        assert_eq!(denied.layer, None, "{tail}");
        assert_eq!(denied.effect, effect, "{tail}");
        assert_eq!(denied.resource.as_deref(), Some("r"), "{tail}");
    }
}

#[test]
fn what_is_none_of_the_texts_is_not_read() {
    for text in [
        "",
        "User: ",
        "User: ana is not authorized to perform: ",
        "User: ana is not authorized to perform: s3:GetObject on resource: ",
        "User: ana is not authorized to perform: s3:GetObject on a Sunday",
        "User: ana is not authorized to perform: everything",
        "User: ana and bob is not authorized to perform: s3:GetObject",
        "User is not authorized to access this resource on resource: r",
        "Not authorized to perform sts:AssumeRole with an explicit word",
        "Access to KMS is not allowed",
        "Roles may not be assumed by root accounts.",
        "An unknown error occurred",
        "The client is not authorized to perform this operation.",
        "permission denied",
    ] {
        assert_eq!(parse(text), None, "{text}");
    }
}

/// Ids and Regions that do not fit leave the end of the text where it is: a part of the resource.
#[test]
fn an_end_that_contradicts_itself_names_no_id() {
    let whole = Denied {
        effect: Some(Outcome::ExplicitDeny),
        layer: Some(Layer::Identity),
        authorization: Some(authorization()),
        ..caller(ANA, "s3:GetObject", Some("r"))
    }
    .to_string();
    assert!(parse(&whole).unwrap().authorization.is_some());
    for (what, by) in [
        ("region=eu-west-1", "region=eu-west-2"),
        ("id: example1", "id: exam"),
        ("details/example1", "details/EXAMPLE1"),
        ("Go to https", "Go to http"),
    ] {
        let denied = parse(&whole.replace(what, by)).unwrap();
        assert_eq!((denied.layer, denied.authorization), (None, None), "{by}");
    }
}

#[test]
fn hostile_texts_end_soon() {
    let parts = [
        words::USER,
        words::PERFORM,
        words::ON_RESOURCE,
        words::EXPLICIT,
        words::NO,
        words::ALLOWS,
        words::GO_TO,
        words::CONSOLE,
        words::DETAILS,
        words::CALL,
        words::ENCODED,
        ": arn:",
        "\u{0}ü",
    ];
    let head = "User: a is not authorized to perform: s3:GetObject on resource: r";
    for part in parts {
        for fill in [TEXT_BYTES_MAX - head.len(), 10 * TEXT_BYTES_MAX] {
            let text = format!("{head}{}", part.repeat(fill / part.len()));
            let denied = parse(&text);
            assert_eq!(denied.is_some(), text.len() <= TEXT_BYTES_MAX, "{part}");
            assert_eq!(denied.and_then(|denied| denied.layer), None, "{part}");
        }
    }
}
