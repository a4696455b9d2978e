//! Real containers. Where there is no engine, or an image is missing, each of these says so on
//! standard error and passes: a machine without Docker tests the rest.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test says by a panic what is wrong, in its helping functions too"
)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use authlab_containers::{
    ContainerError, ContainerSet, Engine, Options, Service, State, VaultKind, Wanted, doctor, sweep,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// Longer than anything here takes; what waits, waits for a condition.
const PATIENCE: Duration = Duration::from_secs(60);

/// The engine, if it is there and has images for all of `services`.
async fn engine_with(services: &[Service]) -> Option<Engine> {
    let skip = |reason: String| {
        // Past the capture of the test harness, which would swallow it.
        let _written = writeln!(std::io::stderr(), "SKIPPED, nothing was tested: {reason}");
        None
    };
    let engine = match Engine::find().await {
        Ok(engine) => engine,
        Err(error) => {
            let findings = doctor().await;
            assert_eq!(findings[0].state, State::Missing, "{findings:?}");
            assert!(findings[0].mend.is_some(), "{findings:?}");
            return skip(error.to_string());
        }
    };
    for service in services {
        if let Err(error) = service.image().obtain(&engine).await {
            assert!(error.to_string().contains("cargo ci images"), "{error}");
            return skip(error.to_string());
        }
    }
    Some(engine)
}

fn options(slot: u32) -> Options {
    Options {
        slot,
        ..Options::default()
    }
}

fn vault() -> Wanted {
    Wanted {
        vault: Some(VaultKind::OpenBao),
        ..Wanted::default()
    }
}

/// What `docker` lists, by name, of one set.
fn listed(what: &[&str], set: &str) -> Vec<String> {
    let filter = format!("label=authlab.run={set}");
    let mut command = Command::new("docker");
    let output = command
        .args(what)
        .args(["--filter", &filter, "--format", "{{.ID}}"])
        .output();
    let text = String::from_utf8(output.unwrap().stdout).unwrap();
    text.lines().map(str::to_owned).collect()
}

fn containers_of(set: &str) -> Vec<String> {
    listed(&["ps", "--all"], set)
}

fn networks_of(set: &str) -> Vec<String> {
    listed(&["network", "ls"], set)
}

/// Nothing of the set is left, unless it is another process's: `cargo nextest` owns those of its run,
/// which end with it.
#[track_caller]
fn assert_is_gone(set: &str) {
    if std::env::var_os("NEXTEST_RUN_ID").is_none() {
        assert_eq!((containers_of(set).len(), networks_of(set).len()), (0, 0));
    }
}

/// Ends when nothing of the set is left.
async fn until_gone(set: &str) {
    let gone = async {
        while !containers_of(set).is_empty() || !networks_of(set).is_empty() {
            tokio::task::yield_now().await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, gone).await;
    assert!(
        waited.is_ok(),
        "{set}: {:?} {:?}",
        containers_of(set),
        networks_of(set)
    );
}

/// The example that holds a set. Whoever builds all tests of the package has built it too; only for
/// this test alone it is built here, once.
fn hold_program() -> &'static PathBuf {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let test = std::env::current_exe().unwrap();
        let program = test
            .parent()
            .and_then(|deps| deps.parent())
            .unwrap()
            .join("examples/hold");
        if program.is_file() {
            return program;
        }
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut build = Command::new(cargo);
        build.args([
            "build",
            "--quiet",
            "--package",
            "authlab-containers",
            "--example",
            "hold",
        ]);
        assert!(build.status().unwrap().success());
        program
    })
}

/// A process that holds a set; killed when dropped, as `kill -9` does it.
struct Holder {
    child: Child,
    /// The lines up to `ready`.
    lines: Vec<String>,
}

