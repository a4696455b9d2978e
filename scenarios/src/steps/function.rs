//! Lambda functions: closures of this library, invoked through the gateway.

use std::sync::Arc;

use authlab::{Clock, Credentials, Function as Closure, FunctionError, InvocationContext};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use http::Method as HttpMethod;
use serde_json::{Value, json};

use super::vault::{SECRET_MOUNT, login::Login};
use crate::{
    World,
    client::{AwsClient, Habit, VaultClient},
    error::{StepError, StepResult},
    given,
    params::{Method, Path},
    things::{api::Api, function::Function, role::Role, secret::SecretEntry},
};

/// Makes a function that logs in to Vault with the credentials of its role, under a role of Vault,
/// and answers with a secret. A refusal by Vault is the function's error.
///
/// Example: Given the function "reader" with the role "reader" reads Vault's secret "production/db" as "reader"
#[given("the function {string} with the role {string} reads Vault's secret {string} as {string}")]
async fn function_reads_secret(
    world: &mut World,
    name: String,
    role: String,
    secret: String,
    vault_role: String,
) -> StepResult {
    let task = Task {
        vault: world.vault_client(),
        clock: world.lab().clock().clone(),
        role: vault_role,
        secret,
    };
    let function = move |_event: Value, context: InvocationContext| {
        let task = task.clone();
        async move {
            let answer = task.run(context).await;
            answer.map_err(|error| raised("VaultError", &error))
        }
    };
    make(world, name, &role, Arc::new(function)).await
}

/// Makes a function that reads a secret of AWS Secrets Manager with the credentials of its role and
/// answers with it. A refusal is the function's error.
///
/// Example: Given the function "reader" with the role "reader" reads the secret "production/db"
#[given("the function {string} with the role {string} reads the secret {string}")]
async fn function_reads_aws_secret(
    world: &mut World,
    name: String,
    role: String,
    secret: String,
) -> StepResult {
    let account = &world.things.get::<Role>(&role)?.account;
    // Where, and by which clock; the credentials are those of each invocation.
    let client = world.aws_account(account)?;
    let arn = world.things.get::<SecretEntry>(&secret)?.arn.clone();
    let function = move |_event: Value, context: InvocationContext| {
        let (client, arn) = (client.clone(), arn.clone());
        async move {
            let answer = read_secret(client, context, arn).await;
            answer.map_err(|error| raised("SecretsManagerError", &error))
        }
    };
    make(world, name, &role, Arc::new(function)).await
}

/// What the function of [`function_reads_aws_secret`] does: the current version, as JSON.
async fn read_secret(
    client: AwsClient,
    context: InvocationContext,
    arn: String,
) -> StepResult<Value> {
    let client = client.signed_by(credentials(context));
    let input = json!({ "SecretId": arn });
    let read = client
        .call_by_sdk("secretsmanager:GetSecretValue", input)
        .await?;
    Ok(serde_json::from_str(read.text("SecretString")?)?)
}

/// The credentials of an invocation: a session of the function's role.
fn credentials(context: InvocationContext) -> Credentials {
    let issued = context.credentials;
    Credentials {
        access_key_id: issued.access_key_id,
        secret_access_key: issued.secret_access_key,
        session_token: Some(issued.session_token),
    }
}

/// Makes a function of a closure.
async fn make(
    world: &mut World,
    name: String,
    role: &str,
    closure: Arc<dyn Closure>,
) -> StepResult {
    world.lab().register_function(&name, closure);
    let role = world.things.get::<Role>(role)?.clone();
    let lambda = world.aws_account(&role.account)?;
    // The handler names the closure; the package is what the API asks for.
    let package = BASE64.encode(authlab::function_package(&name));
    let input = json!({
        "FunctionName": name,
        "Role": role.arn,
        "Handler": name,
        "Runtime": "provided.al2023",
        "Code": { "ZipFile": package },
    });
    let made = lambda.call("lambda:CreateFunction", input).await?;
    let arn = made.text("FunctionArn")?.to_owned();
    world.things.set(Function {
        name,
        account: role.account,
        arn,
    });
    Ok(())
}

/// Lets a route invoke a function (payload format 2.0), and the function be invoked by that route.
///
/// Example: Given GET /secret of the API "secrets" invokes the function "reader"
#[given("{method} {path} of the API {string} invokes the function {string}")]
async fn route_invokes_function(
    world: &mut World,
    method: Method,
    path: Path,
    api: String,
    name: String,
) -> StepResult {
    let called = world.things.get::<Api>(&api)?.clone();
    let function = world.things.get::<Function>(&name)?.clone();
    let gateway = world.aws_account(&called.account)?;
    let input = json!({
        "ApiId": called.id,
        "IntegrationType": "AWS_PROXY",
        "IntegrationUri": function.arn,
        "PayloadFormatVersion": "2.0",
    });
    let integration = gateway
        .call("apigatewayv2:CreateIntegration", input)
        .await?;
    let integration = integration.text("IntegrationId")?;
    let input = json!({
        "ApiId": called.id,
        "RouteKey": format!("{method} {path}"),
        "Target": format!("integrations/{integration}"),
    });
    gateway.call("apigatewayv2:CreateRoute", input).await?;

    let (region, account) = (world.lab().region(), world.account_id(&called.account)?);
    let source = format!(
        "arn:aws:execute-api:{region}:{account}:{}/*/{method}{path}",
        called.id
    );
    let statement = format!("{api}-{method}{path}");
    let statement = statement.replace(|letter: char| !letter.is_ascii_alphanumeric(), "-");
    let lambda = world.aws_account(&function.account)?;
    let input = json!({
        "FunctionName": name,
        "StatementId": statement,
        "Action": "lambda:InvokeFunction",
        "Principal": "apigateway.amazonaws.com",
        "SourceArn": source,
    });
    lambda.call("lambda:AddPermission", input).await?;
    Ok(())
}

/// What the function of [`function_reads_secret`] is to do.
#[derive(Clone, Debug)]
struct Task {
    /// Where Vault is.
    vault: VaultClient,
    /// By which the login is signed.
    clock: Clock,
    /// The role of Vault.
    role: String,
    /// The path of the secret.
    secret: String,
}

impl Task {
    async fn run(&self, context: InvocationContext) -> StepResult<Value> {
        let login = Login::signed_by(&credentials(context), self.clock.now(), Habit::default())?;
        let login = login.body(&self.role);
        let vault = &self.vault;
        let entered = vault
            .ask(None, HttpMethod::POST, "auth/aws/login", Some(&login))
            .await?;
        let token = entered.success("/auth/client_token")?.as_str();
        let path = format!("{SECRET_MOUNT}/data/{}", self.secret);
        let read = vault.ask(token, HttpMethod::GET, &path, None).await?;
        Ok(read.success("/data/data")?.clone())
    }
}

/// What the function raises.
fn raised(kind: &str, error: &StepError) -> FunctionError {
    FunctionError::new(kind, error.to_string())
}
