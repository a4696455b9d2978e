//! Audit devices: every request and its answer as a line, with secrets as keyed digests.
//!
//! - [`line`]: what stands in a line. [`jsonx`]: its other spelling.
//! - [`file`]: where lines go, and the threads that write them.

mod file;
mod jsonx;
pub(crate) mod line;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;

use authlab_kernel::Folder;
use ring::hmac;
use serde_json::{Value, json};

use crate::duration::quoted;
use crate::evidence;
use crate::field::parse_bool;
use crate::flavour::Flavour;
use crate::response::Fault;

use file::{Receipt, Sink};

/// The options of a device that are read. Others would be accepted and ignored.
const OPTIONS: [&str; 9] = [
    "file_path",
    "path",
    "format",
    "log_raw",
    "hmac_accessor",
    "elide_list_responses",
    "mode",
    "prefix",
    "skip_test",
];

/// A device.
#[derive(Clone)]
pub(crate) struct Device {
    pub(crate) kind: String,
    pub(crate) description: String,
    pub(crate) local: bool,
    pub(crate) options: BTreeMap<String, String>,
    sink: Sink,
    raw: bool,
    hmac_accessor: bool,
    elide_lists: bool,
    jsonx: bool,
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

/// What a device is made of.
pub(crate) struct Wish {
    pub(crate) description: String,
    pub(crate) local: bool,
    pub(crate) options: BTreeMap<String, String>,
    pub(crate) salt: Vec<u8>,
}

impl Device {
    /// A device of the type `file` that a client asks for.
    ///
    /// # Errors
    /// An option that is none, or a file that cannot be written.
    pub(crate) fn named(
        wish: Wish,
        folder: Option<&Folder>,
        flavour: Flavour,
    ) -> Result<Self, Fault> {
        let options = &wish.options;
        if let Some(name) = options
            .keys()
            .find(|name| !OPTIONS.contains(&name.as_str()))
        {
            return Err(Fault::not_simulated(format!(
                "the option `{name}` of an audit device is not simulated by authlab: leave it out"
            )));
        }
        let mut device = Self::without_file(wish, flavour).map_err(Fault::invalid)?;
        let named = device.file_path().map_err(Fault::invalid)?;
        let mode = device.mode().map_err(Fault::invalid)?;
        device.sink = match named.as_str() {
            "discard" | "/dev/null" => Sink::Discard,
            "/dev/full" => Sink::Full,
            "stdout" => {
                return Err(Fault::not_simulated(
                    "audit lines on the server's standard output are not simulated by authlab: \
                     give a file, or `discard`",
                ));
            }
            named => {
                let folder = folder.ok_or_else(|| {
                    Fault::not_simulated(
                        "this server has no folder for files of its clients: give it one (the \
                         option `--files`), or use `discard`",
                    )
                })?;
                file::open_named(folder, named, mode).map_err(|error| {
                    Fault::invalid(format!(
                        "sanity check failed; unable to open {} for writing: {error}",
                        quoted(named)
                    ))
                })?
            }
        };
        Ok(device)
    }

    /// A device whose file the configuration of the lab names.
    ///
    /// # Errors
    /// What is wrong with an option, or with the file.
    pub(crate) fn given(wish: Wish, path: &Path, flavour: Flavour) -> Result<Self, String> {
        let mut device = Self::without_file(wish, flavour)?;
        device.sink = file::open_given(path).map_err(|error| {
            let path = path.display();
            format!("`{path}` cannot be opened for writing: {error}")
        })?;
        Ok(device)
    }

    fn without_file(wish: Wish, flavour: Flavour) -> Result<Self, String> {
        let Wish {
            description,
            local,
            options,
            salt,
        } = wish;
        let flag = |name: &str, fallback: bool| match options.get(name) {
            None => Ok(fallback),
            Some(text) => parse_bool(text).ok_or_else(|| {
                let text = quoted(text);
                format!("strconv.ParseBool: parsing {text}: invalid syntax")
            }),
        };
        let rules = flavour.core();
        let format = options.get("format").map_or("json", String::as_str);
        match format {
            "json" => {}
            "jsonx" if rules.audit_jsonx => {}
            "jsonx" => {
                return Err(
                    "jsonx formatting has been removed, consider switching to json by \
                            omitting \"format\" or setting it to \"json\""
                        .to_owned(),
                );
            }
            other => return Err(format!("unknown format type {}", quoted(other))),
        }
        let prefix = options.get("prefix").cloned().unwrap_or_default();
        if !prefix.is_empty() && !rules.audit_prefix {
            return Err("audit log prefixing is not allowed".to_owned());
        }
        Ok(Self {
            kind: "file".to_owned(),
            description,
            local,
            sink: Sink::Discard,
            raw: flag("log_raw", false)?,
            hmac_accessor: flag("hmac_accessor", true)?,
            elide_lists: flag("elide_list_responses", false)?,
            jsonx: format == "jsonx",
            prefix,
            options,
            salt,
        })
    }

