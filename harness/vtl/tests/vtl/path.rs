//! JSONPath, through `$input.json`.

use serde_json::Map;

use crate::support::{refuse, rendered_with};

const STORE: &str = r#"{"store": {"book": [
{"category": "reference", "author": "Nigel Rees", "title": "Sayings", "price": 8.95},
{"category": "fiction", "author": "Evelyn Waugh", "title": "Sword", "price": 12.99},
{"category": "fiction", "author": "Herman Melville", "title": "Moby", "isbn": "0-553", "price": 8.99, "tags": ["a", "b"]},
{"category": "fiction", "author": "J. R. R. Tolkien", "title": "Rings", "isbn": "0-395", "price": 22.99, "tags": []}],
"bicycle": {"color": "red", "price": 19.95}}, "limit": 10, "none": null, "o'k": 1, "a.b": 2, "n": [3, 1, 2]}"#;

#[test]
fn paths_find_what_jayway_finds() {
    for (path, expected) in [
        ("$.limit", "10"),
        ("limit", "10"),
        ("$['limit']", "10"),
        ("$[\"store\"]['bicycle'].color", "\"red\""),
        ("$['a.b']", "2"),
        ("$['o\\'k']", "1"),
        ("$.store.book[0].title", "\"Sayings\""),
        ("$.store.book[-1].title", "\"Rings\""),
        ("$.zz", "\"\""),
        ("$.store.book[9]", "\"\""),
        ("$.store.book[-9]", "\"\""),
        ("$.limit.zz[0]", "\"\""),
        (
            "$.store.book[*].title",
            "[\"Sayings\",\"Sword\",\"Moby\",\"Rings\"]",
        ),
        ("$.store.book.*.price", "[8.95,12.99,8.99,22.99]"),
        ("$.store.book[*].isbn", "[\"0-553\",\"0-395\"]"),
        (
            "$..author",
            "[\"Nigel Rees\",\"Evelyn Waugh\",\"Herman Melville\",\"J. R. R. Tolkien\"]",
        ),
        ("$..zz", "[]"),
        ("$..book[0].title", "[\"Sayings\"]"),
        ("$.store..price", "[8.95,12.99,8.99,22.99,19.95]"),
        ("$..tags[*]", "[\"a\",\"b\"]"),
        ("$..['color']", "[\"red\"]"),
        ("$.store.bicycle.*", "[\"red\",19.95]"),
        (
            "$.store.bicycle['color','price','zz']",
            "{\"color\":\"red\",\"price\":19.95}",
        ),
        ("$['zz','store'].book[0].price", "[8.95]"),
        (
            "$..['color','price']",
            "[{\"color\":\"red\",\"price\":19.95}]",
        ),
        ("$.store.book[0,2].title", "[\"Sayings\",\"Moby\"]"),
        ("$.n[0:2]", "[3,1]"),
        ("$.n[1:]", "[1,2]"),
        ("$.n[:1]", "[3]"),
        ("$.n[-2:]", "[1,2]"),
        ("$.n[:-1]", "[3,1]"),
        ("$.n[2:1]", "[]"),
        ("$.n[:]", "[3,1,2]"),
        ("$.n.length()", "3"),
        ("$.store.book.length()", "4"),
        ("$.limit.length()", "\"\""),
        ("$.n.max()", "3.0"),
        ("$.n.min()", "1.0"),
        ("$.n.sum()", "6.0"),
        ("$.n.avg()", "2.0"),
        ("$.store.bicycle.keys()", "[\"color\",\"price\"]"),
        ("$..price.max()", "22.99"),
    ] {
        check(path, expected);
    }
}

