//! Lambda functions: closures of this library, invoked through the gateway.

use std::{sync::Arc, time::SystemTime};

use authlab::{Credentials, Function as Closure, FunctionError, InvocationContext};
use aws_config::SdkConfig;
use aws_credential_types::{Credentials as SdkCredentials, provider::SharedCredentialsProvider};
use aws_sdk_apigatewayv2::{Client as ApiGateway, types::IntegrationType};
use aws_sdk_lambda::{
    Client as Lambda,
    primitives::Blob,
    types::{FunctionCode, Runtime},
};
use aws_sdk_secretsmanager::Client as SecretsManager;
use serde_json::Value;
use vaultrs::{
    auth::aws::iam_login,
    client::{Client as _, VaultClient, VaultClientSettingsBuilder},
    error::ClientError,
    kv2,
};

use super::vault::{SECRET_MOUNT, login::Login};
use crate::{
    World,
    error::{StepError, StepResult},
    given,
    params::{Method, Path},
    world::Function,
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
    let vault = world.lab().endpoints().vault.clone();
    let task = Task {
        vault,
        role: vault_role,
        secret,
    };
    let clock = world.lab().clock().clone();
    let function = move |_event: Value, context: InvocationContext| {
        let (task, now) = (task.clone(), SystemTime::from(clock.now()));
        async move {
            let answer = task.run(context, now).await;
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
    let account = &world.named.roles.get(&role)?.account;
    // Where, and by which clock; the credentials are those of each invocation.
    let config = world.aws_account(account)?;
    let arn = world.named.secrets.get(&secret)?.arn.clone();
    let function = move |_event: Value, context: InvocationContext| {
        let (config, arn) = (config.clone(), arn.clone());
        async move {
            let answer = read_secret(config, context, arn).await;
            answer.map_err(|error| raised("SecretsManagerError", &error))
        }
    };
    make(world, name, &role, Arc::new(function)).await
}

/// What the function of [`function_reads_aws_secret`] does: the current version, as JSON.
async fn read_secret(
    config: SdkConfig,
    context: InvocationContext,
    arn: String,
) -> StepResult<Value> {
    let issued = context.credentials;
    let credentials = SdkCredentials::new(
        issued.access_key_id,
        issued.secret_access_key.expose_secret(),
        Some(issued.session_token.expose_secret().to_owned()),
        None,
        "lambda",
    );
    let config = config
        .into_builder()
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build();
    let request = SecretsManager::new(&config).get_secret_value();
    let text = request.secret_id(arn).send().await?.secret_string;
    Ok(serde_json::from_str(&text.unwrap_or_default())?)
}

/// Makes a function of a closure.
async fn make(
    world: &mut World,
    name: String,
    role: &str,
    closure: Arc<dyn Closure>,
) -> StepResult {
    world.lab().register_function(&name, closure);
    let role = world.named.roles.get(role)?.clone();
    let lambda = Lambda::new(&world.aws_account(&role.account)?);
    // The handler names the closure; the package is what the API asks for.
    let code = FunctionCode::builder()
        .zip_file(Blob::new(authlab::function_package(&name)))
        .build();
    let made = lambda
        .create_function()
        .function_name(&name)
        .role(role.arn)
        .handler(&name);
    let made = made
        .runtime(Runtime::Providedal2023)
        .code(code)
        .send()
        .await?;
    let arn = made.function_arn.unwrap_or_default();
    world.named.functions.set(
        name,
        Function {
            account: role.account,
            arn,
        },
    );
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
    let called = world.named.apis.get(&api)?.clone();
    let function = world.named.functions.get(&name)?.clone();
    let gateway = ApiGateway::new(&world.aws_account(&called.account)?);
    let integration = gateway.create_integration().api_id(&called.id);
    let integration = integration.integration_type(IntegrationType::AwsProxy);
    let integration = integration
        .integration_uri(&function.arn)
        .payload_format_version("2.0");
    let integration = integration.send().await?.integration_id.unwrap_or_default();
    let route = gateway
        .create_route()
        .api_id(&called.id)
        .route_key(format!("{method} {path}"));
    route
        .target(format!("integrations/{integration}"))
        .send()
        .await?;

    let (region, account) = (world.lab().region(), world.account_id(&called.account)?);
    let source = format!(
        "arn:aws:execute-api:{region}:{account}:{}/*/{method}{path}",
        called.id
    );
    let statement = format!("{api}-{method}{path}");
    let statement = statement.replace(|letter: char| !letter.is_ascii_alphanumeric(), "-");
    let lambda = Lambda::new(&world.aws_account(&function.account)?);
    let permission = lambda
        .add_permission()
        .function_name(&name)
        .statement_id(statement);
    let permission = permission
        .action("lambda:InvokeFunction")
        .source_arn(source);
    permission
        .principal("apigateway.amazonaws.com")
        .send()
        .await?;
    world.document.note_function(&function.account, &name);
    Ok(())
}

/// What the function of [`function_reads_secret`] is to do.
#[derive(Clone, Debug)]
struct Task {
    /// Where Vault is.
    vault: String,
    /// The role of Vault.
    role: String,
    /// The path of the secret.
    secret: String,
}

impl Task {
    async fn run(&self, context: InvocationContext, now: SystemTime) -> StepResult<Value> {
        let issued = context.credentials;
        let credentials = Credentials {
            access_key_id: issued.access_key_id,
            secret_access_key: issued.secret_access_key,
            session_token: Some(issued.session_token),
        };
        let mut vault = client(&self.vault)?;
        let Login { url, headers, body } = Login::signed_by(&credentials, now)?;
        let (method, role) = (Login::METHOD, Some(self.role.as_str()));
        let login = iam_login(&vault, "aws", method, &url, &headers, &body, role);
        vault.set_token(&login.await.map_err(said)?.client_token);
        kv2::read(&vault, SECRET_MOUNT, &self.secret)
            .await
            .map_err(said)
    }
}

/// A client without a token, that heeds nothing of its environment.
fn client(address: &str) -> StepResult<VaultClient> {
    // No client is built without a provider of TLS, although the lab speaks plain HTTP. One that
    // is there already serves as well.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let settings = VaultClientSettingsBuilder::default()
        .address(address)
        .ca_certs(Vec::new())
        .identity(None)
        .token("")
        .verify(true)
        .build()?;
    let mut client = VaultClient::new(settings).map_err(said)?;
    // The lab is on this machine, whatever proxy the environment names.
    client.http.http = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([])
        .build()?;
    Ok(client)
}

/// Vault's own words, which the client's error keeps to itself.
fn said(error: ClientError) -> StepError {
    match error {
        ClientError::APIError { code, errors } => {
            let errors: Vec<_> = errors.iter().map(|error| error.trim()).collect();
            StepError::new(format!("Vault answered {code}: {}", errors.join("; ")))
        }
        other => other.into(),
    }
}

/// What the function raises.
fn raised(kind: &str, error: &StepError) -> FunctionError {
    FunctionError::new(kind, error.to_string())
}
