//! What a query asks for. Errors name the parameter.

use authlab_kernel::{Component, Outcome, Sequence};

use super::refusal::Refusal;

/// The parameters of all routes; a route names those that it takes.
#[derive(Default)]
pub(super) struct Query {
    pub(super) request_id: Option<String>,
    pub(super) chain_of: Option<String>,
    pub(super) trace_id: Option<String>,
    pub(super) component: Option<Component>,
    pub(super) outcome: Option<Vec<Outcome>>,
    pub(super) issuer: Option<String>,
    pub(super) since: Option<Sequence>,
    pub(super) limit: Option<u64>,
    pub(super) last: Option<u64>,
    pub(super) wait_ms: Option<u64>,
}

impl Query {
    /// Reads the query of a path that takes these parameters.
    pub(super) fn read(path: &str, parameters: &[&str], query: &str) -> Result<Self, Refusal> {
        let mut asked = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            if !parameters.contains(&&*name) {
                let what = match parameters {
                    [] => format!("`{path}` takes no parameters"),
                    known => format!("give {}", known.join(" or ")),
                };
                let what = format!("`{name}` is not known: {what}");
                return Err(Refusal::bad_request(what));
            }
            if asked.put(&name, &value)? {
                return Err(Refusal::bad_request(format!("{name}: is given twice")));
            }
        }
        Ok(asked)
    }

    /// Keeps a parameter; whether it was there before.
    fn put(&mut self, name: &str, value: &str) -> Result<bool, Refusal> {
        let number = |what: &str| {
            value
                .parse()
                .map_err(|_| Refusal::bad_request(format!("{name}: `{value}` is no {what}")))
        };
        Ok(match name {
            "request_id" => self.request_id.replace(value.to_owned()).is_some(),
            "chain_of" => self.chain_of.replace(value.to_owned()).is_some(),
            "trace_id" => self.trace_id.replace(value.to_owned()).is_some(),
            "component" => self.component.replace(component(value)?).is_some(),
            "outcome" => self.outcome.replace(outcomes(value)?).is_some(),
            "issuer" => self.issuer.replace(value.to_owned()).is_some(),
            "since" => self.since.replace(number("event's number")?).is_some(),
            "limit" => self.limit.replace(number("number of events")?).is_some(),
            "last" => self.last.replace(number("number of events")?).is_some(),
            _ => self
                .wait_ms
                .replace(number("number of milliseconds")?)
                .is_some(),
        })
    }
}

fn component(name: &str) -> Result<Component, Refusal> {
    let mut known = Component::ALL.into_iter();
    known
        .find(|component| component.as_str() == name)
        .ok_or_else(|| {
            let known = Component::ALL.map(Component::as_str).join(", ");
            Refusal::bad_request(format!("component: `{name}` is none: give one of {known}"))
        })
}

/// One outcome or several, as in `refused,failed`.
fn outcomes(names: &str) -> Result<Vec<Outcome>, Refusal> {
    let named = names.split(',').map(|name| {
        let mut known = Outcome::ALL.into_iter();
        known
            .find(|outcome| outcome.as_str() == name)
            .ok_or_else(|| {
                let known = Outcome::ALL.map(Outcome::as_str).join(", ");
                Refusal::bad_request(format!("outcome: `{name}` is none: give one of {known}"))
            })
    });
    named.collect()
}
