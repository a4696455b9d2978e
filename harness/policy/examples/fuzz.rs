//! Fuzzing on stable: mutated documents and cases, as many runs as asked for.
//!
//! `cargo run --release -p authlab-policy --example fuzz -- 10000000` prints how many documents were
//! accepted and refused; a panic ends it. A second number starts behind that many runs, so that parts
//! can run side by side.

#[path = "../tests/support/generate.rs"]
mod generate;
#[path = "../tests/support/mutate.rs"]
mod mutate;

/// Runs between two lines of output.
const CHUNK: u64 = 500_000;

fn main() {
    let number = |position| {
        let argument = std::env::args().nth(position)?;
        argument.parse::<u64>().ok()
    };
    let mut done = number(2).unwrap_or(0);
    let runs = done + number(1).unwrap_or(100_000);
    while done < runs {
        let count = CHUNK.min(runs - done);
        let tally = mutate::run(count, 1 + done);
        done += count;
        println!("{done} runs, no panic; the last {count}: {tally:?}");
    }
}
