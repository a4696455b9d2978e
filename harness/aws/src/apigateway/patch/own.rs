//! What becomes of a document where a path is more than a member of it.

use authlab_wire::Value;

use super::Kind::{Flag, Integer, Number, Text};
use super::{Kind, Operation, edit_list, map_at, set};
use crate::apigateway::error::{Error, Missing};

/// What is no number is told as a number that cannot be (unverified).
pub(super) fn compression_size(
    document: &mut Value,
    _: &[String],
    given: &Operation,
) -> Result<(), Error> {
    let text = given.value.as_deref().unwrap_or_default();
    let size = Integer.read("minimumCompressionSize", text);
    let size = size.unwrap_or(Value::Integer(-1));
    set(document, &["minimumCompressionSize"], size);
    Ok(())
}

/// The only type of an API becomes another, however the old one is named; the kind of addresses is that
/// of the new type where it leaves no choice (recorded for PRIVATE).
pub(super) fn endpoint_type(
    document: &mut Value,
    _: &[String],
    given: &Operation,
) -> Result<(), Error> {
    let kind = given.value.as_deref().unwrap_or_default();
    let endpoint = ["endpointConfiguration", "types"];
    edit_list(document, &endpoint, |types| {
        *types = vec![Value::from(kind)]
    });
    if kind == "PRIVATE" {
        let addresses = ["endpointConfiguration", "ipAddressType"];
        set(document, &addresses, Value::from("dualstack"));
    }
    Ok(())
}

/// What a stage says where there is no setting to take away (recorded).
pub(super) fn no_setting(path: &str) -> String {
    format!(
        "Cannot remove method setting {path} because there is no method setting for this method "
    )
}

/// The members of a method's settings, by what the paths end in.
const SETTINGS: [(&str, &str, Kind); 10] = [
    ("metrics/enabled", "metricsEnabled", Flag),
    ("logging/dataTrace", "dataTraceEnabled", Flag),
    ("logging/loglevel", "loggingLevel", Text),
    ("throttling/burstLimit", "throttlingBurstLimit", Integer),
    ("throttling/rateLimit", "throttlingRateLimit", Number),
    ("caching/enabled", "cachingEnabled", Flag),
    ("caching/ttlInSeconds", "cacheTtlInSeconds", Integer),
    ("caching/dataEncrypted", "cacheDataEncrypted", Flag),
    (
        "caching/requireAuthorizationForCacheControl",
        "requireAuthorizationForCacheControl",
        Flag,
    ),
    (
        "caching/unauthorizedCacheControlHeaderStrategy",
        "unauthorizedCacheControlHeaderStrategy",
        Text,
    ),
];

/// The key of a method's settings: as the path of the patch addresses them, so that the path of a
/// resource keeps its `~1` (unverified: recorded for one segment only).
fn setting_key<'p>(path: &'p str, end: &str) -> &'p str {
    let key = path.strip_suffix(end).unwrap_or(path);
    let key = key.strip_prefix('/').unwrap_or(key);
    key.strip_suffix('/').unwrap_or(key)
}

/// A method that had no settings begins with those of all methods (recorded).
pub(super) fn method_setting(
    document: &mut Value,
    _: &[String],
    given: &Operation,
) -> Result<(), Error> {
    let found = SETTINGS.iter().find(|(end, ..)| given.path.ends_with(end));
    let Some((end, member, kind)) = found else {
        return Ok(());
    };
    let value = kind.read(end, given.value.as_deref().unwrap_or_default())?;
    let all = map_at(document, &["methodSettings"]);
    let general = all.get("*/*").cloned().unwrap_or_else(Value::empty);
    let key = setting_key(&given.path, end).to_owned();
    let own = all.entry(key).or_insert(general);
    set(own, &[member], value);
    Ok(())
}

