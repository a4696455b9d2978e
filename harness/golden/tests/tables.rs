//! Every table of the tree, each a test: what `cargo ci golden` runs.

use std::path::Path;
use std::process::ExitCode;

use authlab_golden::{OPENBAO_27, TABLES, Table, WAITING, of_tree};
use libtest_mimic::{Arguments, Failed, Trial};

fn holds(table: &Table) -> Result<(), Failed> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = root
        .ancestors()
        .nth(2)
        .ok_or("the crate has no folder above it")?;
    let report = of_tree(root, table, None)?;
    println!("{}: {report}", table.name);
    // In the tree a hypothesis is what the embedded part answers.
    if report.is_success() && report.unheld.is_empty() {
        Ok(())
    } else {
        Err(report.to_string().into())
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let tables = TABLES.iter().chain([&OPENBAO_27, &WAITING]);
    let trials = tables.map(|table| {
        let name = table.name.replace([' ', '.'], "_");
        Trial::test(name, move || holds(table))
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}
