//! What stands in an audit line.

use std::collections::BTreeMap;

use authlab_kernel::{Timestamp, redaction};
use base64::Engine as _;
use serde_json::{Map, Value, json};

use super::Device;
use crate::flavour::Flavour;
use crate::mount::Mount;
use crate::policy::Decision;
use crate::request::{Operation, Request};
use crate::response::{Refusal, Response, one_error};
use crate::shown;
use crate::token::{Auth, Entry, TokenType};

/// A request (and its answer), before a device hashes it.
pub(crate) struct Line<'a> {
    pub(crate) flavour: Flavour,
    /// `request` or `response`.
    pub(crate) kind: &'static str,
    pub(crate) time: Timestamp,
    pub(crate) request: &'a Request,
    pub(crate) mount: Option<&'a Mount>,
    /// Whether the existence of the thing was asked for: then the mount's accessor is known early.
    pub(crate) existence_checked: bool,
    /// The caller's token, unless the path needs none.
    pub(crate) caller: Option<&'a Entry>,
    pub(crate) identity_policies: &'a [String],
    /// The uses that were left before this request.
    pub(crate) uses_before: i64,
    pub(crate) decision: Option<&'a Decision>,
    /// A path that needs no token, where the flavour says that it was allowed.
    pub(crate) open: bool,
    /// A login; after its success with the token made.
    pub(crate) login: bool,
    pub(crate) login_auth: Option<&'a Auth>,
    pub(crate) entity_created: bool,
    pub(crate) error: Option<String>,
    pub(crate) refusal: Option<&'a Refusal>,
    pub(crate) response: Option<&'a Response>,
}

