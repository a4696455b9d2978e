use std::collections::BTreeSet;

use super::*;

fn rule(path: &str, capabilities: &str) -> String {
    format!("path \"{path}\" {{\n  capabilities = [{capabilities}]\n}}\n")
}

fn read(path: &str) -> String {
    rule(path, "\"read\"")
}

fn with(path: &str, member: &str) -> String {
    format!("path \"{path}\" {{\n  capabilities = [\"create\", \"update\"]\n  {member}\n}}\n")
}

fn deny(path: &str) -> String {
    rule(path, "\"deny\"")
}

/// A path of rules that read it: what is wrong with it, and what is right.
const PATHS: [(&str, &str, &str); 41] = [
    ("leading-slash", "/kv/a", "kv/a"),
    ("double-slash", "//kv/a", "kv/a"),
    ("double-slash", "kv//a", "kv/a"),
    ("api-prefix", "v1/kv/a", "kv/v1/a"),
    ("api-prefix", "/v1/secret/data/a", "secret/data/v1"),
    ("trailing-slash", "kv/a/", "kv/a/*"),
    ("glob-in-middle", "kv/*/a", "kv/+/a"),
    ("glob-in-middle", "kv/a*/b", "kv/a*"),
    ("glob-in-middle", "kv/**", "kv/*"),
    ("glob-in-middle", "*/a", "+/a"),
    ("glob-in-middle", "secret/data/*/db", "secret/data/+/db"),
    ("glob-plus-star", "kv/+*", "kv/+/*"),
    ("plus-in-segment", "kv/app+/a", "kv/+/a"),
    ("plus-in-segment", "kv/+app", "kv/app*"),
    ("plus-in-segment", "kv/++/a", "kv/+/+/a"),
    (
        "template-syntax",
        "kv/{{identity.entity.id",
        "kv/{{identity.entity.id}}",
    ),
    ("template-syntax", "kv/{{}}", "kv/{{identity.entity.name}}"),
    (
        "template-selector",
        "kv/{{entity.name}}",
        "kv/{{identity.entity.name}}",
    ),
    (
        "template-selector",
        "kv/{{identity.entity.names}}",
        "kv/{{ identity.entity.name }}/*",
    ),
    (
        "template-selector",
        "kv/{{identity.entity.metadata}}",
        "kv/{{identity.entity.metadata.team}}",
    ),
    (
        "template-selector",
        "kv/{{identity.entity.aliases.auth_jwt_1a2b3c4d}}",
        "kv/{{identity.entity.aliases.auth_jwt_1a2b3c4d.name}}",
    ),
    (
        "template-selector",
        "kv/{{identity.entity.aliases.auth_jwt_1a2b3c4d.team}}",
        "kv/{{identity.entity.aliases.auth_jwt_1a2b3c4d.metadata.team}}",
    ),
    (
        "template-selector",
        "kv/{{identity.groups.ops.id}}",
        "kv/{{identity.groups.names.ops.id}}",
    ),
    (
        "template-selector",
        "kv/{{identity.groups.ids.1.members}}",
        "kv/{{identity.groups.ids.1.metadata.k}}",
    ),
    (
        "template-accessor",
        "kv/{{identity.entity.aliases.userpass.name}}",
        "kv/{{identity.entity.aliases.auth_userpass_6671d643.name}}",
    ),
    (
        "template-accessor",
        "kv/{{identity.entity.aliases.ACCESSOR.name}}",
        "kv/{{identity.entity.aliases.${accessor}.name}}",
    ),
    (
        "template-accessor",
        "kv/{{identity.entity.aliases.auth/jwt/.name}}",
        "kv/{{identity.entity.aliases.auth_jwt_1a2b3c4d.custom_metadata.k}}",
    ),
    (
        "template-braces",
        "kv/{identity.entity.id}",
        "kv/{{identity.entity.id}}",
    ),
    ("template-braces", "kv/${identity.entity.id}", "kv/${team}"),
    ("kv2-data", "secret/prod/*", "secret/data/prod/*"),
    ("kv2-data", "secret/db", "secret/*"),
    ("kv2-data", "secret/app/+/db", "secret/+/db"),
    ("kv2-data", "secret/Data/db", "secret/metadata/db"),
    (
        "kv2-data",
        "secret/{{identity.entity.id}}/*",
        "secret/data/{{identity.entity.id}}/*",
    ),
    ("kv2-data", "secret/app*", "secret/d*"),
    ("sudo-missing", "sys/audit", "sys/mounts"),
    ("sudo-missing", "sys/raw/*", "sys/policies/acl/*"),
    ("sudo-missing", "sys/auth/jwt", "sys/auth"),
    (
        "sudo-missing",
        "sys/leases/revoke-prefix/*",
        "sys/leases/renew",
    ),
    ("sudo-missing", "sys/rotate", "sys/key-status"),
    (
        "sudo-missing",
        "auth/token/accessors/",
        "auth/token/lookup-self",
    ),
];

