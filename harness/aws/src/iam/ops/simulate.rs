//! Simulations on the wire.

use authlab_kernel::Timestamp;
use authlab_policy::words::Refused;
use authlab_policy::{Context, Document, DocumentKind, Outcome, Policy, PolicySet, Principal};
use authlab_wire::{Value, WireError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::wire;
use crate::cloud::Cloud;
use crate::iam::Error;
use crate::iam::simulate::{Simulated, Simulation, parse_list};
use crate::operation::{Answer, Call, Reply, member_not_implemented, read};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ContextEntry {
    context_key_name: Option<String>,
    #[serde(default)]
    context_key_values: Vec<String>,
    context_key_type: Option<String>,
}

impl ContextEntry {
    /// Whether the values are of the type that is stated. How a condition reads them is its operator's
    /// to say.
    ///
    /// # Errors
    /// A value of another type, or several for a type of one. The text is ours (unverified).
    fn check(&self) -> Result<(), Error> {
        let Some(stated) = self.context_key_type.as_deref() else {
            return Ok(());
        };
        let kind = stated.strip_suffix("List").unwrap_or(stated);
        let is_of_kind = |value: &String| match kind {
            "numeric" => value.parse::<f64>().is_ok(),
            "boolean" => value.parse::<bool>().is_ok(),
            "ip" => {
                let address = value.split('/').next().unwrap_or_default();
                address.parse::<std::net::IpAddr>().is_ok()
            }
            "binary" => STANDARD.decode(value).is_ok(),
            "date" => value.parse::<Timestamp>().is_ok() || value.parse::<i64>().is_ok(),
            _ => true,
        };
        let values = &self.context_key_values;
        if values.iter().all(is_of_kind) && (values.len() < 2 || kind != stated) {
            return Ok(());
        }
        let name = self.context_key_name.as_deref().unwrap_or_default();
        let text = format!("The values of the context key {name} are not of the type {stated}.");
        Err(Error::Invalid(text))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    #[serde(default)]
    policy_source_arn: String,
    #[serde(default)]
    policy_input_list: Vec<String>,
    #[serde(default)]
    permissions_boundary_policy_input_list: Vec<String>,
    action_names: Vec<String>,
    #[serde(default)]
    resource_arns: Vec<String>,
    resource_policy: Option<String>,
    resource_owner: Option<String>,
    caller_arn: Option<String>,
    #[serde(default)]
    context_entries: Vec<ContextEntry>,
}

impl Input {
    /// A principal has one boundary; how several are simulated is not known.
    fn check_boundaries(&self) -> Result<(), WireError> {
        match self.permissions_boundary_policy_input_list.len() {
            0 | 1 => Ok(()),
            _ => Err(member_not_implemented(
                "PermissionsBoundaryPolicyInputList[1]",
            )),
        }
    }

    /// The user of `CallerArn`.
    ///
    /// # Errors
    /// It is not the ARN of a user (IAM API reference: no role, session or service). The text is ours
    /// (unverified).
    fn caller(&self) -> Result<Option<&str>, Error> {
        let Some(arn) = self.caller_arn.as_deref() else {
            return Ok(None);
        };
        let fields: Vec<&str> = arn.splitn(6, ':').collect();
        match fields[..] {
            ["arn", _, "iam", _, _, user] if user.starts_with("user/") => Ok(Some(arn)),
            _ => Err(Error::Invalid(format!(
                "{arn} is not the ARN of an IAM user"
            ))),
        }
    }

    fn policies(&self) -> Result<PolicySet, Error> {
        self.context_entries
            .iter()
            .try_for_each(ContextEntry::check)?;
        let identity = parse_list(
            "PolicyInputList",
            DocumentKind::Identity,
            &self.policy_input_list,
        )?;
        let boundaries = &self.permissions_boundary_policy_input_list;
        let list = "PermissionsBoundaryPolicyInputList";
        let boundary = parse_list(list, DocumentKind::Boundary, boundaries)?
            .into_iter()
            .next();
        let resource = match &self.resource_policy {
            Some(text) => {
                let document =
                    Document::parse(DocumentKind::Resource, text).map_err(Refused::from)?;
                Some(Policy::new("ResourcePolicy", document))
            }
            None => None,
        };
        Ok(PolicySet {
            identity,
            boundary,
            resource,
            ..PolicySet::default()
        })
    }

    fn context(
        &self,
        principal: &Principal,
        tags: impl Iterator<Item = (String, String)>,
    ) -> Context {
        let mut context = Context::for_principal(principal, tags, None);
        for entry in &self.context_entries {
            if let Some(name) = &entry.context_key_name {
                context.insert_many(
                    name.clone(),
                    entry.context_key_values.iter().map(String::as_str),
                );
            }
        }
        context
    }

    /// The account of `ResourceOwner`, an ARN or twelve digits.
    fn resource_account(&self) -> Option<String> {
        let owner = self.resource_owner.as_deref()?;
        let of_arn = owner
            .split(':')
            .nth(4)
            .filter(|_| owner.starts_with("arn:"));
        Some(of_arn.unwrap_or(owner).to_owned())
    }
}

pub(super) fn custom(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    asked.check_boundaries()?;
    // Without a caller the policies are taken as those of some user of the account.
    let principal = match asked.caller().map_err(wire)? {
        Some(arn) => user(cloud, arn),
        None => Principal::user(
            format!("arn:aws:iam::{}:user/simulated", call.account()),
            "",
        ),
    };
    let simulation = Simulation {
        policies: asked.policies().map_err(wire)?,
        context: asked.context(&principal, std::iter::empty()),
        resource_account: asked.resource_account(),
        principal,
    };
    answer(&simulation, &asked)
}

pub(super) fn principal(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    asked.check_boundaries()?;
    let source = cloud
        .shared
        .iam
        .principal_of(&asked.policy_source_arn)
        .map_err(wire)?;
    if source.account() != Some(call.account().as_str()) {
        let text = format!(
            "The principal with ARN {} cannot be found.",
            asked.policy_source_arn
        );
        return Err(wire(Error::NotFound(text)));
    }
    let mut policies = asked.policies().map_err(wire)?;
    policies
        .identity
        .extend(cloud.shared.iam.identity_policies(&source));
    policies.boundary = policies
        .boundary
        .or_else(|| cloud.shared.iam.boundary(&source));
    let is_bound = cloud
        .shared
        .organizations
        .membership(call.account())
        .is_some_and(|member| !member.management_account);
    if is_bound {
        policies.service_control = cloud
            .shared
            .organizations
            .service_control_levels(call.account());
    }
    let tags = cloud
        .shared
        .iam
        .grants_of(&source)
        .map(|grants| grants.tags.clone())
        .unwrap_or_default();
    // As if the caller had the source's policies (IAM API reference, SimulatePrincipalPolicy).
    let caller = match asked.caller().map_err(wire)? {
        Some(arn) => user(cloud, arn),
        None if asked.resource_policy.is_some() && !matches!(source, Principal::User { .. }) => {
            // Unverified text.
            let text =
                "CallerArn is required with a ResourcePolicy when PolicySourceArn is not a user";
            return Err(wire(Error::Invalid(text.to_owned())));
        }
        None => source,
    };
    let simulation = Simulation {
        context: asked.context(&caller, tags.into_iter()),
        resource_account: asked.resource_account(),
        policies,
        principal: caller,
    };
    answer(&simulation, &asked)
}

/// A user as a principal, there or not.
fn user(cloud: &Cloud, arn: &str) -> Principal {
    let known = cloud.shared.iam.principal_of(arn);
    known.unwrap_or_else(|_| Principal::user(arn, ""))
}

fn answer(simulation: &Simulation, asked: &Input) -> Answer {
    let results = simulation.run(&asked.action_names, &asked.resource_arns);
    let results: Vec<Json> = results.iter().map(output).collect();
    Reply::to(&json!({"EvaluationResults": results}))
}

fn output(simulated: &Simulated) -> Json {
    let decision = &simulated.decision;
    let matched: Vec<Json> = decision
        .statement()
        .into_iter()
        .chain(&decision.also)
        .map(|statement| json!({"SourcePolicyId": &*statement.policy_name, "SourcePolicyType": "IAM Policy"}))
        .collect();
    json!({
        "EvalActionName": simulated.action,
        "EvalResourceName": simulated.resource,
        "EvalDecision": match decision.outcome {
            Outcome::Allow => "allowed",
            Outcome::ExplicitDeny => "explicitDeny",
            Outcome::ImplicitDeny => "implicitDeny",
        },
        "MatchedStatements": matched,
        "MissingContextValues": decision.missing_keys,
        "OrganizationsDecisionDetail": simulated
            .organization_allows
            .map(|allows| json!({"AllowedByOrganizations": allows})),
        "PermissionsBoundaryDecisionDetail": simulated
            .boundary_allows
            .map(|allows| json!({"AllowedByPermissionsBoundary": allows})),
    })
}
