//! Where a secret keeps a text: what an access key that counts for nothing is held against.

use authlab_wire::sigv4::KeptIn;

use super::secret::{Content, Entry, Version};
use super::state::State;

/// The label of the version that is in force.
const CURRENT: &str = "AWSCURRENT";
/// The label of the version that a rotation has not finished.
const PENDING: &str = "AWSPENDING";

/// Shorter texts stand in many a secret by chance: an access key id has twenty letters.
const LENGTH_MIN: usize = 16;

impl State {
    /// Which version of which secret has this text in it; the current one before others, and of those
    /// the youngest. Only the place is told, nothing else of the content.
    pub fn keeping(&self, text: &str) -> Option<KeptIn> {
        if text.len() < LENGTH_MIN {
            return None;
        }
        let entries = self.secrets.values().flat_map(|entries| entries.values());
        entries.into_iter().find_map(|entry| kept_in(entry, text))
    }
}

fn kept_in(entry: &Entry, text: &str) -> Option<KeptIn> {
    let has = |version: &&Version| match &version.content {
        Some(Content::Text(content)) => content.expose_secret().contains(text),
        Some(Content::Binary(_)) | None => false,
    };
    let current = entry.staged(CURRENT);
    let mut youngest = entry.versions().iter().rev();
    let version = current
        .filter(has)
        .or_else(|| youngest.find(|version| has(version)))?;
    let id = |version: &Version| version.id.clone();
    Some(KeptIn {
        secret: entry.name.clone(),
        version: id(version),
        labels: version.stages.iter().cloned().collect(),
        current: current.map(id),
        pending: entry.staged(PENDING).map(id),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::front::testing::door;

    const OLD: &str = "AKIAOLDEXAMPLE000000";
    const NEW: &str = "AKIANEWEXAMPLE000000";

    #[tokio::test]
    async fn the_version_that_has_the_text_is_told_with_its_labels() {
        let door = door();
        let token = |number: u8| format!("11111111-2222-4333-8444-5555555555{number:02}");
        let content = |key: &str| json!({ "AccessKeyId": key }).to_string();
        let create =
            json!({"Name": "s", "SecretString": content(OLD), "ClientRequestToken": token(1)});
        door.well("secretsmanager:CreateSecret", create).await;
        let put = json!({"SecretId": "s", "SecretString": content(NEW), "ClientRequestToken": token(2),
            "VersionStages": ["AWSPENDING"]});
        door.well("secretsmanager:PutSecretValue", put).await;
        let kept = |text: &str| {
            let kept = door.cloud().secretsmanager.keeping(text)?;
            Some((
                kept.version,
                kept.labels.join(" "),
                kept.current,
                kept.pending,
            ))
        };
        let told = |version, labels: &str, current, pending: Option<u8>| {
            let pending = pending.map(token);
            Some((
                token(version),
                labels.to_owned(),
                Some(token(current)),
                pending,
            ))
        };
        assert_eq!(kept(OLD), told(1, "AWSCURRENT", 1, Some(2)));
        assert_eq!(kept(NEW), told(2, "AWSPENDING", 1, Some(2)));
        assert_eq!(kept("AKIAOLDEXAMPLE00000X"), None);
        assert_eq!(kept("AKIA"), None, "short texts stand everywhere");
        let finish = json!({"SecretId": "s", "VersionStage": "AWSCURRENT",
            "MoveToVersionId": token(2), "RemoveFromVersionId": token(1)});
        door.well("secretsmanager:UpdateSecretVersionStage", finish)
            .await;
        assert_eq!(kept(OLD), told(1, "AWSPREVIOUS", 2, Some(2)));
    }
}
