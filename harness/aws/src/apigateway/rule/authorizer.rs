//! Authorizers: functions, user pools, and JSON Web Tokens.

use crate::apigateway::error::{Error, Missing};
use crate::apigateway::resource::{Api, Authorizer, JwtClaim, JwtConfiguration, JwtIssuer};
use crate::apigateway::rule::check_role;
use crate::apigateway::state::PART_ID_LENGTH;
use crate::shared::{Ctx, issuer};

/// The most authorizers of an API (reference table 3.6).
const AUTHORIZERS_MAX: usize = 10;
/// How long a decision is kept at most (reference table 3.6).
const TTL_SECONDS_MAX: i64 = 3600;
/// How a JWT may be signed (reference table 3.8).
const ALGORITHMS: [&str; 6] = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"];
/// Claims that are looked at in any case (reference table 3.8).
const OWN_CLAIMS: [&str; 7] = ["iss", "aud", "exp", "nbf", "iat", "scope", "scp"];

impl Api {
    /// An authorizer.
    ///
    /// # Errors
    /// There is none.
    pub fn authorizer(&self, id: &str) -> Result<&Authorizer, Error> {
        let found = self.content.authorizers.get(id);
        found.ok_or_else(|| Missing::Authorizer.named(id))
    }

    /// Makes an authorizer.
    ///
    /// # Errors
    /// It cannot be, or there are too many.
    pub fn add_authorizer(
        &mut self,
        mut authorizer: Authorizer,
        ctx: &Ctx<'_>,
    ) -> Result<Authorizer, Error> {
        if self.content.authorizers.len() >= AUTHORIZERS_MAX {
            return Err(Error::Quota {
                of: "authorizers of the API",
                limit: AUTHORIZERS_MAX,
            });
        }
        authorizer.id = self.draw("authorizer-id", &authorizer.name, PART_ID_LENGTH, ctx);
        self.put_authorizer(authorizer)
    }

    /// Keeps an authorizer that is new or changed.
    ///
    /// # Errors
    /// It cannot be, or another has the name (text unverified).
    pub fn put_authorizer(&mut self, mut authorizer: Authorizer) -> Result<Authorizer, Error> {
        check(&authorizer)?;
        let mut others = self.content.authorizers.values();
        if others.any(|other| other.name == authorizer.name && other.id != authorizer.id) {
            return Err(Error::stated(format!(
                "Authorizer name must be unique. Authorizer {} already exists in this RestApi.",
                authorizer.name
            )));
        }
        let auth_type = match authorizer.kind.as_str() {
            "COGNITO_USER_POOLS" => "cognito_user_pools",
            "JWT" => "jwt",
            _ => "custom",
        };
        authorizer
            .auth_type
            .get_or_insert_with(|| auth_type.to_owned());
        let id = authorizer.id.clone();
        self.content.authorizers.insert(id, authorizer.clone());
        Ok(authorizer)
    }

    /// Takes an authorizer away that no method names.
    ///
    /// # Errors
    /// There is none, or a method names it (text unverified, after that for models).
    pub fn remove_authorizer(&mut self, id: &str) -> Result<(), Error> {
        self.authorizer(id)?;
        let mut users = self.resources().into_iter().flat_map(|resource| {
            let methods = resource.methods.values();
            let own = methods.filter(|method| method.authorizer_id.as_deref() == Some(id));
            own.map(|method| format!("{}/{}", resource.path, method.http_method))
        });
        if let Some(place) = users.next() {
            let by = format!("method request: {place}");
            return Err(Error::InUse {
                is_conflict: true,
                what: "authorizer",
                name: id.to_owned(),
                text: format!("Cannot delete authorizer '{id}', is referenced in {by}"),
                by,
            });
        }
        drop(users);
        self.content.authorizers.remove(id);
        Ok(())
    }
}

/// Whether an authorizer can be. (AWS's texts are not known.)
pub fn check(authorizer: &Authorizer) -> Result<(), Error> {
    if authorizer.name.trim().is_empty() {
        return Err(Error::invalid("name", "an authorizer has a name"));
    }
    match authorizer.kind.as_str() {
        "TOKEN" | "REQUEST" => check_function(authorizer),
        "COGNITO_USER_POOLS" => check_pools(authorizer),
        "JWT" => check_jwt(authorizer),
        other => {
            let problem = format!("`{other}` is none of TOKEN, REQUEST, COGNITO_USER_POOLS, JWT");
            Err(Error::invalid("type", problem))
        }
    }
}

