//! What is known of the reasons of the gateway by their code alone.

use super::Mender::{Caller, Lab, Nobody, Owner};
use super::{Reason, reason};

/// Each reason once.
pub(super) const REASONS: &[Reason] = &[
    reason(
        "path-ambiguous",
        "the path can be read in two ways",
        Caller,
        "send the path as the route spells it: nothing encoded that need not be, no `.` or `..`, no empty segment, no `;`",
    ),
    reason(
        "host-ambiguous",
        "the request names two hosts, or none that can be read",
        Caller,
        "send one Host header, the same as in the request target, without user information",
    ),
    reason(
        "token-repeated",
        "the identity source is given more than once",
        Caller,
        "send the token once: a proxy that adds a header of its own must replace the one that is there",
    ),
    reason(
        "token-unreadable",
        "the identity source is no text",
        Caller,
        "send the token in ASCII, as `Bearer` and the compact form",
    ),
    reason(
        "token-malformed",
        "the token is no JSON Web Token",
        Caller,
        "send the compact form as the issuer gave it: three segments in base64url, JSON in which each member is named once",
    ),
    reason(
        "token-missing",
        "the request carries no token",
        Caller,
        "send the token where the authorizer looks for it",
    ),
    reason(
        "token-without-expiry",
        "the token has no `exp`",
        Owner,
        "let the issuer give its tokens an expiry: an authorizer takes none without",
    ),
    reason(
        "token-expired",
        "the token has expired",
        Caller,
        "get a new token before the old one ends; compare the clocks if it is fresh",
    ),
    reason(
        "token-not-yet-valid",
        "the token is meant for later",
        Owner,
        "look at what sets `nbf` and `iat`, and at the issuer's clock",
    ),
    reason(
        "issuer-mismatch",
        "the token comes from another issuer than the authorizer trusts",
        Owner,
        "configure the issuer exactly as the tokens carry it",
    ),
    reason(
        "audience-mismatch",
        "the token is for another audience",
        Owner,
        "add the audience to the authorizer, or ask for the token with the right one",
    ),
    reason(
        "scope-missing",
        "the token has none of the route's scopes",
        Owner,
        "grant the client the scope, and ask for it when getting the token",
    ),
    reason(
        "key-unknown",
        "the token is signed with a key that the issuer does not publish",
        Owner,
        "publish a new key before signing with it, and keep the old one until its tokens have ended",
    ),
    reason(
        "signature-invalid",
        "the token was altered, or signed with another key",
        Nobody,
        "look at where the token comes from: nobody with the issuer's key made it",
    ),
    reason(
        "algorithm-unsupported",
        "the token is signed in a way that the authorizer does not take",
        Owner,
        "let the issuer sign with RS256, or use a Lambda authorizer",
    ),
    reason(
        "endpoint-disabled",
        "the API does not answer at its default endpoint",
        Owner,
        "call the API by its custom domain, or set `disableExecuteApiEndpoint` to false",
    ),
    reason(
        "no-route",
        "the API has no route for this method and path",
        Owner,
        "call a route that there is, or create one: `$default` takes what no other route takes",
    ),
    reason(
        "no-api",
        "there is no API of this id",
        Caller,
        "look at the id in the host or the path: `GetApis` lists those of an account and Region",
    ),
    reason(
        "no-stage",
        "the API has no such stage",
        Owner,
        "call a stage that there is, or create it and deploy to it",
    ),
    reason(
        "integration-missing",
        "the route has no integration",
        Owner,
        "give the route a target: `integrations/` and the id of an integration",
    ),
    reason(
        "integration-variable-missing",
        "the integration's address asks for a value that the request does not have",
        Owner,
        "set the stage variable, or name a parameter of the route's own path",
    ),
    reason(
        "integration-uri",
        "the integration's address is none",
        Owner,
        "give the integration an absolute `http://` address",
    ),
    reason(
        "integration-not-allowed",
        "the integration leads outside the lab",
        Lab,
        "let the name lead to loopback in `[names]` of the lab file, or list the host in `outbound.allow`",
    ),
    reason(
        "integration-unreachable",
        "nobody answers at the integration's address",
        Owner,
        "start the upstream, or mend the address of the integration",
    ),
    reason(
        "integration-timeout",
        "the integration took longer than the gateway waits",
        Owner,
        "answer sooner: an HTTP API waits 30 seconds at most",
    ),
    reason(
        "integration-answer",
        "the integration's answer cannot be read",
        Owner,
        "look at what the upstream sends: the connection broke off, or the answer is too large",
    ),
    reason(
        "function-answer-malformed",
        "the function's answer is not one that the gateway reads",
        Owner,
        "return the object of the payload format: `statusCode`, `headers`, `body` as texts",
    ),
    reason(
        "function-failed",
        "the function raised an error",
        Owner,
        "look at the function's log: the gateway answers 500 whatever the error is",
    ),
    reason(
        "throttled",
        "the stage or the route is over its rate",
        Owner,
        "ask less often, or raise `throttlingRateLimit` and `throttlingBurstLimit`",
    ),
    reason(
        "permission-missing",
        "no policy of the caller allows `execute-api:Invoke`",
        Owner,
        "allow `execute-api:Invoke` on the route's ARN to the caller",
    ),
    reason(
        "explicit-deny",
        "a policy denies `execute-api:Invoke` to the caller",
        Owner,
        "no Allow outweighs a Deny: change that statement",
    ),
    reason(
        "not-permitted",
        "the gateway may not invoke the function",
        Owner,
        "allow `lambda:InvokeFunction` to apigateway.amazonaws.com in the function's policy, for the route's ARN",
    ),
];
