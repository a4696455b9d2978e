//! Requests per second of a whole lab over its ports, each route against a bare server in the same run.
//!
//! | group | route | bare |
//! |---|---|---|
//! | gateway | open, through an HTTP proxy integration | a hyper reverse proxy to the same upstream |
//! | gateway | JWT authorizer, a closure answers | hyper that verifies the same RS256 signature |
//! | gateway | IAM authorization, a closure answers | hyper that verifies the same SigV4 signature |
//! | gateway | REST: a MOCK answers, without authorization and by an API key with a plan | hyper that answers the same bytes |
//! | gateway | REST: a MOCK answers, JWT, IAM | hyper that verifies the same signature |
//! | gateway | REST: a MOCK answers, a function's decision is kept | hyper that answers the same bytes |
//! | front | `sts:GetCallerIdentity` | hyper that answers the same bytes |
//! | front | the same | hyper that verifies the same SigV4 signature |
//! | vault | a read of KV version 2 | hyper that answers the same bytes |
//!
//! The stages of the gateway have an access log. The bare servers do that one thing and answer the lab's bytes.
//! Keep-alive connections send the same request again and again, from a thread of their own; lab and bare
//! server take turns, round after round. What is told is the median of the rounds: requests per second,
//! the 99th percentile of latency, and the ratio of the rates. Where `nginx` is in the path, its
//! `return 200` is measured once, to compare machines by.
//!
//! `cargo ci bench gateway -- --rounds 5 --millis 1000 --connections 8`; `--requests 1000000` sends so
//! many to each route of the lab instead, and tells the resident memory on the way. `--row JWT` takes only
//! the rows whose names hold that text.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a bench ends at the first surprise"
)]

mod bare;
mod lab;
mod load;
mod nginx;
mod rest;
#[expect(dead_code, reason = "the forgery matrix signs in more ways")]
#[path = "../../tests/forgery/wire.rs"]
mod wire;

use std::time::Duration;

use lab::Bench;
use load::{Load, Turn};

/// That of the command.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How the bench is run.
struct Settings {
    groups: Vec<String>,
    rounds: usize,
    turn: Duration,
    connections: usize,
    /// Instead of turns: so many requests to each route, with the memory told.
    requests: Option<u64>,
    /// Only the rows whose names hold this text.
    row: String,
}

impl Settings {
    fn read() -> Self {
        let mut settings = Self {
            groups: Vec::new(),
            rounds: 5,
            turn: Duration::from_secs(1),
            connections: 8,
            requests: None,
            row: String::new(),
        };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut number = || -> u64 {
                let value = arguments.next().and_then(|value| value.parse().ok());
                value.unwrap_or_else(|| panic!("{argument} takes a number"))
            };
            match argument.as_str() {
                "--bench" => {}
                "--rounds" => settings.rounds = usize::try_from(number()).unwrap().max(1),
                "--millis" => settings.turn = Duration::from_millis(number()),
                "--connections" => settings.connections = usize::try_from(number()).unwrap().max(1),
                "--requests" => settings.requests = Some(number()),
                "--row" => settings.row = arguments.next().unwrap_or_default(),
                "gateway" | "front" | "vault" => settings.groups.push(argument),
                other => panic!(
                    "unknown argument `{other}`: give gateway, front, vault, --rounds, --millis, --connections, --requests or --row"
                ),
            }
        }
        settings
    }
}

/// A route of the lab and what it is compared with.
pub struct Row {
    group: &'static str,
    name: &'static str,
    lab: Target,
    bare_name: &'static str,
    bare: Target,
}

/// A request that can be sent again and again, and where.
#[derive(Clone)]
pub struct Target {
    address: String,
    request: Vec<u8>,
}

fn main() {
    // `cargo bench` adds `--bench`, `cargo test --benches` does not: then nothing is measured.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let settings = Settings::read();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let (bench, rows) = runtime.block_on(async {
        let bench = Bench::start().await;
        let rows = bench.rows().await;
        (bench, rows)
    });
    let wanted = |row: &&Row| {
        let is_grouped =
            settings.groups.is_empty() || settings.groups.iter().any(|group| group == row.group);
        is_grouped && row.name.contains(settings.row.as_str())
    };
    let load = Load::new(settings.connections);
    for row in rows.iter().filter(wanted) {
        match settings.requests {
            Some(requests) => memory(&load, row, requests),
            None => compare(&load, row, &settings),
        }
    }
    if settings.requests.is_none() {
        match nginx::Nginx::start() {
            Some(nginx) => {
                let turn = load.run(&nginx.target, settings.turn);
                println!("nginx `return 200`: {:.0}/s", turn.rate());
            }
            None => println!("nginx is not in the path: nothing to compare machines by"),
        }
    }
    runtime.block_on(bench.stop());
}

/// Lab and bare server by turns.
fn compare(load: &Load, row: &Row, settings: &Settings) {
    for target in [&row.lab, &row.bare] {
        load.run(target, settings.turn / 2);
    }
    let mut turns: [Vec<Turn>; 2] = [Vec::new(), Vec::new()];
    for _ in 0..settings.rounds {
        for (target, turns) in [&row.lab, &row.bare].into_iter().zip(&mut turns) {
            turns.push(load.run(target, settings.turn));
        }
    }
    let [lab, bare] = turns.map(|turns| (median(&turns, Turn::rate), median(&turns, Turn::p99)));
    println!(
        "{:<8} {:<28} {:>8.0}/s p99 {:>7.2} ms   {:<28} {:>8.0}/s p99 {:>7.2} ms   ratio {:.2}",
        row.group,
        row.name,
        lab.0,
        lab.1,
        row.bare_name,
        bare.0,
        bare.1,
        lab.0 / bare.0,
    );
}

fn median(turns: &[Turn], of: impl Fn(&Turn) -> f64) -> f64 {
    let mut values: Vec<f64> = turns.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Resident memory while so many requests are answered.
fn memory(load: &Load, row: &Row, requests: u64) {
    let mut told = format!("{:<8} {:<28} {:.0} MiB", row.group, row.name, resident());
    let steps = 10;
    for step in 1..=steps {
        load.send(&row.lab, requests / steps);
        told.push_str(&format!(
            ", {:.0} at {}",
            resident(),
            requests / steps * step
        ));
    }
    println!("{told}");
}

/// MiB.
fn resident() -> f64 {
    let pages = std::fs::read_to_string("/proc/self/statm").ok();
    let pages = pages.and_then(|text| text.split(' ').nth(1)?.parse::<f64>().ok());
    pages.map_or(f64::NAN, |pages| pages * 4_096.0 / 1_048_576.0)
}
