//! authlab's own World as the runner drives it, and what its scenarios share.

use std::{
    error::Error,
    fmt,
    sync::atomic::{AtomicU64, Ordering},
};

use authlab::BackendChoice;

use crate::{
    World,
    error::{StepError, StepResult},
    probe,
    runner::scenario::{Capabilities, FinishReport, ScenarioContext, ScenarioWorld, Verdict},
};

/// Who gets the journal of every scenario that ends.
type JournalObserver = Box<dyn Fn(&ScenarioContext, &str) + Send + Sync>;

/// What the scenarios of a run share.
#[derive(Default)]
pub struct Surroundings {
    backends: Option<BackendChoice>,
    observer: Option<JournalObserver>,
    /// How many calls of the labs passed without being authorized.
    unchecked_calls: AtomicU64,
}

impl Surroundings {
    /// Chooses the backends of every lab. Where nobody chose, the environment does
    /// ([`BackendChoice::from_environment`]), then the lab file.
    #[must_use]
    pub fn with_backends(mut self, backends: BackendChoice) -> Self {
        self.backends = Some(backends);
        self
    }

    /// Calls `observe` with every scenario as it ends, and its journal as JSON lines, as the control
    /// API gives it.
    #[must_use]
    pub fn with_observer(
        mut self,
        observe: impl Fn(&ScenarioContext, &str) + Send + Sync + 'static,
    ) -> Self {
        self.observer = Some(Box::new(observe));
        self
    }

    fn backends(&self) -> StepResult<BackendChoice> {
        Ok(match &self.backends {
            Some(backends) => backends.clone(),
            None => BackendChoice::from_environment()?,
        })
    }
}

impl fmt::Debug for Surroundings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut surroundings = formatter.debug_struct("Surroundings");
        surroundings.field("backends", &self.backends);
        surroundings.finish_non_exhaustive()
    }
}

impl ScenarioWorld for World {
    type Shared = Surroundings;

    async fn start(
        context: ScenarioContext,
        shared: &Surroundings,
    ) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let made = async { Self::of_scenario(context, shared.backends()?).await };
        made.await
            .map_err(|error: StepError| error.to_string().into())
    }

    fn capabilities(shared: &Surroundings) -> Capabilities {
        probe::capabilities(shared.backends().unwrap_or_default())
    }

    fn end_of_run(shared: &Surroundings) -> Vec<String> {
        let ended = std::thread::spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(|error| error.to_string())?;
            let closed = runtime.block_on(authlab::backend::close_containers());
            closed.map_err(|error| error.to_string())
        });
        let mut notes = Vec::new();
        let unchecked = shared.unchecked_calls.load(Ordering::Relaxed);
        if unchecked > 0 {
            notes.push(format!(
                "{unchecked} calls passed to the AWS backend without being authorized (`--unchecked`)"
            ));
        }
        if let Ok(Err(error)) = ended.join() {
            notes.push(format!(
                "the containers of the run were not removed, the next start does it: {error}"
            ));
        }
        notes
    }

    async fn finish(self, verdict: Verdict, shared: &Surroundings) -> FinishReport {
        let mut report = FinishReport::default();
        if verdict != Verdict::Passed {
            report.explanation = self.chain().await.ok().map(|chain| chain.to_string());
        }
        if let (Some(observe), Ok(journal)) = (&shared.observer, self.journal_text().await) {
            observe(self.context(), &journal);
        }
        match self.compose_document().await {
            Ok(document) => report.document = Some(document),
            Err(error) => report.problem = Some(format!("the document: {error}")),
        }
        if (verdict == Verdict::Failed || report.problem.is_some())
            && let Err(error) = self.lab().check_containers().await
        {
            // A container that is gone explains whatever failed.
            report.problem = report.problem.map(|problem| format!("{problem}\n{error}"));
            report.explanation = Some(error.to_string());
        }
        let unchecked = self.lab().unchecked_calls();
        shared
            .unchecked_calls
            .fetch_add(unchecked, Ordering::Relaxed);
        self.stop().await;
        report
    }
}
