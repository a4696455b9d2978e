//! Security schemes, and who may call a method.

use super::document::{At, Document};
use crate::apigateway::error::Error;
use crate::apigateway::resource::{Authorizer, JwtClaim, JwtConfiguration, JwtIssuer, Method};
use crate::apigateway::rule;

/// The scheme that stands for signed calls.
const SIGV4: &str = "awsSigv4";
/// The header of API keys.
const KEY_HEADER: &str = "x-api-key";

/// What a scheme makes of a method that asks for it.
#[derive(Clone, Debug)]
enum Scheme {
    ApiKey,
    Signed,
    Authorizer(Box<Authorizer>),
    /// It makes no authorizer.
    Nothing,
}

/// The schemes by name, in the order of the document.
#[derive(Debug)]
pub(super) struct Schemes(Vec<(String, Scheme)>);

impl Schemes {
    /// Those of a document.
    pub(super) fn of(document: &Document) -> Result<Self, Error> {
        let root = document.root();
        let schemes = if document.is_swagger {
            root.entries_of("securityDefinitions")?
        } else {
            let components = root.member("components");
            components.map_or(Ok(Vec::new()), |it| it.entries_of("securitySchemes"))?
        };
        let schemes = schemes.into_iter();
        let schemes = schemes.map(|(name, at)| Ok((name.to_owned(), scheme(name, &at)?)));
        schemes.collect::<Result<_, Error>>().map(Self)
    }

    fn get(&self, name: &str) -> Option<&Scheme> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, scheme)| scheme)
    }

    /// The authorizers, also those that no method asks (recorded).
    pub(super) fn into_authorizers(self) -> Vec<Authorizer> {
        let schemes = self.0.into_iter();
        let authorizers = schemes.filter_map(|(_, scheme)| match scheme {
            Scheme::Authorizer(authorizer) => Some(*authorizer),
            _ => None,
        });
        authorizers.collect()
    }

    /// Sets who may call a method; answers the name of its authorizer.
    ///
    /// # Errors
    /// There is no such scheme, or it makes nothing that lets callers in or keeps them out: methods open
    /// to all would be the worse guess (what AWS does is unverified).
    pub(super) fn apply(
        &self,
        document: &Document,
        operation: &At<'_>,
        method: &mut Method,
        warnings: &mut Vec<String>,
    ) -> Result<Option<String>, Error> {
        method.authorization_type = "NONE".to_owned();
        let root = document.root();
        let own = operation.extension("auth");
        if let Some(auth) = own.or_else(|| root.extension("auth")) {
            auth.only(&["type"])?;
            match auth.capitals_of("type")?.as_deref() {
                Some("AWS_IAM") => "AWS_IAM".clone_into(&mut method.authorization_type),
                Some("NONE") => {}
                _ => return Err(auth.refuse("`type` is none of AWS_IAM, NONE")),
            }
        }
        let requirements = operation
            .member("security")
            .or_else(|| root.member("security"));
        let mut authorizer: Option<String> = None;
        for requirement in requirements.map_or(Ok(Vec::new()), |it| it.list())? {
            for (name, scopes) in requirement.entries()? {
                match self.get(name) {
                    None => {
                        let problem = format!("there is no security scheme `{name}`");
                        return Err(requirement.refuse(&problem));
                    }
                    Some(Scheme::Nothing) => {
                        let problem = format!("the scheme `{name}` makes no authorizer");
                        return Err(requirement.refuse(&problem));
                    }
                    Some(Scheme::ApiKey) => method.api_key_required = true,
                    Some(Scheme::Signed) if authorizer.is_none() => {
                        "AWS_IAM".clone_into(&mut method.authorization_type);
                    }
                    Some(Scheme::Authorizer(given)) if method.authorization_type == "NONE" => {
                        authorization(given).clone_into(&mut method.authorization_type);
                        method.authorization_scopes = scopes
                            .list()?
                            .iter()
                            .map(At::text)
                            .collect::<Result<_, _>>()?;
                        authorizer = Some(name.to_owned());
                    }
                    Some(Scheme::Signed | Scheme::Authorizer(_)) => warnings.push(format!(
                        "A method has one authorizer: '{name}' of {} is not used",
                        requirement.place
                    )),
                }
            }
        }
        Ok(authorizer)
    }
}

