//! IAM through the real client.

use aws_sdk_iam::Client as Iam;
use aws_sdk_iam::types::{ContextEntry, ContextKeyTypeEnum, Tag};
use percent_encoding::percent_decode_str;
use serde_json::json;

use crate::front::testing::{MANAGEMENT, TestDoor, WORKLOAD, code, refusal};

mod certificate;
mod direct;
mod mfa;
mod principal;
mod rules;

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"222222222222"},"Action":"sts:AssumeRole"}]}"#;

fn allow(action: &str) -> String {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}).to_string()
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

async fn iam() -> (TestDoor, Iam) {
    let door = TestDoor::start(|_| {}).await;
    let iam = Iam::new(&door.root(WORKLOAD));
    (door, iam)
}

#[tokio::test]
async fn a_role_lives_from_create_to_delete() {
    let (_door, iam) = iam().await;
    let create = || {
        iam.create_role()
            .role_name("app")
            .path("/team/")
            .assume_role_policy_document(TRUST)
    };
    let tag = Tag::builder().key("team").value("blue").build().unwrap();
    let role = create()
        .description("d")
        .tags(tag)
        .send()
        .await
        .unwrap()
        .role
        .unwrap();
    assert_eq!(role.arn(), "arn:aws:iam::222222222222:role/team/app");
    assert!(role.role_id().starts_with("AROA"));
    assert_eq!(
        refusal(create().send().await),
        (
            "EntityAlreadyExists".into(),
            "Role with name app already exists.".into()
        )
    );
    assert_eq!(
        code(
            iam.create_role()
                .role_name("APP")
                .assume_role_policy_document(TRUST)
                .send()
                .await
        ),
        "EntityAlreadyExists"
    );

    iam.put_role_policy()
        .role_name("app")
        .policy_name("p")
        .policy_document(allow("logs:*"))
        .send()
        .await
        .unwrap();
    let text = iam
        .get_role_policy()
        .role_name("app")
        .policy_name("p")
        .send()
        .await
        .unwrap();
    assert_eq!(decoded(text.policy_document()), allow("logs:*"));
    let admin = "arn:aws:iam::aws:policy/AdministratorAccess";
    iam.attach_role_policy()
        .role_name("app")
        .policy_arn(admin)
        .send()
        .await
        .unwrap();
    let attached = iam
        .list_attached_role_policies()
        .role_name("app")
        .send()
        .await
        .unwrap();
    assert_eq!(
        attached.attached_policies()[0].policy_name(),
        Some("AdministratorAccess")
    );
    let unknown = "arn:aws:iam::aws:policy/NoSuchAccess";
    let (found, text) = refusal(
        iam.attach_role_policy()
            .role_name("app")
            .policy_arn(unknown)
            .send()
            .await,
    );
    assert_eq!(
        (found.as_str(), text),
        (
            "NoSuchEntity",
            format!("Policy {unknown} does not exist or is not attachable.")
        )
    );

    let (found, text) = refusal(iam.delete_role().role_name("app").send().await);
    assert_eq!(
        (found.as_str(), text.as_str()),
        (
            "DeleteConflict",
            "Cannot delete entity, must detach all policies first."
        )
    );
    iam.detach_role_policy()
        .role_name("app")
        .policy_arn(admin)
        .send()
        .await
        .unwrap();
    assert_eq!(
        code(iam.delete_role().role_name("app").send().await),
        "DeleteConflict"
    );
    iam.delete_role_policy()
        .role_name("app")
        .policy_name("p")
        .send()
        .await
        .unwrap();
    iam.delete_role().role_name("app").send().await.unwrap();
    assert_eq!(
        refusal(iam.get_role().role_name("app").send().await),
        (
            "NoSuchEntity".into(),
            "The role with name app cannot be found.".into()
        )
    );
    let again = create().send().await.unwrap().role.unwrap();
    assert_ne!(again.role_id(), role.role_id());
}

#[tokio::test]
async fn a_trust_policy_keeps_the_id_and_shows_the_arn() {
    let (_door, iam) = iam().await;
    let user = iam
        .create_user()
        .user_name("ada")
        .send()
        .await
        .unwrap()
        .user
        .unwrap();
    let trust = TRUST.replace("222222222222", user.arn());
    iam.create_role()
        .role_name("app")
        .assume_role_policy_document(&trust)
        .send()
        .await
        .unwrap();
    let shown = || async {
        let role = iam
            .get_role()
            .role_name("app")
            .send()
            .await
            .unwrap()
            .role
            .unwrap();
        decoded(role.assume_role_policy_document().unwrap())
    };
    assert!(shown().await.contains(user.arn()));
    iam.delete_user().user_name("ada").send().await.unwrap();
    assert!(shown().await.contains(user.user_id()));
    let (found, text) = refusal(
        iam.update_assume_role_policy()
            .role_name("app")
            .policy_document(&trust)
            .send()
            .await,
    );
    assert_eq!(found, "MalformedPolicyDocument");
    assert_eq!(
        text,
        "Invalid principal in policy: \"AWS\":\"arn:aws:iam::222222222222:user/ada\""
    );
}

