//! Configuration of aws-sdk-rust for this lab: the only source of it in scenarios.

use std::time::SystemTime;

use authlab_kernel::Clock;
use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials as SdkCredentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_async::time::TimeSource;

use crate::Credentials;

/// The lab's time, as aws-sdk-rust asks for it.
#[derive(Debug)]
struct LabTime(Clock);

impl TimeSource for LabTime {
    fn now(&self) -> SystemTime {
        self.0.now().into()
    }
}

/// A configuration that signs by the lab's clock, calls `endpoint` and never retries: a refusal
/// that is retried would stand in the journal several times.
pub(crate) fn sdk_config(
    endpoint: &str,
    region: &str,
    clock: &Clock,
    credentials: &Credentials,
) -> SdkConfig {
    let token = credentials
        .session_token
        .as_ref()
        .map(|token| token.expose_secret().to_owned());
    let provider = SdkCredentials::new(
        credentials.access_key_id.clone(),
        credentials.secret_access_key.expose_secret(),
        token,
        None,
        "authlab",
    );
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(endpoint)
        .region(Region::new(region.to_owned()))
        .credentials_provider(SharedCredentialsProvider::new(provider))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .time_source(LabTime(clock.clone()))
        .sleep_impl(aws_smithy_async::rt::sleep::SharedAsyncSleep::new(
            TokioSleep::new(),
        ))
        .retry_config(RetryConfig::disabled())
        .build()
}
