//! How long it takes to find the route of a request, by how many routes there are: what is told is the
//! ratio to an API of one route, in the same run.
//!
//! `cargo ci bench route`.

#![expect(clippy::unwrap_used, reason = "a bench ends at the first surprise")]

use std::hint::black_box;
use std::time::Instant;

use authlab_gateway::path::RequestPath;
use authlab_gateway::route::{Keyed, RouteKey, RouteTable};
use http::Method;

struct Route(RouteKey);

impl Keyed for Route {
    fn key(&self) -> &RouteKey {
        &self.0
    }
}

/// How often a request is looked up in one turn.
const TURN: u32 = 200_000;
/// How many turns, of which the median counts.
const TURNS: usize = 9;

fn main() {
    // `cargo bench` adds `--bench`, `cargo test --benches` does not: then nothing is measured.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let counts = [1_usize, 100, 5_000];
    let nanoseconds = counts.map(median);
    for (count, each) in counts.into_iter().zip(nanoseconds) {
        println!(
            "{count:>5} routes: {each:>7.0} ns, ratio {:.2}",
            each / nanoseconds[0]
        );
    }
}

/// Nanoseconds for one lookup among so many routes, of a variable below a fixed part, and of the catch-all.
fn median(count: usize) -> f64 {
    let keys = (0..count).map(|number| format!("GET /part-{number}/{{id}}"));
    let keys = keys.chain(["ANY /{proxy+}".to_owned()]);
    let table = RouteTable::new(keys.map(|key| Route(key.parse().unwrap())).collect());
    let last = format!("/part-{}/17", count - 1);
    let paths = [last.as_str(), "/part-0/17", "/nowhere/to/be/found"];
    let paths = paths.map(|path| RequestPath::read(path).unwrap());
    let mut turns: Vec<f64> = (0..TURNS)
        .map(|_| {
            #[expect(clippy::disallowed_methods, reason = "a bench measures wall time")]
            let began = Instant::now();
            for path in paths.iter().cycle().take(TURN as usize) {
                black_box(table.find(&Method::GET, black_box(path)));
            }
            began.elapsed().as_secs_f64() * 1e9 / f64::from(TURN)
        })
        .collect();
    turns.sort_by(f64::total_cmp);
    turns[TURNS / 2]
}