/// Whole texts.
fn texts() -> Vec<(&'static str, String, String)> {
    let both = |one: String, other: String| one + &other;
    let kv = "secret/data/a";
    let allowed = |name: &str| format!("allowed_parameters = {{ \"{name}\" = [] }}");
    vec![
        ("syntax", "path \"kv/a\" {".to_owned(), read("kv/a")),
        (
            "syntax",
            "{\"path\": {\"kv/a\" 5}}".to_owned(),
            "{\"path\": {\"kv/a\": {\"capabilities\": [\"read\"]}}}".to_owned(),
        ),
        (
            "refused",
            with("kv/a", "max_wrapping_ttl = \"soon\""),
            with("kv/a", "max_wrapping_ttl = \"1m\""),
        ),
        (
            "unknown-key",
            with("kv/a", "capability = [\"read\"]"),
            with("kv/a", "comment = \"x\""),
        ),
        (
            "unknown-key",
            "rule \"kv/a\" {}".to_owned(),
            "name = \"x\"\n".to_owned() + &read("kv/a"),
        ),
        (
            "unknown-capability",
            rule("kv/a", "\"write\""),
            rule("kv/a", "\"create\", \"update\""),
        ),
        (
            "unknown-capability",
            rule("kv/a", "\"READ\""),
            rule("kv/a", "\"read\""),
        ),
        ("no-capability", rule("kv/a", ""), read("kv/a")),
        ("no-capability", "path \"kv/a\" {}".to_owned(), deny("kv/a")),
        (
            "old-policy",
            "path \"kv/a\" { policy = \"read\" }".to_owned(),
            read("kv/a"),
        ),
        (
            "deny-with-others",
            rule("kv/a", "\"read\", \"deny\""),
            deny("kv/a"),
        ),
        (
            "create-never",
            rule("auth/token/create", "\"create\""),
            rule("auth/token/create", "\"create\", \"update\""),
        ),
        (
            "create-never",
            rule("auth/approle/login", "\"create\""),
            rule("auth/approle/role/a", "\"create\""),
        ),
        (
            "create-never",
            rule("sys/policies/acl/a", "\"create\", \"read\""),
            rule("sys/policies/acl/a", "\"update\""),
        ),
        (
            "create-without-update",
            rule(kv, "\"create\", \"read\""),
            rule(kv, "\"create\", \"update\""),
        ),
        (
            "wrapping-ttl-order",
            with(
                "kv/a",
                "min_wrapping_ttl = \"2h\"\n  max_wrapping_ttl = \"90s\"",
            ),
            with(
                "kv/a",
                "min_wrapping_ttl = \"90s\"\n  max_wrapping_ttl = \"2h\"",
            ),
        ),
        (
            "wrapping-ttl-order",
            with(
                "kv/a",
                "min_wrapping_ttl = 100\n  max_wrapping_ttl = \"90s\"",
            ),
            with(
                "kv/a",
                "min_wrapping_ttl = 90\n  max_wrapping_ttl = \"90s\"",
            ),
        ),
        (
            "kv2-data",
            deny("secret/prod/*"),
            deny("secret/data/prod/*"),
        ),
        (
            "kv2-data",
            both(read("apps/data/a"), read("apps/b")),
            both(read("apps/data/a"), read("kv/b")),
        ),
        (
            "kv2-list",
            rule("secret/data/*", "\"read\", \"list\""),
            both(read("secret/data/*"), rule("secret/metadata/*", "\"list\"")),
        ),
        (
            "kv2-list-useless",
            both(
                rule("secret/data/*", "\"read\", \"list\""),
                rule("secret/metadata/*", "\"list\""),
            ),
            both(read("secret/data/*"), rule("secret/metadata/*", "\"list\"")),
        ),
        (
            "kv2-delete-latest",
            rule("secret/data/*", "\"read\", \"delete\""),
            both(
                rule("secret/data/*", "\"read\", \"delete\""),
                rule("secret/metadata/*", "\"delete\""),
            ),
        ),
        (
            "kv2-delete-latest",
            rule("secret/data/*", "\"delete\""),
            both(
                rule("secret/data/*", "\"delete\""),
                rule("secret/destroy/*", "\"update\""),
            ),
        ),
        (
            "kv2-version",
            rule("secret/destroy/*", "\"delete\""),
            rule("secret/destroy/*", "\"update\""),
        ),
        (
            "kv2-version",
            rule("secret/undelete/a", "\"create\""),
            rule("secret/undelete/a", "\"create\", \"update\""),
        ),
        (
            "kv2-parameter",
            with(kv, &allowed("password")),
            with("kv/a", &allowed("password")),
        ),
        (
            "kv2-parameter",
            with(kv, "denied_parameters = { \"password\" = [] }"),
            with(kv, "denied_parameters = { \"options\" = [] }"),
        ),
        (
            "kv2-parameter",
            with(kv, "required_parameters = [\"password\"]"),
            with(kv, "required_parameters = [\"data\"]"),
        ),
        (
            "kv2-parameter",
            with("secret/metadata/a", &allowed("data")),
            with("secret/metadata/a", &allowed("max_versions")),
        ),
        (
            "duplicate-path",
            both(read("kv/a"), rule("/kv/a", "\"list\"")),
            both(read("kv/a"), read("kv/b")),
        ),
        (
            "duplicate-deny",
            both(read("kv/a"), deny("kv/a")),
            both(read("kv/*"), deny("kv/a")),
        ),
        (
            "deny-beaten",
            both(deny("kv/+/prod"), read("kv/app/*")),
            both(deny("kv/app/prod"), read("kv/app/*")),
        ),
        (
            "deny-beaten",
            both(deny("kv/+/prod/*"), read("kv/app/+/db")),
            both(deny("kv/app/prod/*"), read("kv/app/+/db")),
        ),
        (
            "deny-carved",
            both(deny("kv/*"), read("kv/app")),
            both(read("kv/*"), deny("kv/app")),
        ),
        (
            "deny-carved",
            both(deny("kv/+"), read("kv/app")),
            both(read("kv/*"), deny("kv/+")),
        ),
        (
            "deny-useless",
            both(read("kv/a"), deny("db/*")),
            both(read("db/a/*"), deny("db/a/b")),
        ),
        ("not-compared", crowd(1_100), crowd(100)),
    ]
}

