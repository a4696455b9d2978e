//! Signatures of Version 4 on routes with `AWS_IAM`, in the header and in the query.

use crate::Cell;
use crate::bench::{Bench, Credentials, STRANGER};
use crate::wire::{Plan, Request};

/// What is signed, changed before signing.
type Planned = fn(&Bench, &mut Plan);
/// What is sent, changed after signing.
type Sent = fn(&Bench, &mut Request);

struct Attack {
    name: &'static str,
    plan: Planned,
    sent: Sent,
}

const fn planned(name: &'static str, plan: Planned) -> Attack {
    Attack {
        name,
        plan,
        sent: |_, _| {},
    }
}

const fn sent(name: &'static str, sent: Sent) -> Attack {
    Attack {
        name,
        plan: |_, _| {},
        sent,
    }
}

/// What applies to both forms.
const BOTH: &[Attack] = &[
    planned("a wrong secret", |_, p| p.secret.push('x')),
    planned("an unknown key", |_, p| {
        p.key = "AKIANOBODYNOBODYNOBO".to_owned()
    }),
    planned("the account's id with a wrong secret", |_, p| {
        p.key = STRANGER.to_owned();
        p.secret = "wrong".to_owned();
    }),
    planned("the root of another account", |_, p| {
        p.key = STRANGER.to_owned();
        p.secret = "test".to_owned();
        p.token = None;
    }),
    planned("somebody without permissions", |b, p| {
        p.key.clone_from(&b.pauper.key);
        p.secret.clone_from(&b.pauper.secret);
        p.token = None;
    }),
    planned("a session without its token", |_, p| p.token = None),
    planned("a session with another's token", |b, p| {
        p.token.clone_from(&b.other.token)
    }),
    planned("a session with an altered token", |_, p| {
        p.token = p.token.take().map(|token| token + "x");
    }),
    planned("a user with a session's token", |b, p| {
        p.key.clone_from(&b.user.key);
        p.secret.clone_from(&b.user.secret);
    }),
    planned("another Region", |_, p| p.region = "eu-west-1".to_owned()),
    planned("another service", |_, p| p.service = "sts".to_owned()),
    planned("another terminator", |_, p| {
        p.terminator = "aws4".to_owned()
    }),
    planned("the day before in the scope", |b, p| {
        p.day = b.date(-86_400).chars().take(8).collect()
    }),
    planned("a date to come", |b, p| {
        p.date = b.date(900);
        p.day = p.date.chars().take(8).collect();
    }),
    planned("a date long past", |b, p| {
        p.date = b.date(-90_000);
        p.day = p.date.chars().take(8).collect();
    }),
    planned("a date in another format", |_, p| {
        p.date = "2026-01-15T12:00:00Z".to_owned()
    }),
    planned("another body than the signed one", |_, p| {
        p.body = b"{\"n\":2}".to_vec()
    }),
    planned("no body where one was signed", |_, p| p.body = Vec::new()),
    planned("an empty body signed", |_, p| p.signed_body = Vec::new()),
    planned("a path with dots, signed without", |_, p| {
        p.path = "/iam/x/../y".to_owned()
    }),
    planned("a path with a dot, signed without", |_, p| {
        p.path = "/iam/./y".to_owned()
    }),
    planned("a doubled slash, signed without", |_, p| {
        p.path = "/iam//y".to_owned()
    }),
    planned("an encoded letter, signed without", |_, p| {
        p.path = "/iam/%79".to_owned()
    }),
    planned("a slash behind, signed without", |_, p| {
        p.path = "/iam/y/".to_owned()
    }),
    planned("what is denied", |_, p| to(p, "/iam/secret")),
    planned("what is denied, a letter encoded", |_, p| {
        to(p, "/iam/s%65cret")
    }),
    planned("what is denied, all encoded", |_, p| {
        to(p, "/iam/%73%65%63%72%65%74")
    }),
    planned("what is denied, encoded twice", |_, p| {
        to(p, "/iam/%2573ecret")
    }),
    planned("what is denied, a slash behind", |_, p| {
        to(p, "/iam/secret/")
    }),
    planned("what is denied, with a parameter", |_, p| {
        to(p, "/iam/secret;v=1")
    }),
    planned("what is denied, by dots", |_, p| to(p, "/iam/x/../secret")),
    planned("what is denied, by encoded dots", |_, p| {
        to(p, "/iam/x/%2e%2e/secret")
    }),
    planned("what is denied, by a doubled slash", |_, p| {
        to(p, "/iam//secret")
    }),
    planned("what is denied, the route encoded", |_, p| {
        to(p, "/%69am/secret")
    }),
    planned("what is no UTF-8", |_, p| to(p, "/iam/%ff")),
    planned("a NUL", |_, p| to(p, "/iam/y%00")),
    planned("a backslash", |_, p| to(p, "/iam/x%5c..%5csecret")),
    planned("a method that is denied", |_, p| {
        p.method = "DELETE".to_owned()
    }),
    sent("another method", |_, r| r.method = "PUT".to_owned()),
    sent("another path", |_, r| {
        r.target = r.target.replace("/iam/y", "/iam/z")
    }),
    sent("another value in the query", |_, r| {
        r.target = r.target.replace("b=2", "b=3")
    }),
    sent("a parameter more", |_, r| r.target.push_str("&c=3")),
    sent("a parameter less", |_, r| {
        r.target = r.target.replace("a=1&", "")
    }),
    sent("a signed header changed", |_, r| r.set("x-signed", "two")),
    sent("a signed header repeated", |_, r| {
        r.headers.push(("x-signed".to_owned(), "one".to_owned()))
    }),
    sent("a signed header gone", |_, r| {
        r.headers.retain(|(name, _)| name != "x-signed")
    }),
    sent("another Host of the same API", |_, r| {
        r.edit("host", |host| host.replace("amazonaws.com", "localhost"))
    }),
    sent("two Hosts", |b, r| {
        r.headers.push(("host".to_owned(), b.host.clone()))
    }),
    sent("an absolute target of another host", |b, r| {
        r.target = format!(
            "http://{}{}",
            b.host.replace("amazonaws.com", "localhost"),
            r.target
        );
    }),
];