fn check_ttl(authorizer: &Authorizer) -> Result<(), Error> {
    match authorizer.authorizer_result_ttl_in_seconds {
        Some(ttl) if !(0..=TTL_SECONDS_MAX).contains(&ttl) => {
            let problem = format!("`{ttl}` is not between 0 and {TTL_SECONDS_MAX}");
            Err(Error::invalid("authorizerResultTtlInSeconds", problem))
        }
        _ => Ok(()),
    }
}

/// What only one type of authorizer has is not given to another.
fn refuse_given(given: &[(&'static str, bool)], kind: &str) -> Result<(), Error> {
    let found = given.iter().find(|(_, is_given)| *is_given);
    found.map_or(Ok(()), |(member, _)| {
        let problem = format!("an authorizer of the type {kind} has none: leave it out");
        Err(Error::invalid(member, problem))
    })
}

fn check_function(authorizer: &Authorizer) -> Result<(), Error> {
    let kind = authorizer.kind.as_str();
    refuse_given(
        &[("jwtConfiguration", authorizer.jwt_configuration.is_some())],
        kind,
    )?;
    let uri = authorizer.authorizer_uri.as_deref().unwrap_or_default();
    let is_invocation = uri.starts_with("arn:")
        && uri.contains(":apigateway:")
        && uri.contains(":lambda:path/")
        && uri.ends_with("/invocations");
    if !is_invocation {
        let problem = format!(
            "`{uri}` is none of arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/ARN/invocations"
        );
        return Err(Error::invalid("authorizerUri", problem));
    }
    check_role(authorizer.authorizer_credentials.as_deref())?;
    check_ttl(authorizer)?;
    let keeps = authorizer.authorizer_result_ttl_in_seconds != Some(0);
    let source = authorizer.identity_source.as_deref().unwrap_or_default();
    if source.is_empty() {
        if kind == "TOKEN" || keeps {
            return Err(Error::invalid(
                "identitySource",
                "a TOKEN authorizer, and one whose decisions are kept, needs it",
            ));
        }
        return Ok(());
    }
    let starts: &[&str] = if kind == "TOKEN" {
        check_single(source)?;
        &["method.request.header."]
    } else {
        &[
            "method.request.header.",
            "method.request.multivalueheader.",
            "method.request.querystring.",
            "method.request.multivaluequerystring.",
            "stageVariables.",
            "context.",
        ]
    };
    check_sources(source, starts)
}

fn check_sources(source: &str, starts: &[&str]) -> Result<(), Error> {
    let is_one = |expression: &str| {
        let name = starts
            .iter()
            .find_map(|start| expression.strip_prefix(start));
        name.is_some_and(|name| !name.is_empty())
    };
    let wrong = source.split(',').map(str::trim).find(|it| !is_one(it));
    wrong.map_or(Ok(()), |wrong| {
        let problem = format!("`{wrong}` begins with none of {}", starts.join(", "));
        Err(Error::invalid("identitySource", problem))
    })
}

fn check_pools(authorizer: &Authorizer) -> Result<(), Error> {
    refuse_given(
        &[("jwtConfiguration", authorizer.jwt_configuration.is_some())],
        "COGNITO_USER_POOLS",
    )?;
    let is_pool = |arn: &String| {
        arn.starts_with("arn:") && arn.contains(":cognito-idp:") && arn.contains(":userpool/")
    };
    if authorizer.provider_arns.is_empty() || !authorizer.provider_arns.iter().all(is_pool) {
        return Err(Error::invalid("providerARNs", "give ARNs of user pools"));
    }
    check_ttl(authorizer)?;
    let source = authorizer.identity_source.as_deref().unwrap_or_default();
    check_single(source)?;
    check_sources(source, &["method.request.header."])
}

/// A token stands in one header.
fn check_single(source: &str) -> Result<(), Error> {
    if source.contains(',') {
        let problem = format!("`{source}` names more than one: a token stands in one header");
        return Err(Error::invalid("identitySource", problem));
    }
    Ok(())
}

/// The rules of JWT authorizers (reference table 3.8).
fn check_jwt(authorizer: &Authorizer) -> Result<(), Error> {
    let ttl = authorizer.authorizer_result_ttl_in_seconds;
    let expression = &authorizer.identity_validation_expression;
    refuse_given(
        &[
            ("providerARNs", !authorizer.provider_arns.is_empty()),
            ("authorizerUri", authorizer.authorizer_uri.is_some()),
            (
                "authorizerCredentials",
                authorizer.authorizer_credentials.is_some(),
            ),
            ("identityValidationExpression", expression.is_some()),
            ("authorizerResultTtlInSeconds", ttl.is_some()),
        ],
        "JWT",
    )?;
    let source = authorizer.identity_source.as_deref().unwrap_or_default();
    if !source.is_empty() {
        check_sources(
            source,
            &["method.request.header.", "method.request.querystring."],
        )?;
    }
    let configuration = authorizer.jwt_configuration.as_ref();
    let configuration = configuration
        .ok_or_else(|| Error::invalid("jwtConfiguration", "a JWT authorizer needs it"))?;
    check_configuration(configuration)
}

fn check_configuration(configuration: &JwtConfiguration) -> Result<(), Error> {
    let algorithms = &configuration.default_algorithms;
    if algorithms.is_empty()
        || !algorithms
            .iter()
            .all(|it| ALGORITHMS.contains(&it.as_str()))
    {
        let problem = format!("give some of {}", ALGORITHMS.join(", "));
        return Err(Error::invalid(
            "jwtConfiguration.defaultAlgorithms",
            problem,
        ));
    }
    let issuers = &configuration.issuers;
    if issuers.is_empty() {
        return Err(Error::invalid(
            "jwtConfiguration.issuers",
            "give one at least",
        ));
    }
    for (position, issuer) in issuers.iter().enumerate() {
        let before = issuers.iter().take(position);
        if before
            .into_iter()
            .any(|other| other.issuer == issuer.issuer)
        {
            let problem = format!("`{}` stands there twice", issuer.issuer);
            return Err(Error::invalid("jwtConfiguration.issuers", problem));
        }
        check_issuer(issuer)?;
    }
    Ok(())
}

fn check_issuer(issuer: &JwtIssuer) -> Result<(), Error> {
    if !is_issuer(&issuer.issuer) {
        let problem = format!(
            "`{}` is no issuer: give an https URL with a host and without user, query and fragment \
             (http only for loopback)",
            issuer.issuer
        );
        return Err(Error::invalid("jwtConfiguration.issuers.issuer", problem));
    }
    if issuer.audiences.is_empty() || issuer.audiences.iter().any(String::is_empty) {
        return Err(Error::invalid(
            "jwtConfiguration.issuers.audiences",
            "give one at least, and none that is empty",
        ));
    }
    for (position, claim) in issuer.additional_claims.iter().enumerate() {
        let mut before = issuer.additional_claims.iter().take(position);
        if before.any(|other| other.claim_name == claim.claim_name) {
            let problem = format!("`{}` stands there twice", claim.claim_name);
            return Err(Error::invalid(
                "jwtConfiguration.issuers.additionalClaims",
                problem,
            ));
        }
        check_claim(claim)?;
    }
    Ok(())
}

fn check_claim(claim: &JwtClaim) -> Result<(), Error> {
    let name = claim.claim_name.as_str();
    if name.is_empty() || OWN_CLAIMS.contains(&name) {
        let problem = format!("`{name}` is empty or one of {}", OWN_CLAIMS.join(", "));
        return Err(Error::invalid("additionalClaims.claimName", problem));
    }
    match claim.format.as_deref() {
        None | Some("SINGLE_STRING") => Ok(()),
        Some(other) => {
            let problem = format!("`{other}` is not SINGLE_STRING");
            Err(Error::invalid("additionalClaims.format", problem))
        }
    }
}

/// The URL of an issuer with a host only before its path.
fn is_issuer(issuer: &str) -> bool {
    issuer::url(issuer).is_some_and(|url| {
        let is_plain = url.username().is_empty() && url.password().is_none();
        is_plain && url.query().is_none() && url.fragment().is_none()
    })
}
