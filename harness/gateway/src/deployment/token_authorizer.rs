//! Authorizers of REST APIs that believe tokens: those of user pools, and those of other issuers.

use authlab_vtl::pattern::Pattern;

use super::{AuthorizationType, JwtAuthorizer};

/// An authorizer of a REST API that believes the tokens of some issuers.
#[derive(Debug)]
pub struct TokenAuthorizer {
    /// `COGNITO_USER_POOLS` or `JWT`.
    pub kind: AuthorizationType,
    /// Its issuers, of which there is one at least.
    pub issuers: Vec<TokenIssuer>,
}

/// An issuer that a REST API's authorizer believes.
#[derive(Debug)]
pub struct TokenIssuer {
    /// The authorizer's name and sources, the issuer, its audiences, and how its keys are kept.
    pub jwt: JwtAuthorizer,
    /// Where its keys are.
    pub jwks_url: String,
    /// What else a token must show.
    pub rule: TokenRule,
}

/// What a token must show beside issuer, signature and times.
#[derive(Debug)]
pub enum TokenRule {
    /// One of the audiences, in `aud`, and these claims.
    Claims(Vec<ClaimRule>),
    /// That it is of a user pool: an ID token, or, where a method asks for scopes, an access token.
    Pool {
        /// What `aud` has to match (`identityValidationExpression`).
        audience: Option<Pattern>,
    },
}

/// A claim that a token must hold (`additionalClaims`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimRule {
    /// The claim, whose value is one text.
    pub name: String,
    /// Whether it has to be there.
    pub is_required: bool,
    /// What it may be; empty = anything.
    pub expected: Vec<String>,
}