impl Holder {
    fn start(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(hold_program());
        // What this test runs under is not what the process stands for.
        command
            .env_remove("NEXTEST_RUN_ID")
            .args(arguments)
            .envs(variables.iter().copied());
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap())
            .lines()
            .map(Result::unwrap)
            .take_while(|line| line != "ready")
            .collect();
        Self { child, lines }
    }

    /// What a process that cannot start complains with.
    fn refused(arguments: &[&str], variables: &[(&str, &str)]) -> String {
        let mut command = Command::new(hold_program());
        command
            .env_remove("NEXTEST_RUN_ID")
            .args(arguments)
            .envs(variables.iter().copied());
        let output = command.stdin(Stdio::null()).output().unwrap();
        assert!(!output.status.success(), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    fn set(&self) -> String {
        self.value("set", 1)
    }

    fn value(&self, name: &str, index: usize) -> String {
        let line = self
            .lines
            .iter()
            .find(|line| line.split(' ').next() == Some(name));
        let value = line.and_then(|line| line.split(' ').nth(index));
        value
            .unwrap_or_else(|| panic!("no {name} in {:?}", self.lines))
            .to_owned()
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Lets it end in an orderly way.
    fn release(mut self) {
        drop(self.child.stdin.take());
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

#[tokio::test]
async fn every_container_starts_answers_and_is_gone_afterwards() {
    let services = [Service::LocalStack, Service::OpenBao, Service::Oidc];
    if engine_with(&services).await.is_none() {
        return;
    }
    let set = ContainerSet::open(options(10)).await.unwrap();
    let wanted = Wanted {
        localstack: true,
        vault: Some(VaultKind::OpenBao),
        oidc: true,
    };
    let lease = set.lease(&wanted).await.unwrap();
    let (localstack, vault, oidc) = (
        lease.localstack().unwrap(),
        lease.vault().unwrap(),
        lease.oidc().unwrap(),
    );
    for (name, started_ms) in [
        ("localstack", localstack.started_ms),
        ("openbao", vault.started_ms),
        ("oidc", oidc.started_ms),
    ] {
        let _written = writeln!(
            std::io::stderr(),
            "{name} was healthy after {started_ms} ms"
        );
    }

    let http = http_client();
    let health: String = http
        .get(format!("{}/_localstack/health", localstack.url))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(health.contains("secretsmanager"), "{health}");

    let lookup = |token: String| {
        http.get(format!("{}/v1/auth/token/lookup-self", vault.url))
            .header("x-vault-token", token)
            .send()
    };
    assert_eq!(
        lookup(vault.root_token.expose_secret().to_owned())
            .await
            .unwrap()
            .status(),
        200
    );
    assert_eq!(lookup("another".to_owned()).await.unwrap().status(), 403);

    let discovery = format!("{}/corp/.well-known/openid-configuration", oidc.url);
    let document: String = http
        .get(discovery)
        .header("host", "login.corp.example")
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let issuer = format!("\"issuer\":\"http://login.corp.example/{}\"", "corp");
    assert!(document.replace(' ', "").contains(&issuer), "{document}");

    let name = set.name().to_owned();
    assert_eq!(
        (containers_of(&name).len(), networks_of(&name).len()),
        (3, 1)
    );
    set.close().await.unwrap();
    assert_is_gone(&name);
}

#[tokio::test]
async fn containers_reach_the_lab_and_each_other() {
    if engine_with(&[Service::OpenBao, Service::Oidc])
        .await
        .is_none()
    {
        return;
    }
    let set = ContainerSet::open(options(11)).await.unwrap();
    let wanted = Wanted {
        oidc: true,
        ..vault()
    };
    let lease = set.lease(&wanted).await.unwrap();
    let (vault, oidc) = (lease.vault().unwrap(), lease.oidc().unwrap());
    let http = http_client();
    let write = |path: &str, body: String| {
        http.post(format!("{}/v1/{path}", vault.url))
            .header("x-vault-token", vault.root_token.expose_secret())
            .body(body)
            .send()
    };
    assert_eq!(
        write("sys/auth/jwt", r#"{"type":"jwt"}"#.to_owned())
            .await
            .unwrap()
            .status(),
        204
    );

    // OpenBao fetches the key set when it is configured with its address.
    let issuer = format!("{}/corp", oidc.internal_url);
    let config = format!(r#"{{"jwks_url":"{issuer}/.well-known/jwks.json"}}"#);
    let answer = write("auth/jwt/config", config).await.unwrap();
    assert_eq!(answer.status(), 204, "{}", answer.text().await.unwrap());

    // The lab listens where the lease says and is reached by its name.
    let Some(address) = lease.lab_address() else {
        return;
    };
    let listener = tokio::net::TcpListener::bind((address, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = vec![0; 4096];
        let length = stream.read(&mut request).await.unwrap();
        let body = r#"{"keys":[]}"#;
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(answer.as_bytes()).await.unwrap();
        String::from_utf8_lossy(&request[..length]).into_owned()
    });
    let config = format!(
        r#"{{"jwks_url":"http://{}:{port}/keys"}}"#,
        lease.lab_host()
    );
    let _answer = write("auth/jwt/config", config).await.unwrap();
    let request = tokio::time::timeout(PATIENCE, served)
        .await
        .unwrap()
        .unwrap();
    assert!(request.starts_with("GET /keys "), "{request}");

    // An audit device may be made by the API and is read through the container's output.
    let device = r#"{"type":"file","options":{"file_path":"stdout"}}"#.to_owned();
    let answer = write("sys/audit/authlab", device).await.unwrap();
    assert_eq!(answer.status(), 204, "{}", answer.text().await.unwrap());
    // The engine has what the server wrote a moment after the server has answered.
    let is_response = |line: &String| line.contains(r#""type":"response""#);
    let written = tokio::time::timeout(PATIENCE, async {
        let mut output = lease.output(Service::OpenBao).await.unwrap();
        while !output.iter().any(is_response) {
            output = lease.output(Service::OpenBao).await.unwrap();
        }
    });
    assert!(written.await.is_ok(), "no response stands in the output");
    set.close().await.unwrap();
}

#[tokio::test]
async fn a_killed_container_is_told_with_its_last_lines_and_the_next_lease_has_a_new_one() {
    if engine_with(&[Service::OpenBao]).await.is_none() {
        return;
    }
    let set = ContainerSet::open(options(12)).await.unwrap();
    let first = set.lease(&vault()).await.unwrap();
    first.check().await.unwrap();
    let containers = containers_of(set.name());
    assert!(
        Command::new("docker")
            .args(["kill", &containers[0]])
            .output()
            .unwrap()
            .status
            .success()
    );

    let error = first.check().await.unwrap_err();
    assert!(
        matches!(
            &error,
            ContainerError::Gone {
                service: Service::OpenBao,
                ..
            }
        ),
        "{error:?}"
    );
    let text = error.to_string();
    assert!(
        text.contains("exited with code 137 in the middle of the run"),
        "{text}"
    );
    assert!(text.contains("  | "), "no log lines: {text}");

    let second = set.lease(&vault()).await.unwrap();
    second.check().await.unwrap();
    assert_eq!((first.scenario(), second.scenario()), (1, 2));
    assert_ne!(containers_of(set.name()), containers);

    // A container that was removed is as good as one that died.
    let containers = containers_of(set.name());
    assert!(
        Command::new("docker")
            .args(["rm", "--force", &containers[0]])
            .output()
            .unwrap()
            .status
            .success()
    );
    let text = second.check().await.unwrap_err().to_string();
    assert!(text.contains("is gone in the middle of the run"), "{text}");
    set.lease(&vault()).await.unwrap().check().await.unwrap();
}

#[tokio::test]
async fn a_panic_leaves_nothing_behind() {
    if engine_with(&[Service::Oidc]).await.is_none() {
        return;
    }
    let name = std::sync::Arc::new(OnceLock::new());
    let told = name.clone();
    let panicked = tokio::spawn(async move {
        let set = ContainerSet::open(options(13)).await.unwrap();
        set.lease(&Wanted {
            oidc: true,
            ..Wanted::default()
        })
        .await
        .unwrap();
        told.set(set.name().to_owned()).unwrap();
        panic!("as a step would");
    });
    assert!(panicked.await.unwrap_err().is_panic());
    let name = name.get().unwrap();
    assert_is_gone(name);
}

#[tokio::test]
async fn after_kill_nine_of_the_owner_the_next_start_sweeps() {
    let Some(engine) = engine_with(&[Service::OpenBao, Service::Oidc]).await else {
        return;
    };
    let mut holder = Holder::start(&["openbao", "oidc", "--no-reaper"], &[]);
    let set = holder.set();
    assert_eq!((containers_of(&set).len(), networks_of(&set).len()), (2, 1));
    // What lives is left alone.
    sweep(&engine, &Options::default().state_folder)
        .await
        .unwrap();
    assert_eq!(containers_of(&set).len(), 2);

    holder.kill();
    let next = ContainerSet::open(options(14)).await.unwrap();
    until_gone(&set).await;
    assert!(
        !Options::default()
            .state_folder
            .join(format!("{set}.json"))
            .exists()
    );
    drop(next);
}

#[tokio::test]
async fn after_kill_nine_of_the_owner_the_reaper_removes_at_once() {
    if engine_with(&[Service::Oidc]).await.is_none() {
        return;
    }
    let mut holder = Holder::start(&["oidc"], &[]);
    let set = holder.set();
    assert_eq!(containers_of(&set).len(), 1);
    holder.kill();
    until_gone(&set).await;
}

#[tokio::test]
async fn processes_of_one_run_share_a_set_until_its_owner_ends() {
    if engine_with(&[Service::OpenBao]).await.is_none() {
        return;
    }
    let mut owner = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
    let (run, owner_id) = (
        format!("shared-{}", std::process::id()),
        owner.id().to_string(),
    );
    let variables = [
        ("AUTHLAB_RUN_ID", run.as_str()),
        ("AUTHLAB_RUN_OWNER", owner_id.as_str()),
    ];
    // At once, so that one has to wait for the other's start.
    let holders: Vec<Holder> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..3)
            .map(|_| scope.spawn(|| Holder::start(&["openbao"], &variables)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    let set = holders[0].set();
    let urls: Vec<String> = holders
        .iter()
        .map(|holder| holder.value("openbao", 1))
        .collect();
    assert!(urls.iter().all(|url| *url == urls[0]), "{urls:?}");
    holders.into_iter().for_each(Holder::release);
    assert_eq!(containers_of(&set).len(), 1, "the run goes on");
    owner.kill().unwrap();
    owner.wait().unwrap();
    until_gone(&set).await;
}

#[tokio::test]
async fn what_is_kept_is_taken_over_by_the_next_run() {
    if engine_with(&[Service::LocalStack, Service::Oidc])
        .await
        .is_none()
    {
        return;
    }
    let arguments = ["localstack", "oidc", "--slot=15"];
    let first = Holder::start(&arguments, &[("AUTHLAB_KEEP", "1")]);
    let (set, url) = (first.set(), first.value("localstack", 1));
    first.release();
    assert_eq!(containers_of(&set).len(), 2);
    let second = Holder::start(&arguments, &[("AUTHLAB_KEEP", "1")]);
    // The one that takes longest to start is the same; the other is a new one.
    assert_eq!(
        (second.set(), second.value("localstack", 1)),
        (set.clone(), url)
    );
    second.release();
    let containers = containers_of(&set);
    assert!(
        Command::new("docker")
            .args(["rm", "--force"])
            .args(containers)
            .output()
            .unwrap()
            .status
            .success()
    );
    assert!(
        Command::new("docker")
            .args(["network", "rm", &set])
            .output()
            .unwrap()
            .status
            .success()
    );
    let state = Options::default().state_folder.join(format!("{set}.json"));
    std::fs::remove_file(state).unwrap();
}

/// What is started, with which variables, and what the error has to say.
type Fault<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [&'a str]);

#[tokio::test]
async fn each_fault_says_what_it_is_and_leaves_nothing() {
    if engine_with(&[Service::Oidc]).await.is_none() {
        return;
    }
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let oidc = Service::Oidc.image().local.unwrap();
    let exits = "authlab-local/test-exits:1";
    build_image(
        exits,
        &format!("FROM {oidc}\nENV ACCESS_TOKEN_EXPIRES_IN=soon\n"),
    );

    let table: [Fault; 6] = [
        (
            "oidc",
            &[("AUTHLAB_OIDC_PORT", &port)],
            &["is taken", "AUTHLAB_OIDC_PORT"],
        ),
        (
            "oidc",
            &[("AUTHLAB_OIDC_PORT", "http")],
            &["`AUTHLAB_OIDC_PORT` is `http`, which is no port number"],
        ),
        (
            "oidc",
            &[("AUTHLAB_OIDC_IMAGE", "authlab-local/none:1")],
            &["is not there and cannot be pulled", "cargo ci images"],
        ),
        (
            "oidc",
            &[("AUTHLAB_OIDC_IMAGE", exits)],
            &[
                "exited with code 1 before it was ready",
                "ACCESS_TOKEN_EXPIRES_IN is no number: `soon`",
            ],
        ),
        // It runs and listens elsewhere.
        (
            "openbao",
            &[
                ("AUTHLAB_OPENBAO_IMAGE", oidc),
                ("AUTHLAB_START_DEADLINE_S", "1"),
            ],
            &["was not healthy within 1 s", "listening on port 8080"],
        ),
        (
            "localstack",
            &[("AUTHLAB_LOCALSTACK_IMAGE", "localstack/localstack:2026.3.0")],
            &["set LOCALSTACK_AUTH_TOKEN, or select `localstack/localstack:4.14.0`"],
        ),
    ];
    for (index, (service, variables, texts)) in table.into_iter().enumerate() {
        let run = format!("fault-{}-{index}", std::process::id());
        let variables: Vec<_> = variables
            .iter()
            .copied()
            .chain([("AUTHLAB_RUN_ID", run.as_str())])
            .collect();
        let error = Holder::refused(&[service], &variables);
        for text in texts {
            assert!(error.contains(text), "{service} {variables:?}: {error}");
        }
        let all = Command::new("docker")
            .args(["ps", "--all", "--format", "{{.Names}}"])
            .output()
            .unwrap();
        let all = String::from_utf8(all.stdout).unwrap();
        assert!(!all.contains(&run), "{service} {variables:?}: {all}");
    }
    let _gone = Command::new("docker")
        .args(["rmi", "--force", exits])
        .output();
}

#[test]
fn without_an_engine_the_error_says_what_to_do() {
    let error = Holder::refused(
        &["oidc"],
        &[("DOCKER_HOST", "unix:///nonexistent/docker.sock")],
    );
    assert!(
        error.contains("no Docker engine answers at `unix:///nonexistent/docker.sock`"),
        "{error}"
    );
    assert!(
        error.contains("start one, set DOCKER_HOST, or run on the embedded backend"),
        "{error}"
    );
}

fn build_image(image: &str, recipe: &str) {
    let mut command = Command::new("docker");
    command
        .env("DOCKER_BUILDKIT", "0")
        .args(["build", "--quiet", "--tag", image, "-"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(recipe.as_bytes())
        .unwrap();
    assert!(child.wait().unwrap().success());
}

/// A client of plain HTTP that heeds no proxy of its environment.
///
/// Where a crate of the workspace asks reqwest for TLS, no client is built before a provider of it
/// is installed, although all is plain HTTP here.
fn http_client() -> reqwest::Client {
    let _installed = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}
