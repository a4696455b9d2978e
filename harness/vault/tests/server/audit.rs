//! Audit devices that fail, that are slow, that hang: nothing is answered that no device has written,
//! and nobody waits for one who has nothing to do with it.

use std::fs::{File, OpenOptions};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use authlab_vault::{AuditFile, Flavour, SetupError, VaultConfig};
use serde_json::json;

use crate::bench::Bench;

/// What every flavour answers when no device has written the line (recorded).
const NOT_LOGGED: &str = "internal error";

/// Longer than anything here takes: a worker that a device blocks is seen by it.
const PATIENCE: Duration = Duration::from_secs(30);

/// More than a pipe holds.
const PIPE_BYTES: usize = 256 * 1024;

/// A folder of a test's own, gone with it.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("authlab-audit-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn pipe(&self) -> PathBuf {
        let path = self.file("pipe");
        let made = Command::new("mkfifo").arg(&path).status().unwrap();
        assert!(made.success());
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder that is left behind is no failure.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn audited(flavour: Flavour, files: &[&Path]) -> VaultConfig {
    let devices = files.iter().enumerate().map(|(number, file)| AuditFile {
        path: format!("device-{number}"),
        file: file.to_path_buf(),
        log_raw: false,
    });
    VaultConfig {
        flavour,
        audit: devices.collect(),
        ..VaultConfig::default()
    }
}

fn lines(file: &Path) -> usize {
    std::fs::read_to_string(file).unwrap().lines().count()
}

#[tokio::test]
async fn what_no_device_has_written_is_refused_and_what_one_has_is_not() {
    let folder = Folder::new("full");
    let full = Path::new("/dev/full");
    let sound = folder.file("sound");
    for flavour in Flavour::ALL {
        for (devices, passes) in [
            (vec![full], false),
            (vec![full, full], false),
            (vec![full, &sound], true),
            (vec![&sound as &Path, full], true),
            (vec![&sound], true),
            (vec![], true),
        ] {
            let case = format!("{flavour:?} {devices:?}");
            let bench = Bench::with(audited(flavour, &devices), 1).await;
            drop(File::create(&sound).unwrap());
            for (method, path, body) in [
                ("GET", "auth/token/lookup-self", None),
                ("POST", "secret/data/app", Some(json!({"data": {"a": "b"}}))),
                ("GET", "nothing/here", None),
            ] {
                let (status, answer) = bench.request(method, path, &bench.root, body).await;
                let refused = answer["errors"][0]
                    .as_str()
                    .is_some_and(|error| error == NOT_LOGGED);
                assert_eq!(!refused, passes, "{case} {path}: {status} {answer}");
                assert_eq!(refused, status == 500, "{case} {path}: {status} {answer}");
                if refused {
                    let event = bench.last_request();
                    assert_eq!(event["reason"], "audit-failed", "{case} {path}: {event}");
                }
            }
            if devices.contains(&(&sound as &Path)) {
                assert_eq!(lines(&sound), 6, "{case}: a line before and after each");
            }
            assert_eq!(bench.request("GET", "sys/health", "", None).await.0, 200);
        }
    }
}

#[tokio::test]
async fn a_write_that_no_device_has_written_down_changes_nothing() {
    let bench = Bench::with(audited(Flavour::Vault, &[Path::new("/dev/full")]), 1).await;
    let body = json!({"data": {"a": "b"}});
    let (status, _) = bench
        .request("POST", "secret/data/app", &bench.root, Some(body))
        .await;
    assert_eq!(status, 500);
    let (status, _) = bench
        .request("DELETE", "sys/audit/device-0", &bench.root, None)
        .await;
    assert_eq!(status, 500, "the device cannot be taken away either");
}

/// A client names no device of the machine; that of a full disk is one that it may name.
#[tokio::test]
async fn a_client_may_name_a_disk_that_is_full() {
    for flavour in Flavour::ALL {
        let bench = Bench::start(flavour).await;
        let enable = async |path: &str, file: &str| {
            let options = json!({"file_path": file, "skip_test": "true"});
            let body = json!({"type": "file", "options": options});
            let path = format!("sys/audit/{path}");
            bench.request("POST", &path, &bench.root, Some(body)).await
        };
        let look = async || {
            let path = "auth/token/lookup-self";
            bench.request("GET", path, &bench.root, None).await.0
        };
        assert_eq!(enable("sound", "discard").await.0, 204, "{flavour:?}");
        assert_eq!(enable("full", "/dev/full").await.0, 204, "{flavour:?}");
        assert_eq!(look().await, 200, "one that writes is enough");
        // Its own answer is one that nobody writes.
        let path = "sys/audit/sound";
        let (status, answer) = bench.request("DELETE", path, &bench.root, None).await;
        assert_eq!((status, answer), (500, json!({"errors": [NOT_LOGGED]})));
        assert_eq!(look().await, 500);
    }
}

#[tokio::test]
async fn a_pipe_that_nobody_reads_is_no_device() {
    let folder = Folder::new("unread");
    let pipe = folder.pipe();
    let bench = Bench::start(Flavour::Vault).await;
    let refused = bench.try_new(audited(Flavour::Vault, &[&pipe]));
    let Err(SetupError::Audit { reason, .. }) = refused else {
        panic!("{refused:?}");
    };
    assert!(reason.contains("a pipe that nobody reads"), "{reason}");
}

/// The server and its client share one thread here: a device that blocked it would hang the test.
#[tokio::test]
async fn a_device_that_hangs_blocks_nobody_and_is_used_again_once_it_takes_lines() {
    let folder = Folder::new("hangs");
    let (pipe, sound) = (folder.pipe(), folder.file("sound"));
    // Read and write: such an opening waits for nobody.
    let mut reader = OpenOptions::new()
        .read(true)
        .write(true)
        .open(&pipe)
        .unwrap();
    let alone = Bench::with(audited(Flavour::Vault, &[&pipe]), 1).await;
    let beside = Bench::with(audited(Flavour::Vault, &[&pipe, &sound]), 1).await;
    let test = async {
        let long = json!({"data": {"a": "b", "long": "x".repeat(PIPE_BYTES)}});
        // The line says the hash of a long text only; the path is what fills a pipe.
        let path = format!("secret/data/{}", "x".repeat(6_000));
        let mut refused = false;
        for _ in 0..PIPE_BYTES / 6_000 {
            let (status, answer) = alone
                .request("POST", &path, &alone.root, Some(long.clone()))
                .await;
            if status == 500 {
                assert_eq!(answer["errors"], json!([NOT_LOGGED]));
                refused = true;
                break;
            }
        }
        assert!(refused, "a full pipe takes no line");
        // Now at once, and those who need no line are answered.
        let (status, _) = alone
            .request("GET", "auth/token/lookup-self", &alone.root, None)
            .await;
        assert_eq!(status, 500);
        assert_eq!(alone.request("GET", "sys/health", "", None).await.0, 200);
        let (status, _) = beside
            .request("GET", "auth/token/lookup-self", &beside.root, None)
            .await;
        assert_eq!(status, 200, "the device beside it writes");
        assert_eq!(lines(&sound), 2);
        // Somebody reads: the device takes lines again.
        std::thread::spawn(move || {
            let mut read = vec![0; 4_096];
            while reader.read(&mut read).is_ok() {}
        });
        loop {
            let (status, _) = alone
                .request("GET", "auth/token/lookup-self", &alone.root, None)
                .await;
            if status == 200 {
                break;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, test).await.unwrap();
}
