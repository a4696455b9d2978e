//! What the steps of a scenario work on: a lab of its own, the things that the scenario made, by
//! name, and the answer to its last call.
//!
//! A step reaches the lab as anybody would: through a client of AWS ([`World::aws`]), over HTTP
//! ([`World::call_api`], [`World::vault`]) and through the lab's control API ([`World::control`]).
//! What it makes it enters into [`World::named`], and into [`World::document`] what the scenario's
//! document shall show.

mod call;
mod document;
mod handle;
mod home;
mod outcome;
mod register;

use std::{fmt, path::Path};

use ::http::Method;
use authlab::explain::Unreadable;
use authlab::{
    BackendChoice, Chain, ClockStart, Credentials, Event, ExplainError, Ids, Lab, LabFile,
    Sequence, explain,
};
use jiff::Timestamp;
use serde_json::Value;
use tempfile::TempDir;

use self::home::Home;
pub use self::{
    call::ApiCall,
    document::{AuditLine, AuditLog, DocumentPlan, error_messages},
    handle::{Api, Function, Link, Named, Role, SecretEntry, Sink, Upstream, VaultSession},
    outcome::{AwsAnswer, HttpAnswer, Outcome},
    register::Register,
};
use crate::{
    client::{AwsClient, HttpClient, HttpRequest, VaultClient, aws, http::text},
    error::{StepError, StepResult},
    params::Actor,
    runner::scenario::ScenarioContext,
};

/// The World of authlab's own step library.
#[derive(cucumber::World)]
#[world(init = crate::started_by_the_runner::<Self>)]
pub struct World {
    context: ScenarioContext,
    home: Home,
    lab: Lab,
    ids: Ids,
    http: HttpClient,
    #[cfg(feature = "sdk")]
    sdk_http: aws_smithy_runtime_api::client::http::SharedHttpClient,
    /// The journal's last event before the first `When`: what came before is preparation.
    prepared: Option<Sequence>,
    outcome: Option<Outcome>,
    scratch: Option<TempDir>,
    /// The things that the scenario made.
    pub named: Named,
    /// What the scenario's document shall show.
    pub document: DocumentPlan,
}

impl World {
    /// The lab, for what is the lab's own: endpoints, names, faults, functions.
    #[must_use]
    pub fn lab(&self) -> &Lab {
        &self.lab
    }

    /// The lab's time, as clients sign by it.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.lab.clock().now()
    }

    /// The client for plain HTTP.
    #[must_use]
    pub fn http(&self) -> &HttpClient {
        &self.http
    }

    /// Says that the preparation is over: called first by every `When`. The scenario's document
    /// shows the decisions from here on.
    pub fn acts(&mut self) {
        let last = self.lab.journal().last();
        self.prepared.get_or_insert(last);
    }

    /// The credentials of an account's administrator, or of a session.
    ///
    /// # Errors
    /// When the lab has no such account, or the scenario no such session.
    pub fn credentials(&self, actor: &Actor) -> StepResult<Credentials> {
        match actor {
            Actor::Account(name) => Ok(self.lab.administrator_credentials(name)?),
            Actor::Session(name) => self.named.sessions.get(name).cloned(),
        }
    }

    /// The client of AWS that acts as `actor`.
    ///
    /// # Errors
    /// As [`World::credentials`].
    pub fn aws(&self, actor: &Actor) -> StepResult<AwsClient> {
        let credentials = self.credentials(actor)?;
        let place = aws::Place {
            http: self.http.clone(),
            endpoint: &self.lab.endpoints().aws,
            region: self.lab.region(),
            clock: self.lab.clock(),
            #[cfg(feature = "sdk")]
            sdk: self.sdk_config(&credentials),
        };
        Ok(AwsClient::new(place, Some(credentials)))
    }

    /// The client that acts as the administrator of an account.
    ///
    /// # Errors
    /// When the lab has no such account.
    pub fn aws_account(&self, name: &str) -> StepResult<AwsClient> {
        self.aws(&Actor::Account(name.to_owned()))
    }

    /// The configuration of any client of aws-sdk-rust with these credentials.
    #[cfg(feature = "sdk")]
    #[must_use]
    pub fn sdk_config(&self, credentials: &Credentials) -> aws_config::SdkConfig {
        // One HTTP client for all: its connections are reused.
        let config = self.lab.aws_config(credentials).into_builder();
        config.http_client(self.sdk_http.clone()).build()
    }

    /// The client of the lab's Vault, without a token.
    #[must_use]
    pub fn vault_client(&self) -> VaultClient {
        VaultClient::new(self.http.clone(), &self.lab.endpoints().vault)
    }

    /// The twelve digits of an account.
    ///
    /// # Errors
    /// When the lab has no account of this name.
    pub fn account_id(&self, name: &str) -> StepResult<String> {
        Ok(self.lab.account_id(name)?.to_owned())
    }

    /// The name of the organization's management account.
    ///
    /// # Errors
    /// When the lab has no organization.
    pub fn management_account(&self) -> StepResult<String> {
        let management = self
            .lab
            .accounts()
            .iter()
            .find(|account| account.management);
        management
            .map(|account| account.name.clone())
            .ok_or_else(|| StepError::new("the lab has no management account"))
    }

    /// A token that makes a request idempotent (`ClientRequestToken`): a UUID, another at each call,
    /// the same in each run. An SDK draws one at random when a request has none.
    #[must_use]
    pub fn request_token(&self, account: &str, name: &str) -> String {
        self.ids.draw("client-request-token", account, name).uuid()
    }

    /// The text of a document beside the features: `gateway/reports.openapi.json`.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read_document(&self, name: &str) -> StepResult<String> {
        self.home.read(name)
    }

    /// A folder of this scenario's own on the machine, gone when it ends.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn scratch(&mut self) -> StepResult<&Path> {
        if self.scratch.is_none() {
            self.scratch = Some(tempfile::Builder::new().prefix("authlab-").tempdir()?);
        }
        let folder = self.scratch.as_ref().map(TempDir::path);
        folder.ok_or_else(|| StepError::new("the scenario has no folder"))
    }

    /// Calls the lab's control API: `POST /_lab/clock`.
    ///
    /// # Errors
    /// When it refuses, with its text.
    pub async fn control(
        &self,
        method: Method,
        target: &str,
        body: Option<&Value>,
    ) -> StepResult<Value> {
        let request = HttpRequest::new(method, &self.lab.endpoints().control, target);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        self.http.send_for_json(request).await
    }

    /// The whole journal.
    ///
    /// # Errors
    /// When the control API does not answer.
    pub async fn journal(&self) -> StepResult<Vec<Event>> {
        let read = explain::read_journal(&self.journal_text().await?)?;
        // What the lab itself wrote reads back: a line that does not would be evidence ignored.
        match read.unreadable.into_iter().next() {
            Some(Unreadable { line, reason }) => Err(ExplainError::Line { line, reason }.into()),
            None => Ok(read.events),
        }
    }

    /// The whole journal as JSON lines.
    ///
    /// # Errors
    /// When the control API does not answer.
    pub(crate) async fn journal_text(&self) -> StepResult<String> {
        let control = &self.lab.endpoints().control;
        let request = HttpRequest::new(Method::GET, control, "/_lab/journal");
        Ok(text(self.http.send(request).await?.body()))
    }

    /// The answer to the last call.
    ///
    /// # Errors
    /// When nothing was called yet.
    pub fn outcome(&self) -> StepResult<&Outcome> {
        self.outcome
            .as_ref()
            .ok_or_else(|| StepError::new("nothing was called yet"))
    }

    /// Remembers the answer to a call.
    pub fn set_outcome(&mut self, outcome: Outcome) {
        self.outcome = Some(outcome);
    }

    /// The chain of the last call.
    ///
    /// # Errors
    /// When nothing was called yet, or the journal does not know the call.
    pub async fn chain(&self) -> StepResult<Chain> {
        let outcome = self.outcome()?;
        let events = self.journal().await?;
        let id = match outcome.request_id() {
            Some(id) => id.to_owned(),
            // Vault's refusals do not say it: the last request that it answered is the one.
            None => {
                let of_component = events
                    .iter()
                    .rev()
                    .filter(|event| event.component == outcome.component());
                let id = of_component
                    .filter_map(|event| event.request_id.clone())
                    .next();
                id.ok_or_else(|| StepError::new("the journal knows no request of the last call"))?
            }
        };
        Ok(Chain::of(&events, &id)?)
    }
}