    fn file_path(&self) -> Result<String, String> {
        let options = &self.options;
        let named = options.get("file_path").or_else(|| options.get("path"));
        let named = named.filter(|named| !named.is_empty()).cloned();
        named.ok_or_else(|| "file_path is required".to_owned())
    }

    fn mode(&self) -> Result<Option<u32>, String> {
        let Some(text) = self.options.get("mode") else {
            return Ok(None);
        };
        let mode = u32::from_str_radix(text, 8).ok();
        let mode = mode.filter(|_| !text.starts_with('+'));
        mode.map(Some).ok_or_else(|| {
            let text = quoted(text);
            format!("strconv.ParseUint: parsing {text}: invalid syntax")
        })
    }

    /// The keyed digest of a text: what `sys/audit-hash` answers.
    pub(crate) fn hash(&self, text: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.salt);
        format!(
            "hmac-sha256:{}",
            hex::encode(hmac::sign(&key, text.as_bytes()))
        )
    }

    fn send(&self, line: &Value) -> Option<Receipt> {
        let prefix = &self.prefix;
        let text = if self.jsonx {
            format!("{prefix}{}\n", jsonx::line(line))
        } else {
            format!("{prefix}{line}\n")
        };
        self.sink.send(text)
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
#[derive(Debug, Default)]
pub(crate) struct Broker {
    /// By their path with its slash.
    pub(crate) devices: BTreeMap<String, Device>,
    /// The request headers that stand in lines, each with whether its value is hashed.
    pub(crate) headers: BTreeMap<String, bool>,
    /// The lines that were handed over under the lock that is held: whoever lets go of it takes them
    /// out before, and waits for them after.
    handed: RefCell<Handed>,
}

/// Lines on their way, each with the devices that got it.
#[derive(Default)]
pub(crate) struct Handed(Vec<Vec<(Sink, Receipt)>>);

impl std::fmt::Debug for Handed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Handed({} lines)", self.0.len())
    }
}

impl Handed {
    /// Whether every line was written by one device at least.
    pub(crate) async fn are_written(self) -> bool {
        for line in self.0 {
            let mut written = false;
            for (sink, receipt) in line {
                written |= sink.confirm(receipt).await;
            }
            if !written {
                return false;
            }
        }
        true
    }
}

impl Broker {
    /// Hands a line to every device, without waiting; whether one takes it. With devices of which none
    /// does, the request is refused; whether it was written is known from [`Broker::take_handed`].
    #[must_use]
    pub(crate) fn write(&self, line: &line::Line<'_>) -> bool {
        if self.devices.is_empty() {
            return true;
        }
        let handed = self.devices.values().filter_map(|device| {
            let receipt = device.send(&line.render(device, &self.headers))?;
            Some((device.sink.clone(), receipt))
        });
        let handed: Vec<(Sink, Receipt)> = handed.collect();
        if handed.is_empty() {
            return false;
        }
        self.handed.borrow_mut().0.push(handed);
        true
    }

    /// The devices, for the evidence.
    pub(crate) fn seen(&self) -> evidence::Audit {
        let devices = self.devices.iter();
        let devices = devices.map(|(path, device)| match device.file_path() {
            Ok(file) => format!("{path} ({file})"),
            Err(_) => path.clone(),
        });
        evidence::Audit {
            devices: devices.collect(),
        }
    }

    /// The lines that were handed over since the last call.
    pub(crate) fn take_handed(&self) -> Handed {
        self.handed.take()
    }

    /// Hands over the line with which a new device begins; whether it takes it.
    #[must_use]
    pub(crate) fn write_test(&self, device: &Device, id: &str, time: &str) -> bool {
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
        let Some(receipt) = device.send(&line) else {
            return false;
        };
        let handed = vec![(device.sink.clone(), receipt)];
        self.handed.borrow_mut().0.push(handed);
        true
    }
}
