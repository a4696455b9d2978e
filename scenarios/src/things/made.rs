//! What a call of any operation made, as a thing: the document shows it as what a step of its own made.

use authlab::{Credentials, Secret};
use serde_json::Value;

use super::{
    Things,
    access_log::AccessLog,
    api::Api,
    control_policy::ControlPolicy,
    function::Function,
    managed_policy::ManagedPolicy,
    role::Role,
    secret::SecretEntry,
    sink::Sink,
    user::User,
    vault_policy::VaultPolicy,
    vault_role::{VaultAwsRole, VaultJwtRole},
};
use crate::json_path;

/// What was asked of an operation, by whom, and what was answered.
#[derive(Clone, Debug)]
pub struct Made {
    /// The accounts of the lab.
    pub accounts: Vec<authlab::file::Account>,
    /// The name of the caller's account, if it is known.
    pub caller: Option<String>,
    /// The input.
    pub input: Value,
    /// The output.
    pub output: Value,
}

impl Things {
    /// Remembers what an operation of AWS made: `iam:CreateRole`.
    pub fn made_by_operation(&mut self, operation: &str, made: &Made) {
        // What an answer lacks makes no thing: the document is no place to fail.
        let _made = match operation.split_once(':') {
            Some(("iam", name)) => made.by_iam(self, name),
            Some(("apigatewayv2", name)) => made.by_gateway(self, name),
            _ => made.by_service(self, operation),
        };
    }

    /// Remembers what a request of Vault made, by its path below `/v1/`.
    pub fn made_by_path(&mut self, method: &http::Method, path: &str) {
        if ![http::Method::POST, http::Method::PUT].contains(method) {
            return;
        }
        match path.split('/').collect::<Vec<_>>().as_slice() {
            ["sys", "policies", "acl", name] | ["sys", "policy", name] => {
                let name = (*name).to_owned();
                self.set(VaultPolicy { name });
            }
            ["auth", "aws", "role", name] => {
                let name = (*name).to_owned();
                self.set(VaultAwsRole { name });
            }
            ["auth", "jwt", "role", name] => {
                let name = (*name).to_owned();
                self.set(VaultJwtRole { name });
            }
            _ => {}
        }
    }
}

impl Made {
    fn by_iam(&self, things: &mut Things, name: &str) -> Option<()> {
        match name {
            "CreateRole" => {
                let arn = self.answered("Role.Arn")?;
                things.set(Role {
                    account: self.account(&arn)?,
                    name: self.answered("Role.RoleName")?,
                    arn,
                });
            }
            "CreateUser" => things.set(User {
                account: self.account(&self.answered("User.Arn")?)?,
                name: self.answered("User.UserName")?,
                credentials: None,
            }),
            "CreateAccessKey" => {
                let mut user = things
                    .find::<User>(&self.answered("AccessKey.UserName")?)?
                    .clone();
                // An older key stays the one that the user signs with.
                user.credentials = user.credentials.or(self.access_key());
                things.set(user);
            }
            "CreatePolicy" => {
                let arn = self.answered("Policy.Arn")?;
                things.set(ManagedPolicy {
                    account: self.account(&arn)?,
                    name: self.answered("Policy.PolicyName")?,
                    arn,
                });
            }
            _ => return None,
        }
        Some(())
    }

    fn by_gateway(&self, things: &mut Things, name: &str) -> Option<()> {
        match name {
            "CreateApi" | "ImportApi" => {
                let endpoint = self.answered("ApiEndpoint")?;
                things.set(Api {
                    name: self.answered("Name")?,
                    account: self.caller.clone()?,
                    id: self.answered("ApiId")?,
                    host: endpoint.split("://").last()?.to_owned(),
                });
            }
            "CreateStage" | "UpdateStage" => {
                let destination =
                    json_path::find(&self.input, "AccessLogSettings.DestinationArn")?.as_str()?;
                let id = json_path::find(&self.input, "ApiId")?.as_str()?;
                let log = {
                    let mut apis = things.of_kind::<Api>().map(|(_, api)| api);
                    let api = apis.find(|api| api.id == id)?;
                    AccessLog {
                        api: api.name.clone(),
                        account: api.account.clone(),
                        group: AccessLog::group(destination)?.to_owned(),
                    }
                };
                things.set(log);
            }
            _ => return None,
        }
        Some(())
    }

    fn by_service(&self, things: &mut Things, operation: &str) -> Option<()> {
        match operation {
            "secretsmanager:CreateSecret" => {
                let arn = self.answered("ARN")?;
                things.set(SecretEntry {
                    name: self.answered("Name")?,
                    account: self.account(&arn)?,
                    arn,
                });
            }
            "oam:CreateSink" => {
                let arn = self.answered("Arn")?;
                things.set(Sink {
                    name: self.answered("Name")?,
                    account: self.account(&arn)?,
                    arn,
                });
            }
            "lambda:CreateFunction" => {
                let arn = self.answered("FunctionArn")?;
                things.set(Function {
                    name: self.answered("FunctionName")?,
                    account: self.account(&arn)?,
                    arn,
                });
            }
            "organizations:CreatePolicy" => things.set(ControlPolicy {
                name: self.answered("Policy.PolicySummary.Name")?,
                id: self.answered("Policy.PolicySummary.Id")?,
            }),
            _ => return None,
        }
        Some(())
    }

    fn answered(&self, path: &str) -> Option<String> {
        let found = json_path::find(&self.output, path)?;
        found.as_str().map(str::to_owned)
    }

    fn access_key(&self) -> Option<Credentials> {
        Some(Credentials {
            access_key_id: self.answered("AccessKey.AccessKeyId")?,
            secret_access_key: Secret::new(self.answered("AccessKey.SecretAccessKey")?),
            session_token: None,
        })
    }

    /// The name of the account in an ARN.
    fn account(&self, arn: &str) -> Option<String> {
        let id = arn.split(':').nth(4)?;
        let mut accounts = self.accounts.iter();
        let found = accounts.find(|account| account.id.as_str() == id)?;
        Some(found.name.clone())
    }
}
