//! Answers that a scenario keeps for later steps.

use std::fmt;

use authlab::{Credentials, Secret};
use serde_json::Value;

use super::{Kind, Thing};
use crate::{
    error::{StepError, StepResult},
    json_path,
};

/// An answer, or a part of one.
#[derive(Clone, PartialEq)]
pub struct Answer {
    /// The name that the scenario gives it.
    pub name: String,
    /// What was answered.
    pub value: Value,
}

/// What was answered may be a secret.
impl fmt::Debug for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut answer = formatter.debug_struct("Answer");
        answer.field("name", &self.name).finish_non_exhaustive()
    }
}

impl Thing for Answer {
    fn kind() -> Kind {
        Kind::unseen("kept answer")
    }

    fn name(&self) -> &str {
        &self.name
    }
}

impl Answer {
    /// The part at a path.
    ///
    /// # Errors
    /// When nothing stands there.
    pub fn find(&self, path: &str) -> StepResult<&Value> {
        json_path::find(&self.value, path).ok_or_else(|| {
            let name = &self.name;
            StepError::new(format!("the kept answer `{name}` has nothing at `{path}`"))
        })
    }

    /// The Vault token that it holds: that of a login, or of a token that was created.
    ///
    /// # Errors
    /// When it holds none.
    pub fn vault_token(&self) -> StepResult<String> {
        let mut paths = ["auth.client_token", "$"].iter();
        let found = paths.find_map(|path| json_path::find(&self.value, path)?.as_str());
        found.map(str::to_owned).ok_or_else(|| {
            let name = &self.name;
            StepError::new(format!("the kept answer `{name}` has no token of Vault"))
        })
    }

    /// The credentials that it holds: of a session (AssumeRole), or an access key of a user.
    ///
    /// # Errors
    /// When it holds none.
    pub fn credentials(&self) -> StepResult<Credentials> {
        let holders = ["Credentials", "AccessKey", "$"];
        let mut holders = holders
            .iter()
            .filter_map(|path| json_path::find(&self.value, path));
        let text = |holder: &Value, name: &str| {
            let text = json_path::find(holder, name).and_then(Value::as_str);
            text.map(str::to_owned)
        };
        let found = holders.find_map(|holder| {
            Some(Credentials {
                access_key_id: text(holder, "AccessKeyId")?,
                secret_access_key: Secret::new(text(holder, "SecretAccessKey")?),
                session_token: text(holder, "SessionToken").map(Secret::new),
            })
        });
        found.ok_or_else(|| {
            let name = &self.name;
            StepError::new(format!(
                "the kept answer `{name}` has no credentials: keep that of AssumeRole or CreateAccessKey"
            ))
        })
    }
}
