//! A front door on a port, for tests: `TestDoor::start(|cloud| …).await`.

use std::sync::Arc;
use std::time::SystemTime;

use authlab_http::{Client, Limits, Listener, Running};
use authlab_kernel::outbound::OutboundFuture;
use authlab_kernel::{
    AccountId, Clock, Component, Enforcement, Event, Faults, Ids, Journal, Outbound,
    OutboundRequest, Outcome, Scope, Timestamp,
};
use authlab_policy::MessageStyle;
use authlab_token::{KeySet, SigningKey};
use authlab_wire::{Models, Protocol, Routed, Value, WireError, validate};
use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::time::{SharedTimeSource, TimeSource};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::authentication::identify;
use super::door::{ClientClock, FrontDoor, FrontDoorConfig};
use super::trail::Trail;
use crate::cloud::Cloud;
use crate::iam::ADMINISTRATOR;
use crate::operation::Call;
use crate::organizations::Organization;

/// The accounts of the test organization; the first manages it.
pub(crate) const MANAGEMENT: &str = "111111111111";
/// A member.
pub(crate) const WORKLOAD: &str = "222222222222";
/// Another member.
pub(crate) const MONITORING: &str = "333333333333";
/// An account outside the organization.
pub(crate) const OUTSIDER: &str = "999999999999";

/// Where the tests' clock begins.
pub(crate) const START: &str = "2026-01-01T00:00:00Z";

/// A front door that answers on a loopback port, with an organization of three accounts.
pub(crate) struct TestDoor {
    pub(crate) door: Arc<FrontDoor>,
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    _running: Running,
}

#[derive(Clone, Debug)]
struct LabTime(Clock);

impl TimeSource for LabTime {
    fn now(&self) -> SystemTime {
        self.0.now().into()
    }
}

impl TestDoor {
    /// A door that enforces, whose clients sign with the lab's clock.
    pub(crate) async fn start(prepare: impl FnOnce(&mut Cloud)) -> Self {
        Self::start_with(ClientClock::Lab, Enforcement::Enforce, prepare).await
    }

    pub(crate) async fn start_with(
        client_clock: ClientClock,
        enforcement: Enforcement,
        prepare: impl FnOnce(&mut Cloud),
    ) -> Self {
        let (door, clock, faults, client) =
            built(client_clock, enforcement, |client| Arc::new(client));
        prepare(&mut door.cloud());
        let listener = Listener::bind("aws", "127.0.0.1:0".parse().unwrap(), "--aws-port")
            .await
            .unwrap();
        door.set_address(listener.address());
        client.register_endpoint(listener.address());
        let running = listener.serve(Limits::default(), door.clone());
        Self {
            door,
            clock,
            faults,
            _running: running,
        }
    }

