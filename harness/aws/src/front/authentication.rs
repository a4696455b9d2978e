//! Who signed a request.
//!
//! An access key id of twelve digits with the secret `test` is that account's root user; users have
//! long-term keys (`AKIA…`), sessions temporary ones (`ASIA…`) that count only with their token.

use std::collections::BTreeMap;
use std::sync::Arc;

use authlab_kernel::{AccountId, ComponentClock, Region, Secret, SignedDuration, Timestamp};
use authlab_policy::Principal;
use authlab_wire::sigv4::{self, Refusal, ServiceNaming, Signed, TimeError};
use authlab_wire::{Incoming, Protocol, WireError};

use super::door::{ClientClock, FrontDoor};
use super::inspection;
use crate::cloud::Cloud;
use crate::evidence::{Inspected, Reason, Signature};
use crate::operation::Caller;
use crate::sts::Ended;

/// The secret access key of every account's root user.
pub const ROOT_SECRET: &str = "test";

/// What a server expects of a signature.
#[derive(Clone, Debug)]
pub struct Expectation<'a> {
    /// The signing name in the credential scope: `sts`, `execute-api`.
    pub service: &'a str,
    /// The Region in the credential scope; `None` takes any.
    pub region: Option<&'a str>,
    /// The server's clock.
    pub clock: &'a ComponentClock,
    /// How far a signed date may lie from it.
    pub skew_seconds: i64,
    /// Names that the server has beside the one that it was called by: what a signer may have signed.
    pub hosts: &'a [String],
}

/// Why a request was not authenticated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthenticationFailure {
    /// The code in the JSON family: `InvalidSignatureException`. [`Self::answer`] gives that of
    /// another protocol.
    pub code: &'static str,
    /// AWS's text.
    pub message: String,
    /// The HTTP status of API Gateway and the restJson1 services.
    pub status: u16,
    /// For the journal.
    pub reason: Reason,
    /// The access key id that was given, if one was.
    pub access_key_id: Option<String>,
    /// What was found, in full.
    pub refusal: Box<Refusal>,
    /// What the journal adds as evidence: both clocks, the rebuilt canonical request.
    pub signature: Signature,
}

impl AuthenticationFailure {
    fn new(refusal: Refusal, reason: Reason, signed: Option<&Signed>) -> Self {
        Self {
            code: refusal.code(ServiceNaming::Json),
            message: refusal.to_string(),
            status: 403,
            reason,
            access_key_id: signed.map(|signed| signed.access_key.clone()),
            signature: Signature::default(),
            refusal: Box::new(refusal),
        }
    }

    fn showing(mut self, signature: Signature) -> Self {
        self.signature = signature;
        self
    }

    /// The same with what was looked at.
    fn inspected(mut self, inspected: Inspected) -> Self {
        self.signature.inspected = Some(Box::new(inspected));
        self
    }

    /// The answer of a service in a protocol.
    pub fn answer(&self, protocol: Protocol) -> WireError {
        self.refusal.answer(protocol)
    }
}

/// A known access key: whose it is, and what proves it.
pub struct Identified {
    /// Whose it is.
    pub caller: Arc<Caller>,
    pub(super) secret: Secret,
    /// Temporary credentials count only with their token.
    pub(super) session_token: Option<Secret>,
    expires: Option<Timestamp>,
    /// A session of which is known that it ended, and no more.
    ended: Option<Ended>,
}

impl Identified {
    /// Whether no more is known of the session than that it ended.
    pub(super) fn is_ended(&self) -> bool {
        self.ended.is_some()
    }
}

