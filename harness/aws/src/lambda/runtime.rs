//! Which runtimes a function may have.

use super::error::Error;

/// The runtimes that functions can be made with, in the order in which AWS lists them in a refusal
/// (recorded in 2025; the order is that of a hash set and means nothing).
pub(super) const SUPPORTED: [&str; 25] = [
    "nodejs20.x",
    "python3.14",
    "provided.al2023",
    "python3.12",
    "python3.13",
    "nodejs24.x",
    "nodejs22.x",
    "java25",
    "python3.10",
    "python3.11",
    "java21",
    "ruby3.3",
    "ruby3.4",
    "ruby3.2",
    "python3.8",
    "python3.9",
    "java17",
    "nodejs16.x",
    "dotnet10",
    "dotnet8",
    "java11",
    "dotnet6",
    "nodejs18.x",
    "provided.al2",
    "java8.al2",
];

/// Runtimes past their end, and what AWS recommends in their place. That these eight are refused was
/// recorded on AWS; which runtime each refusal recommends is `unverified`.
const ENDED: [(&str, &str); 8] = [
    ("java8", "java21"),
    ("go1.x", "provided.al2023"),
    ("provided", "provided.al2023"),
    ("ruby2.7", "ruby3.2"),
    ("nodejs14.x", "nodejs20.x"),
    ("python3.7", "python3.12"),
    ("dotnetcore3.1", "dotnet6"),
    ("nodejs12.x", "nodejs18.x"),
];

/// The refusal of a runtime that is none.
pub(super) fn unknown(runtime: &str) -> Error {
    Error::Value(format!(
        "Value {runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value \
         set: [{}] or be a valid ARN",
        SUPPORTED.join(", ")
    ))
}

/// Whether a function may have this runtime.
///
/// # Errors
/// It is past its end, or none.
pub(super) fn check(runtime: &str) -> Result<(), Error> {
    if SUPPORTED.contains(&runtime) {
        return Ok(());
    }
    match ENDED.iter().find(|(ended, _)| *ended == runtime) {
        Some((_, next)) => Err(Error::Value(format!(
            "The runtime parameter of {runtime} is no longer supported for creating or updating \
             AWS Lambda functions. We recommend you use the new runtime ({next}) while creating or \
             updating functions."
        ))),
        None => Err(unknown(runtime)),
    }
}

/// Whether a runtime can be started from snapshots (Lambda developer guide, `snapstart.html`).
pub(super) fn has_snap_start(runtime: &str) -> bool {
    let later = |prefix: &str, least: u32| {
        let version = runtime.strip_prefix(prefix);
        version
            .and_then(|version| version.parse::<u32>().ok())
            .is_some_and(|version| version >= least)
    };
    later("java", 11) || later("python3.", 12) || later("dotnet", 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runtimes_past_their_end_are_told_apart_from_none() {
        for (runtime, expected) in [
            ("python3.12", None),
            ("provided.al2023", None),
            (
                "java8",
                Some("The runtime parameter of java8 is no longer supported"),
            ),
            ("go1.x", Some("The runtime parameter of go1.x is no longer")),
            ("python2.7", Some("Value python2.7 at 'runtime' failed")),
            ("PYTHON3.9", Some("Value PYTHON3.9 at 'runtime' failed")),
        ] {
            let refusal = check(runtime).err().map(|error| error.to_string());
            match (expected, refusal) {
                (None, None) => {}
                (Some(start), Some(text)) => assert!(text.starts_with(start), "{text}"),
                other => panic!("{runtime}: {other:?}"),
            }
        }
        for (runtime, has) in [
            ("java11", true),
            ("java8.al2", false),
            ("python3.12", true),
            ("python3.11", false),
            ("dotnet8", true),
            ("nodejs22.x", false),
        ] {
            assert_eq!(has_snap_start(runtime), has, "{runtime}");
        }
    }
}
