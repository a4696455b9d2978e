//! Hosts and values of headers that a signer may have signed instead.

use authlab_kernel::redaction;

use super::{Canonical, Fit, Known, Suspect, Try};
use crate::Incoming;
use crate::sigv4::parse::Signed;

/// How many hosts are tried.
const HOSTS_MAX: usize = 24;
/// How many headers are left out, one after the other.
const LEFT_OUT_MAX: usize = 12;
/// The headers in which proxies pass on the Host that they got.
const FORWARDED_HOSTS: [&str; 4] = [
    "x-forwarded-host",
    "x-original-host",
    "x-forwarded-server",
    "x-host",
];
/// What [`Suspect::HeaderChanged`] never means: it is told by itself, or the signature says it.
const TOLD_OTHERWISE: [&str; 4] = [
    "host",
    "x-amz-date",
    "x-amz-content-sha256",
    "x-amz-security-token",
];

/// Other hosts: of a proxy's headers, of the server's own names, with and without a port.
pub(super) fn hosts(
    signed: &Signed,
    incoming: &Incoming<'_>,
    known: &Known<'_>,
    base: &Canonical,
) -> Vec<Try> {
    let arrived = value_of(base, "host").unwrap_or_default().to_owned();
    let (name, port) = match arrived.rsplit_once(':') {
        Some((name, port)) if !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) => {
            (name.to_owned(), Some(port.to_owned()))
        }
        _ => (arrived.clone(), None),
    };
    let mut names: Vec<String> = forwarded(incoming);
    names.extend(known.hosts.iter().cloned());
    names.push(name.clone());
    names.push(name.to_ascii_lowercase());
    names.push(name.trim_end_matches('.').to_owned());
    let (service, region) = (known.service, known.region.unwrap_or(&signed.scope.region));
    names.push(format!("{service}.{region}.amazonaws.com"));
    names.push(format!("{service}.amazonaws.com"));
    names.push("localhost".to_owned());
    names.push("127.0.0.1".to_owned());
    let mut candidates = Vec::new();
    for name in names {
        candidates.push(name.clone());
        if !name.contains(':') {
            let ports = [port.as_deref(), Some("443"), Some("80")];
            candidates.extend(
                ports
                    .into_iter()
                    .flatten()
                    .map(|port| format!("{name}:{port}")),
            );
        }
    }
    let mut seen = vec![arrived.clone()];
    for host in candidates {
        if !host.is_empty() && !seen.contains(&host) {
            seen.push(host);
        }
    }
    let others = seen.into_iter().skip(1).take(HOSTS_MAX);
    others
        .map(|host| Try {
            fit: Fit::of(Suspect::Host)
                .about("host")
                .showing(&host, &arrived),
            canonical: with(base, "host", &host),
        })
        .collect()
}

/// The hosts that a proxy says it was called by.
fn forwarded(incoming: &Incoming<'_>) -> Vec<String> {
    let plain = FORWARDED_HOSTS
        .into_iter()
        .filter_map(|name| incoming.header(name));
    let mut found: Vec<String> = plain
        .flat_map(|value| value.split(','))
        .map(|host| host.trim().to_owned())
        .collect();
    // `Forwarded: for=192.0.2.1;host=example.com` (RFC 7239).
    let parts = incoming.header("forwarded").unwrap_or_default();
    let hosts = parts.split([';', ',']).filter_map(|part| {
        let (name, value) = part.trim().split_once('=')?;
        name.eq_ignore_ascii_case("host")
            .then(|| value.trim_matches('"').to_owned())
    });
    found.extend(hosts);
    found.truncate(4);
    found
}

/// Other values of signed headers: those that did not arrive, that proxies change, that are spaced or
/// joined in another way; then each left out.
pub(super) fn tries(incoming: &Incoming<'_>, absent: &[String], base: &Canonical) -> Vec<Try> {
    let mut tries = Vec::new();
    let token = "x-amz-security-token";
    if value_of(base, token).is_some() {
        let canonical = without(base, token);
        let fit = Fit::of(Suspect::TokenNotSigned).about(token);
        tries.push(Try { fit, canonical });
    }
    if !absent.is_empty() {
        // As they would be signed with nothing in them.
        tries.push(Try {
            fit: Fit::of(Suspect::HeaderAbsent).about(&absent.join(", ")),
            canonical: base.clone(),
        });
    }
    for (name, arrived) in &base.headers {
        if TOLD_OTHERWISE.contains(&name.as_str()) {
            continue;
        }
        let is_absent = absent.contains(name);
        for other in others(name, arrived, incoming) {
            let suspect = match is_absent {
                true => Suspect::HeaderAbsent,
                false => Suspect::HeaderChanged,
            };
            let shown = |value: &str| redaction::header(name, value).into_owned();
            let mut fit = Fit::of(suspect).about(name);
            fit.signed = Some(shown(&other));
            fit.arrived = (!is_absent).then(|| shown(arrived));
            let canonical = with(base, name, &other);
            tries.push(Try { fit, canonical });
        }
    }
    tries.extend(spacings(incoming, base));
    let names = base.headers.iter().map(|(name, _)| name.as_str());
    let left_out = names.filter(|name| !matches!(*name, "host" | "x-amz-security-token"));
    tries.extend(left_out.take(LEFT_OUT_MAX).map(|name| Try {
        fit: Fit::of(Suspect::HeaderNotSigned).about(name),
        canonical: without(base, name),
    }));
    tries
}

