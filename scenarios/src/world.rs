//! What the steps of a scenario work on: a lab of its own, the things that the scenario made, by
//! name, and the answer to its last call.
//!
//! A step reaches the lab as anybody would: through a client of AWS ([`World::aws`]), over HTTP
//! ([`World::call_api`], [`World::vault`]) and through the lab's control API ([`World::control`]).
//! What it makes it enters into [`World::things`].

mod call;
mod document;
mod home;
mod outcome;

use std::{fmt, ops::Deref, path::Path};

use authlab::{BackendChoice, ClockStart, Credentials, Ids, Lab, LabFile, Sequence};
use authlab_explain::Chain;
use tempfile::TempDir;

use self::home::Home;
pub use self::{
    call::ApiCall,
    outcome::{AwsAnswer, HttpAnswer, Outcome},
};
use crate::{
    client::{AwsClient, Clients},
    error::{StepError, StepResult},
    params::Actor,
    runner::scenario::ScenarioContext,
    things::{Things, session::Session},
};

/// The World of authlab's own step library.
#[derive(cucumber::World)]
#[world(init = crate::started_by_the_runner::<Self>)]
pub struct World {
    context: ScenarioContext,
    home: Home,
    clients: Clients,
    ids: Ids,
    /// The journal's last event before the first `When`: what came before is preparation.
    prepared: Option<Sequence>,
    outcome: Option<Outcome>,
    scratch: Option<TempDir>,
    /// The things that the scenario made.
    pub things: Things,
}

impl World {
    /// Says that the preparation is over: called first by every `When`. The scenario's document
    /// shows the decisions from here on.
    pub fn acts(&mut self) {
        let last = self.clients.lab().journal().last();
        self.prepared.get_or_insert(last);
    }

    /// The credentials of an account's administrator, or of a session.
    ///
    /// # Errors
    /// When the lab has no such account, or the scenario no such session.
    pub fn credentials(&self, actor: &Actor) -> StepResult<Credentials> {
        match actor {
            Actor::Account(name) => Ok(self.lab().administrator_credentials(name)?),
            Actor::Session(name) => {
                let session = self.things.get::<Session>(name)?;
                Ok(session.credentials.clone())
            }
        }
    }

    /// The client of AWS that acts as `actor`.
    ///
    /// # Errors
    /// As [`World::credentials`].
    pub fn aws(&self, actor: &Actor) -> StepResult<AwsClient> {
        Ok(self.clients.aws(Some(self.credentials(actor)?)))
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
            clients: Clients::of(lab),
            ids,
            prepared: None,
            outcome: None,
            scratch: None,
            things: Things::default(),
        })
    }

    /// Stops the lab.
    pub(crate) async fn stop(self) {
        self.clients.stop().await;
    }
}

impl World {
    /// The ways to reach the lab.
    #[must_use]
    pub fn clients(&self) -> &Clients {
        &self.clients
    }

    /// The scenario.
    pub(crate) fn context(&self) -> &ScenarioContext {
        &self.context
    }
}

/// A World reaches the lab by its clients.
impl Deref for World {
    type Target = Clients;

    fn deref(&self) -> &Clients {
        &self.clients
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
