//! Why the gateway refuses or fails.

use authlab_kernel::reasons;

reasons! {
    /// Why the gateway refuses a request, or fails to answer it. What a function's service says of a
    /// function that it does not run stands beside these, in that service's own words.
    pub enum Reason {
        /// The path can be read in two ways that lead to different answers.
        PathAmbiguous = "path-ambiguous",
        /// The request names two hosts, or none that can be read.
        HostAmbiguous = "host-ambiguous",
        /// Where the request comes from cannot be read.
        SourceUnreadable = "source-unreadable",
        /// The request comes through an endpoint of a VPC and the API is not private, or the other way
        /// round.
        EndpointMismatch = "endpoint-mismatch",
        /// The ARN of the method is too long.
        MethodArnTooLong = "method-arn-too-long",
        /// There is no such API.
        NoApi = "no-api",
        /// The API has no such stage.
        NoStage = "no-stage",
        /// No mapping of the custom domain name takes the path.
        NoMapping = "no-mapping",
        /// The API does not answer at its `execute-api` host.
        EndpointDisabled = "endpoint-disabled",
        /// No route takes the method and path.
        NoRoute = "no-route",
        /// No identity source holds a token.
        TokenMissing = "token-missing",
        /// An identity source is given more than once.
        TokenRepeated = "token-repeated",
        /// An identity source is no text.
        TokenUnreadable = "token-unreadable",
        /// What is given is no token.
        TokenMalformed = "token-malformed",
        /// The authorizer does not take the token's algorithm.
        AlgorithmUnsupported = "algorithm-unsupported",
        /// The token is another issuer's.
        IssuerMismatch = "issuer-mismatch",
        /// The discovery document cannot be fetched.
        DiscoveryUnreachable = "discovery-unreachable",
        /// The discovery document is answered with another status than 200.
        DiscoveryStatus = "discovery-status",
        /// What is answered is no discovery document.
        DiscoveryDocument = "discovery-document",
        /// The discovery document is another issuer's.
        DiscoveryIssuerMismatch = "discovery-issuer-mismatch",
        /// The key set cannot be fetched.
        JwksUnreachable = "jwks-unreachable",
        /// The key set is answered with another status than 200.
        JwksStatus = "jwks-status",
        /// What is answered is no key set.
        JwksDocument = "jwks-document",
        /// The key set has no such key.
        KeyUnknown = "key-unknown",
        /// The token's algorithm does not work with a key of that type.
        AlgorithmDoesNotFitKey = "algorithm-does-not-fit-key",
        /// The key is bound to another algorithm.
        KeyForOtherAlgorithm = "key-for-other-algorithm",
        /// The key is for encryption.
        KeyNotForSignatures = "key-not-for-signatures",
        /// The key is too small, or larger than what is checked.
        KeySize = "key-size",
        /// The token's header demands an extension.
        CriticalExtension = "critical-extension",
        /// The key does not verify the token's signature.
        SignatureInvalid = "signature-invalid",
        /// The token is for another audience.
        AudienceMismatch = "audience-mismatch",
        /// The token has no `exp`.
        TokenWithoutExpiry = "token-without-expiry",
        /// The token has expired.
        TokenExpired = "token-expired",
        /// The token begins later, or was issued later.
        TokenNotYetValid = "token-not-yet-valid",
        /// The token has none of the route's scopes.
        ScopeMissing = "scope-missing",
        /// The request is not signed.
        SignatureMissing = "signature-missing",
        /// The signature cannot be read.
        SignatureUnreadable = "signature-unreadable",
        /// Another secret or another request was signed.
        SignatureMismatch = "signature-mismatch",
        /// Nobody has the access key.
        CredentialUnknown = "credential-unknown",
        /// The session token is not that of the access key.
        SessionTokenMismatch = "session-token-mismatch",
        /// The session is over.
        CredentialExpired = "credential-expired",
        /// The signature is for another service or Region.
        CredentialScope = "credential-scope",
        /// The signed date is too far from the gateway's time.
        ClockSkew = "clock-skew",
        /// The token is none of those that the authorizer asks for: an access token in place of an ID token.
        TokenUseMismatch = "token-use-mismatch",
        /// A claim that the authorizer asks for is absent or another.
        ClaimMismatch = "claim-mismatch",
        /// An identity source of a Lambda authorizer is absent or empty.
        IdentitySourceMissing = "identity-source-missing",
        /// The token does not match the authorizer's validation expression.
        IdentityExpressionMismatch = "identity-expression-mismatch",
        /// The authorizer's function says that the caller is not known.
        AuthorizerUnauthorized = "authorizer-unauthorized",
        /// The authorizer's function raised an error.
        AuthorizerFailed = "authorizer-failed",
        /// The authorizer's function took longer than the gateway waits.
        AuthorizerTimeout = "authorizer-timeout",
        /// The gateway may not invoke the authorizer's function.
        AuthorizerNotPermitted = "authorizer-not-permitted",
        /// The authorizer's function cannot be invoked: there is none.
        AuthorizerNotInvoked = "authorizer-not-invoked",
        /// What the authorizer's function answered is none of its answers.
        AuthorizerAnswerMalformed = "authorizer-answer-malformed",
        /// The authorizer's function says that the caller may not.
        AuthorizerDenied = "authorizer-denied",
        /// No policy allows the call.
        PermissionMissing = "permission-missing",
        /// A policy denies the call.
        ExplicitDeny = "explicit-deny",
        /// The bucket is empty.
        Throttled = "throttled",
        /// The method asks for an API key, and there is none.
        ApiKeyMissing = "api-key-missing",
        /// The API key is none of the account's.
        ApiKeyUnknown = "api-key-unknown",
        /// The API key is disabled.
        ApiKeyDisabled = "api-key-disabled",
        /// The API key is in no usage plan of the stage.
        ApiKeyWithoutPlan = "api-key-without-plan",
        /// The quota of the API key is used up.
        QuotaExceeded = "quota-exceeded",
        /// A parameter that the method asks for is not there.
        ParameterMissing = "parameter-missing",
        /// The body does not fit the method's model.
        BodyInvalid = "body-invalid",
        /// The body is larger than API Gateway, or the integration, takes.
        RequestTooLarge = "request-too-large",
        /// The route has no integration.
        IntegrationMissing = "integration-missing",
        /// The integration's address asks for a value that the request does not have.
        IntegrationVariableMissing = "integration-variable-missing",
        /// The integration's address is none.
        IntegrationUri = "integration-uri",
        /// The integration's host may not be called.
        IntegrationNotAllowed = "integration-not-allowed",
        /// Nobody answers at the integration's address.
        IntegrationUnreachable = "integration-unreachable",
        /// The integration took longer than the gateway waits.
        IntegrationTimeout = "integration-timeout",
        /// The integration's answer cannot be read.
        IntegrationAnswer = "integration-answer",
        /// The function's answer is not one of its payload format.
        FunctionAnswerMalformed = "function-answer-malformed",
        /// The function raised an error.
        FunctionFailed = "function-failed",
        /// A mapped value cannot stand where it is mapped to.
        MappedValue = "mapped-value",
        /// A header is mapped that the gateway keeps for itself.
        MappedHeaderForbidden = "mapped-header-forbidden",
        /// A mapping template cannot be read.
        TemplateMalformed = "template-malformed",
        /// A mapping template ends before its end.
        TemplateFailed = "template-failed",
        /// No mapping template fits the body, which may not pass without one.
        PassthroughRefused = "passthrough-refused",
        /// A body is not what it has to be to be converted or mapped.
        BodyUnreadable = "body-unreadable",
        /// The template of a mock gives no status.
        MockStatusMissing = "mock-status-missing",
        /// No response of the integration takes its answer.
        IntegrationResponseMissing = "integration-response-missing",
        /// A function is to be invoked by another method than `POST`.
        FunctionMethod = "function-method",
        /// The API asks for what the lab does not simulate.
        NotSimulated = "not-simulated",
        /// The lab has stopped.
        LabStopped = "lab-stopped",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_a_code_of_its_own() {
        for reason in Reason::ALL {
            assert_eq!(Reason::parse(reason.as_str()), Some(*reason));
        }
    }
}