/// What clients commonly send in a header, or what a proxy commonly makes of it.
fn others(name: &str, arrived: &str, incoming: &Incoming<'_>) -> Vec<String> {
    let list = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    let mut found: Vec<String> = match name {
        "connection" => list(&["keep-alive", "close", "Keep-Alive", "upgrade", "TE"]),
        "accept-encoding" => list(&[
            "identity",
            "gzip",
            "gzip, deflate",
            "gzip, deflate, br",
            "gzip, deflate, br, zstd",
            "gzip,deflate",
            "gzip,deflate,br",
        ]),
        "accept" => list(&[
            "*/*",
            "application/json",
            "application/json, text/plain, */*",
        ]),
        "content-type" => content_types(arrived),
        "content-length" => vec![incoming.body.len().to_string(), "0".to_owned()],
        "expect" => list(&["100-continue"]),
        "te" => list(&["trailers"]),
        "transfer-encoding" => list(&["chunked"]),
        "x-forwarded-proto" => list(&["http", "https"]),
        "x-forwarded-port" => list(&["80", "443"]),
        "x-forwarded-for" | "via" | "forwarded" => appended(arrived),
        "x-amzn-trace-id" => vec![
            arrived
                .split(';')
                .filter(|part| !part.trim_start().starts_with("Self="))
                .collect::<Vec<_>>()
                .join(";"),
        ],
        "user-agent" => [
            "x-amz-user-agent",
            "x-forwarded-user-agent",
            "x-original-user-agent",
        ]
        .into_iter()
        .filter_map(|name| incoming.header(name).map(str::to_owned))
        .collect(),
        _ => Vec::new(),
    };
    let is_changeable = !found.is_empty() || name.starts_with("x-forwarded-");
    if is_changeable && !arrived.is_empty() {
        found.push(String::new());
    }
    found.retain(|value| value != arrived);
    found.dedup();
    found
}

/// A media type with and without its character set.
fn content_types(arrived: &str) -> Vec<String> {
    let media = arrived.split(';').next().unwrap_or_default().trim();
    let mut found = Vec::new();
    if !media.is_empty() {
        let sets = [
            "",
            "; charset=utf-8",
            "; charset=UTF-8",
            ";charset=utf-8",
            ";charset=UTF-8",
        ];
        found.extend(sets.map(|set| format!("{media}{set}")));
    }
    let common = [
        "application/json",
        "application/x-www-form-urlencoded",
        "application/x-www-form-urlencoded; charset=utf-8",
        "application/x-amz-json-1.1",
        "text/plain",
    ];
    found.extend(common.map(str::to_owned));
    found
}

/// A list before proxies put their own at its end.
fn appended(arrived: &str) -> Vec<String> {
    let mut rest = arrived;
    let mut found = Vec::new();
    while let Some((before, _)) = rest.rsplit_once(',') {
        rest = before.trim_end();
        found.push(rest.to_owned());
        if found.len() == 3 {
            break;
        }
    }
    found
}

/// Values as they stand, joined in another way, or in lower case.
fn spacings(incoming: &Incoming<'_>, base: &Canonical) -> Vec<Try> {
    let values = |name: &str| {
        let values = incoming.headers.get_all(name).iter();
        let values = values.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        values.collect::<Vec<_>>()
    };
    let folded = |value: &String| value.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
    let of = |make: &dyn Fn(&str) -> String| Canonical {
        headers: base
            .headers
            .iter()
            .map(|(name, _)| (name.clone(), make(name)))
            .collect(),
        ..base.clone()
    };
    let as_sent = of(&|name| values(name).join(","));
    let apart = of(&|name| {
        values(name)
            .iter()
            .map(folded)
            .collect::<Vec<_>>()
            .join(", ")
    });
    let first = of(&|name| values(name).first().map(folded).unwrap_or_default());
    let last = of(&|name| values(name).last().map(folded).unwrap_or_default());
    let lower = of(&|name| {
        let value = value_of(base, name).unwrap_or_default();
        match TOLD_OTHERWISE.contains(&name) {
            true => value.to_owned(),
            false => value.to_ascii_lowercase(),
        }
    });
    let spacings = [
        (Suspect::HeaderSpacing, as_sent),
        (Suspect::HeaderSpacing, apart),
        (Suspect::HeaderSpacing, first),
        (Suspect::HeaderSpacing, last),
        (Suspect::HeaderCase, lower),
    ];
    let is_other = |canonical: &Canonical| canonical.headers != base.headers;
    let differing = |canonical: &Canonical| {
        let pairs = canonical.headers.iter().zip(&base.headers);
        let names: Vec<&str> = pairs
            .filter(|(one, other)| one != other)
            .map(|(one, _)| one.0.as_str())
            .collect();
        names.join(", ")
    };
    spacings
        .into_iter()
        .filter(|(_, canonical)| is_other(canonical))
        .map(|(suspect, canonical)| Try {
            fit: Fit::of(suspect).about(&differing(&canonical)),
            canonical,
        })
        .collect()
}

fn value_of<'c>(canonical: &'c Canonical, name: &str) -> Option<&'c str> {
    let mut headers = canonical.headers.iter();
    headers
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.as_str())
}

fn with(base: &Canonical, name: &str, value: &str) -> Canonical {
    let mut canonical = base.clone();
    for (known, old) in &mut canonical.headers {
        if known == name {
            value.clone_into(old);
        }
    }
    canonical
}

fn without(base: &Canonical, name: &str) -> Canonical {
    let mut canonical = base.clone();
    canonical.headers.retain(|(known, _)| known != name);
    canonical
}
