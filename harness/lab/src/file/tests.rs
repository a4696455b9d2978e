//! Files that are taken as they stand, and files that are refused at their line and field.

use std::path::Path;

use super::*;

fn parse(text: &str) -> Result<LabFile, String> {
    LabFile::parse(Path::new("lab.toml"), text).map_err(|error| error.to_string())
}

#[test]
fn an_empty_file_is_the_default_lab() {
    assert_eq!(parse("").unwrap(), LabFile::default());
    let names: Vec<_> = LabFile::default()
        .accounts
        .into_iter()
        .map(|account| account.name)
        .collect();
    assert_eq!(
        names,
        ["management", "workload-a", "workload-b", "monitoring"]
    );
}

#[test]
fn a_full_file_is_read_whole() {
    let file = parse(
        r#"
seed = 9
clock = "2026-01-15T12:00:00Z"
region = "eu-central-1"
enforcement = "audit"
names = { "reports.corp.example" = "http://127.0.0.1:9000", "far" = "http://192.0.2.10:8443" }
outbound = { allow = ["192.0.2.10:8443"] }
inbound = { allow_hosts = ["lab.corp.example"], allow_origins = ["http://localhost:3000"] }
[organization]
id = "o-1234567890"
[[account]]
id = "111111111111"
name = "management"
management = true
[[account]]
id = "222222222222"
name = "production"
unit = "Workloads/Production"
[[issuer]]
name = "corp"
url = "https://login.corp.example/"
[[issuer.client]]
id = "looker"
secret = "test"
[vault]
flavour = "openbao"
[[vault.mount]]
path = "legacy"
type = "kv"
version = 1
"#,
    )
    .unwrap();
    assert_eq!(file.seed, Some(9));
    assert_eq!(file.enforcement, Enforcement::Audit);
    assert_eq!(file.accounts[1].unit, "Workloads/Production");
    assert_eq!(file.accounts[1].email, "production@example.com");
    assert_eq!(file.issuers[0].clients.as_ref().unwrap()[0].id, "looker");
    assert_eq!(file.names["reports.corp.example"], "http://127.0.0.1:9000");
    assert_eq!(file.names["far"], "http://192.0.2.10:8443");
    assert_eq!(file.guests.hosts, ["lab.corp.example"]);
    assert_eq!(file.guests.origins, ["http://localhost:3000"]);
    assert_eq!(file.vault.mounts[0].version, Some(1));
}

