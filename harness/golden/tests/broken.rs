//! Tables from elsewhere that are broken in one place: nothing is passed over.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use authlab_golden::table::named;
use authlab_golden::{Report, from_elsewhere};
use tempfile::TempDir;

/// A copy of some files of a table of the tree, changed.
fn copy(table: &str, files: &[&str], change: &dyn Fn(&Path)) -> Result<Report, String> {
    let table = named(table).unwrap();
    let root: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .unwrap()
        .into();
    let folder = TempDir::new().unwrap();
    for file in files {
        let to = folder.path().join(file);
        fs::copy(root.join(table.folder).join(file), to).unwrap();
    }
    change(folder.path());
    from_elsewhere(folder.path(), table, None)
}

/// Replaces the first of a text in a file.
fn replace(folder: &Path, file: &str, from: &str, to: &str) {
    let path = folder.join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} has no {from}");
    fs::write(&path, text.replacen(from, to, 1)).unwrap();
}

/// The one failure of a copy, beside how many passed.
fn failure(report: Result<Report, String>) -> (usize, String) {
    let report = report.unwrap();
    assert_eq!(report.failures.len(), 1, "{report}");
    assert!(
        report.to_string().ends_with(" passed, 1 failed, 0 skipped"),
        "{report}"
    );
    (report.passed, report.failures[0].clone())
}

#[test]
fn a_whole_copy_passes() {
    let nothing = |_: &Path| {};
    for (table, file) in [
        ("iam", "oam.json"),
        ("rest", "vtl.json"),
        ("vault", "kv1.json"),
    ] {
        let report = copy(table, &[file], &nothing).unwrap();
        assert!(report.is_success() && report.passed > 10, "{report}");
    }
}

#[test]
fn each_thing_that_is_broken_fails_and_the_other_rows_run() {
    let iam = |from: &'static str, to: &'static str| {
        failure(copy("iam", &["oam.json"], &|folder: &Path| {
            replace(folder, "oam.json", from, to);
        }))
    };
    for (from, to, expected) in [
        ("\"expect\":", "\"expected\":", "no known kind"),
        (
            "\"resource_account\":",
            "\"resource_acount\":",
            "`request.resource_acount`",
        ),
        (
            "\"decision\": \"Allow\"",
            "\"decision\": \"ExplicitDeny\"",
            "decision: \"ExplicitDeny\" expected",
        ),
        ("\"grade\": \"M\"", "\"grade\": \"Z\"", "the grade `Z`"),
        (
            "\"type\": \"",
            "\"type\": \"x-",
            "unknown request.principal.type",
        ),
    ] {
        let (passed, what) = iam(from, to);
        assert!(passed == 16 && what.contains(expected), "{to}: {what}");
    }
    let rest = |from: &'static str, to: &'static str| {
        failure(copy("rest", &["vtl.json"], &|folder: &Path| {
            replace(folder, "vtl.json", from, to);
        }))
    };
    for (from, to, expected) in [
        (
            "\"template\":",
            "\"templates\":",
            "unknown field `templates`",
        ),
        ("\"body\":", "\"bdy\":", "unknown field `bdy`"),
        (
            "\"compare\": \"exact\"",
            "\"compare\": \"near\"",
            "unknown variant `near`",
        ),
        ("\"output\": \"", "\"output\": \"x", "output: \"x"),
        (
            "\"template\": \"",
            "\"template\": \"#end",
            "the template fails: line 1, column 1",
        ),
        ("\"grade\": \"L\"", "\"grade\": \"Z\"", "the grade `Z`"),
    ] {
        let (passed, what) = rest(from, to);
        assert!(
            passed == 21 && what.contains(expected),
            "{to}: {passed} {what}"
        );
    }
    let vault = |from: &'static str, to: &'static str| {
        failure(copy("vault", &["kv1.json"], &|folder: &Path| {
            replace(folder, "kv1.json", from, to);
        }))
    };
    for (from, to, expected) in [
        ("\"method\":", "\"verb\":", "unknown field `verb`"),
        ("\"status\": 200", "\"status\": 299", "status 299 expected"),
        ("\"status\": 200", "\"sttus\": 200", "unknown field `sttus`"),
        (
            "\"steps\":",
            "\"needs\": 1, \"steps\":",
            "unknown field `needs`",
        ),
    ] {
        let (passed, what) = vault(from, to);
        assert!(passed == 12 && what.contains(expected), "{to}: {what}");
    }
}

