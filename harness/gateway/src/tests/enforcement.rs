//! What a refusal means: each decision of the gateway about rights, under both settings; and what neither
//! setting lets through.

use std::collections::BTreeSet;

use authlab_kernel::{Enforcement, LetThrough};
use bytes::Bytes;
use serde_json::json;

use super::bench::{Answer, Bench};
use crate::evidence::{Authorization, Reason};

/// What a reason is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Question {
    /// Whether a caller who is known may: scopes and policies. Audit lets it through.
    Right,
    /// Whether the caller is who they say.
    Identity,
    /// Whether the request finds an answer, whoever asks.
    Request,
}

/// Puts each reason to its question: one that is added stands here, or this does not compile.
macro_rules! questions {
    ($($question:ident: $($reason:ident)*;)*) => {
        fn question(reason: Reason) -> Question {
            match reason {
                $($(Reason::$reason)|* => Question::$question,)*
            }
        }
    };
}

questions! {
    Right: ScopeMissing PermissionMissing ExplicitDeny AuthorizerDenied;
    Identity: TokenMissing TokenRepeated TokenUnreadable TokenMalformed AlgorithmUnsupported
        IssuerMismatch DiscoveryUnreachable DiscoveryStatus DiscoveryDocument DiscoveryIssuerMismatch
        JwksUnreachable JwksStatus JwksDocument KeyUnknown AlgorithmDoesNotFitKey KeyForOtherAlgorithm
        KeyNotForSignatures KeySize CriticalExtension SignatureInvalid AudienceMismatch
        TokenWithoutExpiry TokenExpired TokenNotYetValid SignatureMissing SignatureUnreadable
        SignatureMismatch CredentialUnknown SessionTokenMismatch CredentialExpired CredentialScope
        ClockSkew TokenUseMismatch ClaimMismatch IdentitySourceMissing IdentityExpressionMismatch
        AuthorizerUnauthorized AuthorizerFailed AuthorizerTimeout AuthorizerNotPermitted
        AuthorizerNotInvoked AuthorizerAnswerMalformed;
    // AWS says of API keys that they are no way to authenticate: audit lets no request through without.
    // A path that is allowed in one reading alone is refused by policies, and marked as theirs are.
    Request: PathAmbiguous HostAmbiguous SourceUnreadable EndpointMismatch MethodArnTooLong NoApi NoStage
        NoMapping EndpointDisabled NoRoute Throttled
        ApiKeyMissing ApiKeyUnknown ApiKeyDisabled ApiKeyWithoutPlan QuotaExceeded
        ParameterMissing BodyInvalid RequestTooLarge
        IntegrationMissing IntegrationVariableMissing IntegrationUri IntegrationNotAllowed
        IntegrationUnreachable IntegrationTimeout IntegrationAnswer FunctionAnswerMalformed
        FunctionFailed MappedValue MappedHeaderForbidden TemplateMalformed TemplateFailed
        PassthroughRefused BodyUnreadable MockStatusMissing IntegrationResponseMissing FunctionMethod
        NotSimulated LabStopped;
}

/// What is asked for, and by whom.
struct Row {
    reason: Reason,
    target: &'static str,
    authorization: String,
}

/// Every decision of the gateway about rights.
fn rows(bench: &Bench) -> [Row; 4] {
    [
        Row {
            reason: Reason::ScopeMissing,
            target: "/daily",
            authorization: bench.bearer(json!({ "scope": "reports/write" })),
        },
        Row {
            reason: Reason::PermissionMissing,
            target: "/iam/7",
            authorization: "pauper".to_owned(),
        },
        Row {
            reason: Reason::ExplicitDeny,
            target: "/iam/7",
            authorization: "outcast".to_owned(),
        },
        Row {
            reason: Reason::AuthorizerDenied,
            target: "/gated",
            authorization: "somebody".to_owned(),
        },
    ]
}

async fn ask(bench: &Bench, target: &str, authorization: &str) -> Answer {
    let headers = [("authorization", authorization)];
    bench.call("GET", target, &headers).await
}

/// The marks on what was refused for this reason.
fn marks(answer: &Answer, reason: Reason) -> Vec<Option<LetThrough>> {
    let refused = answer.events.iter().filter(|event| event.is(reason));
    let told = refused.map(|event| match event.read::<Authorization<'_>>() {
        Some(Authorization::Scopes { enforcement, .. }) => enforcement,
        Some(Authorization::Simple { enforcement, .. }) => enforcement,
        Some(Authorization::Invoke(invoke)) => invoke.decision?.enforcement,
        Some(Authorization::Audited(decided)) => decided.enforcement,
        None => panic!("{event:?}"),
    });
    told.collect()
}

#[tokio::test]
async fn what_lacks_a_right_is_refused_or_goes_through_with_the_same_reason() {
    let bench = Bench::start().await;
    let denied = Bytes::from_static(b"{\"isAuthorized\":false}");
    *bench.ledger.authorizer.lock() = Some(Ok(denied));
    for Row {
        reason,
        target,
        authorization,
    } in rows(&bench)
    {
        // The setting is asked at each request.
        for (enforcement, status, mark) in [
            (Enforcement::Enforce, 403, None),
            (Enforcement::Audit, 200, Some(LetThrough::Audit)),
            (Enforcement::Enforce, 403, None),
        ] {
            let case = format!("{reason} {enforcement:?}");
            bench.ledger.enforcement.set(enforcement);
            let answer = ask(&bench, target, &authorization).await;
            assert_eq!(answer.status(), status, "{case}");
            assert_eq!(marks(&answer, reason), [mark], "{case}");
            assert_eq!(answer.reason(), Some(reason.as_str()), "{case}");
        }
    }
}

#[tokio::test]
async fn every_reason_of_rights_has_a_row() {
    let bench = Bench::start().await;
    let rows: BTreeSet<Reason> = rows(&bench).iter().map(|row| row.reason).collect();
    for reason in Reason::ALL {
        let of_rights = question(*reason) == Question::Right;
        assert_eq!(rows.contains(reason), of_rights, "{reason}");
    }
}

#[tokio::test]
async fn whoever_is_nobody_and_what_is_too_much_is_refused_under_both() {
    for enforcement in Enforcement::ALL {
        let bench = Bench::start().await;
        bench.ledger.enforcement.set(enforcement);
        let other_audience = bench.bearer(json!({ "aud": "other", "scope": "reports/write" }));
        let expired = bench.bearer(json!({ "exp": 1, "scope": "reports/write" }));
        let cases = [
            ("/daily", "Bearer forged", 401, Reason::TokenMalformed),
            ("/daily", &other_audience, 401, Reason::AudienceMismatch),
            ("/daily", &expired, 401, Reason::TokenExpired),
            ("/iam/7", "stranger", 403, Reason::SignatureMismatch),
            ("/limited", "", 200, Reason::Throttled),
            ("/limited", "", 200, Reason::Throttled),
            ("/limited", "", 429, Reason::Throttled),
            ("/nowhere", "", 404, Reason::NoRoute),
        ];
        for (target, authorization, status, reason) in cases {
            let answer = ask(&bench, target, authorization).await;
            assert_eq!(answer.status(), status, "{target} {enforcement:?}");
            if status >= 400 {
                assert_eq!(
                    answer.reason(),
                    Some(reason.as_str()),
                    "{target} {enforcement:?}"
                );
                assert_ne!(question(reason), Question::Right);
            }
        }
    }
}