/// Whose access key this is. Nothing is proven by that: the signature has to match too.
pub fn identify(cloud: &Cloud, access_key_id: &str) -> Option<Identified> {
    if let Ok(account) = access_key_id.parse::<AccountId>() {
        return Some(Identified {
            caller: Arc::new(root(account)),
            secret: Secret::new(ROOT_SECRET),
            session_token: None,
            expires: None,
            ended: None,
        });
    }
    if let Some((user, key)) = cloud.shared.iam.access_key(access_key_id) {
        let caller = Caller {
            principal: Principal::user(user.arn.as_str(), user.id.as_str()),
            arn: user.arn.clone(),
            user_id: user.id.clone(),
            account: user.account.clone(),
            access_key_id: key.id.clone(),
            tags: user.grants.tags.clone(),
            session: None,
        };
        return key.is_active.then(|| Identified {
            caller: Arc::new(caller),
            secret: key.secret.clone(),
            session_token: None,
            expires: None,
            ended: None,
        });
    }
    if let Some(ended) = cloud.sts.ended(access_key_id) {
        return Some(long_ended(access_key_id, ended));
    }
    let issued = cloud.sts.session(access_key_id)?;
    let mut caller = Caller::clone(&issued.caller);
    caller.tags = session_tags(cloud, &issued.caller);
    Some(Identified {
        caller: Arc::new(caller),
        secret: issued.credentials.secret_access_key.clone(),
        session_token: Some(issued.credentials.session_token.clone()),
        expires: Some(issued.credentials.expires),
        ended: None,
    })
}

/// Whose session this was. Nothing proves it any more.
fn long_ended(access_key_id: &str, ended: &Ended) -> Identified {
    let caller = Caller {
        principal: Principal::Anonymous,
        arn: ended.arn.clone(),
        user_id: String::new(),
        account: ended.account.clone(),
        access_key_id: access_key_id.to_owned(),
        tags: BTreeMap::new(),
        session: None,
    };
    Identified {
        caller: Arc::new(caller),
        secret: Secret::new(String::new()),
        session_token: None,
        expires: Some(ended.expires),
        ended: Some(ended.clone()),
    }
}

/// The root user of an account.
fn root(account: AccountId) -> Caller {
    Caller {
        principal: Principal::root(account.as_str()),
        arn: account.root_arn(),
        user_id: account.to_string(),
        access_key_id: account.to_string(),
        account,
        tags: BTreeMap::new(),
        session: None,
    }
}

/// The role's tags as they are now, replaced by those of the session with the same key in any case
/// (IAM user guide, `id_session-tags.html`).
fn session_tags(cloud: &Cloud, caller: &Caller) -> BTreeMap<String, String> {
    let mut tags = cloud
        .shared
        .iam
        .grants_of(&caller.principal)
        .map(|grants| grants.tags.clone())
        .unwrap_or_default();
    for (key, value) in &caller.tags {
        tags.retain(|existing, _| !existing.eq_ignore_ascii_case(key));
        tags.insert(key.clone(), value.clone());
    }
    tags
}

impl FrontDoor {
    /// Who signed this request.
    ///
    /// # Errors
    /// No signature, a broken one, an unknown key, an expired session, a date outside the window.
    #[expect(
        clippy::result_large_err,
        reason = "one for each refused request, told in full to the journal"
    )]
    pub fn authenticate(
        &self,
        incoming: &Incoming<'_>,
        expect: &Expectation<'_>,
    ) -> Result<Arc<Caller>, AuthenticationFailure> {
        authenticate(self, incoming, expect)
    }
}

