//! The paths of each resource that can be patched.
//!
//! Source: API Gateway API reference, `patch-operations.html`; texts as recorded. A pattern is listed
//! where AWS lists it when it refuses another.

use authlab_wire::Value;

use super::Change::{By, Drop, Element, Entry, Item, NotSimulated, Set};
use super::Kind::{Flag, Integer, Number, Text};
use super::{Operation, Row, Style, Table, edit_list, map_at, set};
use crate::apigateway::error::{Error, Missing};

const REPLACE: &[&str] = &["replace"];
const REMOVE: &[&str] = &["remove"];
const REPLACE_REMOVE: &[&str] = &["replace", "remove"];
const ADD_REMOVE: &[&str] = &["add", "remove"];
const ADD_REPLACE: &[&str] = &["add", "replace"];
const ALL: &[&str] = &["add", "remove", "replace"];

/// A path.
const fn row(path: &'static str, ops: &'static [&'static str], change: super::Change) -> Row {
    Row { path, ops, change }
}

/// A REST API.
pub const REST_API: Table = Table {
    style: Style::Plain,
    rows: &[
        row("/name", REPLACE, Set(Text)),
        row("/description", REPLACE_REMOVE, Set(Text)),
        row("/version", REPLACE_REMOVE, Set(Text)),
        row("/apiKeySource", REPLACE, Set(Text)),
        row("/policy", REPLACE, Set(Text)),
        row("/binaryMediaTypes/{type}", ALL, Item),
        row("/minimumCompressionSize", REPLACE, Set(Integer)),
        row("/disableExecuteApiEndpoint", REPLACE, Set(Flag)),
        row(
            "/endpointConfiguration/types/{type}",
            REPLACE,
            By(endpoint_type),
        ),
        row("/endpointConfiguration/ipAddressType", REPLACE, Set(Text)),
        row("/endpointConfiguration/vpcEndpointIds", ADD_REMOVE, Element),
        row("/securityPolicy", REPLACE, Set(Text)),
        row("/endpointAccessMode", REPLACE, Set(Text)),
    ],
};

/// The only type of an API becomes another, however the old one is named; the kind of addresses is that
/// of the new type where it leaves no choice (recorded for PRIVATE).
fn endpoint_type(document: &mut Value, _: &[String], given: &Operation) -> Result<(), Error> {
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

/// A resource.
pub const RESOURCE: Table = Table {
    style: Style::Listed,
    rows: &[
        row("/parentId", REPLACE, Set(Text)),
        row("/pathPart", REPLACE, Set(Text)),
    ],
};

/// A method.
pub const METHOD: Table = Table {
    style: Style::Plain,
    rows: &[
        row("/authorizationType", REPLACE, Set(Text)),
        row("/authorizerId", REPLACE, Set(Text)),
        row("/authorizationScopes", ADD_REMOVE, Element),
        row("/apiKeyRequired", REPLACE, Set(Flag)),
        row("/operationName", REPLACE, Set(Text)),
        row("/requestValidatorId", REPLACE, Set(Text)),
        row(
            "/requestParameters/{name}",
            ALL,
            Entry(Flag, Some(Missing::Parameter)),
        ),
        row(
            "/requestModels/{content-type}",
            ALL,
            Entry(Text, Some(Missing::ContentType)),
        ),
    ],
};

/// A response of a method.
pub const METHOD_RESPONSE: Table = Table {
    style: Style::Plain,
    rows: &[
        row(
            "/responseParameters/{name}",
            ALL,
            Entry(Flag, Some(Missing::Parameter)),
        ),
        row(
            "/responseModels/{content-type}",
            ALL,
            Entry(Text, Some(Missing::ContentType)),
        ),
    ],
};

/// An integration.
pub const INTEGRATION: Table = Table {
    style: Style::Plain,
    rows: &[
        row("/type", REPLACE, Set(Text)),
        row("/uri", REPLACE, Set(Text)),
        row("/httpMethod", REPLACE, Set(Text)),
        row("/credentials", REPLACE, Set(Text)),
        row("/passthroughBehavior", REPLACE, Set(Text)),
        row("/contentHandling", REPLACE, Set(Text)),
        row("/timeoutInMillis", REPLACE, Set(Integer)),
        row("/cacheNamespace", REPLACE, Set(Text)),
        row("/cacheKeyParameters/{name}", ADD_REMOVE, Item),
        row("/connectionType", REPLACE, Set(Text)),
        row("/connectionId", REPLACE, Set(Text)),
        row("/requestParameters/{name}", ALL, Entry(Text, None)),
        row("/requestTemplates/{content-type}", ALL, Entry(Text, None)),
        row("/tlsConfig/insecureSkipVerification", REPLACE, Set(Flag)),
        row("/responseTransferMode", REPLACE, NotSimulated),
        row("/integrationTarget", REPLACE, NotSimulated),
    ],
};

/// A response of an integration.
pub const INTEGRATION_RESPONSE: Table = Table {
    style: Style::Plain,
    rows: &[
        row("/selectionPattern", REPLACE, Set(Text)),
        row("/contentHandling", REPLACE, Set(Text)),
        row("/responseParameters/{name}", ALL, Entry(Text, None)),
        row("/responseTemplates/{content-type}", ALL, Entry(Text, None)),
    ],
};

/// A model.
pub const MODEL: Table = Table {
    style: Style::Listed,
    rows: &[
        row("/description", REPLACE, Set(Text)),
        row("/schema", REPLACE, Set(Text)),
    ],
};

/// A request validator.
pub const REQUEST_VALIDATOR: Table = Table {
    style: Style::Listed,
    rows: &[
        row("/name", REPLACE, Set(Text)),
        row("/validateRequestParameters", REPLACE, Set(Flag)),
        row("/validateRequestBody", REPLACE, Set(Flag)),
    ],
};

/// A gateway response.
pub const GATEWAY_RESPONSE: Table = Table {
    style: Style::Plain,
    rows: &[
        row("/statusCode", REPLACE, Set(Text)),
        row("/responseParameters/{name}", ALL, Entry(Text, None)),
        row("/responseTemplates/{content-type}", ALL, Entry(Text, None)),
    ],
};

/// An authorizer.
pub const AUTHORIZER: Table = Table {
    style: Style::Plain,
    rows: &[
        row("/name", REPLACE, Set(Text)),
        row("/type", REPLACE, Set(Text)),
        row("/authType", REPLACE, Set(Text)),
        row("/authorizerUri", REPLACE, Set(Text)),
        row("/authorizerCredentials", REPLACE, Set(Text)),
        row("/identitySource", REPLACE, Set(Text)),
        row("/identityValidationExpression", REPLACE, Set(Text)),
        row("/authorizerResultTtlInSeconds", REPLACE, Set(Integer)),
        row("/providerARNs", ADD_REMOVE, Element),
    ],
};

/// A deployment.
pub const DEPLOYMENT: Table = Table {
    style: Style::Plain,
    rows: &[row("/description", REPLACE, Set(Text))],
};

/// A stage.
pub const STAGE: Table = Table {
    style: Style::Settings,
    rows: &[
        row("/deploymentId", REPLACE, Set(Text)),
        row("/deploymentId", &["replace", "copy"], NotSimulated),
        row("/description", REPLACE, Set(Text)),
        row("/cacheClusterEnabled", REPLACE, Set(Flag)),
        row("/cacheClusterSize", REPLACE, Set(Text)),
        row("/clientCertificateId", REPLACE, NotSimulated),
        row("/documentationVersion", REPLACE, NotSimulated),
        row("/tracingEnabled", REPLACE, Set(Flag)),
        row("/variables/{name}", ALL, Entry(Text, None)),
        row("/accessLogSettings", REMOVE, Drop),
        row("/accessLogSettings/destinationArn", ADD_REPLACE, Set(Text)),
        row("/accessLogSettings/format", ADD_REPLACE, Set(Text)),
        row("/canarySettings/percentTraffic", REPLACE, NotSimulated),
        row("/canarySettings/deploymentId", REPLACE, NotSimulated),
        row("/canarySettings/useStageCache", REPLACE, NotSimulated),
        row(
            "/canarySettings/stageVariableOverrides/{name}",
            ALL,
            NotSimulated,
        ),
        row("/canarySettings", REMOVE, NotSimulated),
        setting("/{resourcePath}/{httpMethod}/metrics/enabled"),
        setting("/{resourcePath}/{httpMethod}/logging/dataTrace"),
        setting("/{resourcePath}/{httpMethod}/logging/loglevel"),
        setting("/{resourcePath}/{httpMethod}/throttling/burstLimit"),
        setting("/{resourcePath}/{httpMethod}/throttling/rateLimit"),
        setting("/{resourcePath}/{httpMethod}/caching/enabled"),
        setting("/{resourcePath}/{httpMethod}/caching/ttlInSeconds"),
        setting("/{resourcePath}/{httpMethod}/caching/dataEncrypted"),
        setting("/{resourcePath}/{httpMethod}/caching/requireAuthorizationForCacheControl"),
        setting("/{resourcePath}/{httpMethod}/caching/unauthorizedCacheControlHeaderStrategy"),
        row("/{resourcePath}/{httpMethod}", REMOVE, By(no_settings)),
    ],
};

/// What a stage says of its paths, with the commas that it lacks (recorded).
pub const SETTING_PATHS: &str = "[/deploymentId, /description, /cacheClusterEnabled, /cacheClusterSize, /clientCertificateId, /accessLogSettings, /accessLogSettings/destinationArn, /accessLogSettings/format, /{resourcePath}/{httpMethod}/metrics/enabled, /{resourcePath}/{httpMethod}/logging/dataTrace, /{resourcePath}/{httpMethod}/logging/loglevel, /{resourcePath}/{httpMethod}/throttling/burstLimit/{resourcePath}/{httpMethod}/throttling/rateLimit/{resourcePath}/{httpMethod}/caching/ttlInSeconds, /{resourcePath}/{httpMethod}/caching/enabled, /{resourcePath}/{httpMethod}/caching/dataEncrypted, /{resourcePath}/{httpMethod}/caching/requireAuthorizationForCacheControl, /{resourcePath}/{httpMethod}/caching/unauthorizedCacheControlHeaderStrategy, /*/*/metrics/enabled, /*/*/logging/dataTrace, /*/*/logging/loglevel, /*/*/throttling/burstLimit /*/*/throttling/rateLimit /*/*/caching/ttlInSeconds, /*/*/caching/enabled, /*/*/caching/dataEncrypted, /*/*/caching/requireAuthorizationForCacheControl, /*/*/caching/unauthorizedCacheControlHeaderStrategy, /variables/{variable_name}, /tracingEnabled]";

/// What a stage says where there is no setting to take away (recorded).
pub fn no_setting(path: &str) -> String {
    format!(
        "Cannot remove method setting {path} because there is no method setting for this method "
    )
}

/// A setting of methods.
const fn setting(path: &'static str) -> Row {
    row(path, REPLACE, By(method_setting))
}

/// The members of a method's settings, by what the paths end in.
const SETTINGS: [(&str, &str, super::Kind); 10] = [
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

/// The key of a method's settings: the path without the `/` before it, and the verb.
fn setting_key(names: &[String]) -> String {
    match names {
        [path, verb] => format!("{}/{verb}", path.trim_start_matches('/')),
        _ => String::new(),
    }
}

/// A method that had no settings begins with those of all methods (recorded).
fn method_setting(document: &mut Value, names: &[String], given: &Operation) -> Result<(), Error> {
    let found = SETTINGS.iter().find(|(end, ..)| given.path.ends_with(end));
    let Some((end, member, kind)) = found else {
        return Ok(());
    };
    let value = kind.read(end, given.value.as_deref().unwrap_or_default())?;
    let all = map_at(document, &["methodSettings"]);
    let general = all.get("*/*").cloned().unwrap_or_else(Value::empty);
    let own = all.entry(setting_key(names)).or_insert(general);
    set(own, &[member], value);
    Ok(())
}

fn no_settings(document: &mut Value, names: &[String], _: &Operation) -> Result<(), Error> {
    let key = setting_key(names);
    match map_at(document, &["methodSettings"]).remove(&key) {
        Some(_) => Ok(()),
        None => Err(Error::Stated(no_setting(&key))),
    }
}

/// An API key.
pub const API_KEY: Table = Table {
    style: Style::Listed,
    rows: &[
        row("/description", REPLACE, Set(Text)),
        row("/enabled", REPLACE, Set(Flag)),
        row("/name", REPLACE, Set(Text)),
        row("/customerId", REPLACE, Set(Text)),
        row("/stages", ADD_REMOVE, By(key_stage)),
    ],
};

fn key_stage(document: &mut Value, _: &[String], given: &Operation) -> Result<(), Error> {
    let stage = Value::from(given.value.as_deref().unwrap_or_default());
    edit_list(document, &["stageKeys"], |stages| {
        stages.retain(|other| *other != stage);
        if given.op == "add" {
            stages.push(stage);
        }
    });
    Ok(())
}

/// A usage plan.
pub const USAGE_PLAN: Table = Table {
    style: Style::Plain,
    rows: &[
        row("/name", REPLACE, Set(Text)),
        row("/description", REPLACE, Set(Text)),
        row("/productCode", REPLACE_REMOVE, Set(Text)),
        row("/apiStages", ADD_REMOVE, By(api_stage)),
        row(
            "/apiStages/{api:stage}/throttle/{path}/{method}/burstLimit",
            REPLACE,
            By(stage_throttle),
        ),
        row(
            "/apiStages/{api:stage}/throttle/{path}/{method}/rateLimit",
            REPLACE,
            By(stage_throttle),
        ),
        row(
            "/apiStages/{api:stage}/throttle/{path}/{method}",
            REMOVE,
            By(stage_throttle),
        ),
        row("/quota", REMOVE, Drop),
        row("/quota/limit", REPLACE, Set(Integer)),
        row("/quota/offset", REPLACE, Set(Integer)),
        row("/quota/period", REPLACE, Set(Text)),
        row("/throttle", REMOVE, Drop),
        row("/throttle/burstLimit", REPLACE, Set(Integer)),
        row("/throttle/rateLimit", REPLACE, Set(Number)),
    ],
};

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

fn api_stage(document: &mut Value, _: &[String], given: &Operation) -> Result<(), Error> {
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

fn stage_throttle(document: &mut Value, names: &[String], given: &Operation) -> Result<(), Error> {
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

/// The account.
pub const ACCOUNT: Table = Table {
    style: Style::Plain,
    rows: &[row("/cloudwatchRoleArn", REPLACE_REMOVE, Set(Text))],
};

/// A VPC link.
pub const VPC_LINK: Table = Table {
    style: Style::Plain,
    rows: &[
        row("/name", REPLACE, Set(Text)),
        row("/description", REPLACE, Set(Text)),
    ],
};

/// A base path mapping.
pub const BASE_PATH_MAPPING: Table = Table {
    style: Style::Plain,
    rows: &[
        row("/basePath", REPLACE, Set(Text)),
        row("/restapiId", REPLACE, By(mapped_api)),
        row("/stage", REPLACE, Set(Text)),
    ],
};

fn mapped_api(document: &mut Value, _: &[String], given: &Operation) -> Result<(), Error> {
    let api = Value::from(given.value.as_deref().unwrap_or_default());
    set(document, &["restApiId"], api);
    Ok(())
}