/// The settings of a method go. What a canary has and keeps is told as no operation (unverified).
pub(super) fn no_settings(
    document: &mut Value,
    _: &[String],
    given: &Operation,
) -> Result<(), Error> {
    let path = given.path.as_str();
    if KEPT_OF_CANARY.contains(&path) {
        return Err(Error::stated(format!(
            "Invalid remove operation with path: {path}"
        )));
    }
    let key = setting_key(path, "");
    match map_at(document, &["methodSettings"]).remove(key) {
        Some(_) => Ok(()),
        None => Err(Error::Stated(no_setting(key))),
    }
}

/// What of a canary can be replaced only.
const KEPT_OF_CANARY: [&str; 3] = [
    "/canarySettings/percentTraffic",
    "/canarySettings/deploymentId",
    "/canarySettings/useStageCache",
];

/// A canary that is not there yet takes no traffic and runs what the stage runs (unverified).
fn with_canary(document: &mut Value) {
    if document.get("canarySettings").is_some() {
        return;
    }
    let deployment = document.get("deploymentId").cloned().unwrap_or_default();
    set(document, &["canarySettings", "deploymentId"], deployment);
}

/// A setting of a stage's canary.
pub(super) fn canary_setting(
    document: &mut Value,
    names: &[String],
    given: &Operation,
) -> Result<(), Error> {
    with_canary(document);
    let text = given.value.as_deref().unwrap_or_default();
    let member = given.path.strip_prefix("/canarySettings/");
    let member = member.unwrap_or_default();
    if let Some(name) = names.last() {
        let overrides = ["canarySettings", "stageVariableOverrides"];
        let overrides = map_at(document, &overrides);
        if given.op == "remove" {
            overrides.remove(name);
        } else {
            overrides.insert(name.clone(), Value::from(text));
        }
        return Ok(());
    }
    let (kind, told) = match member {
        "percentTraffic" => (Number, "canarySettings.percentTraffic"),
        "useStageCache" => (Flag, "canarySettings.useStageCache"),
        _ => (Text, "canarySettings.deploymentId"),
    };
    if text.is_empty() {
        return Err(Error::invalid(told, "give a value"));
    }
    let value = kind.read(told, text)?;
    set(document, &["canarySettings", member], value);
    Ok(())
}

/// A copy that a stage does not have. (Text unverified.)
pub(super) fn no_copy(given: &Operation) -> String {
    let from = given.from.as_deref().unwrap_or_default();
    format!(
        "Invalid copy operation with path: {} and from {from}. Valid copy:path are [/deploymentId, \
         /variables] and valid copy:from are [/canarySettings/deploymentId, \
         /canarySettings/stageVariableOverrides]",
        given.path
    )
}

/// What the canary has becomes what the stage has: its deployment, or its variables beside the others
/// (texts unverified).
pub(super) fn promoted(document: &mut Value, _: &[String], given: &Operation) -> Result<(), Error> {
    let from = given.from.as_deref().unwrap_or_default();
    let (path, from) = match (given.path.as_str(), from) {
        ("/deploymentId", "/canarySettings/deploymentId") => ("deploymentId", "deploymentId"),
        ("/variables", "/canarySettings/stageVariableOverrides") => {
            ("variables", "stageVariableOverrides")
        }
        _ => return Err(Error::Stated(no_copy(given))),
    };
    let Some(canary) = document.get("canarySettings") else {
        return Err(Error::stated(
            "Promotion not available. Canary does not exist.",
        ));
    };
    match canary.get(from).cloned() {
        Some(Value::Map(overrides)) => map_at(document, &[path]).extend(overrides),
        Some(value) => set(document, &[path], value),
        None => {}
    }
    Ok(())
}

/// A text that stays a text where it is empty: the rules say what it is.
pub(super) fn whole_text(
    document: &mut Value,
    _: &[String],
    given: &Operation,
) -> Result<(), Error> {
    let member = given.path.trim_start_matches('/');
    let text = given.value.as_deref().unwrap_or_default();
    map_at(document, &[]).insert(member.to_owned(), Value::from(text));
    Ok(())
}