/// Who signed `incoming`: key, token, expiry, scope, date, signature, in this order.
///
/// # Errors
/// The first of these that fails.
#[expect(
    clippy::result_large_err,
    reason = "one for each refused request, told in full to the journal"
)]
fn authenticate(
    door: &FrontDoor,
    incoming: &Incoming<'_>,
    expect: &Expectation<'_>,
) -> Result<Arc<Caller>, AuthenticationFailure> {
    let signed = match sigv4::parse(incoming) {
        Ok(Some(signed)) => signed,
        Ok(None) => {
            return Err(AuthenticationFailure::new(
                Refusal::Unsigned,
                Reason::SignatureMissing,
                None,
            ));
        }
        Err(error) => {
            let inspected = inspection::of_unreadable(&error, incoming);
            let reason = Reason::SignatureUnreadable;
            let failure = AuthenticationFailure::new(error.into(), reason, None);
            return Err(failure.inspected(inspected));
        }
    };
    let fail =
        |refusal: Refusal, reason| AuthenticationFailure::new(refusal, reason, Some(&signed));
    let identified = {
        let cloud = door.view();
        let identified = identify(&cloud, &signed.access_key).ok_or_else(|| {
            fail(Refusal::UnknownKey, Reason::CredentialUnknown)
                .inspected(inspection::of_key(&cloud, &signed))
        })?;
        if !has_token(&identified, &signed) {
            return Err(fail(Refusal::UnknownKey, Reason::SessionTokenMismatch)
                .inspected(inspection::of_token(&cloud, &identified, &signed)));
        }
        identified
    };
    let now = expect.clock.now();
    let is_over = |expires: &Timestamp| identified.ended.is_some() || *expires <= now;
    if let Some(expires) = identified.expires.filter(is_over) {
        let clocks = Signature {
            expired: Some(expires),
            now: Some(now),
            ..Signature::default()
        };
        return Err(fail(Refusal::ExpiredSession, Reason::CredentialExpired)
            .showing(clocks)
            .inspected(inspection::of_session(&identified.caller.arn)));
    }
    sigv4::check_scope(&signed, expect.service, expect.region).map_err(|error| {
        fail(error.into(), Reason::CredentialScope)
            .inspected(inspection::of_scope(&signed, incoming, expect))
    })?;
    check_date(door, &signed, expect, now).map_err(|error| {
        let clocks = Signature {
            signed: Some(signed.date),
            now: Some(now),
            ..Signature::default()
        };
        let inspected = inspection::of_date(&error, &signed, expect);
        fail(error.into(), Reason::ClockSkew)
            .showing(clocks)
            .inspected(inspected)
    })?;
    let secret = identified.secret.expose_secret();
    sigv4::verify(&signed, incoming, secret, canonicalisation(expect.service)).map_err(
        |error| {
            let rebuilt = Signature {
                canonical_request: Some(error.canonical_request.clone()),
                ..Signature::default()
            };
            fail(error.into(), Reason::SignatureMismatch)
                .showing(rebuilt)
                .inspected(inspection::of_mismatch(
                    door,
                    &identified,
                    (&signed, incoming),
                    expect,
                ))
        },
    )?;
    Ok(identified.caller)
}

/// Whether temporary credentials came with their token, and others without one.
fn has_token(identified: &Identified, signed: &Signed) -> bool {
    let given = signed.session_token.as_deref();
    if let Some(ended) = &identified.ended {
        return given.is_some_and(|token| ended.has_token(token));
    }
    match (&identified.session_token, given) {
        (Some(expected), Some(given)) => expected.matches(given),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

/// Whether the signed date lies in the window: as it stands, or, for clients that sign with the
/// machine's clock, as the lab time of that wall instant, whichever is nearer to now.
fn check_date(
    door: &FrontDoor,
    signed: &Signed,
    expect: &Expectation<'_>,
    now: Timestamp,
) -> Result<(), TimeError> {
    let window = SignedDuration::from_secs(expect.skew_seconds);
    let as_lab_time = sigv4::check_time(signed, now, window);
    if as_lab_time.is_ok() || door.config.client_clock == ClientClock::Lab {
        return as_lab_time;
    }
    // A jump of the clock begins with a second of the wall, and a signed date has whole seconds.
    let meant = expect.clock.lab().lab_time_of_wall(signed.date);
    if distance(meant, now) >= distance(signed.date, now) {
        return as_lab_time;
    }
    // The lab time of the signed instant, with a scope of that day: the day was checked against the
    // date as it was signed, which is the client's own calendar.
    if signed.scope.date != signed.date.strftime("%Y%m%d").to_string() {
        return as_lab_time;
    }
    let mut moved = signed.clone();
    moved.date = meant;
    moved.scope.date = meant.strftime("%Y%m%d").to_string();
    sigv4::check_time(&moved, now, window)
}

/// How a service canonicalises requests: S3 in its own way.
pub(super) fn canonicalisation(service: &str) -> sigv4::Options {
    match service {
        "s3" => sigv4::Options::S3,
        _ => sigv4::Options::STANDARD,
    }
}

fn distance(one: Timestamp, other: Timestamp) -> SignedDuration {
    one.duration_since(other).abs()
}

/// The Region of a credential scope, where it is one.
pub(super) fn scope_region(signed: Option<&Signed>) -> Region {
    signed
        .and_then(|signed| signed.scope.region.parse().ok())
        .unwrap_or_else(Region::us_east_1)
}
