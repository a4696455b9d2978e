//! Organizations through the real client.

use aws_sdk_organizations::Client as Organizations;
use aws_sdk_organizations::types::PolicyType as WireType;

use super::State;
use super::organization::{Account, Organization, SeedError, Unit};
use crate::front::testing::{
    MANAGEMENT, MONITORING, OUTSIDER, START, TestDoor, WORKLOAD, account, code, refusal,
};

/// Root, one unit, in it another; the workload account in the inner one.
fn nested() -> Organization {
    let member = |id: &str, parent: &str| Account {
        id: account(id),
        name: format!("account-{id}"),
        email: format!("{id}@example.com"),
        parent: parent.to_owned(),
        joined: START.parse().unwrap(),
    };
    let unit = |id: &str, parent: &str| Unit {
        id: id.to_owned(),
        name: id.to_owned(),
        parent: parent.to_owned(),
    };
    Organization {
        id: "o-abcdefghij".to_owned(),
        root: "r-root".to_owned(),
        management: account(MANAGEMENT),
        units: vec![
            unit("ou-root-aaaaaaaa", "r-root"),
            unit("ou-root-bbbbbbbb", "ou-root-aaaaaaaa"),
        ],
        accounts: vec![
            member(MANAGEMENT, "r-root"),
            member(WORKLOAD, "ou-root-bbbbbbbb"),
            member(MONITORING, "r-root"),
        ],
    }
}

#[test]
fn a_place_is_the_path_from_the_root() {
    let mut state = State::default();
    assert!(state.membership(&account(WORKLOAD)).is_none());
    state.seed(nested()).unwrap();
    let place = state.membership(&account(WORKLOAD)).unwrap();
    assert_eq!(
        place.path,
        "o-abcdefghij/r-root/ou-root-aaaaaaaa/ou-root-bbbbbbbb/"
    );
    assert_eq!(
        (
            place.management_account,
            state.membership(&account(OUTSIDER)).is_none()
        ),
        (false, true)
    );
    assert_eq!(state.service_control_levels(&account(WORKLOAD)).len(), 4);
    assert!(state.service_control_levels(&account(OUTSIDER)).is_empty());
}

#[test]
fn an_organization_that_contradicts_itself_is_refused() {
    let refuse = |change: fn(&mut Organization)| {
        let mut organization = nested();
        change(&mut organization);
        State::default().seed(organization).unwrap_err()
    };
    assert!(matches!(
        refuse(|it| it.management = account(OUTSIDER)),
        SeedError::Management(_)
    ));
    assert!(matches!(
        refuse(|it| it.accounts[2].id = account(WORKLOAD)),
        SeedError::Twice(_)
    ));
    assert!(matches!(
        refuse(|it| it.accounts[1].parent = "ou-none".into()),
        SeedError::Parent { .. }
    ));
    assert!(matches!(
        refuse(|it| it.units[0].parent = it.units[1].id.clone()),
        SeedError::Parent { .. }
    ));
}

#[tokio::test]
async fn management_and_who_administers_something_read_and_only_management_writes() {
    let door = TestDoor::start(|cloud| cloud.shared.organizations.seed(nested()).unwrap()).await;
    let management = Organizations::new(&door.root(MANAGEMENT));
    let member = Organizations::new(&door.root(WORKLOAD));
    let described = member.describe_organization().send().await.unwrap();
    let described = described.organization.unwrap();
    assert_eq!(described.master_account_id(), Some(MANAGEMENT));
    assert_eq!(
        code(member.list_accounts().send().await),
        "AccessDeniedException"
    );

    let register = management
        .register_delegated_administrator()
        .account_id(WORKLOAD)
        .service_principal("config.amazonaws.com");
    register.send().await.unwrap();
    let accounts = member.list_accounts().send().await.unwrap();
    assert_eq!(accounts.accounts().len(), 3);
    let parents = member.list_parents().child_id(WORKLOAD).send().await;
    let parents = parents.unwrap();
    assert_eq!(parents.parents()[0].id(), Some("ou-root-bbbbbbbb"));
    let units = member
        .list_organizational_units_for_parent()
        .parent_id("r-root");
    let units = units.send().await.unwrap();
    assert_eq!(units.organizational_units().len(), 1);
    let attach = member
        .attach_policy()
        .policy_id("p-FullAWSAccess")
        .target_id("r-root");
    assert_eq!(refusal(attach.send().await).0, "AccessDeniedException");
    let outsider = Organizations::new(&door.root(OUTSIDER));
    assert_eq!(
        code(outsider.list_accounts().send().await),
        "AWSOrganizationsNotInUseException"
    );
}

