//! What tests of sharing need: a user with a policy, a link between two accounts.

use aws_config::SdkConfig;
use aws_sdk_oam::Client;
use aws_sdk_oam::types::{LinkConfiguration, ResourceType};

use crate::front::testing::TestDoor;

/// A user of `account` with one inline policy.
pub(crate) async fn user(door: &TestDoor, account: &str, name: &str, policy: &str) -> SdkConfig {
    let iam = aws_sdk_iam::Client::new(&door.root(account));
    iam.create_user().user_name(name).send().await.unwrap();
    iam.put_user_policy()
        .user_name(name)
        .policy_name("test")
        .policy_document(policy)
        .send()
        .await
        .unwrap();
    let key = iam
        .create_access_key()
        .user_name(name)
        .send()
        .await
        .unwrap();
    let key = key.access_key().unwrap();
    door.sdk(key.access_key_id(), key.secret_access_key(), None)
}

/// Links `source` to a new sink of `monitoring` that takes everything from everybody; the link's
/// ARN.
pub(crate) async fn link(
    door: &TestDoor,
    source: &str,
    monitoring: &str,
    types: &[ResourceType],
    configuration: Option<LinkConfiguration>,
) -> String {
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*",
        "Action":["oam:CreateLink","oam:UpdateLink"],"Resource":"*"}]}"#;
    let sinks = Client::new(&door.root(monitoring));
    let sink = sinks.create_sink().name("all").send().await.unwrap();
    let sink = sink.arn().unwrap();
    sinks
        .put_sink_policy()
        .sink_identifier(sink)
        .policy(policy)
        .send()
        .await
        .unwrap();
    let link = Client::new(&door.root(source))
        .create_link()
        .sink_identifier(sink)
        .label_template("$AccountName")
        .set_resource_types(Some(types.to_vec()))
        .set_link_configuration(configuration)
        .send()
        .await
        .unwrap();
    link.arn().unwrap().to_owned()
}