fn to(plan: &mut Plan, path: &str) {
    plan.path = path.to_owned();
    plan.signed_path = path.to_owned();
}

fn authorization(request: &mut Request, edit: impl FnOnce(&str) -> String) {
    request.edit("authorization", edit);
}

fn part<'a>(authorization: &'a str, name: &str) -> &'a str {
    let rest = authorization
        .split_once(&format!("{name}="))
        .map(|(_, rest)| rest);
    rest.and_then(|rest| rest.split(',').next())
        .unwrap_or_default()
}

/// What applies to the header.
const HEADER: &[Attack] = &[
    planned("an unsorted list, signed so", |_, p| p.unsorted = true),
    Attack {
        name: "a header signed as empty that is not there",
        plan: |_, p| p.more.push(("x-zero".to_owned(), String::new())),
        sent: |_, r| r.headers.retain(|(name, _)| name != "x-zero"),
    },
    sent("no signature", |_, r| {
        r.headers.retain(|(name, _)| name != "authorization")
    }),
    sent("an empty header", |_, r| r.set("authorization", "")),
    sent("a bearer", |_, r| r.set("authorization", "Bearer x")),
    sent("two headers", |_, r| {
        let value = r.get("authorization");
        r.headers.push(("authorization".to_owned(), value));
    }),
    sent("a bearer behind it", |_, r| {
        r.headers
            .push(("authorization".to_owned(), "Bearer x".to_owned()))
    }),
    sent("another algorithm", |_, r| {
        authorization(r, |a| {
            a.replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256")
        })
    }),
    sent("the algorithm in lower case", |_, r| {
        authorization(r, |a| a.replace("AWS4-HMAC", "aws4-hmac"))
    }),
    sent("the list twice", |_, r| {
        authorization(r, |a| {
            format!("{a}, SignedHeaders={}", part(a, "SignedHeaders"))
        })
    }),
    sent("another list before it", |_, r| {
        authorization(r, |a| {
            a.replace("Credential=", "SignedHeaders=host, Credential=")
        })
    }),
    sent("the credential twice", |_, r| {
        authorization(r, |a| format!("{a}, Credential={}", part(a, "Credential")))
    }),
    sent("the signature twice", |_, r| {
        authorization(r, |a| format!("{a}, Signature={}", part(a, "Signature")))
    }),
    sent("an unknown field", |_, r| {
        authorization(r, |a| format!("{a}, Foo=1"))
    }),
    sent("a field inside a field", |_, r| {
        authorization(r, |a| {
            a.replace("Credential=", "X=SignedHeaders=host, Credential=")
        })
    }),
    sent("an empty field", |_, r| {
        authorization(r, |a| a.replace(", ", ", , "))
    }),
    sent("a comma behind", |_, r| {
        authorization(r, |a| format!("{a},"))
    }),
    sent("an upper-case signature", |_, r| {
        authorization(r, |a| {
            let signature = part(a, "Signature");
            a.replace(signature, &signature.to_uppercase())
        })
    }),
    sent("a shorter signature", |_, r| {
        authorization(r, |a| a[..a.len() - 2].to_owned())
    }),
    sent("a longer signature", |_, r| {
        authorization(r, |a| format!("{a}00"))
    }),
    sent("no digits", |_, r| {
        authorization(r, |a| a.replace(part(a, "Signature"), "zz"))
    }),
    sent("the list without the Host", |_, r| {
        authorization(r, |a| a.replace("=host;", "="))
    }),
    sent("the list unsorted", |_, r| {
        authorization(r, |a| a.replace("host;x-amz-date", "x-amz-date;host"))
    }),
    sent("the list with a repetition", |_, r| {
        authorization(r, |a| a.replace("=host;", "=host;host;"))
    }),
    sent("the list in upper case", |_, r| {
        authorization(r, |a| a.replace("=host;", "=Host;"))
    }),
    sent("the list with what is not there", |_, r| {
        authorization(r, |a| a.replace("x-signed", "x-signed;x-zero"))
    }),
    sent("another access key in the credential", |b, r| {
        authorization(r, |a| a.replace(&b.session.key, &b.user.key))
    }),
    sent("another date", |b, r| r.set("x-amz-date", b.date(1))),
    sent("two dates", |b, r| {
        r.headers.push(("x-amz-date".to_owned(), b.date(0)))
    }),
    sent("no date", |_, r| {
        r.headers.retain(|(name, _)| name != "x-amz-date")
    }),
    sent("a signature in the query too", |_, r| {
        r.target.push_str("&X-Amz-Signature=00")
    }),
    sent("its name encoded", |_, r| {
        r.target.push_str("&X-%41mz-Signature=00")
    }),
    sent("a token in the query", |b, r| {
        let token = b.session.token.clone().unwrap_or_default();
        r.target.push_str(&format!(
            "&X-Amz-Security-Token={}",
            crate::wire::encoded(&token)
        ));
    }),
    sent("UNSIGNED-PAYLOAD with another body", |_, r| {
        r.set("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
        r.body = b"{\"n\":2}".to_vec();
    }),
];

fn query(request: &mut Request, from: &str, to: &str) {
    request.target = request.target.replace(from, to);
}

/// What applies to the query.
const PRESIGNED: &[Attack] = &[
    planned("longer than a week", |_, p| p.expires = "604801".to_owned()),
    planned("an expiry with a plus", |_, p| {
        p.expires = "+300".to_owned()
    }),
    planned("an expiry with a zero before", |_, p| {
        p.expires = "0300".to_owned()
    }),
    planned("an expiry of nothing", |_, p| p.expires = "0".to_owned()),
    planned("a negative expiry", |_, p| p.expires = "-1".to_owned()),
    planned("an expiry that is no number", |_, p| {
        p.expires = "1e9".to_owned()
    }),
    planned("expired", |b, p| p.date = b.date(-600)),
    sent("a longer expiry", |_, r| {
        query(r, "X-Amz-Expires=300", "X-Amz-Expires=3000")
    }),
    sent("another date", |b, r| {
        let (from, to) = (b.date(0), b.date(-1));
        query(
            r,
            &format!("X-Amz-Date={from}"),
            &format!("X-Amz-Date={to}"),
        );
    }),
    sent("no signature", |_, r| {
        r.target = r
            .target
            .split("&X-Amz-Signature")
            .next()
            .unwrap_or_default()
            .to_owned()
    }),
    sent("two signatures", |_, r| {
        r.target.push_str("&X-Amz-Signature=00")
    }),
    sent("a second one in lower case", |_, r| {
        r.target.push_str("&x-amz-signature=00")
    }),
    sent("its name in lower case", |_, r| {
        query(r, "X-Amz-Signature", "x-amz-signature")
    }),
    sent("two credentials", |_, r| {
        r.target.push_str("&X-Amz-Credential=A")
    }),
    sent("two expiries", |_, r| {
        r.target.push_str("&X-Amz-Expires=604800")
    }),
    sent("two lists", |_, r| {
        r.target.push_str("&X-Amz-SignedHeaders=host")
    }),
    sent("another list", |_, r| query(r, "host%3Bx-signed", "host")),
    sent("an upper-case signature", |_, r| {
        let target = r.target.clone();
        let (head, signature) = target.split_once("X-Amz-Signature=").unwrap_or_default();
        r.target = format!("{head}X-Amz-Signature={}", signature.to_uppercase());
    }),
    sent("a header beside it", |_, r| {
        r.set("authorization", "Bearer x")
    }),
    sent("a signed date beside it", |b, r| {
        r.set("x-amz-date", b.date(0))
    }),
    sent("a token beside it", |b, r| {
        r.set(
            "x-amz-security-token",
            b.other.token.clone().unwrap_or_default(),
        )
    }),
    sent("another token", |b, r| {
        let encoded =
            |who: &Credentials| crate::wire::encoded(who.token.as_deref().unwrap_or_default());
        query(r, &encoded(&b.session), &encoded(&b.other));
    }),
    sent("another algorithm", |_, r| {
        query(r, "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1")
    }),
];

/// `POST /iam/y?a=1&b=2` of the session.
fn base(bench: &Bench) -> Plan {
    let mut plan = bench.plan(&bench.session, "execute-api");
    plan.host.clone_from(&bench.host);
    to(&mut plan, "/iam/y");
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    plan.query = vec![pair("a", "1"), pair("b", "2")];
    plan.more = vec![pair("x-signed", "one")];
    plan.body = b"{\"n\":1}".to_vec();
    plan.signed_body = plan.body.clone();
    plan
}

/// Every attack on both forms.
pub async fn try_all(bench: &Bench, cells: &mut Vec<Cell>) {
    let header: fn(&Plan) -> Request = Plan::by_header;
    let ways = [
        ("iam-header", header, HEADER),
        ("iam-presign", Plan::presigned, PRESIGNED),
    ];
    for (way, signed, own) in ways {
        for attack in BOTH.iter().chain(own) {
            let mut plan = base(bench);
            (attack.plan)(bench, &mut plan);
            let mut request = signed(&plan);
            (attack.sent)(bench, &mut request);
            cells.push(Cell {
                way,
                attack: attack.name.to_owned(),
                forged: request.send(&bench.aws).await.0,
                diagnosis: bench.diagnosis(),
                twin: signed(&base(bench)).send(&bench.aws).await.0,
            });
        }
    }
}
