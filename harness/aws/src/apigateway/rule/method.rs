//! Methods and their responses.

use std::collections::{BTreeMap, BTreeSet};

use crate::apigateway::error::{Error, Missing};
use crate::apigateway::resource::{Api, Method, MethodResponse, Texts};
use crate::apigateway::rule::mapping;

/// The verbs of methods, as AWS lists them (recorded).
const VERBS: [&str; 8] = [
    "GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", "ANY",
];

/// The types of authorization, with the types of their authorizers.
const AUTHORIZATIONS: [(&str, &[&str]); 5] = [
    ("NONE", &[]),
    ("AWS_IAM", &[]),
    ("CUSTOM", &["TOKEN", "REQUEST"]),
    ("COGNITO_USER_POOLS", &["COGNITO_USER_POOLS"]),
    ("JWT", &["JWT"]),
];

/// Unverified.
const SCOPES_WITHOUT_TOKEN: &str = "Invalid Method authorization type specified. Authorization Scopes are only \
     valid for COGNITO_USER_POOLS authorization type";

impl Api {
    /// A method of a resource.
    ///
    /// # Errors
    /// There is no such resource, or it has no such method. (Recorded.)
    pub fn method(&self, resource: &str, verb: &str) -> Result<&Method, Error> {
        let found = self.resource(resource)?.methods.get(verb);
        found.ok_or_else(|| Missing::Method.named(verb))
    }

    /// The same, to be changed.
    ///
    /// # Errors
    /// As [`Api::method`].
    pub fn method_mut(&mut self, resource: &str, verb: &str) -> Result<&mut Method, Error> {
        let found = self.content.resources.get_mut(resource);
        let found = found.ok_or_else(|| Missing::Resource.named(resource))?;
        let found = found.methods.get_mut(verb);
        found.ok_or_else(|| Missing::Method.named(verb))
    }

    /// Makes a method.
    ///
    /// # Errors
    /// There is no such resource, it has the method, or the method cannot be. (The order is recorded.)
    pub fn add_method(&mut self, resource: &str, method: Method) -> Result<Method, Error> {
        let taken = self
            .resource(resource)?
            .methods
            .contains_key(&method.http_method);
        check_http_method(&method.http_method)?;
        if taken {
            return Err(Error::Taken {
                what: "method",
                name: method.http_method,
                // Unverified.
                text: "Method already exists for this resource".to_owned(),
            });
        }
        self.put_method(resource, method)
    }

    /// Keeps a method that is new or changed.
    ///
    /// # Errors
    /// As [`Api::add_method`].
    pub fn put_method(&mut self, resource: &str, mut method: Method) -> Result<Method, Error> {
        self.check_authorization(&mut method)?;
        let validators = &self.content.request_validators;
        if method
            .request_validator_id
            .as_deref()
            .is_some_and(|id| !validators.contains_key(id))
        {
            return Err(Error::stated(
                "Invalid Request Validator identifier specified",
            ));
        }
        self.check_models(&method.request_models)?;
        check_parameters(&method.request_parameters, "method.request.")?;
        let found = self.content.resources.get_mut(resource);
        let found = found.ok_or_else(|| Missing::Resource.named(resource))?;
        found
            .methods
            .insert(method.http_method.clone(), method.clone());
        Ok(method)
    }

    fn check_authorization(&self, method: &mut Method) -> Result<(), Error> {
        let given = method.authorization_type.as_str();
        let mut known = AUTHORIZATIONS.iter();
        let known = known.find(|(name, _)| name.eq_ignore_ascii_case(given));
        let Some((kind, authorizers)) = known else {
            let names = AUTHORIZATIONS.map(|(name, _)| name).join(", ");
            let problem = format!("`{given}` is none of {names}");
            return Err(Error::invalid("authorizationType", problem));
        };
        let kind = *kind;
        // `none` is taken, and kept as `NONE` (recorded).
        kind.clone_into(&mut method.authorization_type);
        if authorizers.is_empty() {
            // Given without need, it is not kept (recorded).
            method.authorizer_id = None;
        } else {
            let id = method.authorizer_id.as_deref().unwrap_or_default();
            let found = self.content.authorizers.get(id);
            if !found.is_some_and(|it| authorizers.contains(&it.kind.as_str())) {
                let kinds = if kind == "JWT" {
                    "JWT"
                } else {
                    "CUSTOM or COGNITO_USER_POOLS"
                };
                return Err(Error::stated(format!(
                    "Invalid authorizer ID specified. Setting the authorization type to {kinds} \
                     requires a valid authorizer."
                )));
            }
        }
        if !method.authorization_scopes.is_empty() && !matches!(kind, "COGNITO_USER_POOLS" | "JWT")
        {
            return Err(Error::stated(SCOPES_WITHOUT_TOKEN));
        }
        Ok(())
    }

