//! Service control and resource control policies.

use std::sync::LazyLock;

use authlab_kernel::Ids;
use authlab_policy::{Document, DocumentKind, Policy};

use super::error::Error;
use super::state::Realm;
use crate::operation::Tags;

/// How many policies of a type a target may have (Organizations user guide, `orgs_reference_limits`).
const ATTACHED_MAX: usize = 5;

/// The types of policy that are simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyType {
    /// What principals may at most.
    ServiceControl,
    /// What may be done to resources at most.
    ResourceControl,
}

impl PolicyType {
    /// Both.
    pub const ALL: [Self; 2] = [Self::ServiceControl, Self::ResourceControl];

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ServiceControl => "SERVICE_CONTROL_POLICY",
            Self::ResourceControl => "RESOURCE_CONTROL_POLICY",
        }
    }

    /// Reads the name on the wire.
    pub(super) fn read(text: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        found.ok_or_else(|| Error::TypeNotSimulated(text.to_owned()))
    }

    /// The id of AWS's own policy that allows everything.
    pub fn full_access_id(self) -> &'static str {
        match self {
            Self::ServiceControl => "p-FullAWSAccess",
            Self::ResourceControl => "p-RCPFullAWSAccess",
        }
    }

    fn kind(self) -> DocumentKind {
        match self {
            Self::ServiceControl => DocumentKind::ServiceControl,
            Self::ResourceControl => DocumentKind::ResourceControl,
        }
    }

    /// The part of the ARN.
    fn segment(self) -> &'static str {
        match self {
            Self::ServiceControl => "service_control_policy",
            Self::ResourceControl => "resource_control_policy",
        }
    }
}

/// A policy of the organization.
#[derive(Clone, Debug)]
pub struct ControlPolicy {
    /// `p-…`.
    pub id: String,
    /// The ARN.
    pub arn: String,
    /// The name.
    pub name: String,
    /// The description.
    pub description: String,
    /// The type.
    pub kind: PolicyType,
    /// Whether it is AWS's own.
    pub is_aws_managed: bool,
    /// As it was given.
    pub text: String,
    /// Parsed.
    pub policy: Policy,
}

/// What UpdatePolicy changes.
#[derive(Clone, Debug, Default)]
pub struct PolicyChange {
    /// The name.
    pub name: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// The document.
    pub content: Option<String>,
}

/// AWS's own policies that allow everything. Every decision reads them: they are parsed once.
static FULL_ACCESS: LazyLock<Vec<ControlPolicy>> = LazyLock::new(|| {
    PolicyType::ALL
        .into_iter()
        .filter_map(full_access)
        .collect()
});

/// AWS's own policy that allows everything.
fn full_access(kind: PolicyType) -> Option<ControlPolicy> {
    let (name, text) = match kind {
        PolicyType::ServiceControl => (
            "FullAWSAccess",
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
        ),
        PolicyType::ResourceControl => (
            "RCPFullAWSAccess",
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#,
        ),
    };
    let document = Document::parse(kind.kind(), text).ok()?;
    let arn = format!(
        "arn:aws:organizations::aws:policy/{}/{}",
        kind.segment(),
        kind.full_access_id()
    );
    Some(ControlPolicy {
        id: kind.full_access_id().to_owned(),
        name: name.to_owned(),
        description: "Allows access to every operation".to_owned(),
        kind,
        is_aws_managed: true,
        text: text.to_owned(),
        policy: Policy::new(arn.as_str(), document),
        arn,
    })
}

/// A customer's policy to be made.
#[derive(Clone, Debug)]
pub struct NewPolicy {
    /// The name, of which there is one in an organization.
    pub name: String,
    /// The description.
    pub description: String,
    /// The type.
    pub kind: PolicyType,
    /// The document.
    pub text: String,
    /// Tags.
    pub tags: Tags,
}

impl Realm {
    /// A policy by its id, the organization's or AWS's.
    pub fn control_policy(&self, id: &str) -> Option<&ControlPolicy> {
        let of_aws = FULL_ACCESS.iter().find(|policy| policy.id == id);
        of_aws.or_else(|| self.policies.get(id))
    }

    /// The same, which must be there.
    pub(super) fn policy(&self, id: &str) -> Result<ControlPolicy, Error> {
        self.control_policy(id)
            .cloned()
            .ok_or_else(|| Error::NoPolicy(id.to_owned()))
    }

    fn check_policy_name(&self, name: &str, but: &str) -> Result<(), Error> {
        let mut others = self.policies.values().filter(|policy| policy.id != but);
        if others.any(|policy| policy.name == name) {
            return Err(Error::DuplicateName(name.to_owned()));
        }
        Ok(())
    }

