//! Audit devices: every request and its answer as a JSON line, with secrets as keyed digests.
//!
//! - [`line`]: what stands in a line.

pub(crate) mod line;

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write as _;

use ring::hmac;
use serde_json::{Value, json};

use crate::field::parse_bool;

/// A file that gets the lines.
#[derive(Clone)]
pub(crate) struct Device {
    pub(crate) kind: String,
    pub(crate) description: String,
    pub(crate) local: bool,
    pub(crate) options: BTreeMap<String, String>,
    file: String,
    raw: bool,
    hmac_accessor: bool,
    elide_lists: bool,
    prefix: String,
    salt: Vec<u8>,
}

impl std::fmt::Debug for Device {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Device")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl Device {
    /// A device of the type `file`.
    ///
    /// # Errors
    /// An option that is none, or a file that cannot be written.
    pub(crate) fn open(
        kind: String,
        description: String,
        local: bool,
        options: BTreeMap<String, String>,
        salt: Vec<u8>,
    ) -> Result<Self, String> {
        let flag = |name: &str, fallback: bool| match options.get(name) {
            None => Ok(fallback),
            Some(text) => parse_bool(text).ok_or_else(|| {
                let text = crate::duration::quoted(text);
                format!("strconv.ParseBool: parsing {text}: invalid syntax")
            }),
        };
        let file = options.get("file_path").or_else(|| options.get("path"));
        let Some(file) = file.filter(|file| !file.is_empty()).cloned() else {
            return Err("file_path is required".to_owned());
        };
        let format = options.get("format").map_or("json", String::as_str);
        if !matches!(format, "json" | "jsonx") {
            return Err(format!(
                "unknown format type {}",
                crate::duration::quoted(format)
            ));
        }
        let hmac_accessor = flag("hmac_accessor", true)?;
        let raw = flag("log_raw", false)?;
        let elide_lists = flag("elide_list_responses", false)?;
        if let Some(mode) = options.get("mode")
            && u32::from_str_radix(mode, 8).is_err()
        {
            let mode = crate::duration::quoted(mode);
            return Err(format!("strconv.ParseUint: parsing {mode}: invalid syntax"));
        }
        let device = Self {
            prefix: options.get("prefix").cloned().unwrap_or_default(),
            kind,
            description,
            local,
            options,
            file,
            raw,
            hmac_accessor,
            elide_lists,
            salt,
        };
        device.append("").map_err(|error| {
            let file = &device.file;
            format!(
                "sanity check failed; unable to open {} for writing: {error}",
                crate::duration::quoted(file)
            )
        })?;
        Ok(device)
    }

    /// The keyed digest of a text: what `sys/audit-hash` answers.
    pub(crate) fn hash(&self, text: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.salt);
        format!(
            "hmac-sha256:{}",
            hex::encode(hmac::sign(&key, text.as_bytes()))
        )
    }

    fn append(&self, text: &str) -> std::io::Result<()> {
        if matches!(self.file.as_str(), "stdout" | "discard" | "/dev/null") {
            return Ok(());
        }
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.file)?;
        file.write_all(text.as_bytes())
    }

    fn write(&self, line: &Value) -> std::io::Result<()> {
        self.append(&format!("{}{line}\n", self.prefix))
    }

    /// The device as `sys/audit` lists it.
    pub(crate) fn to_json(&self, path: &str) -> Value {
        json!({
            "type": self.kind,
            "description": self.description,
            "options": self.options,
            "local": self.local,
            "path": path,
        })
    }
}

/// All devices.
#[derive(Clone, Debug, Default)]
pub(crate) struct Broker {
    /// By their path with its slash.
    pub(crate) devices: BTreeMap<String, Device>,
    /// The request headers that stand in lines, each with whether its value is hashed.
    pub(crate) headers: BTreeMap<String, bool>,
}

impl Broker {
    /// Writes a line to every device. With devices of which none can write, the request is refused.
    ///
    /// # Errors
    /// No device could write.
    pub(crate) fn write(&self, line: &line::Line<'_>) -> Result<(), String> {
        if self.devices.is_empty() {
            return Ok(());
        }
        let written = self
            .devices
            .values()
            .filter(|device| device.write(&line.render(device, &self.headers)).is_ok())
            .count();
        if written == 0 {
            return Err("no audit backend succeeded in logging the request".to_owned());
        }
        Ok(())
    }

    /// Writes the line with which a new device begins.
    pub(crate) fn write_test(device: &Device, id: &str, time: &str) {
        let line = json!({
            "time": time,
            "type": "request",
            "auth": {"token_type": "default"},
            "request": {
                "id": id,
                "namespace": {"id": "root"},
                "operation": "update",
                "path": "sys/audit/test",
            },
        });
        // The device was opened a moment ago; if it fails now, the next request tells.
        drop(device.write(&line));
    }
}
