//! Every duration and every limit that is stored is enforced, by the server's time: whoever adds one to
//! a table of fields adds its case here, or its reason to [`ELSEWHERE`].

use std::collections::BTreeSet;

use authlab_token::{Algorithm, SigningKey};
use serde_json::{Map, Value, json};

use crate::field::{Field, Kind};
use crate::flavour::Flavour;
use crate::offline::{Server, all_rows, object};
use crate::request::{Operation, WrapWish};

use Operation::{List, Read, Update};

/// Mount, pattern and field, and why there is no case here.
const ELSEWHERE: &[(&str, &str)] = &[
    (
        "auth/aws/ role/{role} ",
        "a login needs STS: the tests of the server have one",
    ),
    (
        "auth/aws/ config/client max_retries",
        "of calls that fail at once",
    ),
    (
        "auth/jwt/ role/{name} max_age",
        "of the browser login, which answers 501",
    ),
    (
        "auth/jwt/ role/{name} poll_interval",
        "of the browser login, which answers 501",
    ),
    (
        "auth/jwt/ role/{name} not_before_leeway",
        "a beginning: see `a_token_without_a_beginning_has_one_given`",
    ),
    (
        "secret/ config max_versions",
        "a number: see `only_so_many_versions_are_kept`",
    ),
    (
        "secret/ metadata/{path*} max_versions",
        "a number: see `only_so_many_versions_are_kept`",
    ),
    ("sys/ rotate", "nothing is encrypted: no key wears out"),
    ("sys/ leases limit", "no lease is irrevocable"),
    (
        "sys/ leases/renew increment",
        "only leases of engines are renewed by their id: src/leasing/tests.rs",
    ),
    (
        "sys/ leases/renew/{url_lease_id*} increment",
        "only leases of engines are renewed by their id: src/leasing/tests.rs",
    ),
    (
        "sys/ renew increment",
        "only leases of engines are renewed by their id: src/leasing/tests.rs",
    ),
    (
        "sys/ renew/{url_lease_id*} increment",
        "only leases of engines are renewed by their id: src/leasing/tests.rs",
    ),
];

fn is_bound(field: &Field) -> bool {
    const PARTS: [&str; 7] = [
        "ttl", "period", "num_uses", "expir", "max_", "limit", "interval",
    ];
    matches!(field.kind, Kind::Seconds | Kind::SignedSeconds)
        || PARTS.iter().any(|part| field.name.contains(part))
}

