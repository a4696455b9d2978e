//! Subscription filters: what a group passes on to a function.
//!
//! Sources: CloudWatch Logs user guide, `SubscriptionFilters.html` (the event of a function, two filters
//! for a group); recorded answers of LocalStack's tests.

use std::io::Write as _;

use authlab_kernel::{Scope, Timestamp};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use serde_json::json;

use super::error::Error;
use super::group::LogEvent;
use super::pattern::Pattern;
use super::state::State;
use crate::operation::Effect;
use crate::shared::Ctx;

/// The most subscription filters of a group (API reference, `PutSubscriptionFilter`).
pub(super) const SUBSCRIPTIONS_MAX: usize = 2;

/// The service as most policies of functions name it; older ones name it with its Region.
pub(super) const PRINCIPAL: &str = "logs.amazonaws.com";

/// A subscription filter.
#[derive(Clone, Debug)]
pub struct Subscription {
    /// The pattern as it was given.
    pub pattern_text: String,
    /// Which events it passes on.
    pub pattern: Pattern,
    /// The function's ARN.
    pub function: String,
    /// The name by which the function's policy lets the service in.
    pub principal: String,
    /// `ByLogStream` or `Random`: shown, and without meaning for a function.
    pub distribution: String,
    /// When it was made.
    pub created: Timestamp,
}

impl State {
    /// Makes a subscription filter, or changes the one of this name.
    ///
    /// # Errors
    /// No such group, or it has two others.
    pub fn subscribe(
        &mut self,
        group: &str,
        name: &str,
        subscription: Subscription,
        ctx: &Ctx<'_>,
    ) -> Result<(), Error> {
        let subscriptions = &mut self.own_group(group, ctx)?.subscriptions;
        if !subscriptions.contains_key(name) && subscriptions.len() >= SUBSCRIPTIONS_MAX {
            return Err(Error::TooManySubscriptions);
        }
        subscriptions.insert(name.to_owned(), subscription);
        Ok(())
    }

    /// Takes a subscription filter away.
    ///
    /// # Errors
    /// No such group, or no filter of this name.
    pub fn unsubscribe(&mut self, group: &str, name: &str, ctx: &Ctx<'_>) -> Result<(), Error> {
        let subscriptions = &mut self.own_group(group, ctx)?.subscriptions;
        let removed = subscriptions.remove(name);
        removed.map(drop).ok_or(Error::NoSuchSubscription)
    }

    /// What has arrived in a stream from the event `since` on, for each function that is subscribed to
    /// some of it.
    pub fn passed_on(&self, scope: &Scope, group: &str, stream: &str, since: u64) -> Vec<Effect> {
        let Some(group) = self.group(scope, group) else {
            return Vec::new();
        };
        let Some(events) = group.streams.get(stream).map(|stream| stream.events()) else {
            return Vec::new();
        };
        let arn = group.arn();
        let subscriptions = group.subscriptions.iter();
        let passed_on = subscriptions.filter_map(|(name, subscription)| {
            let is_meant = |event: &&LogEvent| {
                event.nth >= since && subscription.pattern.matches(&event.message)
            };
            let events: Vec<_> = events
                .iter()
                .filter(is_meant)
                .map(|event| {
                    json!({
                        "id": event.id(&arn, stream),
                        "timestamp": event.timestamp_ms,
                        "message": event.message,
                    })
                })
                .collect();
            let message = json!({
                "messageType": "DATA_MESSAGE",
                "owner": scope.account.as_str(),
                "logGroup": group.name,
                "logStream": stream,
                "subscriptionFilters": [name],
                "logEvents": events,
            });
            (!events.is_empty()).then(|| Effect::InvokeFunction {
                scope: scope.clone(),
                function: subscription.function.clone(),
                event: enveloped(&message),
                principal: subscription.principal.clone(),
                source_arn: source_arn(&arn),
            })
        });
        passed_on.collect()
    }
}

/// On behalf of what a function is invoked: a policy that names the group without `:*` does not match
/// it (public reports, such as hashicorp/terraform-provider-aws#16162).
pub(super) fn source_arn(group_arn: &str) -> String {
    format!("{group_arn}:*")
}

/// The event of a function: the message, compressed and in base64.
pub(super) fn enveloped(message: &serde_json::Value) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // Writing to memory does not fail.
    let written = encoder.write_all(message.to_string().as_bytes());
    let data = written.and_then(|()| encoder.finish()).unwrap_or_default();
    Bytes::from(json!({"awslogs": {"data": BASE64.encode(data)}}).to_string())
}

#[cfg(test)]
mod tests;