/// A stage that a key opens comes or goes.
pub(super) fn key_stage(
    document: &mut Value,
    _: &[String],
    given: &Operation,
) -> Result<(), Error> {
    let stage = Value::from(given.value.as_deref().unwrap_or_default());
    edit_list(document, &["stageKeys"], |stages| {
        stages.retain(|other| *other != stage);
        if given.op == "add" {
            stages.push(stage);
        }
    });
    Ok(())
}

/// The API and the stage of `API:STAGE`.
fn stage_named(text: &str) -> Result<(&str, &str), Error> {
    let named = text.split_once(':');
    let named = named.filter(|(api, stage)| !api.is_empty() && !stage.is_empty());
    named.ok_or_else(|| Error::stated("Invalid API Stage specified"))
}

fn is_stage(stage: &Value, (api, name): (&str, &str)) -> bool {
    let text = |member| stage.get(member).and_then(Value::as_text);
    text("apiId") == Some(api) && text("stage") == Some(name)
}

fn no_stage(document: &Value, (api, stage): (&str, &str)) -> Error {
    let plan = document.get("id").and_then(Value::as_text);
    let plan = plan.unwrap_or_default();
    Error::NoSuch {
        what: Missing::PlanStage,
        name: format!("{{api: {api}, stage: {stage}}} specified for usageplan {plan}"),
    }
}

/// A stage of a usage plan comes or goes; one that is not there cannot go (recorded).
pub(super) fn api_stage(
    document: &mut Value,
    _: &[String],
    given: &Operation,
) -> Result<(), Error> {
    let named = stage_named(given.value.as_deref().unwrap_or_default())?;
    let missing = no_stage(document, named);
    let mut found = false;
    edit_list(document, &["apiStages"], |stages| {
        found = stages.iter().any(|stage| is_stage(stage, named));
        if given.op == "remove" {
            stages.retain(|stage| !is_stage(stage, named));
        } else if !found {
            let mut stage = Value::empty();
            set(&mut stage, &["apiId"], Value::from(named.0));
            set(&mut stage, &["stage"], Value::from(named.1));
            stages.push(stage);
        }
    });
    if given.op == "remove" && !found {
        return Err(missing);
    }
    Ok(())
}

/// How fast a method of a plan's stage is.
pub(super) fn stage_throttle(
    document: &mut Value,
    names: &[String],
    given: &Operation,
) -> Result<(), Error> {
    // A path is told as it is or as one segment: `//pets/GET` and `/~1pets/GET` are one.
    let [stage, path, verb] = names else {
        return Ok(());
    };
    let named = stage_named(stage)?;
    let missing = no_stage(document, named);
    let limit = [("burstLimit", Integer), ("rateLimit", Number)];
    let limit = limit.into_iter().find(|(end, _)| given.path.ends_with(end));
    let limit = match limit {
        Some((member, kind)) => {
            let text = given.value.as_deref().unwrap_or_default();
            Some((member, kind.read(member, text)?))
        }
        None => None,
    };
    let mut found = false;
    edit_list(document, &["apiStages"], |stages| {
        let own = stages.iter_mut().find(|stage| is_stage(stage, named));
        let Some(own) = own else {
            return;
        };
        found = true;
        let key = format!("{path}/{verb}");
        let throttle = map_at(own, &["throttle"]);
        match limit {
            Some((member, value)) => set(throttle.entry(key).or_default(), &[member], value),
            None => drop(throttle.remove(&key)),
        }
    });
    if found { Ok(()) } else { Err(missing) }
}

/// The API of a base path, which patches spell in their own way.
pub(super) fn mapped_api(
    document: &mut Value,
    _: &[String],
    given: &Operation,
) -> Result<(), Error> {
    let api = Value::from(given.value.as_deref().unwrap_or_default());
    set(document, &["restApiId"], api);
    Ok(())
}