/// The type of authorization of a method with an authorizer.
fn authorization(authorizer: &Authorizer) -> &str {
    match authorizer.kind.as_str() {
        "TOKEN" | "REQUEST" => "CUSTOM",
        kind => kind,
    }
}

fn scheme(name: &str, at: &At<'_>) -> Result<Scheme, Error> {
    at.only_extensions(&["authorizer", "authtype"])?;
    let authtype = at.text_of("x-amazon-apigateway-authtype")?;
    if let Some(given) = at.extension("authorizer") {
        let authorizer = authorizer(name, at, &given, authtype)?;
        return Ok(Scheme::Authorizer(Box::new(authorizer)));
    }
    if authtype
        .as_deref()
        .is_some_and(|it| it.eq_ignore_ascii_case(SIGV4))
    {
        return Ok(Scheme::Signed);
    }
    let header = at.text_of("name")?.unwrap_or_default();
    let is_key = at.text_of("type")?.as_deref() == Some("apiKey")
        && at.text_of("in")?.as_deref() == Some("header")
        && header.eq_ignore_ascii_case(KEY_HEADER);
    Ok(if is_key {
        Scheme::ApiKey
    } else {
        Scheme::Nothing
    })
}

fn authorizer(
    name: &str,
    scheme: &At<'_>,
    given: &At<'_>,
    authtype: Option<String>,
) -> Result<Authorizer, Error> {
    given.only(&[
        "authorizerCredentials",
        "authorizerResultTtlInSeconds",
        "authorizerUri",
        "identitySource",
        "identityValidationExpression",
        "jwtConfiguration",
        "providerARNs",
        "type",
    ])?;
    let kind = given.capitals_of("type")?.unwrap_or_default();
    // The header of the scheme is where the identity stands (recorded for functions).
    let header = scheme.text_of("name")?.filter(|name| !name.is_empty());
    let in_header = scheme.text_of("in")?.as_deref() == Some("header");
    let of_scheme = header
        .filter(|_| in_header && kind != "REQUEST")
        .map(|header| format!("method.request.header.{header}"));
    let authorizer = Authorizer {
        id: String::new(),
        name: name.to_owned(),
        auth_type: authtype,
        authorizer_uri: given.text_of("authorizerUri")?,
        authorizer_credentials: given.text_of("authorizerCredentials")?,
        identity_source: given.text_of("identitySource")?.or(of_scheme),
        identity_validation_expression: given.text_of("identityValidationExpression")?,
        authorizer_result_ttl_in_seconds: given.number_of("authorizerResultTtlInSeconds")?,
        provider_arns: given.names_of("providerARNs")?,
        jwt_configuration: given
            .member("jwtConfiguration")
            .map(|it| configuration(&it))
            .transpose()?,
        kind,
    };
    rule::authorizer::check(&authorizer).map_err(|error| given.refuse(&error.to_string()))?;
    Ok(authorizer)
}

/// With the names of CreateAuthorizer. (How a document writes it is unverified.)
fn configuration(given: &At<'_>) -> Result<JwtConfiguration, Error> {
    given.only(&["defaultAlgorithms", "issuers"])?;
    let issuers = given.list_of("issuers")?.into_iter().map(|given| {
        given.only(&["additionalClaims", "audiences", "issuer", "jwksUri"])?;
        let claims = given.list_of("additionalClaims")?.into_iter().map(|given| {
            given.only(&["claimName", "expectedValues", "format", "required"])?;
            Ok(JwtClaim {
                claim_name: given.text_of("claimName")?.unwrap_or_default(),
                format: given.text_of("format")?,
                expected_values: given.names_of("expectedValues")?,
                required: given.flag_of("required")?,
            })
        });
        Ok(JwtIssuer {
            issuer: given.text_of("issuer")?.unwrap_or_default(),
            audiences: given.names_of("audiences")?,
            additional_claims: claims.collect::<Result<_, Error>>()?,
            jwks_uri: None,
        })
    });
    Ok(JwtConfiguration {
        issuers: issuers.collect::<Result<_, Error>>()?,
        default_algorithms: given.names_of("defaultAlgorithms")?,
    })
}