#[test]
fn what_is_wrong_is_refused_at_its_line_and_field() {
    let one = "[[account]]\nid = \"111111111111\"\nname = \"a\"\n";
    let two = |more: &str| format!("{one}[[account]]\n{more}");
    let table = [
        (
            "seed = \"x\"",
            "lab.toml:1: seed: invalid type: string \"x\", expected u64",
        ),
        ("\n\nsede = 1", "lab.toml:3: sede: unknown field `sede`"),
        ("clock = \"noon\"", "lab.toml:1: clock: `noon` is no time"),
        (
            "region = \"US\"",
            "lab.toml:1: region: `US` is not a Region",
        ),
        (
            "[[account]]\nid = \"12\"\nname = \"a\"",
            "lab.toml:2: account.id: `12` is not an account id",
        ),
        (
            "[[account]]\nname = \"a\"",
            "lab.toml:1: account[0]: missing field `id`",
        ),
        (
            &two("id = \"111111111111\"\nname = \"b\""),
            "lab.toml:5: account.id: `111111111111` stands twice",
        ),
        (
            &two("id = \"222222222222\"\nname = \"a\""),
            "lab.toml:6: account.name: `a` stands twice",
        ),
        (
            &two("id = \"222222222222\"\nname = \"b\"\nunit = \"a//b\""),
            "lab.toml:7: account.unit: `a//b`",
        ),
        (
            "[organization]\nid = \"x\"",
            "lab.toml:2: organization.id: `x` is not `o-`",
        ),
        (
            "[organization]\n[[account]]\nid = \"222222222222\"\nname = \"b\"",
            "account: an organization needs",
        ),
        (
            "[[issuer]]\nname = \"a b\"",
            "lab.toml:2: issuer.name: `a b` is no name",
        ),
        (
            "[[issuer]]\nname = \"a\"\nurl = \"login\"",
            "lab.toml:3: issuer.url: `login` is no URL",
        ),
        (
            "[names]\n\"x\" = \"ftp://x\"",
            "lab.toml:2: names.x: `ftp://x` is no http or https URL",
        ),
        (
            "seed = 1\n[names]\n\"x\" = \"http://169.254.169.254\"",
            "lab.toml:3: names.x: `http://169.254.169.254` is outside the lab",
        ),
        (
            "[names]\n\"a\" = \"http://127.0.0.1:1\"\n\"b\" = \"http://example.com\"",
            "lab.toml:3: names.b: `http://example.com` is outside the lab",
        ),
        (
            "[names]\n\"x\" = \"http://localhost.evil.example/\"",
            "lab.toml:2: names.x: `http://localhost.evil.example/` is outside the lab",
        ),
        (
            "[names]\n\"x\" = \"http://0.0.0.0:4566\"",
            "lab.toml:2: names.x: `http://0.0.0.0:4566` is outside the lab",
        ),
        (
            "[names]\n\"x\" = \"http://[::ffff:10.0.0.1]/\"",
            "is outside the lab",
        ),
        (
            "[names]\n\"x\" = \"http://192.0.2.10:1\"\n[outbound]\nallow = [\"192.0.2.10:2\"]",
            "lab.toml:2: names.x: `http://192.0.2.10:1` is outside the lab",
        ),
        (
            "[outbound]\nallow = [\"http://x/\"]",
            "lab.toml:2: outbound.allow: `http://x/` is no host to allow",
        ),
        (
            "[inbound]\nallow_hosts = [\"*\"]",
            "lab.toml:2: inbound.allow_hosts: `*` is no host",
        ),
        (
            "[inbound]\nallow_origins = [\"https://a\", \"app.example\"]",
            "lab.toml:2: inbound.allow_origins: `app.example` is no origin",
        ),
    ];
    for (text, expected) in table {
        let error = parse(text).unwrap_err();
        assert!(
            error.contains(expected),
            "{text:?}\n gave {error}\n not {expected}"
        );
    }
    assert!(parse(one).is_ok(), "the twin without a fault");
}