impl Line<'_> {
    /// The line for one device.
    pub(super) fn render(&self, device: &Device, headers: &BTreeMap<String, bool>) -> Value {
        let mut line = Map::new();
        line.insert("time".to_owned(), json!(self.time.to_string()));
        line.insert("type".to_owned(), json!(self.kind));
        line.insert("auth".to_owned(), self.auth(device));
        if let Some(error) = &self.error {
            let text = shown::message(error, self.request);
            line.insert("error".to_owned(), json!(text));
        }
        line.insert("request".to_owned(), self.request(device, headers));
        if self.kind == "response" {
            line.insert("response".to_owned(), self.response(device));
        }
        Value::Object(line)
    }

    fn digests<'d>(&self, device: &'d Device, plain: &'d [String], numbers: bool) -> Digests<'d> {
        let rules = self.flavour.core();
        Digests {
            device,
            plain,
            numbers: numbers && rules.audit_hashes_numbers,
            shows_times: rules.audit_shows_times,
        }
    }

    fn auth(&self, device: &Device) -> Value {
        if let Some(auth) = self.login_auth {
            let mut shown = auth_json(device, auth);
            if let (true, Some(members)) = (self.entity_created, shown.as_object_mut()) {
                members.insert("entity_created".to_owned(), json!(true));
            }
            return shown;
        }
        let Some(caller) = self.caller else {
            let mut shown = json!({"token_type": "default"});
            if (self.login && self.kind == "request") || self.open {
                shown["policy_results"] = json!({"allowed": true});
            }
            return shown;
        };
        let mut policies: Vec<&String> = caller
            .policies
            .iter()
            .chain(self.identity_policies)
            .collect();
        policies.sort();
        policies.dedup();
        let mut shown = json!({
            "client_token": secret(device, caller.id.expose_secret()),
            "display_name": caller.display_name,
            "policies": policies,
            "token_policies": caller.policies,
            "token_issue_time": caller.created.to_string(),
            "token_type": caller.kind.as_str(),
        });
        let Some(members) = shown.as_object_mut() else {
            return shown;
        };
        let mut insert = |name: &str, value: Value| {
            members.insert(name.to_owned(), value);
        };
        if !caller.accessor.is_empty() {
            insert("accessor", accessor(device, &caller.accessor));
        }
        if caller.creation_ttl > 0 {
            insert("token_ttl", json!(caller.creation_ttl));
        }
        if !caller.entity_id.is_empty() {
            insert("entity_id", json!(caller.entity_id));
        }
        if !caller.metadata.is_empty() {
            insert("metadata", json!(caller.metadata));
        }
        if !self.identity_policies.is_empty() {
            insert("identity_policies", json!(self.identity_policies));
        }
        if self.uses_before > 0 {
            insert("remaining_uses", json!(self.uses_before));
        }
        if self.open {
            insert("policy_results", json!({"allowed": true}));
        }
        if let Some(decision) = self.decision {
            let mut results = json!({"allowed": decision.allowed});
            if decision.allowed && !decision.granting.is_empty() {
                let granting: Vec<Value> = decision
                    .granting
                    .iter()
                    .map(|name| json!({"name": name, "namespace_id": "root", "type": "acl"}))
                    .collect();
                results["granting_policies"] = Value::Array(granting);
            }
            insert("policy_results", results);
        }
        shown
    }

    fn request(&self, device: &Device, headers: &BTreeMap<String, bool>) -> Value {
        let request = self.request;
        let mut shown = json!({
            "id": request.id,
            "namespace": {"id": "root"},
            "operation": request.operation.as_str(),
            "path": shown_path(device, &request.path),
            "remote_address": request.peer.ip().to_string(),
            "remote_port": request.peer.port(),
        });
        let Some(members) = shown.as_object_mut() else {
            return shown;
        };
        let mut insert = |name: &str, value: Value| {
            members.insert(name.to_owned(), value);
        };
        match self.caller {
            Some(caller) => {
                insert("client_id", json!(client_id(caller, self.flavour)));
                insert("client_token", secret(device, caller.id.expose_secret()));
                if !caller.accessor.is_empty() {
                    insert("client_token_accessor", accessor(device, &caller.accessor));
                }
            }
            None => {
                if let Some(token) = request.token.as_deref().filter(|_| !self.login) {
                    insert("client_token", secret(device, token));
                }
            }
        }
        if !request.data.is_empty() {
            let plain = self
                .mount
                .map(|mount| &mount.tuning.audit_non_hmac_request_keys);
            let plain = plain.map(Vec::as_slice).unwrap_or_default();
            let digests = self.digests(device, plain, true);
            insert("data", digests.of_members(&request.data));
        }
        if let Some(wrap) = request.wrapping() {
            insert("wrap_ttl", json!(wrap.ttl_nanoseconds / 1_000_000_000));
        }
        let shown_headers = self.headers(device, headers);
        if !shown_headers.is_empty() {
            insert("headers", Value::Object(shown_headers));
        }
        if let Some(mount) = self.mount {
            let routed = self.kind == "response" && self.decision.is_none_or(|one| one.allowed);
            let known = self.login || ((self.caller.is_some() || self.open) && routed);
            if self.existence_checked || known {
                insert("mount_accessor", json!(mount.accessor));
            }
            insert("mount_class", json!(mount.class()));
            insert("mount_point", json!(mount.path));
            insert("mount_type", json!(mount.kind));
            insert(
                "mount_running_version",
                json!(self.flavour.builtin_version()),
            );
        }
        shown
    }

    fn headers(&self, device: &Device, wanted: &BTreeMap<String, bool>) -> Map<String, Value> {
        let mut shown: Map<String, Value> = Map::new();
        for (name, value) in &self.request.headers {
            let Some(hashed) = wanted.get(name) else {
                continue;
            };
            let value = if *hashed {
                secret(device, value)
            } else {
                json!(value)
            };
            let entry = shown.entry(name.clone()).or_insert_with(|| json!([]));
            if let Some(values) = entry.as_array_mut() {
                values.push(value);
            }
        }
        shown
    }

    fn response(&self, device: &Device) -> Value {
        let mut shown = Map::new();
        let mut insert = |name: &str, value: Value| {
            shown.insert(name.to_owned(), value);
        };
        if let Some(mount) = self.mount {
            let routed = self.decision.is_none_or(|decision| decision.allowed);
            let known = self.login || ((self.caller.is_some() || self.open) && routed);
            if self.existence_checked || known {
                insert("mount_accessor", json!(mount.accessor));
            }
            insert("mount_class", json!(mount.class()));
            insert("mount_point", json!(mount.path));
            insert("mount_type", json!(mount.kind));
            insert(
                "mount_running_plugin_version",
                json!(self.flavour.builtin_version()),
            );
        }
        if let Some(refusal) = self.refusal.filter(|refusal| refusal.audit_data) {
            let text = refusal.message.clone().unwrap_or_default();
            let text = if refusal.wrapped || self.caller.is_none() && !self.login {
                one_error(&text)
            } else {
                text
            };
            insert("data", json!({"error": secret(device, &text)}));
        }
        if let Some(response) = self.response {
            self.content(device, response, &mut insert);
        }
        Value::Object(shown)
    }

    fn content(&self, device: &Device, response: &Response, insert: &mut impl FnMut(&str, Value)) {
        if let Some(wrap) = &response.wrap_info {
            let mut info = json!({
                "token": secret(device, &wrap.token),
                "accessor": accessor(device, &wrap.accessor),
                "ttl": wrap.ttl,
                "creation_time": wrap.creation_time,
                "creation_path": wrap.creation_path,
            });
            if let Some(wrapped) = &wrap.wrapped_accessor {
                info["wrapped_accessor"] = accessor(device, wrapped);
            }
            insert("wrap_info", info);
            return;
        }
        if let Some(data) = response.data.as_ref().filter(|data| !data.is_empty()) {
            let listing = matches!(self.request.operation, Operation::List | Operation::Scan);
            let plain = self
                .mount
                .map(|mount| &mount.tuning.audit_non_hmac_response_keys);
            let plain = plain.map(Vec::as_slice).unwrap_or_default();
            let numbers = self.mount.is_some_and(Mount::hashes_numbers);
            let digests = self.digests(device, plain, numbers);
            let mut hashed = digests.of_members(data);
            if let (true, true, Some(members)) =
                (device.elide_lists, listing, hashed.as_object_mut())
            {
                for name in ["keys", "key_info"] {
                    let count = match data.get(name) {
                        Some(Value::Array(items)) => items.len(),
                        Some(Value::Object(items)) => items.len(),
                        _ => continue,
                    };
                    members.insert(name.to_owned(), json!(count));
                }
            }
            insert("data", hashed);
        }
        if let Some(auth) = &response.auth {
            insert("auth", auth_json(device, auth));
        }
        if let Some(lease) = &response.lease {
            let secret = if lease.id.is_empty() {
                json!({})
            } else {
                json!({"lease_id": lease.id})
            };
            insert("secret", secret);
        }
        if !response.warnings.is_empty() {
            // They repeat names that were sent, as members do.
            let shown = response.warnings.iter();
            let shown: Vec<String> = shown.map(|text| without_credential(device, text)).collect();
            insert("warnings", json!(shown));
        }
    }
}

