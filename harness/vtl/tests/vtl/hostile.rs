//! No template and no body panics, takes long, or gives another answer the second time.

use proptest::prelude::{Strategy, any, prop, prop_oneof};
use proptest::test_runner::Config;
use proptest::{prop_assert_eq, proptest};
use serde_json::Map;

use crate::support::{rendered, rendered_with};

/// Parts of templates that fit together well and badly.
const PARTS: [&str; 78] = [
    "$a",
    "${a}",
    "$!{b}",
    "$m.k",
    "$m[\"k\"]",
    "$l[0]",
    "$l.size()",
    "$s.substring(1)",
    "$zz.x.y",
    "$m",
    "$l",
    "$s",
    "#",
    "##",
    "#*",
    "*#",
    "#[[",
    "]]#",
    "$",
    "$$",
    "\\",
    "\\$a",
    "\\#if",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "'",
    ",",
    ".",
    "..",
    "-",
    "é",
    "𝄞",
    "\n",
    "\r\n",
    " ",
    "#set($a = 1)",
    "#set($m.a = $m)",
    "#set($s = \"$s$s\")",
    "#set($l = [$l, $l])",
    "#set(",
    "#set($m = {\"a\": $l})",
    "#if($a)",
    "#if($a == 1 && !$s || $l)",
    "#elseif(",
    "#elseif($s)",
    "#else",
    "#end",
    "#{end}",
    "#foreach($i in $l)",
    "#foreach($i in [1..9])",
    "#foreach($i in [-9..$a])",
    "$foreach.index",
    "#break",
    "#stop",
    "#define($d)",
    "$d",
    "#foo(1)",
    "#literal()",
    "$l.add($l)",
    "$l.remove(0)",
    "$m.entrySet()",
    "$s.split(\"\")",
    "$s.replaceAll(\"(.)\", \"$1$1\")",
    "$s.replace(\"\", \"xx\")",
    "$input.json('$..*')",
    "$input.path(\"$.a[?(@.b == $a)]\")",
    "$input.body",
    "$input.params()",
    "$util.parseJson($input.body)",
    "$util.urlDecode($s)",
    "$util.escapeJavaScript($m)",
    "$context.requestOverride.path.put($s, $a)",
    "#set($a = $a * 3 / 2 % 7 - 1.5)",
];

const START: &str =
    "#set($a = 1)#set($b = true)#set($s = \"x,é\")#set($l = [1, \"b\", [2]])#set($m = {\"k\": $l})";

fn template() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        8 => prop::sample::select(&PARTS[..]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(part, 0..24).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(Config { cases: 500, failure_persistence: None, ..Config::default() })]

    #[test]
    fn any_template_is_rendered_or_refused_and_alike_each_time(parts in template()) {
        let template = format!("{START}{parts}");
        prop_assert_eq!(rendered(&template), rendered(&template));
        prop_assert_eq!(rendered(&parts), rendered(&parts));
    }

    #[test]
    fn any_body_and_path_is_read_or_refused(body in "[\\[\\]{}:,\"a0 .-]{0,40}", path in "[$@.*a0\\[\\]?()'\"=<!&|~/:,-]{0,24}") {
        let quoted = path.replace('\'', "''");
        let template = format!("#set($p = '{quoted}')$input.json($p)$input.path($p)");
        let rendered = || rendered_with(&template, &body, &Map::new());
        prop_assert_eq!(rendered(), rendered());
    }
}

#[test]
fn deep_and_long_ones_do_not_overflow_the_stack() {
    let count = 50_000;
    for (open, inner, close) in [
        ("#if(true)", "x", "#end"),
        ("#foreach($i in [1])", "x", "#end"),
        ("#set($a = (", "1", "))"),
        ("(", "1", ")"),
        ("[", "", "]"),
        ("{1:", "1", "}"),
        ("$a.b(", "", ")"),
        ("$a[", "0", "]"),
        ("!", "1", ""),
        ("1 + ", "1", ""),
        ("1 && ", "1", ""),
        ("$a == 1 || ", "1", ""),
        ("\"#if(true)\"\"", "", ""),
    ] {
        let parts = format!(
            "{}{inner}{}",
            open.repeat(count / open.len()),
            close.repeat(count / open.len())
        );
        for template in [
            format!("#set($a = {parts})"),
            format!("#if({parts})#end"),
            parts,
        ] {
            let _ = rendered(&template);
        }
    }
    for (part, is_rendered) in [
        ("$a", true),
        (".b", true),
        ("#set($a=1)", true),
        ("#elseif(true)", false),
    ] {
        let template = format!("$a{}", part.repeat(count / part.len()));
        assert_eq!(rendered(&template).is_ok(), is_rendered, "{part}");
    }
    for path in [
        "..a",
        "[0]",
        ".a",
        "[?(",
        "[?(!",
        "[?(@[?(",
        "[?(@ in [",
        "[?(@.a == 1 || ",
    ] {
        let path = format!("${}", path.repeat(count / path.len()));
        let _ = rendered(&format!("$input.json('{path}')"));
    }
    for body in [
        "[".repeat(count),
        format!("{}1{}", "[".repeat(100), "]".repeat(100)),
    ] {
        let _ = rendered_with("$input.json('$..*')$input.path('$')", &body, &Map::new());
    }
}
