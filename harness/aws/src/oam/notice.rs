//! What is allowed of linking and is seldom meant: everything shared, and a sink for everybody.

use std::sync::OnceLock;

use authlab_policy::{
    Context, Document, DocumentKind, Policy, PolicySet, Principal, Request, decide,
};

use super::link::{Link, ResourceType};
use super::state::{Sink, State, sink_scope};
use crate::evidence::Notice;
use crate::shared::Ctx;

/// The actions that make a link or change what it shares.
const LINKING: [&str; 2] = ["oam:CreateLink", "oam:UpdateLink"];

/// An account that nobody's policy can mean: AWS gives out no such id.
const STRANGER: &str = "000000000000";

/// Whether a link shares all of a type that a filter could narrow.
pub(super) fn of_link(link: &Link) -> Option<Notice> {
    let wide = [
        (ResourceType::Metric, link.metrics.is_none()),
        (ResourceType::LogGroup, link.log_groups.is_none()),
    ];
    let types: Vec<String> = wide
        .into_iter()
        .filter(|(kind, is_wide)| *is_wide && link.shares(*kind))
        .map(|(kind, _)| kind.to_string())
        .collect();
    (!types.is_empty()).then(|| Notice::SharesEverything {
        link: link.arn.clone(),
        sink: link.sink_arn.clone(),
        types,
    })
}

/// Whether a sink's policy lets an account link that it does not know: asked of the policy itself, so
/// that wildcards, `NotAction` and `NotPrincipal` count as they work.
pub(super) fn of_sink(sink: &Sink) -> Option<Notice> {
    let (open, narrowed): (Vec<&str>, Vec<&str>) = LINKING
        .into_iter()
        .partition(|action| lets_a_stranger_in(sink, action));
    let named = |actions: Vec<&str>| actions.into_iter().map(str::to_owned).collect();
    (!open.is_empty()).then(|| Notice::SinkOpen {
        sink: sink.arn.clone(),
        actions: named(open),
        narrowed: named(narrowed),
    })
}

fn lets_a_stranger_in(sink: &Sink, action: &str) -> bool {
    let Some(owner) = sink_scope(&sink.arn).ok().map(|scope| scope.account) else {
        return false;
    };
    let principal = Principal::root(STRANGER);
    let policies = PolicySet {
        identity: everything().into_iter().collect(),
        resource: sink.policy.clone(),
        ..PolicySet::default()
    };
    ResourceType::ALL.into_iter().any(|kind| {
        let tags: [(&str, &str); 0] = [];
        let mut request = Request::new(principal.clone(), action, sink.arn.as_str());
        request.resource_account = Some(owner.to_string());
        request.context = Context::for_principal(&principal, tags, None);
        request
            .context
            .insert_many("oam:ResourceTypes", [kind.as_str()]);
        decide(&request, &policies).is_allowed()
    })
}

/// What the stranger's own account allows.
fn everything() -> Option<Policy> {
    static EVERYTHING: OnceLock<Option<Policy>> = OnceLock::new();
    let parsed = EVERYTHING.get_or_init(|| {
        let text = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
        let document = Document::parse(DocumentKind::Identity, text).ok()?;
        Some(Policy::new("everything", document))
    });
    parsed.clone()
}

impl State {
    /// What a reader in `ctx`'s account would see of this type and leaves out, as its accounts show it.
    pub fn left_out(&self, member: &str, accounts: Vec<String>) -> Option<Notice> {
        (!accounts.is_empty()).then(|| Notice::LinkedAccountsLeftOut {
            member: member.to_owned(),
            accounts,
        })
    }

    /// Why a reader sees nothing of an account: no link, a link of other types, or a filter.
    pub fn not_shared(
        &self,
        account: &str,
        what: String,
        kind: ResourceType,
        ctx: &Ctx<'_>,
    ) -> Notice {
        let sink = self.sink_of(ctx.scope).map(|sink| sink.arn.as_str());
        let mut links = self.links_to(sink.unwrap_or_default());
        let link = links.find(|link| link.source.account.as_str() == account);
        let filter = link.filter(|link| link.shares(kind)).and_then(|link| {
            let filter = match kind {
                ResourceType::Metric => link.metrics.as_ref(),
                ResourceType::LogGroup => link.log_groups.as_ref(),
                _ => None,
            };
            filter.map(|filter| filter.as_str().to_owned())
        });
        let types = link.map(|link| link.resource_types.iter().map(ToString::to_string));
        Notice::NotShared {
            account: account.to_owned(),
            what,
            link: link.map(|link| link.arn.clone()),
            shares: types.into_iter().flatten().collect(),
            filter,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;

    fn sink(statement: serde_json::Value) -> Sink {
        let arn = "arn:aws:oam:eu-west-1:111111111111:sink/s".to_owned();
        let document = json!({"Version": "2012-10-17", "Statement": statement});
        let document = Document::from_value(DocumentKind::OamSink, &document).unwrap();
        Sink {
            id: "s".to_owned(),
            name: "s".to_owned(),
            policy_text: None,
            policy: Some(Policy::new(format!("policy of sink {arn}"), document)),
            tags: BTreeMap::new(),
            arn,
        }
    }

    #[test]
    fn a_sink_is_open_for_what_its_policy_allows_to_an_account_that_it_does_not_know() {
        let create = json!({"Effect": "Allow", "Principal": "*", "Action": "oam:CreateLink", "Resource": "*",
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a"}}});
        let all = |action: &str, key: &str| json!({"Effect": "Allow", "Principal": "*", key: action, "Resource": "*"});
        let types = json!({"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "oam:*", "Resource": "*",
            "Condition": {"ForAllValues:StringEquals": {"oam:ResourceTypes": ["AWS::XRay::Trace"]}}});
        let named = json!({"Effect": "Allow", "Principal": {"AWS": "222222222222"}, "Action": "oam:*", "Resource": "*"});
        let rows = [
            (json!([create]), vec![]),
            (json!([named]), vec![]),
            (
                json!([create, all("oam:UpdateLink", "Action")]),
                vec!["oam:UpdateLink"],
            ),
            (
                json!([create, all("oam:Up*", "Action")]),
                vec!["oam:UpdateLink"],
            ),
            (
                json!([create, all("oam:CreateLink", "NotAction")]),
                vec!["oam:UpdateLink"],
            ),
            (
                json!([all("oam:*", "Action")]),
                vec!["oam:CreateLink", "oam:UpdateLink"],
            ),
            (json!([types]), vec!["oam:CreateLink", "oam:UpdateLink"]),
        ];
        for (statement, open) in rows {
            let found = of_sink(&sink(statement.clone()));
            let actions = match found {
                Some(Notice::SinkOpen { actions, .. }) => actions,
                None => Vec::new(),
                other => panic!("{other:?}"),
            };
            assert_eq!(actions, open, "{statement}");
        }
    }
}