/// A text that is not hashed, unless a credential stands in it.
fn without_credential(device: &Device, text: &str) -> String {
    if device.raw {
        return text.to_owned();
    }
    redaction::text(text).into_owned()
}

fn secret(device: &Device, text: &str) -> Value {
    if device.raw {
        json!(text)
    } else {
        json!(device.hash(text))
    }
}

fn accessor(device: &Device, text: &str) -> Value {
    if device.raw || !device.hmac_accessor {
        json!(text)
    } else {
        json!(device.hash(text))
    }
}

/// The path, with a keyed digest for the token in it. (Vault writes such a path as it came, and
/// advises against it; the lab writes no credential down.)
fn shown_path(device: &Device, path: &str) -> String {
    match shown::token_in_path(path).filter(|_| !device.raw) {
        Some(token) => {
            let before = path.strip_suffix(token).unwrap_or_default();
            format!("{before}{}", device.hash(token))
        }
        None if device.raw => path.to_owned(),
        None => shown::path(path).into_owned(),
    }
}

/// The id of a client: its entity, or a digest of its policies and namespace (`root`).
fn client_id(entry: &Entry, flavour: Flavour) -> String {
    if !entry.entity_id.is_empty() {
        return entry.entity_id.clone();
    }
    let delimiter = flavour.core().client_id_delimiter;
    let policies = format!("{}{delimiter}root", entry.policies.join("\u{7f}"));
    let digest = ring::digest::digest(&ring::digest::SHA256, policies.as_bytes());
    base64::engine::general_purpose::STANDARD.encode(digest)
}

