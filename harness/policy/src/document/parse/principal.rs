//! Principal and NotPrincipal: who may stand there, by kind of document.

use serde_json::{Map, Value};

use super::{Parser, Parsing, error, one_of, texts};
use crate::document::principal::is_account_id;
use crate::document::{AwsPrincipal, DocumentKind, PrincipalElement};

impl Parser {
    pub(super) fn principal(
        &self,
        path: &str,
        members: &Map<String, Value>,
    ) -> Parsing<Option<PrincipalElement>> {
        let found = one_of(path, members, "Principal", "NotPrincipal")?;
        let Some((name, value, negated)) = found else {
            if self.kind.takes_principal() {
                let message = "Principal is missing: a policy of this kind says whom it speaks of";
                self.refuse(path, "required element", message)?;
            }
            return Ok(None);
        };
        let path = format!("{path}.{name}");
        if !self.kind.takes_principal() {
            let message =
                format!("{name} is not allowed: the policy speaks of whom it is attached to");
            return Err(error(path, "element not allowed", message));
        }
        if negated
            && matches!(
                self.kind,
                DocumentKind::Trust | DocumentKind::ResourceControl
            )
        {
            let message = "NotPrincipal is not allowed in a policy of this kind";
            self.refuse(&path, "element not allowed", message)?;
        }
        let mut element = self.principal_value(&path, value)?;
        if self.kind == DocumentKind::ResourceControl && !element.everyone {
            let message = "a resource control policy takes \"Principal\": \"*\" only";
            self.refuse(&path, "principal", message)?;
        }
        element.negated = negated;
        Ok(Some(element))
    }

    fn principal_value(&self, path: &str, value: &Value) -> Parsing<PrincipalElement> {
        let kinds = match value {
            Value::String(star) if star == "*" => {
                return Ok(PrincipalElement {
                    everyone: true,
                    ..Default::default()
                });
            }
            Value::Object(kinds) => kinds,
            _ => {
                let message = "a principal is \"*\" or a map such as {\"AWS\": \"...\"}";
                return Err(error(path, "principal", message));
            }
        };
        if kinds.is_empty() {
            self.refuse(path, "principal", "the map of principals is empty")?;
        }
        let mut element = PrincipalElement::default();
        for (kind, value) in kinds {
            let path = format!("{path}.{kind}");
            let values = texts(&path, value)?;
            if values.is_empty() {
                self.refuse(&path, "empty list", "the list of principals is empty")?;
            }
            match kind.as_str() {
                "AWS" => self.aws_principals(&path, values, &mut element)?,
                "Service" => {
                    self.refuse_wildcards(&path, &values)?;
                    element.services = values.into_iter().map(String::into_boxed_str).collect();
                }
                "Federated" => {
                    self.refuse_wildcards(&path, &values)?;
                    element.federated = values.into_iter().map(String::into_boxed_str).collect();
                }
                // Canonical users are a notion of S3 ACLs and match nobody here.
                "CanonicalUser" => {}
                other => {
                    let message = format!(
                        "unknown kind of principal `{other}`: there are AWS, Service, Federated and CanonicalUser"
                    );
                    return Err(error(path, "principal", message));
                }
            }
        }
        Ok(element)
    }

    fn aws_principals(
        &self,
        path: &str,
        values: Vec<String>,
        element: &mut PrincipalElement,
    ) -> Parsing<()> {
        let mut principals = Vec::with_capacity(values.len());
        for value in values {
            if value == "*" {
                element.aws_everyone = true;
                continue;
            }
            let parsed = AwsPrincipal::parse(&value);
            let fault = if value.contains(['*', '?']) {
                Some(
                    "a principal takes no wildcard inside its name: use a condition on aws:PrincipalArn",
                )
            } else {
                aws_principal_fault(parsed.as_ref())
            };
            if let Some(fault) = fault {
                self.refuse(path, "principal", format!("`{value}`: {fault}"))?;
            }
            principals.extend(parsed);
        }
        element.aws = principals.into_boxed_slice();
        Ok(())
    }

    fn refuse_wildcards(&self, path: &str, values: &[String]) -> Parsing<()> {
        for value in values {
            if value.contains(['*', '?']) {
                let message = format!("`{value}`: a wildcard has no meaning here, name each one");
                self.refuse(path, "principal", message)?;
            }
            if value.is_empty() {
                self.refuse(path, "principal", "the principal is empty")?;
            }
        }
        Ok(())
    }
}

fn aws_principal_fault(principal: Option<&AwsPrincipal>) -> Option<&'static str> {
    match principal {
        None => Some("a principal is an account, an ARN of IAM or STS, or `*`"),
        Some(AwsPrincipal::Account(_) | AwsPrincipal::UniqueId(_)) => None,
        Some(AwsPrincipal::AccountArn { account, .. }) => {
            (!is_account_id(account)).then_some("the account of the principal is twelve digits")
        }
        Some(AwsPrincipal::Arn(arn)) => {
            let rest = arn.splitn(6, ':').nth(5).unwrap_or_default();
            let known = ["user/", "role/", "assumed-role/", "federated-user/"];
            if rest.starts_with("group/") {
                Some("a group cannot be a principal: name its users or their account")
            } else if !known.iter().any(|prefix| rest.starts_with(prefix)) {
                Some("a principal ARN names a user, role, session, federated user or the root")
            } else {
                None
            }
        }
    }
}
