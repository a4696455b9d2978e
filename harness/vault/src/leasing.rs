//! An engine of the tests that issues leased secrets.

use serde_json::{Map, Value, json};

use crate::effect::Order;
use crate::engine::{Engine, Options, answers_by};
use crate::field::{Field, Fields, Kind};
use crate::lease::Lease;
use crate::request::{Call, Operation};
use crate::response::{Fault, LeaseInfo, Outcome, Response};
use crate::route::{Route, row};
use crate::ttl::Wish;

/// What was issued and ended, and how it is ended.
#[derive(Debug, Default)]
struct Leasing {
    /// The names of what was issued and has not ended.
    live: Vec<String>,
    /// Nothing can be ended.
    fails: bool,
    /// It is ended elsewhere.
    elsewhere: bool,
}

const FIELDS: &[Field] = &[Field::new("name", Kind::Text), Field::new("ttl", Kind::Int)];
const SETTINGS: &[Field] = &[
    Field::new("fails", Kind::Bool),
    Field::new("elsewhere", Kind::Bool),
];

const ROUTES: &[Route<Leasing>] = &[
    row("creds/{name}", &[FIELDS], &[(Operation::Update, issue)]),
    row("live", &[], &[(Operation::Read, live)]),
    row("config", &[SETTINGS], &[(Operation::Update, config)]),
];

fn issue(engine: &mut Leasing, _: &Call<'_>, fields: &Fields) -> Outcome {
    let name = fields.text("name");
    engine.live.push(name.clone());
    let mut secret = Map::new();
    secret.insert("name".to_owned(), json!(name));
    Ok(Some(Response {
        lease: Some(LeaseInfo {
            duration: fields.int("ttl"),
            max_ttl: 300,
            renewable: true,
            secret: Some(secret),
            ..LeaseInfo::default()
        }),
        ..Response::data(json!({ "username": name }))
    }))
}

fn live(engine: &mut Leasing, _: &Call<'_>, _: &Fields) -> Outcome {
    Ok(Some(Response::data(json!({ "live": engine.live }))))
}

fn config(engine: &mut Leasing, _: &Call<'_>, fields: &Fields) -> Outcome {
    engine.fails = fields.bool("fails");
    engine.elsewhere = fields.bool("elsewhere");
    Ok(None)
}

impl Engine for Leasing {
    answers_by!(ROUTES);

    fn renew_lease(&self, lease: &Lease) -> Result<Wish, String> {
        Ok(Wish {
            ttl: lease.ttl,
            max_ttl: 300,
            ..Wish::default()
        })
    }

    fn revoke_lease(&mut self, secret: &Map<String, Value>) -> Result<Option<Order>, String> {
        if self.fails {
            return Err("it cannot be ended".to_owned());
        }
        let name = secret["name"].as_str().unwrap_or_default();
        self.live.retain(|live| live != name);
        Ok(self.elsewhere.then(|| Order {
            target: "db".to_owned(),
            statements: vec![format!("DROP ROLE {name}")],
        }))
    }
}

pub(crate) fn make(_: &str, _: &Options) -> Result<Box<dyn Engine>, Fault> {
    Ok(Box::new(Leasing::default()))
}

mod tests;
