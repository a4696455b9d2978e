//! Methods, paths and queries.

use super::*;

#[test]
fn paths_and_queries() {
    const BLANK: &str = "/prod/a%20b";
    let get = |uri| ("GET", uri, &[][..], "");
    check(&[
        (
            get(BLANK),
            |it| it.canonical.path = "/prod/a%252520b".into(),
            Suspect::PathEncodedMore,
            None,
        ),
        (
            get(BLANK),
            |it| it.canonical.path = "/prod/a%20b".into(),
            Suspect::PathEncodedLess,
            None,
        ),
        (
            get(BLANK),
            |it| it.canonical.path = "/prod/a b".into(),
            Suspect::PathDecoded,
            None,
        ),
        (
            get("/%40a"),
            |it| it.canonical.path = "/%252540a".into(),
            Suspect::PathEncodedMore,
            None,
        ),
        (
            get("/@a"),
            |it| it.canonical.path = "/@a".into(),
            Suspect::PathEncodedLess,
            None,
        ),
        (
            get("/caf%C3%A9"),
            |it| it.canonical.path = "/caf%C3%A9".into(),
            Suspect::PathEncodedLess,
            None,
        ),
        (
            get("/caf%C3%A9"),
            |it| it.canonical.path = "/café".into(),
            Suspect::PathDecoded,
            None,
        ),
        (
            get("/a(1)@%20"),
            |it| it.canonical.path = "/a(1)@%2520".into(),
            Suspect::PathEncodedOtherwise,
            None,
        ),
        (
            get("/a//b/../c"),
            |it| it.canonical.path = "/a//b/../c".into(),
            Suspect::PathNotNormalised,
            None,
        ),
        (
            get("/prod/x"),
            |it| it.canonical.path = "/prod/x/".into(),
            Suspect::PathTrailingSlash,
            None,
        ),
        (
            get("/prod/x/"),
            |it| it.canonical.path = "/prod/x".into(),
            Suspect::PathTrailingSlash,
            None,
        ),
        (
            get("/prod/x"),
            |it| it.canonical.path = "/x".into(),
            Suspect::PathPrefix,
            None,
        ),
        (
            get("/prod"),
            |it| it.canonical.path = "/".into(),
            Suspect::PathPrefix,
            None,
        ),
        (
            (
                "GET",
                "/orders",
                &[("x-original-uri", "/v1/orders?x=1")],
                "",
            ),
            |it| it.canonical.path = "/v1/orders".into(),
            Suspect::PathPrefix,
            None,
        ),
        (
            get("/?q=a+b"),
            |it| it.canonical.query = "q=a%20b".into(),
            Suspect::QueryPlusAsBlank,
            Some("q"),
        ),
        (
            get("/?q=a%20b&r=1"),
            |it| it.canonical.query = "q=a+b&r=1".into(),
            Suspect::QueryBlankAsPlus,
            Some("q"),
        ),
        (
            get("/?q=a%20b"),
            |it| it.canonical.query = "q=a%2Bb".into(),
            Suspect::QueryBlankAsPlus,
            Some("q"),
        ),
        (
            get("/?b=1&a=2"),
            |it| it.canonical.query = "b=1&a=2".into(),
            Suspect::QueryUnsorted,
            None,
        ),
        (
            get("/?$filter=x"),
            |it| it.canonical.query = "$filter=x".into(),
            Suspect::QueryNotEncoded,
            Some("$filter"),
        ),
        (
            get("/?%24filter=x"),
            |it| it.canonical.query = "$filter=x".into(),
            Suspect::QueryNotEncoded,
            Some("%24filter"),
        ),
        (
            get("/?q=%2F"),
            |it| it.canonical.query = "q=%252F".into(),
            Suspect::QueryEncodedTwice,
            Some("q"),
        ),
        (
            get("/?q=(a)%20b"),
            |it| it.canonical.query = "q=(a)%20b".into(),
            Suspect::QueryNotEncoded,
            Some("q"),
        ),
        (
            get("/?q=(a)%20%2b"),
            |it| it.canonical.query = "q=(a)%20%2B".into(),
            Suspect::QueryEncodedOtherwise,
            Some("q"),
        ),
        (
            get("/?a&b=1"),
            |it| it.canonical.query = "a&b=1".into(),
            Suspect::QueryWithoutEquals,
            Some("a"),
        ),
        (
            get("/?a=1"),
            |it| it.canonical.query = String::new(),
            Suspect::QueryNotSigned,
            None,
        ),
        (
            get("/?a=1&utm=2"),
            |it| it.canonical.query = "a=1".into(),
            Suspect::QueryParameterAdded,
            Some("utm"),
        ),
        (
            get("/"),
            |it| it.canonical.method = "HEAD".into(),
            Suspect::Method,
            None,
        ),
        (
            get("/"),
            |it| it.canonical.method = "get".into(),
            Suspect::Method,
            None,
        ),
    ]);
}
