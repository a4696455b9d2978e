//! What the steps of a scenario work on: a lab of its own, the things that the scenario made, by
//! name, and the answer to its last call.
//!
//! A step reaches the lab as anybody would: through a client of AWS ([`World::aws`]), over HTTP
//! ([`World::call_api`], [`World::vault`]) and through the lab's control API ([`World::control`]).
//! What it makes it enters into [`World::things`].

mod call;
mod document;
mod filled;
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
    client::{AwsClient, Clients, Habit},
    error::{StepError, StepResult},
    params::Actor,
    runner::scenario::ScenarioContext,
    things::{
        Things, answer::Answer, habit::SigningHabit, role::Role, session::Session, user::User,
        vault_session::VaultSession,
    },
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
    /// What the calls of the last step came to, the last one last.
    outcomes: Vec<Outcome>,
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

    /// The AWS credentials of somebody.
    ///
    /// # Errors
    /// When the lab has no such account, the scenario no such user, session or answer, or they have no
    /// AWS credentials.
    pub fn credentials(&self, actor: &Actor) -> StepResult<Credentials> {
        Ok(match actor {
            Actor::Account(name) => self.lab().administrator_credentials(name)?,
            Actor::Root(name) => self.lab().root_credentials(name)?,
            Actor::User(name) => {
                let credentials = self.things.get::<User>(name)?.credentials.clone();
                credentials.ok_or_else(|| {
                    StepError::new(format!(
                        "{actor} has no access key: call iam:CreateAccessKey"
                    ))
                })?
            }
            Actor::Session(name) => self.things.get::<Session>(name)?.credentials.clone(),
            Actor::Kept(name) => self.things.get::<Answer>(name)?.credentials()?,
            Actor::Bearer(_) | Actor::RootToken | Actor::Anonymous => {
                return Err(StepError::new(format!("{actor} has no AWS credentials")));
            }
        })
    }

    /// The name of somebody's account, if it is known.
    #[must_use]
    pub fn account_of(&self, actor: &Actor) -> Option<String> {
        match actor {
            Actor::Account(name) | Actor::Root(name) => Some(name.clone()),
            Actor::User(name) => Some(self.things.find::<User>(name)?.account.clone()),
            Actor::Session(name) => Some(self.things.find::<Role>(name)?.account.clone()),
            Actor::Kept(_) | Actor::Bearer(_) | Actor::RootToken | Actor::Anonymous => None,
        }
    }

    /// The client of AWS that acts as `actor`.
    ///
    /// # Errors
    /// As [`World::credentials`]; an anonymous caller does not sign.
    pub fn aws(&self, actor: &Actor) -> StepResult<AwsClient> {
        let signer = match actor {
            Actor::Anonymous => None,
            signer => Some(self.credentials(signer)?),
        };
        let habit = self.things.find::<SigningHabit>(&actor.to_string());
        let habit = habit.map(|found| found.habit.clone());
        Ok(self.clients.aws(signer).with_habit(habit))
    }

    /// How somebody signs.
    #[must_use]
    pub fn habit(&self, actor: &Actor) -> Habit {
        let found = self.things.find::<SigningHabit>(&actor.to_string());
        found.map(|found| found.habit.clone()).unwrap_or_default()
    }

    /// How the one signs whose credentials these are.
    #[must_use]
    pub fn habit_of(&self, signer: &Credentials) -> Habit {
        let is_theirs = |habit: &&SigningHabit| {
            let theirs = self.credentials(&habit.actor);
            theirs.is_ok_and(|theirs| theirs.access_key_id == signer.access_key_id)
        };
        let found = self.things.all::<SigningHabit>().find(is_theirs);
        found.map(|found| found.habit.clone()).unwrap_or_default()
    }

    /// The Vault token of somebody: of their last login, or in a kept answer. An anonymous caller has
    /// none.
    ///
    /// # Errors
    /// When they did not log in.
    pub fn vault_token(&self, actor: &Actor) -> StepResult<Option<String>> {
        Ok(match actor {
            Actor::Anonymous => None,
            Actor::RootToken => Some(self.lab().vault_root_token()),
            Actor::Kept(name) => Some(self.things.get::<Answer>(name)?.vault_token()?),
            other => {
                let session = self.things.get::<VaultSession>(other.name())?;
                Some(session.token.expose_secret().to_owned())
            }
        })
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
        self.outcomes
            .last()
            .ok_or_else(|| StepError::new("nothing was called yet"))
    }

    /// Remembers the answer to a call.
    pub fn set_outcome(&mut self, outcome: Outcome) {
        self.outcomes = vec![outcome];
    }

    /// Remembers the answers to the calls of one step.
    pub fn set_outcomes(&mut self, outcomes: Vec<Outcome>) {
        self.outcomes = outcomes;
    }

    /// The answers to the calls of the last step.
    #[must_use]
    pub fn outcomes(&self) -> &[Outcome] {
        &self.outcomes
    }

    /// The chain of the last call.
    ///
    /// # Errors
    /// When nothing was called yet, or the journal does not know the call.
    pub async fn chain(&self) -> StepResult<Chain> {
        self.chain_of(self.outcome()?).await
    }

    /// The chain of a call.
    ///
    /// # Errors
    /// When the journal does not know the call.
    pub async fn chain_of(&self, outcome: &Outcome) -> StepResult<Chain> {
        let id = match outcome.request_id() {
            Some(id) => id.to_owned(),
            // Vault's refusals do not say it: the last request that it answered is the one.
            None => self
                .last_request_of(outcome.component())
                .await?
                .ok_or_else(|| StepError::new("the journal knows no request of the last call"))?,
        };
        Ok(Chain::of(&self.journal().await?, &id)?)
    }

    /// What names the last request that a component answered.
    ///
    /// # Errors
    /// When the control API does not answer.
    pub async fn last_request_of(&self, component: &str) -> StepResult<Option<String>> {
        let mut events = self.journal().await?.into_iter().rev();
        Ok(events.find_map(|event| {
            let id = (event.component == *component).then_some(event.request_id);
            Some(id.flatten()?.to_string())
        }))
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
            outcomes: Vec::new(),
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
            .field("outcomes", &self.outcomes);
        world.finish_non_exhaustive()
    }
}
