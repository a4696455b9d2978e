//! SimulateCustomPolicy and SimulatePrincipalPolicy: the decision without the call.
//!
//! Source: IAM API reference, SimulateCustomPolicy and SimulatePrincipalPolicy. Resource control
//! policies take no part, as in AWS.

use authlab_policy::words::Refused;
use authlab_policy::{
    Context, Decision, Document, DocumentKind, Policy, PolicySet, Principal, Request, decide,
    verdict,
};

use super::error::Error;
use super::state::State;

/// What is simulated: a principal, policies, and a context; actions and resources vary.
#[derive(Clone, Debug)]
pub struct Simulation {
    /// Who calls.
    pub principal: Principal,
    /// Every policy that takes part.
    pub policies: PolicySet,
    /// The resource's owner; the caller's account when absent.
    pub resource_account: Option<String>,
    /// The context keys that were given.
    pub context: Context,
}

/// One action on one resource.
#[derive(Clone, Debug)]
pub struct Simulated {
    /// The action.
    pub action: String,
    /// The resource.
    pub resource: String,
    /// What came out.
    pub decision: Decision,
    /// Whether the boundary alone allows; `None` without one.
    pub boundary_allows: Option<bool>,
    /// Whether the organization's policies alone allow; `None` without any.
    pub organization_allows: Option<bool>,
}

impl Simulation {
    /// Decides each action on each resource; without resources, on `*`.
    pub fn run(&self, actions: &[String], resources: &[String]) -> Vec<Simulated> {
        let everything = ["*".to_owned()];
        let resources = if resources.is_empty() {
            &everything[..]
        } else {
            resources
        };
        let pairs = actions
            .iter()
            .flat_map(|action| resources.iter().map(move |resource| (action, resource)));
        pairs
            .map(|(action, resource)| self.one(action, resource))
            .collect()
    }

    fn one(&self, action: &str, resource: &str) -> Simulated {
        let request = Request {
            resource_account: self.resource_account.clone(),
            context: self.context.clone(),
            ..Request::new(self.principal.clone(), action, resource)
        };
        let PolicySet {
            boundary,
            service_control,
            ..
        } = &self.policies;
        let alone = |policies: PolicySet| verdict(&request, &policies).is_allowed();
        let boundary_allows = boundary.clone().map(|boundary| {
            alone(PolicySet {
                identity: vec![boundary],
                ..PolicySet::default()
            })
        });
        let organization_allows = (!service_control.is_empty()).then(|| {
            let mut levels = service_control.iter().map(|level| PolicySet {
                identity: level.clone(),
                ..PolicySet::default()
            });
            levels.all(alone)
        });
        Simulated {
            action: action.to_owned(),
            resource: resource.to_owned(),
            // In full: the answer names the second statement and the missing context values.
            decision: decide(&request, &self.policies),
            boundary_allows,
            organization_allows,
        }
    }
}

/// The policies of a list, named by their place in it: `PolicyInputList.1`.
///
/// # Errors
/// The first that is none.
pub fn parse_list(list: &str, kind: DocumentKind, texts: &[String]) -> Result<Vec<Policy>, Error> {
    let parse = |(index, text): (usize, &String)| {
        Ok(Policy::new(
            format!("{list}.{}", index + 1),
            Document::parse(kind, text).map_err(Refused::from)?,
        ))
    };
    texts.iter().enumerate().map(parse).collect()
}

impl State {
    /// The user or role of an ARN as a principal; a role is taken as one of its sessions.
    ///
    /// # Errors
    /// There is none.
    pub fn principal_of(&self, arn: &str) -> Result<Principal, Error> {
        if let Some(user) = self.user_by_arn(arn) {
            return Ok(Principal::user(arn, user.id.as_str()));
        }
        if let Some(role) = self.role_by_arn(arn) {
            return Ok(Principal::role_session(arn, "simulation", role.id.as_str()));
        }
        Err(Error::NotFound(format!(
            "The principal with ARN {arn} cannot be found."
        )))
    }
}
