//! What is there at the start: the organization that the lab file states, closures, administrators.

use authlab_aws::front::FrontDoor;
use authlab_aws::lambda::{self, Closures};
use authlab_aws::organizations;
use authlab_kernel::{Ids, Timestamp};

use crate::client::Credentials;
use crate::error::LabError;
use crate::file::{self, LabFile};

/// Gives an empty cloud the organization that the file states, the closures, and an administrator in
/// each account, whose keys it returns.
pub(super) fn seed_cloud(
    door: &FrontDoor,
    file: &LabFile,
    ids: &Ids,
    now: Timestamp,
    closures: &Closures,
) -> Result<Vec<Credentials>, LabError> {
    let refused = |field: &str| {
        let field = field.to_owned();
        move |reason: String| LabError::Statement { field, reason }
    };
    let mut cloud = door.cloud();
    cloud.lambda = lambda::State::new(closures.clone());
    let mut administrators = Vec::new();
    for account in &file.accounts {
        let made = cloud.shared.iam.create_administrator(&account.id, now, ids);
        let key = made.map_err(|error| refused("account")(error.to_string()))?;
        administrators.push(Credentials {
            access_key_id: key.id,
            secret_access_key: key.secret,
            session_token: None,
        });
    }
    if let Some(organization) = organization(file, ids, now)? {
        let seeded = cloud.shared.organizations.seed(organization);
        seeded.map_err(|error| refused("organization")(error.to_string()))?;
    }
    Ok(administrators)
}

/// The organization that the file states, if it states one.
fn organization(
    file: &LabFile,
    ids: &Ids,
    now: Timestamp,
) -> Result<Option<organizations::Organization>, LabError> {
    let Some(stated) = &file.organization else {
        return Ok(None);
    };
    let members: Vec<_> = file
        .accounts
        .iter()
        .filter(|account| !account.outside)
        .collect();
    let management = members.iter().find(|account| account.management);
    let management = management.ok_or_else(|| LabError::Statement {
        field: "account".to_owned(),
        reason: file::NO_MANAGEMENT.to_owned(),
    })?;
    let management = management.id.clone();
    let mut organization = organizations::Organization {
        id: stated.id.clone(),
        root: format!(
            "r-{}",
            ids.draw("organization-root-id", &stated.id, "root")
                .base36(4)
        ),
        management,
        units: Vec::new(),
        accounts: Vec::new(),
    };
    for account in members {
        let parent = unit(&mut organization, &account.unit, ids);
        organization.accounts.push(organizations::Account {
            id: account.id.clone(),
            name: account.name.clone(),
            email: account.email.clone(),
            parent,
            joined: now,
        });
    }
    Ok(Some(organization))
}

/// The id of the unit at `path` (`Workloads/Production`), made with all above it when it is new;
/// the root's for an empty path.
fn unit(organization: &mut organizations::Organization, path: &str, ids: &Ids) -> String {
    let mut parent = organization.root.clone();
    let mut name_so_far = String::new();
    for name in path.split('/').filter(|name| !name.is_empty()) {
        name_so_far = format!("{name_so_far}/{name}");
        let known = organization
            .units
            .iter()
            .find(|unit| unit.parent == parent && unit.name == name);
        let id = match known {
            Some(unit) => unit.id.clone(),
            None => {
                let id = organization.unit_id(&name_so_far, ids);
                organization.units.push(organizations::Unit {
                    id: id.clone(),
                    name: name.to_owned(),
                    parent,
                });
                id
            }
        };
        parent = id;
    }
    parent
}