#[test]
fn filters_take_what_jayway_takes() {
    for (filter, expected) in [
        ("@.isbn", "[\"Moby\",\"Rings\"]"),
        ("!(@.isbn)", "[\"Sayings\",\"Sword\"]"),
        ("!@.isbn", "[\"Sayings\",\"Sword\"]"),
        ("@.price < 10", "[\"Sayings\",\"Moby\"]"),
        ("@.price<=$.limit", "[\"Sayings\",\"Moby\"]"),
        ("@.price > 12.99", "[\"Rings\"]"),
        ("@['price'] >= 12.99", "[\"Sword\",\"Rings\"]"),
        ("@.category == 'reference'", "[\"Sayings\"]"),
        ("@.category != \"fiction\"", "[\"Sayings\"]"),
        ("'reference' == @.category", "[\"Sayings\"]"),
        ("@.zz == null", "[]"),
        ("@.category == 'fiction' && @.price < 10", "[\"Moby\"]"),
        ("@.price < 8.96 || @.price > 20", "[\"Sayings\",\"Rings\"]"),
        ("(@.price < 8.96 || @.price > 20) && @.isbn", "[\"Rings\"]"),
        ("@.author =~ /.*REES/i", "[\"Sayings\"]"),
        ("@.author =~ /REES/", "[]"),
        ("@.title in ['Moby', 'Sword']", "[\"Sword\",\"Moby\"]"),
        ("@.title nin ['Moby', 'Sword']", "[\"Sayings\",\"Rings\"]"),
        ("@.tags contains 'b'", "[\"Moby\"]"),
        ("@.title contains 'ing'", "[\"Sayings\",\"Rings\"]"),
        ("@.tags size 2", "[\"Moby\"]"),
        ("@.tags empty true", "[\"Rings\"]"),
        ("@.tags empty false", "[\"Moby\"]"),
        ("@.tags subsetof ['a', 'b', 'c']", "[\"Moby\",\"Rings\"]"),
        ("@.tags anyof ['a']", "[\"Moby\"]"),
        ("@.tags noneof ['a']", "[\"Rings\"]"),
        ("@.tags all ['a', 'b']", "[\"Moby\"]"),
        ("@.tags == ['a', 'b']", "[\"Moby\"]"),
        ("@.tags.length() == 2", "[\"Moby\"]"),
        ("true", "[\"Sayings\",\"Sword\",\"Moby\",\"Rings\"]"),
    ] {
        check(&format!("$.store.book[?({filter})].title"), expected);
    }
    check("$.n[?(@ > 1)]", "[3,2]");
    check("$.store.bicycle[?(@.color == 'red')].price", "[19.95]");
    check("$..[?(@.color)].color", "[\"red\"]");
}

/// Checks a path that stands in the template, and one that is made while it is rendered.
fn check(path: &str, expected: &str) {
    let quoted = path.replace('\'', "''");
    let constant = format!("$input.json('{quoted}')");
    let made = format!("#set($p = '{quoted}')$input.json($p)");
    for template in [constant, made] {
        let rendered = rendered_with(&template, STORE, &Map::new());
        let output = rendered.map(|rendered| rendered.output);
        assert_eq!(output.as_deref(), Ok(expected), "{template}");
    }
}

#[test]
fn what_is_no_path_is_told_with_the_character() {
    refuse(&[
        (
            "x $input.json('$.')",
            "line 1, column 3: the JSONPath `$.` is none: a name is expected at character 3",
        ),
        (
            "$input.json('')",
            "line 1, column 1: the JSONPath `` is none: a name is expected at character 1",
        ),
        (
            "$input.json('$a')",
            "line 1, column 1: the JSONPath `$a` is none: `.` or `[` is expected at character 2",
        ),
        (
            "$input.json('$[')",
            "line 1, column 1: the JSONPath `$[` is none: an index, ",
        ),
        (
            "$input.json('$[x]')",
            "line 1, column 1: the JSONPath `$[x]` is none: an index, ",
        ),
        (
            "$input.json('$[1')",
            "line 1, column 1: the JSONPath `$[1` is none: `]` is expected at character 4",
        ),
        (
            "$input.json(\"$['é\")",
            "line 1, column 1: the JSONPath `$['é` is none: a quote ",
        ),
        (
            "$input.json('$.a.foo()')",
            "line 1, column 1: the JSONPath `$.a.foo()` is none: a function: ",
        ),
        (
            "$input.json('$.a[?(@.b ==)]')",
            "line 1, column 1: the JSONPath `$.a[?(@.b ==)]` is none: a path, a text",
        ),
        (
            "$input.json('$.a[?(@.b =~ 1)]')",
            "line 1, column 1: the JSONPath `$.a[?(@.b =~ 1)]` is none: a pattern ",
        ),
        (
            "$input.json('$.a[?(@.b =~ /(?=x)/)]')",
            "line 1, column 1: the JSONPath `$.a[?(@.b =~ /(?=x)/)]` is none: a pattern ",
        ),
        (
            "#set($p = '$.')\n$input.json($p)",
            "line 2, column 1: the JSONPath `$.` is none: a name ",
        ),
    ]);
}
