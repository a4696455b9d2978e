//! Experiments with Secrets Manager.

use authlab::Credentials;
use aws_sdk_iam::Client as Iam;
use aws_sdk_secretsmanager::Client;

use super::ACCOUNT;
use crate::{
    World,
    error::{StepError, StepResult},
    params::Actor,
};

const NAME: &str = "probe/secret";
/// How far the date of a secret may lie from the lab's, in seconds.
const LAG_SECONDS_MAX: u64 = 30;

/// The administrator reads the secret, a user without a policy does not.
pub(super) async fn enforces_iam(world: &mut World) -> StepResult<Option<String>> {
    let root = Client::new(&world.aws_account(ACCOUNT)?);
    let made = root.create_secret().name(NAME).secret_string("probe");
    made.client_request_token(world.request_token(ACCOUNT, NAME))
        .send()
        .await?;
    root.get_secret_value().secret_id(NAME).send().await?;
    let iam = Iam::new(&world.aws_account(ACCOUNT)?);
    iam.create_user().user_name("probe").send().await?;
    let key = iam.create_access_key().user_name("probe").send().await?;
    let key = key
        .access_key
        .ok_or_else(|| StepError::new("IAM made no access key"))?;
    world.named.sessions.set(
        "probe",
        Credentials {
            access_key_id: key.access_key_id,
            secret_access_key: authlab::Secret::new(key.secret_access_key),
            session_token: None,
        },
    );
    let nobody = Client::new(&world.aws(&Actor::Session("probe".to_owned()))?);
    let read = nobody.get_secret_value().secret_id(NAME).send().await;
    Ok(read
        .is_ok()
        .then(|| "a user without a policy read the secret".to_owned()))
}

/// The date at which the secret was made is the lab's.
pub(super) async fn dates_are_the_labs(world: &mut World) -> StepResult<Option<String>> {
    let client = Client::new(&world.aws_account(ACCOUNT)?);
    let found = client.describe_secret().secret_id(NAME).send().await?;
    let made = found
        .created_date
        .ok_or_else(|| StepError::new("the secret has no date"))?;
    let now = world.now().duration_since(std::time::UNIX_EPOCH)?.as_secs();
    let lag = now.abs_diff(u64::try_from(made.secs())?);
    Ok((lag > LAG_SECONDS_MAX)
        .then(|| format!("the date of a new secret is {lag} s off the lab's clock")))
}
