//! The tables by name.

use authlab_vault::Flavour;

use crate::row::Row;
use crate::{iam, rest, vault};

/// Reads the rows of one file, whose name without its suffix comes first; what makes it no file of the
/// table is the error.
pub type Read = fn(&str, &str) -> Result<Vec<Row>, String>;

/// A table of the tree.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// What it is called: `iam`.
    pub name: &'static str,
    /// Its folder, from the root of the tree.
    pub folder: &'static str,
    /// How its files are read.
    pub read: Read,
    /// How many of a hundred rows may be known to differ.
    pub known_percent_max: usize,
}

impl Table {
    const fn new(name: &'static str, folder: &'static str, read: Read) -> Self {
        Self {
            name,
            folder,
            read,
            known_percent_max: crate::KNOWN_PERCENT_MAX,
        }
    }
}

/// Every table that has a name.
pub const TABLES: &[Table] = &[
    Table::new("iam", "harness/policy/tests/golden", iam::read),
    // As measured: 39 of 721 rows. 25 of them are prose about three kinds of API side by side, which nothing
    // reads; the others are what the data plane does not do yet, row by row in the list.
    Table {
        known_percent_max: 6,
        ..Table::new("rest", "harness/gateway/tests/golden", rest::read)
    },
    Table::new("vault", "harness/vault/tests/golden", |topic, text| {
        vault::read(topic, text, Flavour::OpenBao)
    }),
];

/// Recorded on OpenBao 2.7.2. It has no name yet: more of it differs than a table with a name may have.
pub const OPENBAO_27: Table = Table {
    name: "vault of OpenBao 2.7",
    folder: "harness/vault/tests/golden-openbao-2.7",
    read: |topic, text| vault::read(topic, text, Flavour::OpenBao27),
    known_percent_max: 25,
};

/// Cases of the table `vault` that are about an engine that is not simulated: every one is known to differ.
pub const WAITING: Table = Table {
    name: "vault that waits",
    folder: "harness/vault/tests/golden-waiting",
    read: |topic, text| vault::read(topic, text, Flavour::OpenBao),
    known_percent_max: 100,
};

/// The table of this name.
pub fn named(name: &str) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.name == name)
}