    /// Every model is there. (Recorded.)
    fn check_models(&self, models: &Texts) -> Result<(), Error> {
        let missing = models
            .values()
            .find(|name| !self.content.models.contains_key(*name));
        missing.map_or(Ok(()), |name| {
            Err(Error::stated(format!(
                "Invalid model identifier specified: {name}"
            )))
        })
    }

    /// Takes a method away.
    ///
    /// # Errors
    /// There is none.
    pub fn remove_method(&mut self, resource: &str, verb: &str) -> Result<(), Error> {
        self.method(resource, verb)?;
        if let Some(resource) = self.content.resources.get_mut(resource) {
            resource.methods.remove(verb);
        }
        Ok(())
    }

    /// A response of a method.
    ///
    /// # Errors
    /// There is no such method, or it has no response of the status. (Recorded.)
    pub fn method_response(
        &self,
        resource: &str,
        verb: &str,
        status: &str,
    ) -> Result<&MethodResponse, Error> {
        let found = self.method(resource, verb)?.method_responses.get(status);
        found.ok_or_else(|| Missing::Response.named(status))
    }

    /// Keeps a response of a method.
    ///
    /// # Errors
    /// There is no such method, one that is new is there already (text unverified), or it cannot be.
    pub fn put_method_response(
        &mut self,
        (resource, verb): (&str, &str),
        response: MethodResponse,
        is_new: bool,
    ) -> Result<MethodResponse, Error> {
        let responses = &self.method(resource, verb)?.method_responses;
        if is_new && responses.contains_key(&response.status_code) {
            return Err(Error::Taken {
                what: "response of the status",
                name: response.status_code,
                // Unverified: after the text for methods.
                text: "Response already exists for this resource".to_owned(),
            });
        }
        if let Some(models) = &response.response_models {
            self.check_models(models)?;
        }
        if let Some(parameters) = &response.response_parameters {
            check_parameters(parameters, "method.response.")?;
        }
        let method = self.method_mut(resource, verb)?;
        let status = response.status_code.clone();
        method.method_responses.insert(status, response.clone());
        Ok(response)
    }

    /// Takes a response of a method away.
    ///
    /// # Errors
    /// There is none.
    pub fn remove_method_response(
        &mut self,
        resource: &str,
        verb: &str,
        status: &str,
    ) -> Result<(), Error> {
        self.method_response(resource, verb, status)?;
        self.method_mut(resource, verb)?
            .method_responses
            .remove(status);
        Ok(())
    }
}

/// Whether a verb is one (recorded for methods; for integrations the text is unverified).
pub(super) fn check_http_method(verb: &str) -> Result<(), Error> {
    if VERBS.contains(&verb) {
        return Ok(());
    }
    let verbs = VERBS.join(",");
    Err(Error::stated(format!(
        "Invalid HttpMethod specified. Valid options are {verbs}"
    )))
}

/// Every parameter is an expression of where it stands. (Texts unverified.)
fn check_parameters(parameters: &BTreeMap<String, bool>, start: &str) -> Result<(), Error> {
    let places: &[&str] = if start == "method.request." {
        &["path.", "querystring.", "header."]
    } else {
        &["header."]
    };
    let is_one = |name: &str| {
        let rest = name.strip_prefix(start).unwrap_or_default();
        let inner = places.iter().find_map(|place| rest.strip_prefix(place));
        inner.is_some_and(|inner| !inner.is_empty())
    };
    if let Some(wrong) = parameters.keys().find(|name| !is_one(name)) {
        return Err(mapping::no_parameter(wrong));
    }
    let names = parameters.keys().filter_map(|name| {
        let rest = name.strip_prefix(start)?;
        places.iter().find_map(|place| rest.strip_prefix(place))
    });
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(Error::stated(
                "Parameter names must be unique across querystring, header and path",
            ));
        }
    }
    Ok(())
}