#[test]
fn files_that_are_none_of_the_table_fail() {
    for (table, file, passed) in [
        ("iam", "oam.json", 17),
        ("rest", "vtl.json", 22),
        ("vault", "kv1.json", 13),
    ] {
        for (name, text, expected) in [
            ("more.json", "{\"rows\": [", "more: the file\n    no "),
            ("more.json", "{}", "more: the file\n    no "),
            ("more.txt", "", "no file of a table"),
            (
                "more.json",
                "{\"topic\": \"kv1\", \"reference\": \"x\", \"cases\": []}",
                "more: the file\n    ",
            ),
        ] {
            let report = copy(table, &[file], &|folder: &Path| {
                fs::write(folder.join(name), text).unwrap();
            });
            let (counted, what) = failure(report);
            assert!(
                counted == passed && what.contains(expected),
                "{name} {text}: {what}"
            );
        }
        let with_folder = copy(table, &[file], &|folder: &Path| {
            fs::create_dir(folder.join("more")).unwrap();
        });
        assert!(failure(with_folder).1.contains("no file of a table"));
        let truncated = copy(table, &[file], &|folder: &Path| {
            let path = folder.join(file);
            let text = fs::read(&path).unwrap();
            fs::write(&path, &text[..text.len() / 2]).unwrap();
        });
        assert_eq!(failure(truncated).0, 0);
    }
}

#[test]
fn what_is_known_and_not_run_yet_is_told_by_name() {
    let report = copy("rest", &["vtl.json"], &|folder: &Path| {
        fs::write(folder.join("control-plane.json"), "[{\"id\": \"a\"}, {}]").unwrap();
    });
    let report = report.unwrap();
    let told = report.to_string();
    assert!(report.is_success() && report.skipped == 2, "{told}");
    assert!(
        told.contains("not run yet: control-plane, 2 rows"),
        "{told}"
    );
    assert!(told.ends_with(" passed, 0 failed, 2 skipped"), "{told}");
    let unreadable = copy("rest", &["vtl.json"], &|folder: &Path| {
        fs::write(folder.join("control-plane.json"), "{}").unwrap();
    });
    assert!(
        failure(unreadable)
            .1
            .starts_with("control-plane: the file\n    no list of rows")
    );
}

#[test]
fn a_table_without_rows_is_an_error() {
    let nothing = |_: &Path| {};
    for files in [&[][..], &["README.md"]] {
        let report = copy("vault", files, &nothing);
        assert_eq!(report.map(|_| ()), Err("the table has no row".to_owned()));
    }
    let empty = copy("iam", &[], &|folder: &Path| {
        fs::write(folder.join("a.json"), "[]").unwrap();
    });
    assert!(empty.is_err());
    let nowhere = from_elsewhere(Path::new("no/such/folder"), named("iam").unwrap(), None);
    assert!(nowhere.is_err_and(|error| error.contains("no/such/folder")));
}

#[test]
fn no_list_applies_elsewhere_and_hypotheses_are_told_apart() {
    let report = copy("iam", &["oam.json"], &|folder: &Path| {
        replace(folder, "oam.json", "\"grade\": \"M\"", "\"grade\": \"K\"");
        replace(
            folder,
            "oam.json",
            "\"decision\": \"Allow\"",
            "\"decision\": \"ExplicitDeny\"",
        );
    });
    let report = report.unwrap();
    let apart = report.held + report.unheld.len();
    assert_eq!(
        (apart, report.passed + report.failures.len()),
        (1, 16),
        "{report}"
    );
    assert!(report.to_string().contains("hypotheses: "), "{report}");
    let listed = copy("vault", &["sys.json"], &|folder: &Path| {
        let list = "sys: host info, metrics, version history, key status | x\n";
        fs::write(folder.join("known_differences.txt"), list).unwrap();
    });
    assert!(
        failure(listed).1.starts_with("sys: host info"),
        "the list is another's"
    );
}