    /// The SDK's configuration for these credentials: the lab's time, no retries.
    pub(crate) fn sdk(&self, access_key: &str, secret: &str, token: Option<String>) -> SdkConfig {
        let credentials = Credentials::new(access_key, secret, token, None, "test");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(self.door.endpoint())
            .region(Region::new("eu-central-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .time_source(SharedTimeSource::new(LabTime(self.clock.clone())))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .retry_config(RetryConfig::disabled())
            .build()
    }

    /// The SDK's configuration for the root user of an account.
    pub(crate) fn root(&self, account: &str) -> SdkConfig {
        self.sdk(account, "test", None)
    }

    /// The SDK's configuration for an account's administrator.
    pub(crate) fn administrator(&self, account: &str) -> SdkConfig {
        let account = self::account(account);
        let cloud = self.door.cloud();
        let user = cloud.shared.iam.get_user(&account, ADMINISTRATOR).unwrap();
        let key = user.access_keys.values().next().unwrap();
        self.sdk(&key.id, key.secret.expose_secret(), None)
    }

    /// The SDK's configuration for a session.
    pub(crate) fn session(&self, credentials: &aws_sdk_sts::types::Credentials) -> SdkConfig {
        self.sdk(
            credentials.access_key_id(),
            credentials.secret_access_key(),
            Some(credentials.session_token().to_owned()),
        )
    }

    /// The time of the lab.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The events of the last request that was refused, as `kind: reason`.
    pub(crate) fn refusals(&self) -> Vec<String> {
        let events = self.door.journal().events_since(0);
        let last = events
            .iter()
            .rev()
            .find_map(|event| event.request_id.clone());
        let of_last = events.iter().filter(|event| event.request_id == last);
        of_last
            .filter(|event| event.outcome == Outcome::Refused)
            .map(|event| {
                format!(
                    "{}: {}",
                    event.kind,
                    event.reason.clone().unwrap_or_default()
                )
            })
            .collect()
    }

    /// Every event of the journal so far.
    pub(crate) fn events(&self) -> Vec<Arc<Event>> {
        self.door.journal().events_since(0)
    }
}

/// Whatever a test did, every line that it left is read back as it was written.
impl Drop for TestDoor {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        for event in self.events() {
            assert!(crate::evidence::tests::is_readable(&event), "{event:?}");
        }
    }
}

/// A front door without a port.
pub(crate) fn door() -> Arc<FrontDoor> {
    let issuer = |client: Client| -> Arc<dyn Outbound> { Arc::new(WithIssuer(client)) };
    built(ClientClock::Lab, Enforcement::Enforce, issuer).0
}

/// Behind the lab's client in [`door`].
pub(crate) const ISSUER: &str = "https://login.corp.example";

/// The lab's client, and behind it the issuer [`ISSUER`], which has a discovery document and the
/// first test key.
struct WithIssuer(Client);

impl Outbound for WithIssuer {
    fn send(&self, request: OutboundRequest) -> OutboundFuture<'_> {
        if let Some(document) = of_a_table(&request.url) {
            return Box::pin(async move { Ok(http::Response::new(document.to_string().into())) });
        }
        let keys = format!("{ISSUER}/keys");
        let document = match request.url.strip_prefix(ISSUER) {
            Some("/.well-known/openid-configuration") => {
                serde_json::json!({"issuer": ISSUER, "jwks_uri": keys})
            }
            Some("/keys") => {
                let key = SigningKey::test_key(0).expect("a test key");
                KeySet::of(vec![key.jwk()]).to_value()
            }
            _ => return self.0.send(request),
        };
        Box::pin(async move { Ok(http::Response::new(document.to_string().into())) })
    }
}

/// The discovery documents of the issuers that golden tables name.
fn of_a_table(url: &str) -> Option<serde_json::Value> {
    let issuer = url.strip_suffix("/.well-known/openid-configuration")?;
    let rest = issuer.strip_prefix("https://idp.example.com")?;
    (rest.is_empty() || rest == "/tenant1")
        .then(|| serde_json::json!({"issuer": issuer, "jwks_uri": format!("{issuer}/jwks")}))
}

fn built(
    client_clock: ClientClock,
    enforcement: Enforcement,
    outbound: impl FnOnce(Client) -> Arc<dyn Outbound>,
) -> (Arc<FrontDoor>, Clock, Faults, Client) {
    let clock = Clock::standing(START.parse().unwrap());
    let journal = Journal::new(clock.clone());
    let faults = Faults::default();
    let client = Client::new(journal.clone(), faults.clone());
    let ids = Ids::new(1);
    let door = FrontDoor::new(FrontDoorConfig {
        clock: clock.component(Component::Aws),
        gateway_clock: clock.component(Component::Gateway),
        ids: ids.clone(),
        journal,
        outbound: outbound(client.clone()),
        client_clock,
        enforcement: enforcement.into(),
        message_style: MessageStyle::Style2025,
    });
    let members = [
        (MANAGEMENT, "management"),
        (WORKLOAD, "workload"),
        (MONITORING, "monitoring"),
    ]
    .map(|(id, name)| (account(id), name));
    let organization = Organization::flat(&members, clock.now(), &ids).unwrap();
    {
        let mut cloud = door.cloud();
        cloud.shared.organizations.seed(organization).unwrap();
        for id in [MANAGEMENT, WORKLOAD, MONITORING, OUTSIDER] {
            let made = cloud
                .shared
                .iam
                .create_administrator(&account(id), clock.now(), &ids);
            made.unwrap();
        }
    }
    (door, clock, faults, client)
}

