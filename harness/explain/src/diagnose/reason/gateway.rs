//! What is known of the reasons of the gateway by themselves.

use authlab_gateway::evidence::Reason;

use super::super::finding::Mender::{Caller, Lab, Nobody, Owner};
use super::row::{Row, row};

/// Each reason once.
pub(super) const ROWS: &[Row] = &[
    row(
        Reason::PathAmbiguous.as_str(),
        "the path can be read in two ways",
        Caller,
        "send the path as the route spells it: nothing encoded that need not be, no `.` or `..`, no empty segment, no `;`",
    ),
    row(
        Reason::HostAmbiguous.as_str(),
        "the request names two hosts, or none that can be read",
        Caller,
        "send one Host header, the same as in the request target, without user information",
    ),
    row(
        Reason::TokenRepeated.as_str(),
        "the identity source is given more than once",
        Caller,
        "send the token once: a proxy that adds a header of its own must replace the one that is there",
    ),
    row(
        Reason::TokenUnreadable.as_str(),
        "the identity source is no text",
        Caller,
        "send the token in ASCII, as `Bearer` and the compact form",
    ),
    row(
        Reason::TokenMalformed.as_str(),
        "the token is no JSON Web Token",
        Caller,
        "send the compact form as the issuer gave it: three segments in base64url, JSON in which each member is named once",
    ),
    row(
        Reason::TokenMissing.as_str(),
        "the request carries no token",
        Caller,
        "send the token where the authorizer looks for it",
    ),
    row(
        Reason::TokenWithoutExpiry.as_str(),
        "the token has no `exp`",
        Owner,
        "let the issuer give its tokens an expiry: an authorizer takes none without",
    ),
    row(
        Reason::TokenExpired.as_str(),
        "the token has expired",
        Caller,
        "get a new token before the old one ends; compare the clocks if it is fresh",
    ),
    row(
        Reason::TokenNotYetValid.as_str(),
        "the token is meant for later",
        Owner,
        "set the issuer's clock and the gateway's right: `nbf` and `iat` are times of the one, and are compared with the other",
    ),
    row(
        Reason::IssuerMismatch.as_str(),
        "the token comes from another issuer than the authorizer trusts",
        Owner,
        "configure the issuer exactly as the tokens carry it",
    ),
    row(
        Reason::AudienceMismatch.as_str(),
        "the token is for another audience",
        Caller,
        "ask for the token with an audience of the authorizer's",
    ),
    row(
        Reason::ScopeMissing.as_str(),
        "the token has none of the route's scopes",
        Caller,
        "ask for the route's scope when getting the token, and let the client be granted it",
    ),
    row(
        Reason::KeyUnknown.as_str(),
        "the token is signed with a key that the issuer does not publish",
        Owner,
        "publish a new key before signing with it, and keep the old one until its tokens have ended",
    ),
    row(
        Reason::SignatureInvalid.as_str(),
        "the token was altered, or signed with another key",
        Nobody,
        "get a new token from the issuer: nobody with its key made this one",
    ),
    row(
        Reason::AlgorithmUnsupported.as_str(),
        "the token is signed in a way that the authorizer does not take",
        Owner,
        "let the issuer sign with RS256, or use a Lambda authorizer",
    ),
    row(
        Reason::EndpointDisabled.as_str(),
        "the API does not answer at its default endpoint",
        Owner,
        "call the API by its custom domain, or set `disableExecuteApiEndpoint` to false",
    ),
    row(
        Reason::NoRoute.as_str(),
        "the API has no route for this method and path",
        Owner,
        "call a route that there is, or create one: `$default` takes what no other route takes",
    ),
    row(
        Reason::NoApi.as_str(),
        "there is no API of this id",
        Caller,
        "call the API by an id that is there: `GetApis` lists those of an account and Region",
    ),
    row(
        Reason::NoStage.as_str(),
        "the API has no such stage",
        Owner,
        "call a stage that there is, or create it and deploy to it",
    ),
    row(
        Reason::IntegrationMissing.as_str(),
        "the route has no integration",
        Owner,
        "give the route a target: `integrations/` and the id of an integration",
    ),
    row(
        Reason::NotSimulated.as_str(),
        "the API asks for what the lab does not simulate",
        Lab,
        "leave out of the API what the answer names, or try it on AWS",
    ),
    row(
        Reason::IntegrationVariableMissing.as_str(),
        "the integration's address asks for a value that the request does not have",
        Owner,
        "set the stage variable, or name a parameter of the route's own path",
    ),
    row(
        Reason::IntegrationUri.as_str(),
        "the integration's address is none",
        Owner,
        "give the integration an absolute `http://` address",
    ),
    row(
        Reason::IntegrationNotAllowed.as_str(),
        "the integration leads outside the lab",
        Lab,
        "let the name lead to loopback in `[names]` of the lab file, or list the host in `outbound.allow`",
    ),
    row(
        Reason::IntegrationUnreachable.as_str(),
        "nobody answers at the integration's address",
        Owner,
        "start the upstream, or mend the address of the integration",
    ),
    row(
        Reason::IntegrationTimeout.as_str(),
        "the integration took longer than the gateway waits",
        Owner,
        "answer sooner: an HTTP API waits 30 seconds at most",
    ),
    row(
        Reason::IntegrationAnswer.as_str(),
        "the integration's answer cannot be read",
        Owner,
        "let the upstream send a whole answer, no larger than the gateway reads",
    ),
    row(
        Reason::FunctionAnswerMalformed.as_str(),
        "the function's answer is not one that the gateway reads",
        Owner,
        "return the object of the payload format: `statusCode`, `headers`, `body` as texts",
    ),
    row(
        Reason::FunctionFailed.as_str(),
        "the function raised an error",
        Owner,
        "mend the function by the error in its log: the gateway answers 500, or 502 of a REST API, whatever that is",
    ),
    row(
        Reason::MappedValue.as_str(),
        "a value is mapped to where it cannot stand",
        Owner,
        "map a value that has no line ends and nothing beyond visible characters, or encode it in a template",
    ),
    row(
        Reason::MappedHeaderForbidden.as_str(),
        "a header is mapped that API Gateway keeps for itself",
        Owner,
        "take the mapping of that header away from the integration's request parameters",
    ),
    row(
        Reason::TemplateMalformed.as_str(),
        "a mapping template cannot be read",
        Owner,
        "mend the template at the line and column that the evidence names",
    ),
    row(
        Reason::TemplateFailed.as_str(),
        "a mapping template ends before its end",
        Owner,
        "mend the template at the line and column that the evidence names, or send a body that it can read",
    ),
    row(
        Reason::PassthroughRefused.as_str(),
        "no mapping template fits the media type of the body, which may not pass without one",
        Caller,
        "send a `Content-Type` that has a template, or let the API give it one",
    ),
    row(
        Reason::BodyUnreadable.as_str(),
        "a body is not what its conversion or its template needs",
        Owner,
        "send Base64 where `contentHandling` is CONVERT_TO_BINARY, and text where there is a template",
    ),
    row(
        Reason::MockStatusMissing.as_str(),
        "the request template of the mock gives no status",
        Owner,
        "let the request template of the request's content type print `{\"statusCode\": 200}`, the status as a number",
    ),
    row(
        Reason::IntegrationResponseMissing.as_str(),
        "no response of the integration takes its answer",
        Owner,
        "give the integration a response without a selection pattern, which takes what no other takes",
    ),
    row(
        Reason::FunctionMethod.as_str(),
        "the integration invokes its function by another method than `POST`",
        Owner,
        "set the integration's `httpMethod` to `POST`, whatever the method of the API is",
    ),
    row(
        Reason::Throttled.as_str(),
        "the stage or the route is over its rate",
        Owner,
        "ask less often, or raise `throttlingRateLimit` and `throttlingBurstLimit`",
    ),
    row(
        Reason::PermissionMissing.as_str(),
        "no policy of the caller allows `execute-api:Invoke`",
        Owner,
        "allow `execute-api:Invoke` on the route's ARN to the caller",
    ),
    row(
        Reason::ExplicitDeny.as_str(),
        "a policy denies `execute-api:Invoke` to the caller",
        Owner,
        "no Allow outweighs a Deny: change that statement",
    ),
];
