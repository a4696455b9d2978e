//! Why the front door and the services refuse or fail.

use std::fmt;

use authlab_kernel::Event;
use authlab_kernel::evidence;
use authlab_policy::{Decision, Layer, Outcome};

authlab_kernel::reasons! {
    /// Every reason that a rule of the front door or of a service has by itself. What policies refuse has
    /// [`Denial`], and an error without a reason of its own goes by its code: [`Why::Code`].
    pub enum Reason {
        /// The request has more than one `Authorization` header.
        AuthorizationRepeated = "authorization-repeated",
        /// The request carries no signature.
        SignatureMissing = "signature-missing",
        /// The signature cannot be read.
        SignatureUnreadable = "signature-unreadable",
        /// Nobody has the access key.
        CredentialUnknown = "credential-unknown",
        /// The session's token is another, is missing, or is one too many.
        SessionTokenMismatch = "session-token-mismatch",
        /// The session has ended.
        CredentialExpired = "credential-expired",
        /// The signature is for another service or Region.
        CredentialScope = "credential-scope",
        /// The signed date is too far from the server's.
        ClockSkew = "clock-skew",
        /// The signature is not that of the request.
        SignatureMismatch = "signature-mismatch",
        /// The Region is one of a partition that is not simulated.
        PartitionNotSimulated = "partition-not-simulated",

        /// What a backend keeps is only read.
        ExternalReadOnly = "external-read-only",
        /// The request to a backend cannot be signed.
        BackendUnsignable = "backend-unsignable",
        /// A backend does not answer.
        BackendUnavailable = "backend-unavailable",
        /// A backend's answer cannot be understood.
        BackendUnreadable = "backend-unreadable",

        /// A trust policy names a principal that is not there.
        TrustPrincipalUnknown = "trust-principal-unknown",
        /// AWS has it, and the lab does not.
        NotInTheLab = "not-in-the-lab",
        /// An MFA code is not the device's, or was used.
        MfaCode = "mfa-code",

        /// A session asks for what sessions may not ask.
        SessionCredentials = "session-credentials",
        /// A root user assumes a role.
        RootAssumesRole = "root-assumes-role",
        /// A role's ARN is none.
        RoleArnMalformed = "role-arn-malformed",
        /// The role is not there.
        RoleNotFound = "role-not-found",
        /// The trust policy does not let the bearer of a token in.
        TrustPolicy = "trust-policy",
        /// The role's sessions are shorter.
        DurationBeyondRoleMaximum = "duration-beyond-role-maximum",
        /// Chained sessions are shorter.
        DurationBeyondChainingLimit = "duration-beyond-chaining-limit",
        /// A session policy is none.
        SessionPolicyMalformed = "session-policy-malformed",
        /// Session policies are too long, or too many.
        SessionPolicyTooLong = "session-policy-too-long",
        /// A managed policy for a session is not there.
        SessionPolicyUnknown = "session-policy-unknown",
        /// Session tags contradict themselves or those that are inherited.
        SessionTags = "session-tags",
        /// The source identity is set, and another.
        SourceIdentity = "source-identity",

        /// The token of a web identity is no JWT.
        NotAJwt = "not-a-jwt",
        /// It lacks a claim, or has one of another type.
        Claim = "claim",
        /// The account has no provider for its issuer.
        ProviderUnknown = "provider-unknown",
        /// The issuer's discovery document names another.
        DiscoveryIssuerMismatch = "discovery-issuer-mismatch",
        /// The issuer's discovery document cannot be had.
        DiscoveryUnreachable = "discovery-unreachable",
        /// The issuer's key set cannot be had.
        JwksUnreachable = "jwks-unreachable",
        /// The key set has no key of that id.
        UnknownKid = "unknown-kid",
        /// The key set has no key that fits.
        NoKey = "no-key",
        /// The signature of the token is another's.
        Signature = "signature",
        /// The token is for somebody else.
        Audience = "audience",
        /// The token has expired.
        Expired = "expired",
        /// The token is not valid yet.
        NotYetValid = "not-yet-valid",
        /// A time of the token is no integer.
        Times = "times",

        /// A key does not let its user in.
        KmsAccessDenied = "kms-access-denied",
        /// A key cannot be used.
        KmsKeyUnusable = "kms-key-unusable",
        /// A key policy is none.
        KeyPolicyMalformed = "key-policy-malformed",
        /// A key policy would lock its author out.
        KeyPolicyLockout = "key-policy-lockout",
        /// A ciphertext is none of this key and context.
        CiphertextInvalid = "ciphertext-invalid",
        /// The key of a ciphertext is not there.
        CiphertextKeyUnknown = "ciphertext-key-unknown",

        /// The function is not there.
        FunctionNotFound = "function-not-found",
        /// The event is no JSON.
        PayloadNotJson = "payload-not-json",
        /// The event is too long.
        PayloadTooLarge = "payload-too-large",
        /// The function's policy does not let the invoker in.
        NotPermitted = "not-permitted",
        /// Lambda cannot assume the execution role.
        RoleNotAssumable = "role-not-assumable",
        /// No closure is registered for the handler.
        ClosureNotRegistered = "closure-not-registered",
        /// The invoker's time was over first.
        BudgetExceeded = "budget-exceeded",
        /// The function raised an error.
        FunctionError = "function-error",

        /// A secret has the default key of its account, and the caller is of another.
        SecretDefaultKey = "secret-default-key",
        /// The version of an earlier rotation waits to become current.
        RotationUnderWay = "rotation-under-way",
        /// Secrets Manager cannot invoke the function of a rotation.
        RotationNotInvocable = "rotation-not-invocable",
        /// A step of a rotation failed.
        RotationStepFailed = "rotation-step-failed",
        /// The steps of a rotation left the new version where it was.
        RotationNotFinished = "rotation-not-finished",

        /// A user pool's trigger failed, was not run, or answered what is no response.
        TriggerFailed = "trigger-failed",
        /// A user pool's domain refuses a request of OAuth, in the codes of OAuth.
        OauthRefused = "oauth-refused",

        /// The lab has stopped.
        LabStopped = "lab-stopped",
        /// Readings of a path lead to different decisions.
        PathAmbiguous = "path-ambiguous",
        /// A policy denies a call of the gateway.
        ExplicitDeny = "explicit-deny",
        /// No policy allows a call of the gateway.
        PermissionMissing = "permission-missing",
    }
}

