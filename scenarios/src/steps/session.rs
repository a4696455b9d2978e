//! Sessions that the lab gives: nobody has to be trusted for them.

use authlab::{Credentials, Secret};
use cucumber::gherkin::Step;
use http::Method;
use serde_json::{Map, Value};

use super::argument;
use crate::{
    World,
    error::{StepError, StepResult},
    given,
    things::{role::Role, session::Session},
};

/// Gives a session of a role without asking its trust policy; the session is called by the role's name
/// from then on.
///
/// Example: Given the lab gives a session of the role "looker"
#[given("the lab gives a session of the role {string}")]
async fn lab_gives_session(world: &mut World, role: String) -> StepResult {
    give(world, role, Map::new()).await
}

/// The same with members of `POST /_lab/session`: `session_name`, `duration_seconds`, `tags`, `policy`,
/// `source_identity`.
///
/// Example: Given the lab gives a session of the role "looker" with:
#[given("the lab gives a session of the role {string} with:")]
async fn lab_gives_session_with(world: &mut World, role: String, step: &Step) -> StepResult {
    let wanted = argument::object(world, step)?;
    give(world, role, wanted).await
}

async fn give(world: &mut World, role: String, mut wanted: Map<String, Value>) -> StepResult {
    let arn = world.things.get::<Role>(&role)?.arn.clone();
    wanted.insert("role_arn".to_owned(), arn.into());
    if !wanted.contains_key("session_name") {
        wanted.insert("session_name".to_owned(), role.clone().into());
    }
    let body = Value::Object(wanted);
    let given = world
        .control(Method::POST, "/_lab/session", Some(&body))
        .await?;
    let text = |member: &str| {
        let text = given.get(member).and_then(Value::as_str);
        text.ok_or_else(|| StepError::new(format!("the lab's answer has no `{member}`")))
    };
    let credentials = Credentials {
        access_key_id: text("access_key_id")?.to_owned(),
        secret_access_key: Secret::new(text("secret_access_key")?),
        session_token: Some(Secret::new(text("session_token")?)),
    };
    world.things.set(Session { role, credentials });
    Ok(())
}