    pub(super) fn create_policy(
        &mut self,
        new: NewPolicy,
        ids: &Ids,
    ) -> Result<ControlPolicy, Error> {
        let NewPolicy { name, kind, .. } = &new;
        self.check_policy_name(name, "")?;
        let document = Document::parse(kind.kind(), &new.text)?;
        let (owner, account) = (&self.organization.id, &self.organization.management);
        let drawn = ids.draw("organization-policy-id", owner, name).base36(8);
        let id = format!("p-{drawn}");
        let segment = kind.segment();
        let arn = format!("arn:aws:organizations::{account}:policy/{owner}/{segment}/{id}");
        let policy = ControlPolicy {
            policy: Policy::new(format!("{arn} ({name})"), document),
            arn,
            kind: *kind,
            is_aws_managed: false,
            id: id.clone(),
            name: new.name,
            description: new.description,
            text: new.text,
        };
        if !new.tags.is_empty() {
            self.tags.insert(id.clone(), new.tags);
        }
        self.policies.insert(id, policy.clone());
        Ok(policy)
    }

    pub(super) fn update_policy(
        &mut self,
        id: &str,
        change: PolicyChange,
    ) -> Result<ControlPolicy, Error> {
        let mut policy = self.own_policy(id)?;
        if let Some(name) = change.name {
            self.check_policy_name(&name, id)?;
            policy.name = name;
        }
        if let Some(text) = change.content {
            policy.policy.document = Document::parse(policy.kind.kind(), &text)?;
            policy.text = text;
        }
        policy.description = change.description.unwrap_or(policy.description);
        policy.policy.name = format!("{} ({})", policy.arn, policy.name).into();
        self.policies.insert(id.to_owned(), policy.clone());
        Ok(policy)
    }

    pub(super) fn delete_policy(&mut self, id: &str) -> Result<(), Error> {
        self.own_policy(id)?;
        let mut attached = self.attached.values().flatten();
        if attached.any(|attached| attached == id) {
            return Err(Error::InUse);
        }
        self.policies.remove(id);
        self.tags.remove(id);
        Ok(())
    }

    fn own_policy(&self, id: &str) -> Result<ControlPolicy, Error> {
        let policy = self.policy(id)?;
        if policy.is_aws_managed {
            Err(Error::AwsManaged)
        } else {
            Ok(policy)
        }
    }

    pub(super) fn attach_policy(&mut self, id: &str, target: &str) -> Result<(), Error> {
        let policy = self.policy(id)?;
        let of_kind = self.attached_of_kind(target, policy.kind)?;
        if !self.enabled.contains(&policy.kind) {
            return Err(Error::TypeNotEnabled);
        }
        if of_kind.iter().any(|attached| attached.id == id) {
            return Err(Error::DuplicateAttachment);
        }
        if of_kind.len() >= ATTACHED_MAX {
            return Err(Error::TooManyAttached(ATTACHED_MAX));
        }
        self.attached
            .entry(target.to_owned())
            .or_default()
            .push(id.to_owned());
        Ok(())
    }

    pub(super) fn detach_policy(&mut self, id: &str, target: &str) -> Result<(), Error> {
        let policy = self.policy(id)?;
        let of_kind = self.attached_of_kind(target, policy.kind)?;
        if id == PolicyType::ResourceControl.full_access_id() {
            return Err(Error::CannotDetach("every target keeps RCPFullAWSAccess"));
        }
        if !of_kind.iter().any(|attached| attached.id == id) {
            return Err(Error::NotAttached);
        }
        if of_kind.len() == 1 {
            return Err(Error::CannotDetach(
                "a target keeps at least one policy of each type",
            ));
        }
        if let Some(attached) = self.attached.get_mut(target) {
            attached.retain(|attached| attached != id);
        }
        Ok(())
    }

    /// The policies of a type that are attached to a target.
    pub(super) fn attached_of_kind(
        &self,
        target: &str,
        kind: PolicyType,
    ) -> Result<Vec<&ControlPolicy>, Error> {
        let attached = self.attached.get(target);
        let attached = attached.ok_or_else(|| Error::NoTarget(target.to_owned()))?;
        let policies = attached.iter().filter_map(|id| self.control_policy(id));
        Ok(policies.filter(|policy| policy.kind == kind).collect())
    }

    pub(super) fn enable_type(&mut self, root: &str, kind: PolicyType) -> Result<(), Error> {
        self.check_root(root)?;
        if self.enabled.contains(&kind) {
            return Err(Error::TypeEnabled);
        }
        self.enabled.push(kind);
        // Switching a type on attaches AWS's full-access policy everywhere.
        for attached in self.attached.values_mut() {
            attached.push(kind.full_access_id().to_owned());
        }
        Ok(())
    }

    pub(super) fn disable_type(&mut self, root: &str, kind: PolicyType) -> Result<(), Error> {
        self.check_root(root)?;
        if !self.enabled.contains(&kind) {
            return Err(Error::TypeNotEnabled);
        }
        self.enabled.retain(|enabled| *enabled != kind);
        // Switching a type off detaches every policy of it, from every target.
        let of_kind = self.policies.values().filter(|policy| policy.kind == kind);
        let of_kind: Vec<String> = of_kind.map(|policy| policy.id.clone()).collect();
        for attached in self.attached.values_mut() {
            attached.retain(|id| id != kind.full_access_id() && !of_kind.contains(id));
        }
        Ok(())
    }

    pub(super) fn check_root(&self, root: &str) -> Result<(), Error> {
        if self.organization.root == root {
            Ok(())
        } else {
            Err(Error::NoRoot(root.to_owned()))
        }
    }
}
