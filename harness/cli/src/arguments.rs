//! The arguments of every command.

use std::net::SocketAddr;
use std::path::PathBuf;

use authlab::{Component, VaultFlavour, Writable};
use clap::builder::{
    NonEmptyStringValueParser, PossibleValue, PossibleValuesParser, TypedValueParser,
};
use clap::{Args, Parser, Subcommand, ValueEnum};

/// A test bench for authorization flows across AWS, Vault and OpenID Connect.
#[derive(Parser)]
#[command(name = "authlab", version, arg_required_else_help = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Subcommand)]
pub enum Command {
    /// Start a lab in the foreground.
    Up(Up),
    /// Start the embedded Vault alone in the foreground, by the machine's clock.
    Vault(Vault),
    /// Run Gherkin scenarios, each against a lab of its own.
    Run(Run),
    /// List the vocabulary of scenarios, with an example for each step.
    Steps,
    /// Say what backends need: engine, images, ports, memory, and what mends what is missing.
    Doctor(Doctor),
    /// Say why a request was refused and who can mend it, or by what it was let through.
    Explain(Explain),
    /// Decide AWS authorization cases given as JSON lines.
    Decide(Decide),
    /// Find what policy documents of AWS and of Vault say that they do not do.
    Lint(Lint),
}

/// Which systems are embedded, containers, or elsewhere.
#[derive(Args)]
pub struct BackendOptions {
    /// For every system: embedded, containers or external [default: AUTHLAB_BACKEND, else the lab
    /// file's, else embedded].
    #[arg(long, value_name = "BACKEND")]
    pub backend: Option<String>,
    /// For Secrets Manager behind the front door: LocalStack.
    #[arg(long, value_name = "BACKEND")]
    pub aws: Option<String>,
    /// For Vault: OpenBao, or HashiCorp's with AUTHLAB_VAULT_IMAGE.
    #[arg(long, value_name = "BACKEND")]
    pub vault: Option<String>,
    /// For the OpenID Connect provider.
    #[arg(long, value_name = "BACKEND")]
    pub oidc: Option<String>,
    /// Services whose calls go to LocalStack authenticated but not authorized, as in s3,sqs.
    #[arg(long, value_name = "SERVICES", value_delimiter = ',')]
    pub unchecked: Vec<String>,
    /// What may be changed of external systems: account ids, vault.
    #[arg(long, value_name = "ACCOUNTS", value_delimiter = ',')]
    pub allow_writes: Vec<Writable>,
}

/// Who may call from a browser or by a name that is not the lab's.
#[derive(Args)]
pub struct GuestOptions {
    /// Let pages of this origin, such as http://localhost:3000, call every port and read the answers;
    /// may be repeated. Every other foreign origin is refused.
    #[arg(long, value_name = "ORIGIN")]
    pub allow_origin: Vec<String>,
    /// Answer requests for this host, such as lab.corp.example, beside loopback, AWS's names and
    /// those of the lab file; may be repeated.
    #[arg(long, value_name = "HOST")]
    pub allow_host: Vec<String>,
}

/// `authlab up`.
#[derive(Args)]
pub struct Up {
    /// Which systems are embedded, containers, or elsewhere.
    #[command(flatten)]
    pub backends: BackendOptions,
    /// The lab file: accounts, issuers, names, and `enforcement`. Under `enforcement = "audit"` what lacks
    /// a permission in AWS, at the gateway or in Vault goes through and is journalled; who cannot be
    /// authenticated is refused all the same.
    #[arg(long, value_name = "FILE")]
    pub lab: Option<PathBuf>,
    /// How to print the endpoints.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// The seed of every id, token and password [default: the lab file's, else one that is drawn, so
    /// that nobody can know the lab's tokens from outside].
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Who may call beside what is the lab's own.
    #[command(flatten)]
    pub guests: GuestOptions,
    /// `wall` runs; a time such as 2026-01-15T12:00:00Z stands [default: the lab file's, else wall].
    #[arg(long, value_name = "wall|RFC3339")]
    pub clock: Option<String>,
    /// The port of every AWS service; 0 is any free one.
    #[arg(long, value_name = "PORT", default_value_t = 4566)]
    pub aws_port: u16,
    /// Vault's port; 0 is any free one.
    #[arg(long, value_name = "PORT", default_value_t = 8200)]
    pub vault_port: u16,
    /// The OpenID Connect provider's port; 0 is any free one.
    #[arg(long, value_name = "PORT", default_value_t = 8480)]
    pub oidc_port: u16,
    /// The control API's port; 0 is any free one.
    #[arg(long, value_name = "PORT", default_value_t = 4560)]
    pub control_port: u16,
    /// Write every event of the journal to this file, as JSON lines.
    #[arg(long, value_name = "FILE")]
    pub journal: Option<PathBuf>,
    /// How much memory the journal may take, in MiB: beyond that the oldest events are forgotten.
    #[arg(long, value_name = "MIB", default_value_t = 64)]
    pub journal_memory: usize,
    /// The folder below which every file lies that a client names, such as that of an audit device
    /// [default: one that goes with the lab].
    #[arg(long, value_name = "DIR")]
    pub files: Option<PathBuf>,
}