/// What policies refuse: which layer, and whether a statement denies or none allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Denial {
    /// The layer that decided.
    pub layer: Layer,
    /// Whether a statement denies; none allows otherwise.
    pub is_explicit: bool,
}

impl Denial {
    /// What a decision refuses; `None` when it allows. Where no layer decided, the identity's policies are
    /// to be changed.
    pub fn of(decision: &Decision) -> Option<Self> {
        let is_explicit = match decision.outcome {
            Outcome::Allow => return None,
            Outcome::ExplicitDeny => true,
            Outcome::ImplicitDeny => false,
        };
        Some(Self {
            layer: decision.layer().unwrap_or(Layer::Identity),
            is_explicit,
        })
    }

    /// Every denial, explicit ones first in each layer.
    pub fn all() -> impl Iterator<Item = Self> {
        let of = |layer| [true, false].map(|is_explicit| Self { layer, is_explicit });
        Layer::ALL.into_iter().flat_map(of)
    }

    /// The code, as the journal's line has it: `identity-explicit-deny`, `scp-implicit-deny`.
    pub const fn as_str(self) -> &'static str {
        match (self.layer, self.is_explicit) {
            (Layer::Identity, true) => "identity-explicit-deny",
            (Layer::Identity, false) => "identity-implicit-deny",
            (Layer::Resource, true) => "resource-explicit-deny",
            (Layer::Resource, false) => "resource-implicit-deny",
            (Layer::Trust, true) => "trust-explicit-deny",
            (Layer::Trust, false) => "trust-implicit-deny",
            (Layer::Boundary, true) => "boundary-explicit-deny",
            (Layer::Boundary, false) => "boundary-implicit-deny",
            (Layer::Session, true) => "session-explicit-deny",
            (Layer::Session, false) => "session-implicit-deny",
            (Layer::ServiceControl, true) => "scp-explicit-deny",
            (Layer::ServiceControl, false) => "scp-implicit-deny",
            (Layer::ResourceControl, true) => "rcp-explicit-deny",
            (Layer::ResourceControl, false) => "rcp-implicit-deny",
            (Layer::Endpoint, true) => "endpoint-explicit-deny",
            (Layer::Endpoint, false) => "endpoint-implicit-deny",
        }
    }

    /// The denial with this code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::all().find(|denial| denial.as_str() == code)
    }
}

/// Why something was refused or failed: what writes a reason, and what a reader asks of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why<'e> {
    /// Policies.
    Denied(Denial),
    /// A rule of the front door or of a service.
    Rule(Reason),
    /// Another code in kebab case: that of the error that was answered (`no-such-entity`), or one of a
    /// token's or an upstream's.
    Code(&'e str),
}

impl<'e> Why<'e> {
    /// Why an event of the front door, of a service or of Lambda was refused or failed; `None` when it was
    /// not.
    pub fn of(event: &'e Event) -> Option<Self> {
        event.reason.as_deref().map(Self::parse)
    }

    /// What a code stands for.
    pub fn parse(code: &'e str) -> Self {
        Denial::parse(code)
            .map(Self::Denied)
            .or_else(|| Reason::parse(code).map(Self::Rule))
            .unwrap_or(Self::Code(code))
    }

    /// The code, as the journal's line has it.
    pub fn as_str(self) -> &'e str {
        match self {
            Self::Denied(denial) => denial.as_str(),
            Self::Rule(reason) => reason.as_str(),
            Self::Code(code) => code,
        }
    }

    /// Whether it goes by the code of an error, as the service spells it: `NoSuchEntity`.
    pub fn is_error(self, code: &str) -> bool {
        matches!(self, Self::Code(own) if own == error_code(code))
    }
}

/// The reason of an error that has none of its own: `NoSuchEntity` as `no-such-entity`.
pub(crate) fn error_code(code: &str) -> String {
    let mut kebab = String::with_capacity(code.len() + 4);
    let mut previous_is_lower = false;
    for character in code.chars() {
        if character.is_ascii_uppercase() && previous_is_lower {
            kebab.push('-');
        }
        previous_is_lower = character.is_ascii_lowercase() || character.is_ascii_digit();
        kebab.push(character.to_ascii_lowercase());
    }
    kebab
}

impl evidence::Reason for Denial {
    fn as_str(self) -> &'static str {
        Self::as_str(self)
    }
}

impl evidence::Reason for Why<'static> {
    fn as_str(self) -> &'static str {
        Self::as_str(self)
    }
}

impl fmt::Display for Denial {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl fmt::Display for Why<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl From<Denial> for String {
    fn from(denial: Denial) -> Self {
        denial.as_str().to_owned()
    }
}

impl From<Why<'_>> for String {
    fn from(why: Why<'_>) -> Self {
        why.as_str().to_owned()
    }
}

impl From<Denial> for Why<'_> {
    fn from(denial: Denial) -> Self {
        Self::Denied(denial)
    }
}

impl From<Reason> for Why<'_> {
    fn from(reason: Reason) -> Self {
        Self::Rule(reason)
    }
}