#[tokio::test]
async fn a_malformed_document_changes_nothing() {
    let (_door, iam) = iam().await;
    iam.create_role()
        .role_name("app")
        .assume_role_policy_document(TRUST)
        .send()
        .await
        .unwrap();
    for document in [
        "{",
        "[]",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Maybe","Action":"*","Resource":"*"}]}"#,
    ] {
        let put = iam
            .put_role_policy()
            .role_name("app")
            .policy_name("p")
            .policy_document(document);
        assert_eq!(
            code(put.send().await),
            "MalformedPolicyDocument",
            "{document}"
        );
        let create = iam
            .create_role()
            .role_name("other")
            .assume_role_policy_document(document);
        assert_eq!(
            code(create.send().await),
            "MalformedPolicyDocument",
            "{document}"
        );
    }
    assert!(
        iam.list_role_policies()
            .role_name("app")
            .send()
            .await
            .unwrap()
            .policy_names()
            .is_empty()
    );
    assert_eq!(
        code(iam.get_role().role_name("other").send().await),
        "NoSuchEntity"
    );
}

#[tokio::test]
async fn managed_policies_have_versions_of_which_one_is_in_force() {
    let (_door, iam) = iam().await;
    let create = iam
        .create_policy()
        .policy_name("p")
        .policy_document(allow("logs:*"));
    let arn = create.send().await.unwrap().policy.unwrap().arn.unwrap();
    for number in 2..=5 {
        let made = iam
            .create_policy_version()
            .policy_arn(&arn)
            .policy_document(allow("iam:*"));
        let made = made
            .set_as_default(number == 3)
            .send()
            .await
            .unwrap()
            .policy_version
            .unwrap();
        assert_eq!(made.version_id(), Some(format!("v{number}").as_str()));
    }
    let sixth = iam
        .create_policy_version()
        .policy_arn(&arn)
        .policy_document(allow("iam:*"));
    assert_eq!(code(sixth.send().await), "LimitExceeded");
    let policy = iam
        .get_policy()
        .policy_arn(&arn)
        .send()
        .await
        .unwrap()
        .policy
        .unwrap();
    assert_eq!(policy.default_version_id(), Some("v3"));
    let delete = |id: &str| {
        iam.delete_policy_version()
            .policy_arn(&arn)
            .version_id(id)
            .send()
    };
    assert_eq!(code(delete("v3").await), "DeleteConflict");
    assert_eq!(
        code(iam.delete_policy().policy_arn(&arn).send().await),
        "DeleteConflict"
    );
    for id in ["v1", "v2", "v4", "v5"] {
        delete(id).await.unwrap();
    }
    iam.delete_policy().policy_arn(&arn).send().await.unwrap();
    assert_eq!(
        code(iam.get_policy().policy_arn(&arn).send().await),
        "NoSuchEntity"
    );
}

#[tokio::test]
async fn a_boundary_caps_what_policies_allow() {
    let (door, iam) = iam().await;
    let create = iam
        .create_policy()
        .policy_name("cap")
        .policy_document(allow("iam:ListRoles"));
    let cap = create.send().await.unwrap().policy.unwrap().arn.unwrap();
    iam.create_user()
        .user_name("ada")
        .permissions_boundary(&cap)
        .send()
        .await
        .unwrap();
    iam.put_user_policy()
        .user_name("ada")
        .policy_name("p")
        .policy_document(allow("iam:*"))
        .send()
        .await
        .unwrap();
    let key = iam
        .create_access_key()
        .user_name("ada")
        .send()
        .await
        .unwrap()
        .access_key
        .unwrap();
    let ada = Iam::new(&door.sdk(key.access_key_id(), key.secret_access_key(), None));
    ada.list_roles().send().await.unwrap();
    let (_, text) = refusal(ada.list_users().send().await);
    assert!(
        text.ends_with("because no permissions boundary allows the iam:ListUsers action"),
        "{text}"
    );
    assert_eq!(door.refusals()[0], "decision: boundary-implicit-deny");
    iam.delete_user_permissions_boundary()
        .user_name("ada")
        .send()
        .await
        .unwrap();
    ada.list_users().send().await.unwrap();
}

#[tokio::test]
async fn providers_take_https_and_loopback_only() {
    let (_door, iam) = iam().await;
    let create = |url: &str| {
        iam.create_open_id_connect_provider()
            .url(url)
            .client_id_list("a")
            .send()
    };
    let arn = create("https://login.corp.example/")
        .await
        .unwrap()
        .open_id_connect_provider_arn
        .unwrap();
    assert_eq!(
        arn,
        "arn:aws:iam::222222222222:oidc-provider/login.corp.example/"
    );
    create("http://127.0.0.1:8480/main").await.unwrap();
    for refused in [
        "http://login.corp.example",
        "https://login.corp.example:8443",
        "login.corp.example",
        "https://a.example/?q=1",
    ] {
        assert_eq!(code(create(refused).await), "ValidationError", "{refused}");
    }
    assert_eq!(
        code(create("https://login.corp.example/").await),
        "EntityAlreadyExists"
    );
    iam.add_client_id_to_open_id_connect_provider()
        .open_id_connect_provider_arn(&arn)
        .client_id("b")
        .send()
        .await
        .unwrap();
    let shown = iam
        .get_open_id_connect_provider()
        .open_id_connect_provider_arn(&arn)
        .send()
        .await
        .unwrap();
    assert_eq!(
        (shown.url(), shown.client_id_list()),
        (
            Some("login.corp.example/"),
            &["a".to_owned(), "b".to_owned()][..]
        )
    );
    iam.delete_open_id_connect_provider()
        .open_id_connect_provider_arn(&arn)
        .send()
        .await
        .unwrap();
    assert_eq!(
        code(
            iam.get_open_id_connect_provider()
                .open_id_connect_provider_arn(&arn)
                .send()
                .await
        ),
        "NoSuchEntity"
    );
}

