//! A function's resource policy, statement by statement.
//!
//! Source: the Lambda API reference, `AddPermission`; Lambda developer guide,
//! `access-control-resource-based.html`. The shapes of the statements are those that GetPolicy
//! answers.

use authlab_policy::{Document, DocumentKind, Policy};
use serde_json::{Map, Value, json};

use super::error::Error;
use crate::shared::principal::{rename_in_policy, rename_in_statement};

/// The longest policy of a function, in bytes.
const LENGTH_MAX: usize = 20 * 1024;

/// What is granted with AddPermission.
#[derive(Clone, Debug, Default)]
pub struct Grant {
    /// The statement's id.
    pub statement_id: String,
    /// `lambda:InvokeFunction`.
    pub action: String,
    /// A service, an account, an ARN or `*`.
    pub principal: String,
    /// `AWS:SourceArn`, compared with `ArnLike`.
    pub source_arn: Option<String>,
    /// `AWS:SourceAccount`.
    pub source_account: Option<String>,
    /// `aws:PrincipalOrgID`.
    pub principal_org_id: Option<String>,
    /// `lambda:EventSourceToken`.
    pub event_source_token: Option<String>,
    /// `lambda:FunctionUrlAuthType`.
    pub function_url_auth_type: Option<String>,
}

/// A function's policy.
#[derive(Clone, Debug, Default)]
pub struct Permissions {
    /// The statements in the order of their grants.
    statements: Vec<Value>,
    policy: Option<Policy>,
}

impl Permissions {
    /// The policy, if anything was granted.
    pub fn policy(&self) -> Option<&Policy> {
        self.policy.as_ref()
    }

    /// The document as GetPolicy answers it.
    pub fn document(&self) -> Option<String> {
        (!self.statements.is_empty()).then(|| document(&self.statements).to_string())
    }

    /// Adds a statement on the function with this ARN; the statement, as AddPermission answers it.
    ///
    /// # Errors
    /// A statement of this id is there, the principal is none, or the policy gets too long.
    pub fn add(&mut self, grant: &Grant, function_arn: &str) -> Result<String, Error> {
        if self.position(&grant.statement_id).is_some() {
            return Err(Error::StatementExists(grant.statement_id.clone()));
        }
        let statement = statement(grant, function_arn)?;
        let mut statements = self.statements.clone();
        statements.push(statement.clone());
        self.replace(statements, function_arn)?;
        Ok(statement.to_string())
    }

    /// Takes a statement away.
    ///
    /// # Errors
    /// There is no policy, or no statement of this id.
    pub fn remove(&mut self, statement_id: &str, function_arn: &str) -> Result<(), Error> {
        let missing = || Error::NoSuchStatement(statement_id.to_owned());
        let position = self.position(statement_id).ok_or_else(missing)?;
        let mut statements = self.statements.clone();
        statements.remove(position);
        self.replace(statements, function_arn)
    }

    /// A user or role that statements name has another name now.
    pub fn rename_principal(&mut self, from: &str, to: &str) {
        for statement in &mut self.statements {
            rename_in_statement(statement, from, to);
        }
        if let Some(policy) = &mut self.policy {
            rename_in_policy(policy, None, from, to);
        }
    }

    fn position(&self, statement_id: &str) -> Option<usize> {
        self.statements
            .iter()
            .position(|statement| statement["Sid"] == statement_id)
    }

    fn replace(&mut self, statements: Vec<Value>, function_arn: &str) -> Result<(), Error> {
        if statements.is_empty() {
            (self.statements, self.policy) = (statements, None);
            return Ok(());
        }
        let source = document(&statements);
        let length = source.to_string().len();
        if length > LENGTH_MAX {
            return Err(Error::PolicyTooLong(length));
        }
        let document = Document::from_value(DocumentKind::LambdaPermission, &source)
            .map_err(|error| Error::Value(error.to_string()))?;
        self.policy = Some(Policy::new(
            format!("policy of function {function_arn}"),
            document,
        ));
        self.statements = statements;
        Ok(())
    }
}

fn document(statements: &[Value]) -> Value {
    json!({"Version": "2012-10-17", "Id": "default", "Statement": statements})
}

fn statement(grant: &Grant, function_arn: &str) -> Result<Value, Error> {
    let mut statement = json!({
        "Sid": grant.statement_id,
        "Effect": "Allow",
        "Principal": principal(&grant.principal)?,
        "Action": grant.action,
        "Resource": function_arn,
    });
    let mut equals = Map::new();
    for (key, value) in [
        ("AWS:SourceAccount", &grant.source_account),
        ("aws:PrincipalOrgID", &grant.principal_org_id),
        ("lambda:EventSourceToken", &grant.event_source_token),
        ("lambda:FunctionUrlAuthType", &grant.function_url_auth_type),
    ] {
        if let Some(value) = value {
            equals.insert(key.to_owned(), json!(value));
        }
    }
    let mut condition = Map::new();
    if !equals.is_empty() {
        condition.insert("StringEquals".to_owned(), Value::Object(equals));
    }
    if let Some(arn) = &grant.source_arn {
        condition.insert("ArnLike".to_owned(), json!({"AWS:SourceArn": arn}));
    }
    if !condition.is_empty() {
        statement["Condition"] = Value::Object(condition);
    }
    Ok(statement)
}

/// The principal as a policy names it: an account becomes its root ARN.
fn principal(text: &str) -> Result<Value, Error> {
    if text == "*" {
        return Ok(json!("*"));
    }
    if let Ok(account) = text.parse::<authlab_kernel::AccountId>() {
        return Ok(json!({"AWS": account.root_arn()}));
    }
    if text.starts_with("arn:") {
        return Ok(json!({"AWS": text}));
    }
    let is_service = text.ends_with(".amazonaws.com") || text.ends_with(".amazon.com");
    if is_service {
        Ok(json!({"Service": text}))
    } else {
        Err(Error::Principal)
    }
}
