//! ACL policies of Vault.

use http::Method;
use serde_json::Value;

use super::{Kind, Reading, Section, Thing};
use crate::client::Clients;

/// An ACL policy of Vault.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct VaultPolicy {
    /// Its name.
    pub name: String,
}

impl Thing for VaultPolicy {
    fn kind() -> Kind {
        Kind::shown("policy of Vault", 70)
    }

    fn name(&self) -> &str {
        &self.name
    }

    /// Its text.
    fn section<'a>(&'a self, clients: &'a Clients) -> Reading<'a> {
        Box::pin(async {
            let path = format!("sys/policies/acl/{}", self.name);
            let answer = clients.vault_as_root(Method::GET, &path, None).await?;
            let policy = answer.pointer("/data/policy").and_then(Value::as_str);
            let title = format!("Vault policy {}", self.name);
            let policy = blocks(policy.unwrap_or_default());
            Ok(Some(Section::new(title, policy)))
        })
    }
}

/// A policy's text, a block a line where its author wrote no comment.
fn blocks(policy: &str) -> String {
    if ["#", "//", "/* "]
        .iter()
        .any(|comment| policy.contains(comment))
    {
        return policy.to_owned();
    }
    let (mut text, mut depth) = (String::new(), 0_usize);
    for line in policy
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
    {
        text.push_str(line);
        depth += line.matches(['{', '[']).count();
        depth = depth.saturating_sub(line.matches(['}', ']']).count());
        text.push(if depth == 0 { '\n' } else { ' ' });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::blocks;

    #[test]
    fn a_block_is_a_line_unless_there_are_comments() {
        for (policy, shown) in [
            (
                "path \"a/*\" {\n  capabilities = [\"read\",\n \"list\"]\n}\n\npath \"b\" {}",
                "path \"a/*\" { capabilities = [\"read\", \"list\"] }\npath \"b\" {}\n",
            ),
            ("path \"a\" {\n # why\n}", "path \"a\" {\n # why\n}"),
            ("", ""),
        ] {
            assert_eq!(blocks(policy), shown, "{policy}");
        }
    }
}