/// What a case looks at after some time: whether a token lives, or whatever else.
enum Probe {
    /// The token that was issued, by looking itself up.
    Token,
    /// Root reads.
    Reads(&'static str),
    /// A login, which is tried again.
    Logs(&'static str, Value),
    /// The token that was issued reads.
    TokenReads(&'static str),
}

/// A bound, and how it is seen.
struct Case {
    covers: Vec<String>,
    /// Written by root, in order.
    setup: Vec<(String, Value)>,
    /// The request that issues a token, if one is looked at.
    issue: Option<(&'static str, Value)>,
    probe: Probe,
    /// After so many seconds it is still there; with a wish, it is renewed then.
    alive: i64,
    renew: Option<(&'static str, Value)>,
    /// And after so many it is not.
    dead: i64,
}

impl Case {
    fn token(covers: &str, issue: (&'static str, Value), alive: i64, dead: i64) -> Self {
        Self {
            covers: vec![covers.to_owned()],
            setup: Vec::new(),
            issue: Some(issue),
            probe: Probe::Token,
            alive,
            renew: None,
            dead,
        }
    }

    fn of(covers: &str, probe: Probe, alive: i64, dead: i64) -> Self {
        Self {
            issue: None,
            probe,
            ..Self::token(covers, ("", Value::Null), alive, dead)
        }
    }

    fn after(mut self, path: &str, body: Value) -> Self {
        self.setup.push((path.to_owned(), body));
        self
    }

    fn renewed(mut self, path: &'static str, body: Value) -> Self {
        self.renew = Some((path, body));
        self
    }

    fn covering(mut self, more: &str) -> Self {
        self.covers.push(more.to_owned());
        self
    }
}

fn merged(one: &Value, other: Value) -> Value {
    let mut all = one.as_object().cloned().unwrap();
    all.extend(other.as_object().cloned().unwrap());
    Value::Object(all)
}

/// The settings of a method's roles, under their new and their old names.
fn of_roles(
    cases: &mut Vec<Case>,
    role: (&str, &'static str, &Value),
    issue: &(&'static str, Value),
    old: &[&str],
) {
    let (covers, path, needed) = role;
    let names = |new: &str, old_name: &str| {
        let old = old.contains(&old_name).then(|| old_name.to_owned());
        std::iter::once(new.to_owned())
            .chain(old)
            .collect::<Vec<_>>()
    };
    let renewal = || json!({"increment": "1h"});
    let case = |field: &str, alive, dead| {
        Case::token(&format!("{covers} {field}"), issue.clone(), alive, dead)
    };
    for name in names("token_ttl", "ttl") {
        cases.push(case(&name, 59, 60).after(path, merged(needed, json!({&name: 60}))));
    }
    for name in names("token_max_ttl", "max_ttl") {
        let body = merged(needed, json!({"token_ttl": 60, &name: 90}));
        cases.push(
            case(&name, 59, 90)
                .after(path, body)
                .renewed("auth/token/renew-self", renewal()),
        );
    }
    for name in names("token_period", "period") {
        let body = merged(needed, json!({&name: 60}));
        cases.push(
            case(&name, 59, 119)
                .after(path, body)
                .renewed("auth/token/renew-self", renewal()),
        );
    }
    let body = merged(
        needed,
        json!({"token_ttl": 60, "token_explicit_max_ttl": 90}),
    );
    let explicit = case("token_explicit_max_ttl", 59, 90).after(path, body);
    cases.push(explicit.renewed("auth/token/renew-self", renewal()));
    for name in names("token_num_uses", "num_uses") {
        cases.push(case(&name, 0, 0).after(path, merged(needed, json!({&name: 1}))));
    }
}

fn signed(claims: &Value) -> String {
    let key = SigningKey::test_key(0).unwrap();
    let algorithm: Algorithm = key.jwk().alg().unwrap_or("RS256").parse().unwrap();
    key.sign(&key.header(algorithm), claims.as_object().unwrap())
        .unwrap()
}

/// The second at which a server starts.
fn start() -> i64 {
    Server::start(Flavour::Vault).now.as_second()
}

fn of_methods(cases: &mut Vec<Case>) {
    let users = (
        "auth/userpass/ users/{username}",
        "auth/userpass/users/x",
        &json!({"password": "x"}),
    );
    let login = ("auth/userpass/login/x", json!({"password": "x"}));
    of_roles(cases, users, &login, &["ttl", "max_ttl"]);
    let without =
        json!({"bind_secret_id": false, "token_bound_cidrs": "127.0.0.1", "role_id": "x"});
    let roles = (
        "auth/approle/ role/{role_name}",
        "auth/approle/role/x",
        &without,
    );
    let login = ("auth/approle/login", json!({"role_id": "x"}));
    of_roles(cases, roles, &login, &["period"]);
    of_settings(cases, &without, &login);
    of_secret_ids(cases);
    of_jwt(cases);
}

/// The settings of a role that have an endpoint of their own.
fn of_settings(cases: &mut Vec<Case>, without: &Value, login: &(&'static str, Value)) {
    for (setting, field, dead) in [
        ("token-ttl", "token_ttl", 60),
        ("period", "token_period", 60),
        ("period", "period", 60),
    ] {
        let covers = format!("auth/approle/ role/{{role_name}}/{setting}/? {field}");
        cases.push(
            Case::token(&covers, login.clone(), dead - 1, dead)
                .after("auth/approle/role/x", without.clone())
                .after(
                    &format!("auth/approle/role/x/{setting}"),
                    json!({field: 60}),
                ),
        );
    }
    cases.push(
        Case::token(
            "auth/approle/ role/{role_name}/token-max-ttl/? token_max_ttl",
            login.clone(),
            59,
            60,
        )
        .after("auth/approle/role/x", without.clone())
        .after(
            "auth/approle/role/x/token-max-ttl",
            json!({"token_max_ttl": 60}),
        ),
    );
    cases.push(
        Case::token(
            "auth/approle/ role/{role_name}/token-num-uses/? token_num_uses",
            login.clone(),
            0,
            0,
        )
        .after("auth/approle/role/x", without.clone())
        .after(
            "auth/approle/role/x/token-num-uses",
            json!({"token_num_uses": 1}),
        ),
    );
}

fn of_jwt(cases: &mut Vec<Case>) {
    let key = SigningKey::test_key(0)
        .unwrap()
        .jwk()
        .to_public_pem()
        .unwrap();
    let role = json!({"role_type": "jwt", "user_claim": "sub", "bound_audiences": "x"});
    let far = start() + 1_000_000;
    let jwt = signed(&json!({"sub": "x", "aud": "x", "iat": start(), "exp": far}));
    let login = ("auth/jwt/login", json!({"role": "x", "jwt": jwt}));
    let first = cases.len();
    of_roles(
        cases,
        ("auth/jwt/ role/{name}", "auth/jwt/role/x", &role),
        &login,
        &["ttl", "max_ttl", "period", "num_uses"],
    );
    // Leeways: a token that has ended is let in for a while; one without an end has one given.
    for (name, claims, dead) in [
        (
            "clock_skew_leeway",
            json!({"sub": "x", "aud": "x", "iat": start(), "exp": start() + 10}),
            21,
        ),
        (
            "expiration_leeway",
            json!({"sub": "x", "aud": "x", "iat": start()}),
            71,
        ),
    ] {
        let body = merged(&role, json!({name: 10}));
        let login = Probe::Logs(
            "auth/jwt/login",
            json!({"role": "x", "jwt": signed(&claims)}),
        );
        cases.push(
            Case::of(
                &format!("auth/jwt/ role/{{name}} {name}"),
                login,
                dead - 1,
                dead,
            )
            .after("auth/jwt/role/x", body),
        );
    }
    for case in &mut cases[first..] {
        case.setup.insert(
            0,
            (
                "auth/jwt/config".to_owned(),
                json!({"jwt_validation_pubkeys": [key]}),
            ),
        );
    }
}

fn of_secret_ids(cases: &mut Vec<Case>) {
    let login = || {
        Probe::Logs(
            "auth/approle/login",
            json!({"role_id": "x", "secret_id": "s"}),
        )
    };
    let role = json!({"role_id": "x"});
    let custom = "auth/approle/role/x/custom-secret-id";
    let of_role = |covers: &str, alive, dead, role: Value| {
        Case::of(covers, login(), alive, dead)
            .after("auth/approle/role/x", role)
            .after(custom, json!({"secret_id": "s"}))
    };
    let here = "auth/approle/ role/{role_name}";
    cases.push(of_role(
        &format!("{here} secret_id_ttl"),
        59,
        60,
        merged(&role, json!({"secret_id_ttl": 60})),
    ));
    cases.push(of_role(
        &format!("{here} secret_id_num_uses"),
        0,
        0,
        merged(&role, json!({"secret_id_num_uses": 1})),
    ));
    for (setting, body, alive, dead) in [
        ("secret-id-ttl", json!({"secret_id_ttl": 60}), 59, 60),
        ("secret-id-num-uses", json!({"secret_id_num_uses": 1}), 0, 0),
    ] {
        let field = setting.replace('-', "_");
        cases.push(
            Case::of(&format!("{here}/{setting}/? {field}"), login(), alive, dead)
                .after("auth/approle/role/x", role.clone())
                .after(&format!("auth/approle/role/x/{setting}"), body)
                .after(custom, json!({"secret_id": "s"})),
        );
    }
    for (field, value, alive, dead) in [("ttl", 60, 59, 60), ("num_uses", 1, 0, 0)] {
        cases.push(
            Case::of(
                &format!("{here}/custom-secret-id/? {field}"),
                login(),
                alive,
                dead,
            )
            // The other endpoint has the same maker.
            .covering(&format!("{here}/secret-id/? {field}"))
            .after("auth/approle/role/x", role.clone())
            .after(custom, json!({"secret_id": "s", field: value})),
        );
    }
}

fn of_tokens(cases: &mut Vec<Case>) {
    for (pattern, path) in [
        ("create", "auth/token/create"),
        ("create-orphan", "auth/token/create-orphan"),
        ("create/{role_name}", "auth/token/create/x"),
    ] {
        let covers = |field: &str| format!("auth/token/ {pattern} {field}");
        let wish = |wish: Value| (path, merged(&json!({"policies": ["default"]}), wish));
        let case = |field: &str, body: Value, alive, dead| {
            Case::token(&covers(field), wish(body), alive, dead)
                .after("auth/token/roles/x", json!({}))
        };
        let renewal = || json!({"increment": "1h"});
        cases.push(case("ttl", json!({"ttl": "60s"}), 59, 60));
        cases.push(case("lease", json!({"lease": "60s"}), 59, 60));
        if pattern == "create/{role_name}" {
            // A renewal asks the role alone (observed): what the call gave holds until then.
            cases.push(case("period", json!({"period": "60s"}), 59, 60));
            let wish = json!({"ttl": "2h", "explicit_max_ttl": "90s"});
            cases.push(case("explicit_max_ttl", wish, 89, 90));
        } else {
            let period = case("period", json!({"period": "60s"}), 59, 119);
            cases.push(period.renewed("auth/token/renew-self", renewal()));
            let wish = json!({"ttl": "60s", "explicit_max_ttl": "90s"});
            let explicit = case("explicit_max_ttl", wish, 59, 90);
            cases.push(explicit.renewed("auth/token/renew-self", renewal()));
        }
        cases.push(case("num_uses", json!({"num_uses": 1, "ttl": "60s"}), 0, 0));
    }
    let by_role = |field: &str, role: Value, wish: Value, alive, dead| {
        let issue = (
            "auth/token/create/x",
            merged(&json!({"policies": ["default"]}), wish),
        );
        Case::token(
            &format!("auth/token/ roles/{{role_name}} {field}"),
            issue,
            alive,
            dead,
        )
        .after("auth/token/roles/x", role)
    };
    for name in ["token_period", "period"] {
        let case = by_role(name, json!({name: 60}), json!({}), 59, 119);
        cases.push(case.renewed("auth/token/renew-self", json!({})));
    }
    for name in ["token_explicit_max_ttl", "explicit_max_ttl"] {
        let case = by_role(name, json!({name: 90}), json!({"ttl": "60s"}), 59, 90);
        cases.push(case.renewed("auth/token/renew-self", json!({"increment": "1h"})));
    }
    cases.push(by_role(
        "token_num_uses",
        json!({"token_num_uses": 1}),
        json!({"ttl": "60s"}),
        0,
        0,
    ));
    // What a renewal asks for holds from then on.
    let issue = || {
        (
            "auth/token/create",
            json!({"policies": ["default"], "ttl": "60s"}),
        )
    };
    for (covers, path, body) in [
        (
            "auth/token/ renew-self increment",
            "auth/token/renew-self",
            json!({"increment": 30}),
        ),
        (
            "auth/token/ renew increment",
            "auth/token/renew",
            json!({"token": "{{token}}", "increment": 30}),
        ),
        (
            "auth/token/ renew-accessor increment",
            "auth/token/renew-accessor",
            json!({"accessor": "{{accessor}}", "increment": 30}),
        ),
    ] {
        cases.push(Case::token(covers, issue(), 10, 40).renewed(path, body));
    }
}

fn of_mounts_and_engines(cases: &mut Vec<Case>) {
    let login = || ("auth/userpass/login/x", json!({"password": "x"}));
    let user = || json!({"password": "x"});
    for (field, alive, dead) in [("default_lease_ttl", 59, 60), ("max_lease_ttl", 59, 60)] {
        cases.push(
            Case::token(
                &format!("sys/ auth/{{path*}} {field}"),
                login(),
                alive,
                dead,
            )
            .covering(&format!("sys/ mounts/{{path*}} {field}"))
            .after("auth/userpass/users/x", user())
            .after("sys/auth/userpass/tune", json!({field: "60s"})),
        );
    }
    for (field, value, policy) in [
        ("ttl", json!("60s"), "sys/policies/acl/x"),
        (
            "expiration",
            json!("2026-01-01T00:01:00Z"),
            "sys/policies/acl/x",
        ),
        ("ttl", json!("60s"), "sys/policy/x"),
        ("expiration", json!("2026-01-01T00:01:00Z"), "sys/policy/x"),
    ] {
        let pattern = policy.trim_start_matches("sys/").trim_end_matches('x');
        let issue = (
            "auth/token/create",
            json!({"policies": ["x"], "no_default_policy": true}),
        );
        let mut case = Case::token(&format!("sys/ {pattern}{{name*}} {field}"), issue, 59, 60)
            .after("kv1/x", json!({"a": "b"}))
            .after(
                policy,
                json!({"policy": "path \"kv1/x\" { capabilities = [\"read\"] }", field: value}),
            );
        case.probe = Probe::TokenReads("kv1/x");
        cases.push(case);
    }
    let data = || json!({"data": {"a": "b"}});
    for (covers, path) in [
        ("secret/ config", "secret/config"),
        ("secret/ metadata/{path*}", "secret/metadata/x"),
    ] {
        cases.push(
            Case::of(
                &format!("{covers} delete_version_after"),
                Probe::Reads("secret/data/x"),
                59,
                60,
            )
            .after(path, json!({"delete_version_after": "60s"}))
            .after("secret/data/x", data()),
        );
    }
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    of_methods(&mut cases);
    of_tokens(&mut cases);
    of_mounts_and_engines(&mut cases);
    cases
}

/// The flavour that a case is tried with: policies end in one only, and old paths are gone there.
fn flavour_of(case: &Case) -> Flavour {
    if case.covers[0].contains("{name*}") {
        Flavour::OpenBao27
    } else {
        Flavour::Vault
    }
}

fn filled(value: &Value, auth: &Value, server: &Server) -> Map<String, Value> {
    object(&filled_text(&value.to_string(), auth, server))
}

fn filled_text(text: &str, auth: &Value, server: &Server) -> String {
    let text_of = |name: &str| auth[name].as_str().unwrap_or_default().to_owned();
    let entry = server.state.tokens.find(&text_of("client_token"));
    text.replace("{{token}}", &text_of("client_token"))
        .replace("{{accessor}}", &text_of("accessor"))
        .replace(
            "{{lease}}",
            &entry
                .and_then(|entry| entry.lease.clone())
                .unwrap_or_default(),
        )
}

fn is_alive(server: &mut Server, case: &Case, token: &str) -> bool {
    let nothing = Map::new();
    let (status, _) = match &case.probe {
        Probe::Token => server.ask(Some(token), Read, "auth/token/lookup-self", &nothing, None),
        Probe::TokenReads(path) => server.ask(Some(token), Read, path, &nothing, None),
        Probe::Reads(path) => server.root(Read, path, &nothing),
        Probe::Logs(path, body) => server.ask(None, Update, path, body.as_object().unwrap(), None),
    };
    status < 300
}

#[test]
fn every_stored_duration_and_limit_is_enforced() {
    for case in cases() {
        let what = &case.covers[0];
        let mut server = Server::start(flavour_of(&case));
        for (path, body) in &case.setup {
            let (status, answer) = server.root(Update, path, body.as_object().unwrap());
            assert!(status < 300, "{what}: {path}: {status} {answer}");
        }
        let mut auth = Value::Null;
        if let Some((path, body)) = &case.issue {
            let (status, answer) = server.root(Update, path, body.as_object().unwrap());
            assert_eq!(status, 200, "{what}: {path}: {answer}");
            auth = answer["auth"].clone();
        }
        let token = auth["client_token"].as_str().unwrap_or_default().to_owned();
        server.advance(case.alive);
        if let Some((path, body)) = &case.renew {
            let path = filled_text(path, &auth, &server);
            let own = path.ends_with("renew-self").then_some(token.as_str());
            let body = filled(body, &auth, &server);
            let (status, answer) = match own {
                Some(token) => server.ask(Some(token), Update, &path, &body, None),
                None => server.root(Update, &path, &body),
            };
            assert_eq!(status, 200, "{what}: {path}: {answer}");
        }
        assert!(
            is_alive(&mut server, &case, &token),
            "{what}: it ended too early"
        );
        if case.dead > case.alive + 1 {
            server.advance(case.dead - case.alive - 1);
            assert!(
                is_alive(&mut server, &case, &token),
                "{what}: it ended early"
            );
            server.advance(1);
        } else {
            server.advance(case.dead - case.alive);
        }
        assert!(
            !is_alive(&mut server, &case, &token),
            "{what}: it has no end"
        );
    }
}

#[test]
fn no_bound_is_without_a_case() {
    let covered: BTreeSet<String> = cases().into_iter().flat_map(|case| case.covers).collect();
    let mut missing = Vec::new();
    for row in all_rows() {
        for field in row.fields.iter().filter(|field| is_bound(field)) {
            let name = format!("{} {} {}", row.mount, row.pattern, field.name);
            let elsewhere = ELSEWHERE.iter().any(|(prefix, _)| name.starts_with(prefix));
            // A page of a list.
            let page = field.name == "limit" && row.operations.contains(&List);
            if !covered.contains(&name) && !elsewhere && !page {
                missing.push(name);
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn a_wrapping_token_ends_by_the_header_that_asked_for_it() {
    let mut server = Server::start(Flavour::Vault);
    let wrap = Some(WrapWish {
        ttl_nanoseconds: 60_000_000_000,
        jwt: false,
    });
    for (after, status) in [(59, 200), (60, 400)] {
        let (_, answer) = server.ask(
            Some("root"),
            Read,
            "auth/token/lookup-self",
            &Map::new(),
            wrap,
        );
        let token = json!({"token": answer["wrap_info"]["token"]});
        server.advance(after);
        let unwrapped = server.root(Update, "sys/wrapping/unwrap", token.as_object().unwrap());
        assert_eq!(unwrapped.0, status, "{after}: {}", unwrapped.1);
    }
}

#[test]
fn a_lockout_is_as_it_was_tuned_and_zero_is_the_default() {
    for (tuned, failures, seconds) in [
        (
            json!({"lockout_threshold": "3", "lockout_duration": "60s"}),
            3,
            60,
        ),
        (
            json!({"lockout_threshold": "0", "lockout_duration": "60s"}),
            5,
            60,
        ),
        (
            json!({"lockout_threshold": "2", "lockout_duration": "0s"}),
            2,
            900,
        ),
        (json!({}), 5, 900),
    ] {
        let mut server = Server::start(Flavour::Vault);
        let user = json!({"password": "x"});
        server.root(Update, "auth/userpass/users/x", user.as_object().unwrap());
        let tune = json!({ "user_lockout_config": tuned });
        let (status, answer) =
            server.root(Update, "sys/auth/userpass/tune", tune.as_object().unwrap());
        assert_eq!(status, 204, "{answer}");
        let login = |server: &mut Server, password: &str| {
            let body = json!({ "password": password });
            server
                .ask(
                    None,
                    Update,
                    "auth/userpass/login/x",
                    body.as_object().unwrap(),
                    None,
                )
                .0
        };
        for _ in 0..failures {
            assert_eq!(login(&mut server, "wrong"), 400, "{tuned}");
        }
        assert_eq!(login(&mut server, "x"), 403, "{tuned}: locked");
        server.advance(seconds - 1);
        assert_eq!(login(&mut server, "x"), 403, "{tuned}: still");
        server.advance(1);
        assert_eq!(login(&mut server, "x"), 200, "{tuned}: no longer");
    }
}

#[test]
fn a_token_without_a_beginning_has_one_given() {
    let key = SigningKey::test_key(0).unwrap().jwk().to_public_pem();
    let role = json!({
        "role_type": "jwt", "user_claim": "sub", "bound_audiences": "x", "not_before_leeway": 10,
        "clock_skew_leeway": -1,
    });
    let jwt = signed(&json!({"sub": "x", "aud": "x", "exp": start() + 100}));
    for (after, status) in [(89, 400), (90, 200), (100, 200), (101, 400)] {
        let mut server = Server::start(Flavour::Vault);
        for (path, body) in [
            ("auth/jwt/config", &json!({"jwt_validation_pubkeys": [key]})),
            ("auth/jwt/role/x", &role),
        ] {
            let (status, answer) = server.root(Update, path, body.as_object().unwrap());
            assert!(status < 300, "{path}: {answer}");
        }
        server.advance(after);
        let body = json!({"role": "x", "jwt": jwt});
        let login = server.ask(
            None,
            Update,
            "auth/jwt/login",
            body.as_object().unwrap(),
            None,
        );
        assert_eq!(login.0, status, "{after}: {}", login.1);
    }
}

#[test]
fn only_so_many_versions_are_kept() {
    for path in ["secret/config", "secret/metadata/x"] {
        let mut server = Server::start(Flavour::Vault);
        server.root(Update, path, &object(r#"{"max_versions": 2}"#));
        for number in 1..=3 {
            let body = json!({"data": {"n": number}});
            server.root(Update, "secret/data/x", body.as_object().unwrap());
        }
        for (version, status) in [(1, 404), (2, 200), (3, 200)] {
            let version = json!({ "version": version });
            let read = server.root(Read, "secret/data/x", version.as_object().unwrap());
            assert_eq!(read.0, status, "{path} {version}: {}", read.1);
        }
    }
}
