//! Whether a caller may: every check of a call, decided over every layer of policy.
//!
//! Sources of the condition keys: IAM user guide, `reference_policies_condition-keys.html`.

use std::sync::Arc;

use authlab_kernel::{AccountId, Region, Scope, Timestamp};
use authlab_policy::{
    ApiAuthorization, ApiRequest, Compared, Context, Decision, Policy, PolicySet, Principal,
    Request, decide, verdict,
};

use crate::cloud::Cloud;
use crate::evidence::{self, Denial, Telemetry};
use crate::operation::{Call, Caller, Check};

/// What a request shows of itself beside its caller.
#[derive(Clone, Debug)]
pub struct Environment {
    /// `aws:RequestedRegion`.
    pub region: Option<Region>,
    /// `aws:CurrentTime`, `aws:EpochTime`.
    pub now: Timestamp,
    /// `aws:SourceIp`.
    pub source_ip: String,
    /// `aws:UserAgent`.
    pub user_agent: Option<String>,
}

impl Environment {
    /// The environment of a call.
    pub fn of(call: &Call) -> Self {
        Self {
            region: Some(call.scope.region.clone()),
            now: call.now,
            source_ip: call.source_ip.clone(),
            user_agent: call.user_agent.clone(),
        }
    }
}

/// One check, as it was asked and as it was decided.
#[derive(Clone, Debug)]
pub struct Judged {
    /// What was asked, with the full context.
    pub request: Request,
    /// What came out.
    pub decision: Decision,
    /// What was compared.
    pub compared: Arc<Compared>,
    /// What the resource's account shares with the caller's, where it is refused.
    pub telemetry: Option<Telemetry>,
}

impl Judged {
    /// What the journal shows of it.
    pub fn evidence(&self) -> evidence::Decision {
        let decision = evidence::Decision::new(&self.request, &self.decision, &self.compared);
        decision.beside(self.telemetry.clone())
    }

    /// What it refuses; `None` when it allows.
    pub fn denial(&self) -> Option<Denial> {
        Denial::of(&self.decision)
    }
}

/// The decisions on a call's checks, in the order of the checks; the first refusal is the last.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// Every check that was decided.
    pub judged: Vec<Judged>,
}

impl Verdict {
    /// Whether every check allows.
    pub fn is_allowed(&self) -> bool {
        self.refusal().is_none()
    }

    /// The first check that does not allow.
    pub fn refusal(&self) -> Option<&Judged> {
        self.judged
            .iter()
            .find(|judged| !judged.decision.is_allowed())
    }
}

/// Decides `checks` in order, up to and including the first that is refused.
///
/// Each of them in full: the event of an allow shows the absent keys and every statement that let it through,
/// which the short answer does not look for. Who shows nothing of an allow asks [`first_refused`].
pub fn judge(
    cloud: &Cloud,
    caller: &Caller,
    environment: &Environment,
    checks: &[Check],
) -> Verdict {
    let mut verdict = Verdict::default();
    for check in checks {
        let judged = judge_one(cloud, caller, environment, check);
        let is_allowed = judged.decision.is_allowed();
        verdict.judged.push(judged);
        if !is_allowed {
            break;
        }
    }
    verdict
}

/// Decides one check in full.
pub fn judge_one(
    cloud: &Cloud,
    caller: &Caller,
    environment: &Environment,
    check: &Check,
) -> Judged {
    let caller = check.caller.as_deref().unwrap_or(caller);
    let request = request_of(cloud, caller, environment, check);
    let judged = judged(request, &policies_of(cloud, caller, check));
    let telemetry = match judged.decision.is_allowed() {
        true => None,
        false => telemetry(cloud, caller, environment, check),
    };
    Judged {
        telemetry,
        ..judged
    }
}

/// What a link shares of the resource's account with a sink of the caller's in the Region of the call.
fn telemetry(
    cloud: &Cloud,
    caller: &Caller,
    environment: &Environment,
    check: &Check,
) -> Option<Telemetry> {
    let account = principal_account(&caller.principal)?;
    let monitoring = Scope::new(account, environment.region.clone()?);
    let oam = &cloud.shared.oam;
    let sink = oam.sink_of(&monitoring)?;
    let mut links = oam.links_to(&sink.arn);
    let link = links.find(|link| link.source.account == check.resource_account)?;
    Some(Telemetry {
        account: check.resource_account.to_string(),
        link: link.arn.clone(),
        types: link
            .resource_types
            .iter()
            .map(ToString::to_string)
            .collect(),
    })
}

/// A call of a route or method of an API.
#[derive(Clone, Debug)]
pub struct ApiCall {
    /// How it authorizes its callers.
    pub request: ApiRequest,
    /// What its Lambda authorizer answered.
    pub authorizer_policy: Option<Policy>,
}

/// Decides a call of a route or method of an API.
pub fn judge_api(
    cloud: &Cloud,
    caller: &Caller,
    environment: &Environment,
    check: &Check,
    api: ApiCall,
) -> Judged {
    let mut request = request_of(cloud, caller, environment, check);
    if api.request.authorization != ApiAuthorization::Iam {
        request.context = context_unsigned(environment, check);
    }
    request.api = Some(api.request);
    let mut policies = policies_of(cloud, caller, check);
    policies.identity.extend(api.authorizer_policy);
    judged(request, &policies)
}