impl World {
    /// A World with a lab of its own, as the features beside the scenario state it.
    ///
    /// # Errors
    /// When the lab file cannot be read, or the lab does not start.
    pub(crate) async fn of_scenario(
        context: ScenarioContext,
        backends: BackendChoice,
    ) -> StepResult<Self> {
        let home = Home::of(&context);
        let file = home.lab_file()?;
        Self::with_lab(context, home, file, backends).await
    }

    /// A World without a scenario, for experiments.
    ///
    /// # Errors
    /// When the lab does not start.
    pub(crate) async fn alone(file: LabFile, backends: BackendChoice) -> StepResult<Self> {
        let context = ScenarioContext {
            feature_file: "probe.feature".into(),
            line: 1,
            id: "probe".to_owned(),
            name: "probe".to_owned(),
            tags: Vec::new(),
            seed: 1,
        };
        let home = Home::of(&context);
        Self::with_lab(context, home, file, backends).await
    }

    async fn with_lab(
        context: ScenarioContext,
        home: Home,
        file: LabFile,
        backends: BackendChoice,
    ) -> StepResult<Self> {
        let all = backends.clone().or(file.backends.clone());
        let mut builder = Lab::builder()
            .file(file)
            .seed(context.seed)
            .backends(backends);
        if !all.backends().are_embedded() {
            // The features' lab stands still; what is foreign has the machine's time all the same.
            builder = builder.clock(ClockStart::Wall);
        }
        let lab = builder.start().await?;
        let ids = Ids::new(context.seed);
        Ok(Self {
            context,
            home,
            lab,
            ids,
            http: HttpClient::new(),
            #[cfg(feature = "sdk")]
            sdk_http: aws_smithy_http_client::Builder::new().build_http(),
            prepared: None,
            outcome: None,
            scratch: None,
            named: Named::default(),
            document: DocumentPlan::default(),
        })
    }

    /// Stops the lab.
    pub(crate) async fn stop(self) {
        self.lab.stop().await;
    }
}

impl World {
    /// The scenario.
    pub(crate) fn context(&self) -> &ScenarioContext {
        &self.context
    }
}

impl fmt::Debug for World {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut world = formatter.debug_struct("World");
        world
            .field("scenario", &self.context.id)
            .field("outcome", &self.outcome);
        world.finish_non_exhaustive()
    }
}
