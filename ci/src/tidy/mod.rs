//! The rules of the tree that no compiler checks.
//!
//! Each check reads the tracked files and returns its findings; one finding fails the run. How old the
//! service models are, and what shape the tree's Rust has, is printed beside them and fails nothing.
//!
//! - [`source`]: the files, and what is found in them.
//! - [`text`]: file sizes, banned calls and attributes, paths of one machine.
//! - [`edge`]: which of our crates may depend on which, as the design draws it.
//! - [`module`]: which part of harness/aws may import which.
//! - [`feature`]: feature files without scenarios, snapshots that nobody refers to.
//! - [`incident`]: features of incidents, and the page that lists them.
//! - [`readme`]: lines of scenarios that the README names.
//! - [`rust`]: tokens, modules, and which file needs which.
//! - [`shape`]: circles, fan-in, lengths of files.
//! - [`pointer`]: evidence that is read by text outside its owner.
//! - [`package`]: the packages that a first build compiles.
//! - [`numbers`]: the numbers that the tree holds itself to.

mod edge;
mod feature;
mod incident;
mod module;
mod numbers;
mod package;
mod pointer;
mod readme;
mod rust;
mod shape;
mod source;
mod text;

use std::path::Path;

use anyhow::bail;

use self::numbers::Counted;
use self::package::Packages;
use self::shape::Shape;
use crate::models::Source as Models;

/// What is shown beside the findings.
#[derive(clap::Args)]
pub struct Arguments {
    /// Show every circle: its files, and which of them each needs, by which names.
    #[arg(long)]
    circles: bool,
    /// Show every place that reads evidence by text outside its owner.
    #[arg(long)]
    pointers: bool,
}

/// Runs every check over the tracked files.
pub fn run(root: &Path, arguments: &Arguments) -> anyhow::Result<()> {
    let sources = source::tracked(root)?;
    let shape = Shape::of(&sources);
    let pointers = pointer::found(&sources, shape.files());
    let mut findings = text::check(&sources);
    findings.extend(edge::check(&sources)?);
    findings.extend(module::check(&sources));
    findings.extend(feature::check(root, &sources));
    findings.extend(incident::check(root, &sources)?);
    findings.extend(readme::check(&sources));
    let packages = Packages::behind_scenarios(root)?;
    let counted = Counted {
        shape: &shape,
        pointers: pointers.len(),
        packages: packages.count(),
    };
    findings.extend(numbers::check(&sources, &counted));
    findings.sort();
    println!(
        "{}",
        Models::read(&root.join("harness/wire/models"))?.age(today())
    );
    if arguments.circles {
        println!("{}", shape.circles_shown());
    }
    if arguments.pointers {
        pointers.iter().for_each(|pointer| println!("{pointer}"));
    }
    println!("{}", shape.summary());
    println!(
        "pointers: evidence is read by text at {} places outside its owner; `cargo ci tidy --pointers` shows them",
        pointers.len()
    );
    println!("{packages}");
    findings.iter().for_each(|finding| println!("{finding}"));
    if findings.is_empty() {
        println!("tidy: {} files, nothing to mend", sources.len());
        return Ok(());
    }
    bail!("tidy found {} things to mend", findings.len())
}

/// The day, of which only a printed age is made.
#[expect(
    clippy::disallowed_methods,
    reason = "the age of the models is told by the machine's calendar"
)]
fn today() -> jiff::civil::Date {
    jiff::Timestamp::now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date()
}