/// Denials without a rule that they meet, each compared with each.
fn crowd(count: usize) -> String {
    (0..count)
        .map(|number| deny(&format!("kv/{number}")))
        .collect()
}

#[test]
fn every_code_has_a_bad_row_and_a_good_twin() {
    let paths = PATHS
        .iter()
        .map(|(code, bad, good)| (*code, read(bad), read(good)));
    let mut wrong = Vec::new();
    let mut shown = BTreeSet::new();
    for (code, bad, good) in paths.chain(texts()) {
        shown.insert(code);
        let found = lint(&bad, &Mounts::default());
        match found.iter().find(|finding| finding.code == code) {
            None => wrong.push(format!("{code} is not found: {found:?}: {bad}")),
            Some(finding) => {
                let known = CODES.iter().find(|known| known.name == code).unwrap();
                assert_eq!(finding.severity, known.severity);
                assert!(finding.line > 0 && finding.column > 0 && !finding.fix.is_empty());
            }
        }
        for finding in lint(&good, &Mounts::default()) {
            if finding.code == code || finding.severity == Severity::Error {
                wrong.push(format!("{code} has a bad twin: {finding:?}: {good}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let all: BTreeSet<&str> = CODES.iter().map(|code| code.name).collect();
    assert_eq!(all.len(), CODES.len());
    assert_eq!(shown, all);
}

#[test]
fn a_finding_stands_where_it_is_meant_in_hcl_and_in_json() {
    let hcl = "# ä\npath \"kv/a\" {\n  capabilities = [\"read\",\n    \"write\"]\n}\n  path \"kv/*/b\" { capabilities = [\"read\"] }\n";
    let json = "{\n \"path\": {\n  \"kv/a\": {\n   \"capabilities\": [\"write\"]},\n  \"kv/*/b\": {\"capabilities\": [\"read\"]}}}";
    for (text, expected) in [
        (
            hcl,
            [("unknown-capability", 4, 5), ("glob-in-middle", 6, 8)],
        ),
        (
            json,
            [("unknown-capability", 4, 4), ("glob-in-middle", 5, 3)],
        ),
    ] {
        let found = lint(text, &Mounts::default());
        let found: Vec<_> = found
            .iter()
            .map(|it| (it.code, it.line, it.column))
            .collect();
        assert_eq!(found, expected, "{text}");
        assert!(is_policy(text));
    }
    assert!(!is_policy("{\"Statement\": []}") && !is_policy("") && !is_policy("[lab]"));
}

#[test]
fn mounts_are_told_by_who_knows_them() {
    let text = read("secret/db") + &read("apps/db");
    let of = |kv1: &[&str], kv2: &[&str]| {
        let owned = |list: &[&str]| list.iter().map(|it| (*it).to_owned()).collect();
        let mounts = Mounts {
            kv1: owned(kv1),
            kv2: owned(kv2),
        };
        lint(&text, &mounts).len()
    };
    assert_eq!(of(&[], &[]), 1);
    assert_eq!(of(&["secret/"], &[]), 0);
    assert_eq!(of(&["secret"], &["apps"]), 1);
    assert_eq!(of(&[], &["apps/"]), 2);
}

/// What servers have themselves, and what their documentation shows, is as it should be.
#[test]
fn policies_of_the_servers_raise_no_error() {
    for text in [
        include_str!("../default.hcl"),
        include_str!("../default_2_7.hcl"),
        include_str!("../response_wrapping.hcl"),
    ] {
        let found = lint(text, &Mounts::default());
        let errors = found.iter().filter(|it| it.severity == Severity::Error);
        assert_eq!(errors.count(), 0, "{found:?}");
    }
}

#[test]
fn mutated_policies_never_panic() {
    let mut state: u64 = 11;
    let mut next = move |bound: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or_default() % bound.max(1)
    };
    let pieces = [
        "*", "+", "/", "{{", "}}", "${", "}", "\"", "\\u202e", "é", "path ", "deny", "[", "]", "=",
        "{", "<<A\n", "0x", "//", "\u{0}",
    ];
    let rows: Vec<String> = PATHS
        .iter()
        .map(|(_, bad, _)| read(bad))
        .chain(texts().into_iter().take(30).map(|(_, bad, _)| bad))
        .collect();
    let mut found = 0;
    for round in 0..6_000 {
        let mut text = rows[round % rows.len()].clone();
        for _ in 0..=next(3) {
            let mut at = next(text.len() + 1);
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            match next(3) {
                0 => {
                    let rest = text.split_off(at);
                    text.extend(rest.chars().skip(1 + next(6)));
                }
                1 => text.insert_str(at, pieces[next(pieces.len())]),
                _ => text.truncate(at),
            }
        }
        found += lint(&text, &Mounts::default()).len();
        let _ = is_policy(&text);
    }
    assert!(found > 3_000, "{found}");
}

#[test]
fn four_mebibytes_take_no_long_time() {
    let size = 4 << 20;
    let many = |piece: &str| piece.repeat(size / piece.len());
    // Rules are many at a quarter of that already; what would be quadratic in them shows.
    let several = |piece: &str| piece.repeat(size / 4 / piece.len());
    let rules: String = (0..size / 256)
        .map(|number| rule(&format!("secret/data/{number}"), "\"list\", \"delete\""))
        .collect();
    let mut found = 0;
    for text in [
        rules,
        several(&read("secret/db")),
        several(&deny("kv/a")),
        read(&many("a/")),
        read(&many("{{identity.entity.id}}")),
        read(&many("${a}")),
        read(&many("{")),
        rule("kv/a", &many("\"write\",")),
        many("path "),
        many("{\"path\":"),
        format!("{{\"path\":{{\"{}\":{{}}}}}}", many("+/")),
    ] {
        // What is worse than linear does not end here while anybody waits.
        found += lint(&text, &Mounts::default()).len();
        let _ = is_policy(&text);
    }
    assert!(found > 1_000, "{found}");
}
