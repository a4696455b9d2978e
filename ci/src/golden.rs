//! Runs golden tables: those of the tree, or another of the same format.

use std::path::{Path, PathBuf};

use anyhow::bail;
use authlab_golden::{Report, TABLES, Table, from_elsewhere, of_tree, table};

/// Which table to run.
#[derive(clap::Args)]
pub struct Arguments {
    /// The table's name; all of them when none is given.
    name: Option<String>,
    /// A folder with another table of the same format; no list of known differences applies.
    #[arg(long, value_name = "DIR", requires = "name")]
    from: Option<PathBuf>,
    /// Only rows whose `topic: row` holds this text.
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
}

/// Runs the tables, prints what differs, and ends with the counts.
pub fn run(root: &Path, arguments: &Arguments) -> anyhow::Result<()> {
    let tables = chosen(arguments.name.as_deref())?;
    let only = arguments.only.as_deref();
    let mut whole = Report::default();
    for table in tables {
        let report = match &arguments.from {
            Some(folder) => from_elsewhere(folder, table, only),
            None => of_tree(root, table, only),
        };
        // A table that cannot be run is one failure, so that the others run and the counts are told.
        let report = report.unwrap_or_else(Report::of_failure);
        if tables.len() > 1 {
            println!("== {}\n{report}", table.name);
        }
        whole.add(report);
    }
    if tables.len() > 1 {
        println!("== all\n{}", whole.counts());
    } else {
        println!("{whole}");
    }
    if !whole.is_success() {
        bail!("golden: {} failed", whole.failures.len());
    }
    Ok(())
}

/// The tables of a name, or all.
fn chosen(name: Option<&str>) -> anyhow::Result<&'static [Table]> {
    let Some(name) = name else {
        return Ok(TABLES);
    };
    let Some(table) = table::named(name) else {
        let known: Vec<&str> = TABLES.iter().map(|table| table.name).collect();
        bail!(
            "no table is called `{name}`: give one of {}",
            known.join(", ")
        );
    };
    Ok(std::slice::from_ref(table))
}