/// The keys that a policy sees where nobody signed: those of time, address and client (API Gateway
/// developer guide, `apigateway-resource-policies-aws-condition-keys.html`).
fn context_unsigned(environment: &Environment, check: &Check) -> Context {
    let mut context = Context::new();
    insert_sender(&mut context, environment);
    for (key, values) in &check.context {
        context.insert_many(key.clone(), values.iter().map(String::as_str));
    }
    context
}

fn judged(request: Request, policies: &PolicySet) -> Judged {
    let decision = decide(&request, policies);
    let compared = Arc::new(Compared::of(&request, policies, &decision));
    Judged {
        request,
        decision,
        compared,
        telemetry: None,
    }
}

/// The first of `checks` that is refused, by the short answer. To show why, [`judge_one`] it.
pub fn first_refused<'c>(
    cloud: &Cloud,
    caller: &Caller,
    environment: &Environment,
    checks: &'c [Check],
) -> Option<&'c Check> {
    checks.iter().find(|check| {
        let caller = check.caller.as_deref().unwrap_or(caller);
        let request = request_of(cloud, caller, environment, check);
        !verdict(&request, &policies_of(cloud, caller, check)).is_allowed()
    })
}

/// The request of one check, with its full context.
pub fn request_of(
    cloud: &Cloud,
    caller: &Caller,
    environment: &Environment,
    check: &Check,
) -> Request {
    let organizations = &cloud.shared.organizations;
    let principal_organization =
        principal_account(&caller.principal).and_then(|account| organizations.membership(&account));
    let resource_organization = organizations.membership(&check.resource_account);
    let mut context = Context::for_principal(
        &caller.principal,
        caller.tags.iter().map(|(key, value)| (key, value.as_str())),
        principal_organization.as_ref(),
    );
    insert_environment(&mut context, environment);
    insert_session(&mut context, caller, environment.now);
    context.insert("aws:ResourceAccount", check.resource_account.as_str());
    if let Some(organization) = &resource_organization {
        context.insert("aws:ResourceOrgID", organization.id.as_str());
        context.insert_many("aws:ResourceOrgPaths", [organization.path.as_str()]);
    }
    for (key, values) in &check.context {
        context.insert_many(key.clone(), values.iter().map(String::as_str));
    }
    Request {
        principal_organization,
        resource_account: Some(check.resource_account.to_string()),
        resource_organization,
        context,
        ..Request::new(
            caller.principal.clone(),
            check.action.as_str(),
            check.resource.as_str(),
        )
    }
}

fn policies_of(cloud: &Cloud, caller: &Caller, check: &Check) -> PolicySet {
    let account = principal_account(&caller.principal);
    let levels = |account: &AccountId| cloud.shared.organizations.service_control_levels(account);
    PolicySet {
        identity: cloud.shared.iam.identity_policies(&caller.principal),
        resource: check.resource_policy.clone(),
        grants: check.grants.clone(),
        trust: check.trust.clone(),
        boundary: cloud.shared.iam.boundary(&caller.principal),
        session: session_policies(caller),
        service_control: account.as_ref().map(levels).unwrap_or_default(),
        resource_control: cloud
            .shared
            .organizations
            .resource_control_levels(&check.resource_account),
        endpoint: None,
    }
}

fn session_policies(caller: &Caller) -> Vec<Policy> {
    caller
        .session
        .as_ref()
        .map(|session| session.policies.clone())
        .unwrap_or_default()
}

fn principal_account(principal: &Principal) -> Option<AccountId> {
    principal.account().and_then(|account| account.parse().ok())
}

fn insert_environment(context: &mut Context, environment: &Environment) {
    insert_sender(context, environment);
    context.insert("aws:ViaAWSService", "false");
    if let Some(region) = &environment.region {
        context.insert("aws:RequestedRegion", region.as_str());
    }
}

/// When, from where and by what a request was sent.
fn insert_sender(context: &mut Context, environment: &Environment) {
    let now = environment.now;
    context.insert("aws:CurrentTime", in_seconds(now));
    context.insert("aws:EpochTime", now.as_second().to_string());
    context.insert("aws:SourceIp", environment.source_ip.as_str());
    // The lab's port stands for AWS's TLS endpoints: policies that refuse plain HTTP let it through.
    context.insert("aws:SecureTransport", "true");
    if let Some(user_agent) = &environment.user_agent {
        context.insert("aws:UserAgent", user_agent.as_str());
    }
}

/// `2026-01-15T12:00:00Z`, what is below a second cut off.
fn in_seconds(time: Timestamp) -> String {
    let second = time.as_nanosecond().div_euclid(1_000_000_000);
    let second = i64::try_from(second).ok();
    let whole = second.and_then(|second| Timestamp::from_second(second).ok());
    whole.unwrap_or(time).to_string()
}

/// Keys that only temporary credentials have.
fn insert_session(context: &mut Context, caller: &Caller, now: Timestamp) {
    let Some(session) = &caller.session else {
        return;
    };
    context.insert("aws:TokenIssueTime", in_seconds(session.issued));
    let present = session.mfa.is_some();
    context.insert("aws:MultiFactorAuthPresent", present.to_string());
    if let Some(at) = session.mfa {
        let age = now.duration_since(at).as_secs();
        context.insert("aws:MultiFactorAuthAge", age.to_string());
    }
    if let Some(identity) = &session.source_identity {
        context.insert("aws:SourceIdentity", identity.as_str());
    }
    if let Some(provider) = &session.federated_provider {
        context.insert("aws:FederatedProvider", provider.as_str());
    }
}