/// What an organization makes is bound by its policies as what a lab states is.
#[tokio::test]
async fn an_account_that_is_made_is_bound_where_it_lies_and_free_when_it_leaves() {
    let door = TestDoor::start(|cloud| cloud.shared.organizations.seed(nested()).unwrap()).await;
    let management = Organizations::new(&door.root(MANAGEMENT));
    let made = management
        .create_account()
        .account_name("new")
        .email("new@example.com");
    let made = made.send().await.unwrap().create_account_status.unwrap();
    let id = made.account_id().unwrap().to_owned();
    let own = aws_sdk_iam::Client::new(&door.root(&id));
    let role = own.get_role().role_name("OrganizationAccountAccessRole");
    role.send().await.unwrap();

    let nothing =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}"#;
    let policy = management
        .create_policy()
        .name("nothing")
        .description("")
        .content(nothing)
        .r#type(WireType::ServiceControlPolicy);
    let policy = policy.send().await.unwrap().policy.unwrap();
    let policy = policy.policy_summary().unwrap().id().unwrap().to_owned();
    let unit = management
        .create_organizational_unit()
        .parent_id("r-root")
        .name("closed");
    let unit = unit.send().await.unwrap().organizational_unit.unwrap();
    let unit = unit.id().unwrap().to_owned();
    let attach = management
        .attach_policy()
        .policy_id(&policy)
        .target_id(&unit);
    attach.send().await.unwrap();
    own.list_roles().send().await.unwrap();
    let to_unit = management
        .move_account()
        .account_id(&id)
        .source_parent_id("r-root")
        .destination_parent_id(&unit);
    to_unit.send().await.unwrap();
    assert_eq!(code(own.list_roles().send().await), "AccessDenied");
    let remove = management
        .remove_account_from_organization()
        .account_id(&id);
    remove.send().await.unwrap();
    own.list_roles().send().await.unwrap();

    // Its own organization binds it by what it switches on itself.
    let alone = Organizations::new(&door.root(&id));
    let organization = alone.create_organization().send().await.unwrap();
    let organization = organization.organization.unwrap();
    assert_eq!(organization.master_account_id(), Some(id.as_str()));
    let again = alone.create_organization().send().await;
    assert_eq!(code(again), "AlreadyInOrganizationException");
    alone.delete_organization().send().await.unwrap();
}

#[tokio::test]
async fn each_level_must_allow_and_a_target_keeps_one_policy() {
    let door = TestDoor::start(|cloud| cloud.shared.organizations.seed(nested()).unwrap()).await;
    let management = Organizations::new(&door.root(MANAGEMENT));
    let full = "p-FullAWSAccess";
    let unit = "ou-root-aaaaaaaa";
    let (found, _) = refusal(
        management
            .detach_policy()
            .policy_id(full)
            .target_id(unit)
            .send()
            .await,
    );
    assert_eq!(found, "ConstraintViolationException");
    let only_logs = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"logs:*","Resource":"*"}]}"#;
    let create = management
        .create_policy()
        .name("logs")
        .description("")
        .content(only_logs);
    let created = create
        .r#type(WireType::ServiceControlPolicy)
        .send()
        .await
        .unwrap()
        .policy
        .unwrap();
    let id = created.policy_summary().unwrap().id().unwrap().to_owned();
    management
        .attach_policy()
        .policy_id(&id)
        .target_id(unit)
        .send()
        .await
        .unwrap();
    let attach = management
        .attach_policy()
        .policy_id(&id)
        .target_id(unit)
        .send()
        .await;
    assert_eq!(code(attach), "DuplicatePolicyAttachmentException");
    let workload = aws_sdk_iam::Client::new(&door.root(WORKLOAD));
    workload.list_roles().send().await.unwrap();
    management
        .detach_policy()
        .policy_id(full)
        .target_id(unit)
        .send()
        .await
        .unwrap();
    assert_eq!(code(workload.list_roles().send().await), "AccessDenied");
    assert_eq!(door.refusals()[0], "decision: scp-implicit-deny");
    let targets = management
        .list_targets_for_policy()
        .policy_id(&id)
        .send()
        .await
        .unwrap();
    assert_eq!(targets.targets()[0].target_id(), Some(unit));
    assert_eq!(
        code(management.delete_policy().policy_id(&id).send().await),
        "PolicyInUseException"
    );
    management
        .disable_policy_type()
        .root_id("r-root")
        .policy_type(WireType::ServiceControlPolicy)
        .send()
        .await
        .unwrap();
    workload.list_roles().send().await.unwrap();
}