/// `authlab vault`.
#[derive(Args)]
pub struct Vault {
    /// The server is one in memory, unsealed, as that of `vault server -dev` is: with this option and
    /// without it.
    #[arg(long)]
    pub dev: bool,
    /// Where it listens; port 0 is any free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8200")]
    pub listen: SocketAddr,
    /// The root token [default: one from the seed].
    #[arg(long, value_name = "T", value_parser = NonEmptyStringValueParser::new())]
    pub root_token: Option<String>,
    /// Whose texts it answers with.
    #[arg(long, value_name = "FLAVOUR", default_value = "vault", value_parser = flavour())]
    pub flavour: VaultFlavour,
    /// The folder below which every file lies that a client names, such as that of an audit device
    /// [default: one that goes with the server].
    #[arg(long, value_name = "DIR")]
    pub files: Option<PathBuf>,
    /// The seed of every id and token [default: one that is drawn].
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Write every event of the journal to this file, as JSON lines: `authlab explain --journal` reads
    /// it.
    #[arg(long, value_name = "FILE")]
    pub journal: Option<PathBuf>,
    /// The port where its journal is asked, so that `authlab explain` reaches it; 0 is any free one
    /// [default: 4560, or any that is free].
    #[arg(long, value_name = "PORT")]
    pub control_port: Option<u16>,
    /// Who may call beside what is the server's own.
    #[command(flatten)]
    pub guests: GuestOptions,
}

/// Reads the name of a flavour.
fn flavour() -> impl TypedValueParser<Value = VaultFlavour> {
    let named = VaultFlavour::NAMED.map(|(_, name, server)| PossibleValue::new(name).help(server));
    PossibleValuesParser::new(named).try_map(|name| name.parse())
}

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// One line for programs.
    Json,
}

/// `authlab run`.
#[derive(Args)]
pub struct Run {
    /// Which systems are embedded, containers, or elsewhere.
    #[command(flatten)]
    pub backends: BackendOptions,
    /// Feature files or folders [default: features].
    #[arg(value_name = "PATHS")]
    pub paths: Vec<PathBuf>,
    /// Only scenarios whose tags satisfy this expression, as in "@slow and not @wip".
    #[arg(long, value_name = "EXPR")]
    pub tags: Option<String>,
    /// Only scenarios whose name matches this regular expression.
    #[arg(long, value_name = "REGEX")]
    pub name: Option<String>,
    /// How many scenarios run at a time [default: the number of cores].
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
    /// Accept every snapshot that differs or is new.
    #[arg(long)]
    pub accept: bool,
}

/// `authlab doctor`.
#[derive(Args)]
pub struct Doctor {
    /// Find out by experiment what the embedded backend, and containers where they can run, are able
    /// to do.
    #[arg(long)]
    pub probe: bool,
}

/// `authlab explain`.
#[derive(Args)]
pub struct Explain {
    /// What to explain.
    #[command(flatten)]
    pub subject: Subject,
    /// Only refusals of this component, beside --list and --follow.
    #[arg(long, value_name = "COMPONENT", value_parser = component(), conflicts_with_all = ["request_id", "last", "classes"])]
    pub component: Option<Component>,
    /// A journal written by `--journal` of `authlab up` and `authlab vault`, or read from /_lab/journal.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["control", "follow"])]
    pub journal: Option<PathBuf>,
    /// The control API of a running lab, or that of `authlab vault` [default: http://127.0.0.1:4560].
    #[arg(long, value_name = "URL")]
    pub control: Option<String>,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// What to explain: one of these.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub struct Subject {
    /// The id of a request, as its answer carries it.
    #[arg(value_name = "REQUEST_ID")]
    pub request_id: Option<String>,
    /// The last request that was refused, or the last that this component refused: aws, gateway, lambda,
    /// vault, oidc or lab.
    #[arg(long, value_name = "COMPONENT", num_args = 0..=1, value_parser = component())]
    pub last: Option<Option<Component>>,
    /// The refusals of late, a line each with the id to explain it by; 20 unless it is said otherwise.
    #[arg(long, value_name = "N", num_args = 0..=1)]
    pub list: Option<Option<usize>>,
    /// Each refusal of a running lab with its cause and its fix, as it comes.
    #[arg(long)]
    pub follow: bool,
    /// Every class of cause that there is.
    #[arg(long)]
    pub classes: bool,
}

/// Reads the name of a component.
fn component() -> impl TypedValueParser<Value = Component> {
    let names = Component::ALL.map(Component::as_str);
    PossibleValuesParser::new(names).try_map(|name| {
        let mut known = Component::ALL.into_iter();
        known
            .find(|component| component.as_str() == name)
            .ok_or("it is no component")
    })
}

/// `authlab decide`.
#[derive(Args)]
pub struct Decide {
    /// Add the explanation as text to each answer: what was compared, and of an allow every statement that let it
    /// through.
    #[arg(long)]
    pub explain: bool,
    /// JSON lines, or one JSON list; standard input when none is given.
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// `authlab lint`.
#[derive(Args)]
pub struct Lint {
    /// What the documents are: identity, resource, trust, boundary, session, scp, rcp, endpoint,
    /// execute-api, oam-sink, lambda, secretsmanager, kms or vault [default: what each one's ending and
    /// content say].
    #[arg(long, value_name = "KIND")]
    pub kind: Option<String>,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Lists the codes that findings have, and looks at no document.
    #[arg(long)]
    pub list: bool,
    /// For Vault's policies: mounts of the key/value engine of version 1 [`secret` is of version 2].
    #[arg(long, value_name = "MOUNTS", value_delimiter = ',')]
    pub kv1: Vec<String>,
    /// For Vault's policies: further mounts of the key/value engine of version 2.
    #[arg(long, value_name = "MOUNTS", value_delimiter = ',')]
    pub kv2: Vec<String>,
    /// Policy documents of AWS, policies of Vault in HCL or JSON.
    #[arg(value_name = "FILE", required_unless_present = "list")]
    pub files: Vec<PathBuf>,
}