#[test]
fn what_nobody_would_read_is_refused_at_its_line_and_field() {
    let account = |more: &str| {
        format!(
            "[organization]\n[[account]]\nid = \"111111111111\"\nname = \"a\"\nmanagement = true\n[[account]]\nid = \"222222222222\"\nname = \"b\"\n{more}\n"
        )
    };
    let alone = |more: &str| format!("[[account]]\nid = \"111111111111\"\nname = \"a\"\n{more}\n");
    let vault = |more: &str| format!("[vault]\n{more}\n");
    let mount = |more: &str| format!("[[vault.mount]]\n{more}\n");
    let refused = [
        ("account = []".to_owned(), "1: account: the list is empty"),
        (
            "seed = 1\nissuer = []".to_owned(),
            "2: issuer: the list is empty",
        ),
        (
            account("outside = true\nunit = \"U\""),
            "9: account.outside: ",
        ),
        (
            account("management = true"),
            "9: account.management: an organization has one",
        ),
        (
            account("email = \"b\""),
            "9: account.email: `b` is no address",
        ),
        (account("email = \"b@c\""), "9: account.email: "),
        (account("email = \"b c@example.com\""), "9: account.email: "),
        (account("email = \"@example.com\""), "9: account.email: "),
        (
            account("email = \"a@example.com\""),
            "9: account.email: `a@example.com` stands twice",
        ),
        (account("email = \"\""), "9: account.email: "),
        (
            account("").replace("management = true", "management = true\noutside = true"),
            "6: account.outside: ",
        ),
        (
            account("").replace("management = true", "management = false"),
            "account: an organization needs one",
        ),
        (
            alone("management = true"),
            "4: account.management: there is no organization",
        ),
        (
            alone("outside = true"),
            "4: account.outside: there is no organization",
        ),
        (
            alone("unit = \"U\""),
            "4: account.unit: there is no organization",
        ),
        (vault("root_token = \"\""), "2: vault.root_token: "),
        (vault("root_token = \"a b\""), "2: vault.root_token: "),
        (
            vault("flavour = \"bao\""),
            "2: vault.flavour: `bao` is no flavour",
        ),
        (
            mount("path = \"a\"\ntype = \"kv\"\nversion = 3"),
            "4: vault.mount.version: `3`",
        ),
        (
            mount("path = \"a\"\ntype = \"kv\"\nversion = 0"),
            "4: vault.mount.version: `0`",
        ),
        (
            mount("path = \"auth/a\"\ntype = \"approle\"\nversion = 1"),
            "4: vault.mount.version: `approle` has none",
        ),
        (
            mount("path = \"a\"\ntype = \"kv-v2\"\nversion = 1"),
            "4: vault.mount.version: `kv-v2` has none",
        ),
        (
            mount("path = \"a\"\ntype = \"kw\""),
            "3: vault.mount.type: ",
        ),
        (
            mount("path = \"a\"\ntype = \"approle\""),
            "3: vault.mount.type: ",
        ),
        (
            mount("path = \"auth/a\"\ntype = \"kv\""),
            "3: vault.mount.type: ",
        ),
        (
            mount("path = \"sys/a\"\ntype = \"kv\""),
            "2: vault.mount.path: ",
        ),
        (
            mount("path = \"/\"\ntype = \"kv\""),
            "2: vault.mount.path: ",
        ),
        (
            mount("path = \"a\"\ntype = \"kv\"\n[[vault.mount]]\npath = \"a\"\ntype = \"kv\""),
            "5: vault.mount.path: ",
        ),
        (
            "[backend]\nvault = \"external\"\nallow_writes = [\"valut\"]".to_owned(),
            "3: backend.allow_writes[0]: `valut` is nothing",
        ),
    ];
    for (text, expected) in refused {
        let error = parse(&text).unwrap_err();
        assert!(
            error.contains(expected),
            "{text}\n gave {error}\n not {expected}"
        );
    }
    let taken = [
        account("outside = true"),
        account("outside = false\nunit = \"U\""),
        account("email = \"team@b.example.com\""),
        account(&format!("email = \"{}@example.com\"", "ü".repeat(50))),
        alone("management = false\noutside = false"),
        vault("root_token = \"root\"\nflavour = \"openbao-2.7\""),
        mount("path = \"secret\"\ntype = \"kv\"\nversion = 1"),
        mount("path = \"a/b/\"\ntype = \"generic\""),
        mount("path = \"auth/a\"\ntype = \"approle\""),
        "[backend]\nvault = \"external\"\nallow_writes = [\"vault\", \"111111111111\"]".to_owned(),
    ];
    for text in taken {
        let parsed = parse(&text);
        assert!(parsed.is_ok(), "{text}: {parsed:?}");
    }
    let clients = |text: &str| parse(text).unwrap().issuers[0].clients.clone();
    assert_eq!(clients("[[issuer]]\nname = \"a\""), None, "any client");
    assert_eq!(
        clients("[[issuer]]\nname = \"a\"\nclient = []"),
        Some(Vec::new()),
        "no client"
    );
    let names = parse(&alone("").replace("\"a\"", "\"Team @ work\"")).unwrap();
    assert_eq!(names.accounts[0].email, "Team---work@example.com");
}

#[test]
fn backends_are_chosen_by_system_and_a_wrong_word_is_named() {
    let file = parse("[backend]\nvault = \"container\"\nunchecked = [\"sqs\"]\n").unwrap();
    let backends = file.backends.backends();
    assert_eq!(
        backends.to_string(),
        "aws embedded, vault container, oidc embedded"
    );
    assert_eq!(file.backends.unchecked, ["sqs"]);
    let error = parse("[backend]\noidc = \"docker\"\n")
        .unwrap_err()
        .to_string();
    assert!(
        error.contains(":2: backend.oidc: unknown variant `docker`"),
        "{error}"
    );
}
