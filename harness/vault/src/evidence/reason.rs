//! Why a request was refused, or failed.

authlab_kernel::reasons! {
    /// Why a request was refused, or failed.
    pub enum Reason {
        /// The request is not one that the endpoint takes.
        InvalidRequest = "invalid-request",
        /// What it names is not there.
        NotFound = "not-found",
        /// No mount has the path.
        NoMount = "no-mount",
        /// The mount has no such path.
        UnsupportedPath = "unsupported-path",
        /// The path has no such operation.
        UnsupportedOperation = "unsupported-operation",
        /// It is for a namespace, and there is none.
        NamespaceRefused = "namespace-refused",
        /// Refused, and no more is known of why.
        PermissionDenied = "permission-denied",
        /// The policies of the token do not let it through.
        PolicyDenied = "policy-denied",
        /// What is asked for wants `sudo` on the path beside the capability.
        SudoMissing = "sudo-missing",
        /// A token would have policies that its maker's has not.
        PoliciesBeyondParent = "policies-beyond-parent",
        /// A login would have made a root token.
        RootPolicy = "root-policy",
        /// No token was sent.
        TokenMissing = "token-missing",
        /// The token is none, and none was known by it.
        TokenUnknown = "token-unknown",
        /// The token's time is over.
        TokenExpired = "token-expired",
        /// The token, its parent or its mount was revoked.
        TokenRevoked = "token-revoked",
        /// The token's uses are used up.
        TokenUsedUp = "token-used-up",
        /// The token has no lease that could be renewed.
        TokenWithoutLease = "token-without-lease",
        /// The token, or what it is asked for, cannot be renewed.
        TokenNotRenewable = "token-not-renewable",
        /// The lease cannot be renewed.
        LeaseNotRenewable = "lease-not-renewable",
        /// What was issued could not be ended.
        LeaseNotRevoked = "lease-not-revoked",
        /// The longest time to live is reached.
        MaxTtlReached = "max-ttl-reached",
        /// What issued the token does not renew it.
        RenewalRefused = "renewal-refused",
        /// No token or secret id has that accessor.
        AccessorUnknown = "accessor-unknown",
        /// The request came from an address that is not bound.
        AddressNotBound = "address-not-bound",
        /// The token's entity is disabled or gone.
        EntityDisabled = "entity-disabled",
        /// A login named nobody.
        AliasWithoutName = "alias-without-name",
        /// The user has failed to log in too often.
        UserLockedOut = "user-locked-out",
        /// Unwrapping needs a wrapping token, and none was sent.
        WrappingTokenMissing = "wrapping-token-missing",
        /// The wrapping token is none (any more).
        WrappingTokenInvalid = "wrapping-token-invalid",
        /// Name or proof of a login are wrong.
        InvalidCredentials = "invalid-credentials",
        /// A login sent no password.
        PasswordMissing = "password-missing",
        /// A login sent no role id.
        RoleIdMissing = "role-id-missing",
        /// A login sent no secret id.
        SecretIdMissing = "secret-id-missing",
        /// The method has no configuration.
        JwtNotConfigured = "jwt-not-configured",
        /// A login names no role, and there is no default.
        JwtRoleMissing = "jwt-role-missing",
        /// The role is not there.
        JwtRoleUnknown = "jwt-role-unknown",
        /// The role is for the browser's login.
        JwtRoleType = "jwt-role-type",
        /// A login sent no token.
        JwtMissing = "jwt-missing",
        /// The token cannot be read.
        JwtMalformed = "jwt-malformed",
        /// No known key has signed the token.
        JwtSignature = "jwt-signature",
        /// The token's algorithm is not accepted.
        JwtAlgorithm = "jwt-algorithm",
        /// The token is from another issuer.
        JwtIssuer = "jwt-issuer",
        /// The token is for another subject.
        JwtSubject = "jwt-subject",
        /// The token is for another audience.
        JwtAudience = "jwt-audience",
        /// The token has none of the times.
        JwtWithoutTimes = "jwt-without-times",
        /// The token's time is over.
        JwtExpired = "jwt-expired",
        /// The token's time has not come.
        JwtNotYetValid = "jwt-not-yet-valid",
        /// The token is from the future.
        JwtIssuedInTheFuture = "jwt-issued-in-the-future",
        /// The token lacks a claim that the role is bound to.
        JwtClaimMissing = "jwt-claim-missing",
        /// A claim is not what the role is bound to, or not of a type that can be used.
        JwtClaim = "jwt-claim",
        /// The role is bound to what no claim can be.
        JwtBoundClaim = "jwt-bound-claim",
        /// The claim that names the user is missing, or no text.
        JwtUserClaim = "jwt-user-claim",
        /// The claim that names the groups is missing, or no list of texts.
        JwtGroupsClaim = "jwt-groups-claim",
        /// The key set cannot be fetched or read.
        JwksUnusable = "jwks-unusable",
        /// The issuer's discovery document cannot be fetched or read.
        DiscoveryUnusable = "discovery-unusable",
        /// The browser's login has no client.
        OidcNotConfigured = "oidc-not-configured",
        /// A login lacks a part of the signed request.
        AwsValuesMissing = "aws-values-missing",
        /// The signed request's URL, or its query, is not one of GetCallerIdentity.
        AwsUrlQuery = "aws-url-query",
        /// The signed request's body is not that of GetCallerIdentity.
        AwsBodyInvalid = "aws-body-invalid",
        /// The signed request has a header that is not allowed.
        AwsHeader = "aws-header",
        /// The signed request does not name this Vault.
        AwsServerId = "aws-server-id",
        /// The signed request names no Region.
        AwsRegion = "aws-region",
        /// STS did not say whose request it is.
        AwsStsRefused = "aws-sts-refused",
        /// The caller is no user and no role.
        AwsPrincipalKind = "aws-principal-kind",
        /// IAM did not say who the principal is.
        AwsPrincipalUnresolved = "aws-principal-unresolved",
        /// The role is bound to other principals.
        AwsPrincipalNotBound = "aws-principal-not-bound",
        /// The role is not there.
        AwsRoleUnknown = "aws-role-unknown",
        /// The role is for another type of login.
        AwsAuthType = "aws-auth-type",
        /// IAM did not make another key.
        AwsRotationRefused = "aws-rotation-refused",
        /// The server behind the relay may only be read.
        ExternalReadOnly = "external-read-only",
        /// The server behind the relay did not answer.
        BackendUnavailable = "backend-unavailable",
        /// What is asked for is not simulated.
        NotImplemented = "not-implemented",
        /// No audit device has written the line.
        AuditFailed = "audit-failed",
        /// An error of the server's own.
        InternalError = "internal-error",
    }
}

impl Reason {
    /// Whether something broke, rather than that somebody was turned away.
    pub fn is_failure(self) -> bool {
        matches!(
            self,
            Self::InternalError
                | Self::AuditFailed
                | Self::NotImplemented
                | Self::BackendUnavailable
        )
    }
}