impl FrontDoor {
    /// One call without a wire: validated, authorized, handled, its effects performed.
    pub(crate) async fn perform_as(
        &self,
        key: &str,
        region: &str,
        service: &str,
        operation: &str,
        input: Value,
    ) -> Result<Value, WireError> {
        let model = Models::service(service).unwrap_or_else(|| panic!("no model of {service}"));
        let operation = model
            .operation(operation)
            .unwrap_or_else(|| panic!("{service} has no {operation}"));
        let protocol = model.protocol();
        let asked = self.find_row(
            model,
            Routed {
                operation,
                protocol,
            },
        )?;
        let caller = identify(&self.cloud(), key).expect("an access key").caller;
        validate(operation, &input)
            .map_err(|failure| asked.service.validation.error(asked.row.name, failure))?;
        let request_id: Arc<str> = self.ids().request_id("aws", operation.name).into();
        let mut trail = Trail::new(self.journal().clone(), Arc::clone(&request_id), None, None);
        let mut call = Call {
            service: asked.service.name,
            operation: asked.row.name,
            protocol,
            scope: Scope::new(caller.account.clone(), region.parse().unwrap()),
            caller,
            request_id,
            trace_id: None,
            cause: trail.last(),
            now: self.clock().now(),
            ids: self.ids().clone(),
            source_ip: "127.0.0.1".to_owned(),
            user_agent: None,
        };
        self.carry_out(&asked, &mut call, input, &mut trail).await
    }
}

/// A call of the workload account's root user, for what asks nobody.
pub(crate) fn call() -> Call {
    let door = door();
    let caller = identify(&door.cloud(), WORKLOAD)
        .expect("a root user")
        .caller;
    Call {
        service: "apigatewayv2",
        operation: "GetApi",
        protocol: Protocol::RestJson,
        scope: Scope::new(caller.account.clone(), "eu-central-1".parse().unwrap()),
        caller,
        request_id: "".into(),
        trace_id: None,
        cause: 0,
        now: door.clock().now(),
        ids: door.ids().clone(),
        source_ip: "127.0.0.1".to_owned(),
        user_agent: None,
    }
}

impl FrontDoor {
    /// A call without a wire, in the tests' Region, by who has this key: an answer, or
    /// `STATUS CODE: MESSAGE`.
    pub(crate) async fn asked(
        &self,
        key: &str,
        call: &str,
        input: serde_json::Value,
    ) -> Result<serde_json::Value, String> {
        let input = authlab_wire::to_value(&input).unwrap();
        self.asked_value(key, call, input).await
    }

    /// The same with an input that JSON does not hold.
    pub(crate) async fn asked_value(
        &self,
        key: &str,
        call: &str,
        input: Value,
    ) -> Result<serde_json::Value, String> {
        let (service, operation) = call.split_once(':').unwrap();
        let answer = self.perform_as(key, "eu-central-1", service, operation, input);
        match answer.await {
            Ok(answer) => Ok(serde_json::to_value(&answer).unwrap()),
            Err(error) => Err(format!(
                "{} {}: {}",
                error.status, error.code, error.message
            )),
        }
    }

    /// A call by WORKLOAD's root user that is expected to be well.
    pub(crate) async fn well(&self, call: &str, input: serde_json::Value) -> serde_json::Value {
        let answer = self.asked(WORKLOAD, call, input).await;
        answer.unwrap_or_else(|error| panic!("{call}: {error}"))
    }
}

/// An account's id.
pub(crate) fn account(id: &str) -> AccountId {
    id.parse().unwrap()
}

/// Code and message of a refusal; an answer or a broken connection fails the test.
pub(crate) fn refusal<T: std::fmt::Debug, E, R>(
    answer: Result<T, SdkError<E, R>>,
) -> (String, String)
where
    E: ProvideErrorMetadata + std::fmt::Debug,
    R: std::fmt::Debug,
{
    let error = answer.expect_err("the call was expected to be refused");
    let service = error
        .as_service_error()
        .unwrap_or_else(|| panic!("{error:?}"));
    (
        service.code().unwrap_or("").to_owned(),
        service.message().unwrap_or("").to_owned(),
    )
}

/// The code of a refusal.
pub(crate) fn code<T: std::fmt::Debug, E, R>(answer: Result<T, SdkError<E, R>>) -> String
where
    E: ProvideErrorMetadata + std::fmt::Debug,
    R: std::fmt::Debug,
{
    refusal(answer).0
}

/// A client of plain HTTP that heeds no proxy of its environment.
///
/// Where a crate of the workspace asks reqwest for TLS, no client is built before a provider of it
/// is installed, although all is plain HTTP here.
pub(crate) fn http_client() -> reqwest::Client {
    let _installed = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}
