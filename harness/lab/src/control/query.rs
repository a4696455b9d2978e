//! What a query asks for. Errors name the parameter.

use authlab_kernel::Sequence;

use super::Refusal;
use super::route::Route;

/// The parameters of all routes; a route names those that it takes.
#[derive(Default)]
pub(super) struct Query {
    pub(super) request_id: Option<String>,
    pub(super) issuer: Option<String>,
    pub(super) since: Option<Sequence>,
    pub(super) limit: Option<u64>,
    pub(super) wait_ms: Option<u64>,
}

impl Query {
    pub(super) fn read(route: &Route, query: &str) -> Result<Self, Refusal> {
        let mut asked = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            if !route.parameters.contains(&&*name) {
                let what = match route.parameters {
                    [] => format!("`{}` takes no parameters", route.path),
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
            "issuer" => self.issuer.replace(value.to_owned()).is_some(),
            "since" => self.since.replace(number("event's number")?).is_some(),
            "limit" => self.limit.replace(number("number of events")?).is_some(),
            _ => self
                .wait_ms
                .replace(number("number of milliseconds")?)
                .is_some(),
        })
    }
}
