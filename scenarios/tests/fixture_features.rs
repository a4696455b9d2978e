//! The test target that another repository would have: every scenario of the good fixtures is a
//! test of its own.

mod fixture_world;

use authlab_scenarios::Suite;

fn main() {
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");
    Suite::new(fixtures)
        .features(format!("{fixtures}/good"))
        .snapshots(format!("{fixtures}/snapshots/good"))
        .main::<fixture_world::World>()
}
