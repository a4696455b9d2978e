//! Every scenario of the project, a test each.

use authlab_scenarios::{Suite, World};

fn main() {
    Suite::new(env!("CARGO_MANIFEST_DIR"))
        .features(concat!(env!("CARGO_MANIFEST_DIR"), "/../features"))
        .snapshots(concat!(env!("CARGO_MANIFEST_DIR"), "/../snapshots"))
        .main::<World>()
}
