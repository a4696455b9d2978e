//! The server without its HTTP, for tests that ask every endpoint: on one thread, at the time that the
//! test says.

use authlab_kernel::{Enforcement, Ids, Secret, Timestamp};
use serde_json::{Map, Value};

use crate::field::Field;
use crate::flavour::Flavour;
use crate::request::{Answers, Operation, Request, WrapWish};
use crate::route::Route;
use crate::router::{self, Environment};
use crate::secret::{cubbyhole, kv1, kv2};
use crate::state::State;
use crate::vault::{MountConfig, VaultConfig, start};
use crate::{auth, identity, sys};

/// An endpoint.
pub(crate) struct Row {
    pub(crate) mount: &'static str,
    pub(crate) pattern: &'static str,
    pub(crate) fields: Vec<Field>,
    pub(crate) operations: Vec<Operation>,
}

fn rows<B>(mount: &'static str, routes: &[Route<B>]) -> Vec<Row> {
    let row = |route: &Route<B>| Row {
        mount,
        pattern: route.pattern,
        fields: route
            .fields
            .iter()
            .flat_map(|group| group.to_vec())
            .collect(),
        operations: route
            .operations
            .iter()
            .map(|(operation, _)| *operation)
            .collect(),
    };
    routes.iter().map(row).collect()
}

/// Every endpoint that there is.
pub(crate) fn all_rows() -> Vec<Row> {
    [
        rows("cubbyhole/", cubbyhole::ROUTES),
        rows("identity/", identity::ROUTES),
        rows("sys/", sys::ROUTES),
        rows("auth/token/", auth::token::ROUTES),
        rows("kv1/", kv1::ROUTES),
        rows("secret/", kv2::ROUTES),
        rows("auth/approle/", auth::approle::ROUTES),
        rows("auth/aws/", auth::aws::ROUTES),
        rows("auth/jwt/", auth::jwt::ROUTES),
        rows("auth/userpass/", auth::userpass::ROUTES),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A server.
pub(crate) struct Server {
    pub(crate) state: State,
    pub(crate) now: Timestamp,
    root: Secret,
    ids: Ids,
    flavour: Flavour,
}

impl Server {
    /// One with each method and both versions of the key/value engine.
    pub(crate) fn start(flavour: Flavour) -> Self {
        let mounts = [
            ("kv1", "kv"),
            ("auth/approle", "approle"),
            ("auth/aws", "aws"),
            ("auth/jwt", "jwt"),
            ("auth/userpass", "userpass"),
        ];
        let mounts = mounts.map(|(path, kind)| MountConfig {
            path: path.to_owned(),
            kind: kind.to_owned(),
            ..MountConfig::default()
        });
        let config = VaultConfig {
            flavour,
            root_token: Some(Secret::new("root")),
            mounts: mounts.to_vec(),
            ..VaultConfig::default()
        };
        let (ids, now) = (Ids::new(1), "2026-01-01T00:00:00Z".parse().unwrap());
        let (state, root) = start(&config, &ids, now).unwrap();
        Self {
            state,
            now,
            root,
            ids,
            flavour,
        }
    }

    /// Lets time pass.
    pub(crate) fn advance(&mut self, seconds: i64) {
        let at = self.now.as_second() + seconds;
        self.now = Timestamp::from_second(at).unwrap();
    }

    /// Asks as root.
    pub(crate) fn root(
        &mut self,
        operation: Operation,
        path: &str,
        data: &Map<String, Value>,
    ) -> (u16, Value) {
        let token = self.root.expose_secret().to_owned();
        self.ask(Some(&token), operation, path, data, None)
    }

    /// Asks, and answers with status and body.
    pub(crate) fn ask(
        &mut self,
        token: Option<&str>,
        operation: Operation,
        path: &str,
        data: &Map<String, Value>,
        wrap: Option<WrapWish>,
    ) -> (u16, Value) {
        drop(self.state.expire(self.now));
        let request = Request {
            id: String::new(),
            operation,
            path: path.to_owned(),
            data: data.clone(),
            from_query: false,
            token: token.map(str::to_owned),
            headers: Vec::new(),
            wrap,
            peer: "127.0.0.1:1".parse().unwrap(),
        };
        let environment = Environment {
            ids: &self.ids,
            now: self.now,
            flavour: self.flavour,
            enforcement: Enforcement::Enforce,
        };
        let state = &mut self.state;
        let ending = match router::admit(state, environment, request) {
            Ok(admitted) => {
                let outcome = router::handle(state, environment, &admitted, &Answers::default());
                router::finish(state, environment, admitted, outcome)
            }
            Err(ending) => *ending,
        };
        let (status, body) = crate::server::worded(&ending, self.flavour);
        let body = body.map(|body| serde_json::to_value(body).unwrap());
        (status, body.unwrap_or_default())
    }
}

/// An object of JSON.
pub(crate) fn object(text: &str) -> Map<String, Value> {
    serde_json::from_str(text).unwrap()
}