fn auth_json(device: &Device, auth: &Auth) -> Value {
    let token = auth
        .client_token
        .as_ref()
        .map_or("", |token| token.expose_secret());
    let mut policies: Vec<&String> = auth
        .policies
        .iter()
        .chain(&auth.identity_policies)
        .collect();
    policies.sort();
    policies.dedup();
    let batch = auth.kind == TokenType::Batch;
    let mut shown = json!({
        "client_token": secret(device, token),
        "display_name": auth.display_name,
        "policies": policies,
        "token_policies": auth.policies,
        "token_type": if batch { "batch" } else { "service" },
    });
    let Some(members) = shown.as_object_mut() else {
        return shown;
    };
    let mut insert = |name: &str, value: Value| {
        members.insert(name.to_owned(), value);
    };
    if !auth.accessor.is_empty() {
        insert("accessor", accessor(device, &auth.accessor));
    }
    if auth.ttl > 0 {
        insert("token_ttl", json!(auth.ttl));
    }
    if !auth.entity_id.is_empty() {
        insert("entity_id", json!(auth.entity_id));
    }
    if !auth.metadata.is_empty() {
        insert("metadata", json!(auth.metadata));
    }
    if auth.num_uses > 0 {
        insert("remaining_uses", json!(auth.num_uses));
    }
    shown
}

/// How the data of a line is hashed.
struct Digests<'a> {
    device: &'a Device,
    /// The members whose values stand as they are, wherever they are.
    plain: &'a [String],
    numbers: bool,
    shows_times: bool,
}

impl<'a> Digests<'a> {
    fn of_members(&self, members: &Map<String, Value>) -> Value {
        let hashed = members.iter().map(|(name, value)| {
            // Times in the answers about tokens and leases are times by type, not texts.
            let is_time = matches!(name.as_str(), "expire_time" | "issue_time" | "last_renewal");
            let value = if is_time {
                value.clone()
            } else {
                self.hashed(name, value)
            };
            (self.name(name), value)
        });
        Value::Object(hashed.collect())
    }

    /// The name of a member, as Vault writes it down, unless it is a credential in the wrong place.
    fn name(&self, name: &str) -> String {
        without_credential(self.device, name)
    }

    /// A value below the member `name`: items of a list are below the list's.
    fn hashed(&self, name: &str, value: &Value) -> Value {
        match value {
            Value::Array(items) => items.iter().map(|item| self.hashed(name, item)).collect(),
            Value::Object(members) => {
                let members = members.iter();
                let members =
                    members.map(|(name, value)| (self.name(name), self.hashed(name, value)));
                Value::Object(members.collect())
            }
            value if self.plain.iter().any(|plain| plain == name) => value.clone(),
            Value::String(text) if self.shows_times && text.parse::<Timestamp>().is_ok() => {
                value.clone()
            }
            Value::String(text) => secret(self.device, text),
            Value::Number(number) if self.numbers && !self.device.raw => {
                secret(self.device, &number.to_string())
            }
            other => other.clone(),
        }
    }
}
