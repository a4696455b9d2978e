//! Comparing, accepting and listing snapshots.

use std::{collections::BTreeSet, fs};

use authlab_snapshots::{Accept, MismatchKind, Snapshots};

fn snapshots(folder: &tempfile::TempDir) -> Snapshots {
    Snapshots::at(folder.path())
        .accept(Accept::No)
        .leave_for_review(true)
        .from_source("features/gateway/jwt.feature")
}

#[test]
fn a_new_document_fails_until_it_is_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let store = snapshots(&folder);
    let pending = folder.path().join("gateway/jwt/good.snap.new");

    let mismatch = store.check("gateway/jwt/good", "a\nb\n").unwrap_err();
    assert_eq!(
        (mismatch.kind, mismatch.diff.as_str()),
        (MismatchKind::New, "+a\n+b\n")
    );
    assert!(pending.exists());

    store
        .clone()
        .accept(Accept::Yes)
        .check("gateway/jwt/good", "a\nb\n")
        .unwrap();
    assert!(!pending.exists());
    assert_eq!(
        fs::read_to_string(folder.path().join("gateway/jwt/good.snap")).unwrap(),
        "---\nsource: \"features/gateway/jwt.feature\"\n---\na\nb\n"
    );
    store.check("gateway/jwt/good", "a\r\nb\n\n").unwrap();
}

#[test]
fn a_difference_is_shown_and_left_for_review() {
    let folder = tempfile::tempdir().unwrap();
    let store = snapshots(&folder);
    store
        .clone()
        .accept(Accept::Yes)
        .check("x", "1\n2\n3\n4\n5\n6\n7\n8\n9\nten")
        .unwrap();

    let mismatch = store
        .check("x", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10")
        .unwrap_err();
    assert_eq!(
        mismatch.to_string(),
        "snapshot `x` differs\n 7\n 8\n 9\n-ten\n+10"
    );
    assert!(folder.path().join("x.snap.new").exists());

    // The twin: what matches again takes the proposal away.
    store.check("x", "1\n2\n3\n4\n5\n6\n7\n8\n9\nten").unwrap();
    assert!(!folder.path().join("x.snap.new").exists());
}

#[test]
fn comparing_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(
        snapshots(&folder).compare("x", "1").unwrap_err().kind,
        MismatchKind::New
    );
    let store = snapshots(&folder).leave_for_review(false);
    assert_eq!(store.check("x", "1").unwrap_err().kind, MismatchKind::New);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_document_that_was_not_made_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let store = snapshots(&folder);
    store.check_absent("x").unwrap();
    store.clone().accept(Accept::Yes).check("x", "1").unwrap();
    let mismatch = store.check_absent("x").unwrap_err();
    let accepting = store.clone().accept(Accept::Yes);
    assert_eq!(
        mismatch.to_string(),
        "snapshot `x` exists, but no document was made\n-1"
    );
    accepting.check_absent("x").unwrap();
    store.check_absent("x").unwrap();
}

#[test]
fn a_path_stays_below_the_root_and_a_broken_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let store = snapshots(&folder).accept(Accept::Yes);
    for path in ["", "../x", "/etc/x", "a/../b", "a\\b"] {
        assert_eq!(
            store.check(path, "1").unwrap_err().kind,
            MismatchKind::Unusable,
            "{path}"
        );
    }
    fs::write(folder.path().join("broken.snap"), "---\n[\n---\n1").unwrap();
    assert_eq!(
        store.check("broken", "1").unwrap_err().kind,
        MismatchKind::Unusable
    );
}

#[test]
fn lists_snapshots_and_those_that_no_scenario_refers_to() {
    let folder = tempfile::tempdir().unwrap();
    let store = snapshots(&folder).accept(Accept::Yes);
    store.check("gateway/jwt/good", "1").unwrap();
    store.check("gateway/jwt/old", "1").unwrap();
    store
        .clone()
        .from_source("harness/policy/tests/x.rs")
        .check("policy/x", "1")
        .unwrap();

    let all = ["gateway/jwt/good", "gateway/jwt/old", "policy/x"];
    assert_eq!(store.list().unwrap(), all.map(str::to_owned).into());
    let referenced = BTreeSet::from(["gateway/jwt/good".to_owned()]);
    assert_eq!(
        store.unreferenced(".feature", &referenced).unwrap(),
        ["gateway/jwt/old"]
    );
}
