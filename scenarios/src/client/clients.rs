//! All clients of one lab.

use authlab::{Credentials, Event, Lab};
use authlab_explain::{ExplainError, Unreadable, read_journal};
use http::Method;
use jiff::Timestamp;
use serde_json::Value;

use super::{AwsClient, HttpClient, HttpRequest, VaultAnswer, VaultClient, aws, http::text};
use crate::error::{StepError, StepResult};

/// A lab and the ways to reach it.
pub struct Clients {
    lab: Lab,
    http: HttpClient,
    #[cfg(feature = "sdk")]
    sdk_http: aws_smithy_runtime_api::client::http::SharedHttpClient,
}

impl Clients {
    /// The clients of this lab.
    pub(crate) fn of(lab: Lab) -> Self {
        Self {
            lab,
            http: HttpClient::new(),
            #[cfg(feature = "sdk")]
            sdk_http: aws_smithy_http_client::Builder::new().build_http(),
        }
    }

    /// Stops the lab.
    pub(crate) async fn stop(self) {
        self.lab.stop().await;
    }

    /// A client of AWS with these credentials; without any it does not sign.
    #[must_use]
    pub fn aws(&self, credentials: Option<Credentials>) -> AwsClient {
        let place = aws::Place {
            http: self.http.clone(),
            endpoint: &self.lab.endpoints().aws,
            region: self.lab.region(),
            clock: self.lab.clock(),
            #[cfg(feature = "sdk")]
            sdk: credentials.as_ref().map(|signer| self.sdk_config(signer)),
        };
        AwsClient::new(place, credentials)
    }

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

    /// The client that acts as the administrator of an account.
    ///
    /// # Errors
    /// When the lab has no such account.
    pub fn aws_account(&self, name: &str) -> StepResult<AwsClient> {
        let credentials = self.lab.administrator_credentials(name)?;
        Ok(self.aws(Some(credentials)))
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

    /// The name of the account of these twelve digits, if the lab has it.
    #[must_use]
    pub fn account_name(&self, id: &str) -> Option<&str> {
        let mut accounts = self.lab.accounts().iter();
        let found = accounts.find(|account| account.id.as_str() == id)?;
        Some(&found.name)
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
        let read = read_journal(&self.journal_text().await?)?;
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

    /// Calls Vault's HTTP API: `GET`, `secret/data/production/db`.
    ///
    /// # Errors
    /// When nobody answers. A refusal is an answer; the caller decides whether it is the outcome.
    pub async fn vault(
        &self,
        token: Option<&str>,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> StepResult<VaultAnswer> {
        self.vault_client().ask(token, method, path, body).await
    }

    /// Calls Vault's HTTP API as root; only a success will do.
    ///
    /// # Errors
    /// When Vault refuses.
    pub async fn vault_as_root(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> StepResult<Value> {
        let token = self.lab().vault_root_token();
        let what = format!("{method} {path}");
        let answer = self.vault(Some(&token), method, path, body).await?;
        if answer.status.is_success() {
            return Ok(answer.body);
        }
        Err(StepError::new(format!(
            "{what} was answered {}: {}",
            answer.status, answer.body
        )))
    }
}
