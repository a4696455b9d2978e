//! VPC endpoints from which private domain names are reached.

use authlab_wire::Value;
use serde::Deserialize;

use super::part::BesideAccount;
use super::{PageInput, page, wire};
use crate::apigateway::account::{Account, DomainNameAccessAssociation};
use crate::cloud::Cloud;
use crate::operation::part::Whole;
use crate::operation::{Answer, Call, Reply, read};

/// Whose associations.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListInput {
    resource_owner: Option<String>,
    position: Option<String>,
    limit: Option<i64>,
}

/// What other accounts associated is nothing: no domain name is shared in this lab.
pub(in crate::apigateway) fn list(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: ListInput = read(input)?;
    let is_own = asked.resource_owner.as_deref() != Some("OTHER_ACCOUNTS");
    let of_page = PageInput {
        position: asked.position,
        limit: asked.limit,
    };
    let account = cloud.apigateway.account(&call.scope);
    page(of_page, account.associations.iter().filter(|_| is_own))
}

/// What CreateDomainNameAccessAssociation gives.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CreateInput {
    domain_name_arn: String,
    access_association_source_type: String,
    access_association_source: String,
    #[serde(default)]
    tags: crate::apigateway::resource::Texts,
}

pub(in crate::apigateway) fn create(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: CreateInput = read(input)?;
    let given = DomainNameAccessAssociation {
        domain_name_access_association_arn: String::new(),
        domain_name_arn: input.domain_name_arn,
        access_association_source_type: input.access_association_source_type,
        access_association_source: input.access_association_source,
        tags: input.tags,
    };
    let edit = |account: &mut Account, _: &BesideAccount<'_>| account.add_association(given);
    let (made, _) = Account::change(cloud, call, &[], edit)?;
    Reply::to(&made)
}

/// Which association.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ArnInput {
    domain_name_access_association_arn: String,
}

pub(in crate::apigateway) fn delete(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: ArnInput = read(input)?;
    let edit = |account: &mut Account, _: &BesideAccount<'_>| {
        account.remove_association(&input.domain_name_access_association_arn)
    };
    Account::change(cloud, call, &[], edit)?;
    Ok(Reply::empty())
}

/// Which association of which domain name.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RejectInput {
    domain_name_access_association_arn: String,
    domain_name_arn: String,
}

pub(in crate::apigateway) fn reject(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: RejectInput = read(input)?;
    let account = cloud.apigateway.account(&call.scope);
    let arn = &input.domain_name_access_association_arn;
    let rejected = account.reject_association(arn, &input.domain_name_arn);
    rejected.map_err(wire)?;
    Ok(Reply::empty())
}