#[tokio::test]
async fn users_have_two_keys_and_know_themselves() {
    let (door, iam) = iam().await;
    iam.create_user().user_name("ada").send().await.unwrap();
    iam.put_user_policy()
        .user_name("ada")
        .policy_name("p")
        .policy_document(allow("iam:GetUser"))
        .send()
        .await
        .unwrap();
    let key = || iam.create_access_key().user_name("ada").send();
    let first = key().await.unwrap().access_key.unwrap();
    key().await.unwrap();
    assert_eq!(
        refusal(key().await),
        (
            "LimitExceeded".into(),
            "Cannot exceed quota for AccessKeysPerUser: 2".into()
        )
    );
    let ada = Iam::new(&door.sdk(first.access_key_id(), first.secret_access_key(), None));
    assert_eq!(
        ada.get_user()
            .send()
            .await
            .unwrap()
            .user
            .unwrap()
            .user_name(),
        "ada"
    );
    assert_eq!(
        iam.get_user().send().await.unwrap().user.unwrap().arn(),
        "arn:aws:iam::222222222222:root"
    );
    assert_eq!(
        code(iam.delete_user().user_name("ada").send().await),
        "DeleteConflict"
    );
}

#[tokio::test]
async fn accounts_do_not_see_each_other() {
    let (door, iam) = iam().await;
    iam.create_role()
        .role_name("app")
        .assume_role_policy_document(TRUST)
        .send()
        .await
        .unwrap();
    let other = Iam::new(&door.root(MANAGEMENT));
    assert!(other.list_roles().send().await.unwrap().roles().is_empty());
    assert_eq!(
        code(other.get_role().role_name("app").send().await),
        "NoSuchEntity"
    );
}

#[tokio::test]
async fn lists_come_in_pages() {
    let (_door, iam) = iam().await;
    for name in ["a", "b", "c"] {
        iam.create_role()
            .role_name(name)
            .assume_role_policy_document(TRUST)
            .send()
            .await
            .unwrap();
    }
    let first = iam.list_roles().max_items(2).send().await.unwrap();
    assert!(first.is_truncated());
    let second = iam
        .list_roles()
        .max_items(2)
        .set_marker(first.marker)
        .send()
        .await
        .unwrap();
    assert_eq!(
        (second.is_truncated(), second.roles()[0].role_name()),
        (false, "c")
    );
}

#[tokio::test]
async fn a_simulation_decides_as_the_call_would() {
    let (_door, iam) = iam().await;
    iam.create_role()
        .role_name("app")
        .assume_role_policy_document(TRUST)
        .send()
        .await
        .unwrap();
    let conditional = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "logs:*", "Resource": "*",
        "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-central-1"}},
    }]});
    iam.put_role_policy()
        .role_name("app")
        .policy_name("p")
        .policy_document(conditional.to_string())
        .send()
        .await
        .unwrap();
    let simulate = |region: Option<&str>| {
        let entry = region.map(|region| {
            let entry = ContextEntry::builder().context_key_name("aws:RequestedRegion");
            entry
                .context_key_type(ContextKeyTypeEnum::String)
                .context_key_values(region)
                .build()
        });
        iam.simulate_principal_policy()
            .policy_source_arn("arn:aws:iam::222222222222:role/app")
            .action_names("logs:PutLogEvents")
            .set_context_entries(entry.map(|entry| vec![entry]))
            .send()
    };
    for (region, decision) in [
        (Some("eu-central-1"), "allowed"),
        (Some("us-east-1"), "implicitDeny"),
        (None, "implicitDeny"),
    ] {
        let answer = simulate(region).await.unwrap();
        let result = &answer.evaluation_results()[0];
        assert_eq!(result.eval_decision().as_str(), decision, "{region:?}");
        assert_eq!(result.missing_context_values().is_empty(), region.is_some());
        assert!(
            result
                .organizations_decision_detail()
                .unwrap()
                .allowed_by_organizations()
        );
    }
    let custom = iam
        .simulate_custom_policy()
        .policy_input_list(allow("s3:Get*"))
        .action_names("s3:GetObject")
        .action_names("s3:PutObject");
    let answer = custom.send().await.unwrap();
    let decisions: Vec<&str> = answer
        .evaluation_results()
        .iter()
        .map(|result| result.eval_decision().as_str())
        .collect();
    assert_eq!(decisions, ["allowed", "implicitDeny"]);
}
