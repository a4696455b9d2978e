//! What is no template, and what a template may not do, with the place; the other tables have what it may.

use authlab_vtl::limit::{
    DEPTH_MAX, ITERATION_COUNT_MAX, OUTPUT_BYTES_MAX, TEMPLATE_BYTES_MAX, VALUE_DEPTH_MAX,
};

use crate::support::{print, refuse, rendered};

#[test]
fn what_velocity_cannot_read_is_refused() {
    refuse(&[
        (
            "é\n #if(true)x",
            "line 2, column 2: `#if` is not closed: add `#end`",
        ),
        ("#if(true)x#else y", "line 1, column 1: `#if` is not closed"),
        (
            "#foreach($i in [1])x",
            "line 1, column 1: `#foreach` is not closed",
        ),
        ("#define($i)x", "line 1, column 1: `#define` is not closed"),
        ("#literal()x", "line 1, column 1: `#literal` is not closed"),
        ("x#end", "line 1, column 2: `#end` belongs to no block"),
        ("#else", "line 1, column 1: `#else` belongs to no block"),
        (
            "#elseif(true)",
            "line 1, column 1: `#elseif` belongs to no block",
        ),
        (
            "#if(true)a#else b#else c#end",
            "line 1, column 18: `#else` belongs to no block",
        ),
        (
            "#foreach($i in [1])#else#end",
            "line 1, column 20: `#else` belongs to no block",
        ),
        (
            "#if true a #end",
            "line 1, column 5: `(` is expected, and here is `t`",
        ),
        (
            "#if",
            "line 1, column 4: `(` is expected, and here is the end",
        ),
        (
            "#if($a b)#end",
            "line 1, column 8: an operator or `)` is expected, and here is `b`",
        ),
    ]);
}

#[test]
fn expressions_that_are_none_are_refused() {
    refuse(&[
        (
            "#set($a 1)",
            "line 1, column 9: `=` is expected, and here is `1`",
        ),
        (
            "#set(a = 1)",
            "line 1, column 6: a reference such as `$name` is expected",
        ),
        (
            "x#set($a = 1",
            "line 1, column 2: `#set` is not closed: add `)`",
        ),
        ("#set($a = )", "line 1, column 11: a value: "),
        ("#set($a = -$b)", "line 1, column 11: a value: "),
        (
            "#set($a = $b -1)",
            "line 1, column 14: an operator (a blank belongs between `-` and a number) is expected",
        ),
        ("#set($a = [1,])", "line 1, column 14: a value: "),
        (
            "#set($a = [1 2])",
            "line 1, column 14: `,` or `]` is expected",
        ),
        ("#set($a = {a: 1})", "line 1, column 12: a value: "),
        ("#set($a = {\"a\" 1})", "line 1, column 16: `:` is expected"),
        ("#set($a = \"x)", "line 1, column 11: `\"` is not closed"),
        (
            "#set($a = \"#if(true)\")",
            "line 1, column 12: `#if` is not closed",
        ),
        (
            "#set($a = \"a\"\"#if(true)\")",
            "line 1, column 11: `#if` is not closed",
        ),
        (
            "#foreach(i in $a)#end",
            "line 1, column 10: a variable such as `$item` is expected",
        ),
        (
            "#foreach($i of $a)#end",
            "line 1, column 13: `in` is expected",
        ),
        (
            "#define(x)#end",
            "line 1, column 9: a variable such as `$block` is expected",
        ),
        (
            "${a b}",
            "line 1, column 4: `}` is expected, and here is ` `",
        ),
        ("$a[x]", "line 1, column 4: a value: "),
        ("$a.b(1 2)", "line 1, column 8: `,` or `)` is expected"),
        ("$a.b( )", "line 1, column 7: a value: "),
        ("#foo(a.b)", "line 1, column 7: a value: "),
        (
            "$true",
            "line 1, column 2: `true` is a word of the language",
        ),
        ("x$", "line 1, column 2: a template cannot end with `$`"),
        ("x#", "line 1, column 2: a template cannot end with `#`"),
        ("#[[x", "line 1, column 1: `#[[` is not closed: add `]]#`"),
        (
            "#set($a = 999999999999999999999999999999999999999999)",
            "line 1, column 11: the number `9999",
        ),
    ]);
}

#[test]
fn directives_that_are_not_there_are_refused() {
    refuse(&[
        (
            "a #parse(\"x\")",
            "line 1, column 3: `#parse` is not there in mapping templates: write",
        ),
        (
            "#include(\"x\")",
            "line 1, column 1: `#include` is not there",
        ),
        (
            "#evaluate(\"x\")",
            "line 1, column 1: `#evaluate` is not there",
        ),
        (
            "#macro(m $a)x#end",
            "line 1, column 1: `#macro` is not there",
        ),
        (
            "#{macro}(m $a)x#end",
            "line 1, column 1: `#macro` is not there",
        ),
    ]);
    print(&[(
        "\\#parse(\"x\") #[[#include(x)]]# #macro",
        "#parse(\"x\") #include(x) #macro",
    )]);
}

/// A template that is as large as it may be, and one that is larger by one step.
#[test]
fn limits_have_a_last_template_that_fits() {
    let long = |length: usize| "x".repeat(length);
    let nested = |count: usize| format!("{}x{}", "#if(true)".repeat(count), "#end".repeat(count));
    let list = |count: usize| format!("#set($l = {}{})", "[".repeat(count), "]".repeat(count));
    let text = |count: usize| format!("#set($a = {}1{})$a", "(".repeat(count), ")".repeat(count));
    let rounds = |count: usize| format!("#foreach($i in [1..{count}])x#end");
    let output = |count: usize| {
        format!(
            "#set($s = '{}')#foreach($i in [1..{count}])$s#end",
            "x".repeat(OUTPUT_BYTES_MAX / 64)
        )
    };
    let value =
        |count: usize| format!("#set($l = [])#foreach($i in [2..{count}])#set($l = [$l])#end$l");
    for (template, count, expected) in [
        (
            &long as &dyn Fn(usize) -> String,
            TEMPLATE_BYTES_MAX,
            "the template has 307201 bytes",
        ),
        (&nested, DEPTH_MAX - 1, "nested more than 64 levels deep"),
        (&list, DEPTH_MAX - 2, "nested more than 64 levels deep"),
        (&text, DEPTH_MAX - 2, "nested more than 64 levels deep"),
        (
            &rounds,
            ITERATION_COUNT_MAX,
            "a `#foreach` may go round 1000 times",
        ),
        (
            &value,
            VALUE_DEPTH_MAX + 1,
            "values held more than 200 levels deep",
        ),
        (
            &output,
            64,
            "prints, or has in one text, more than 10485760 bytes",
        ),
    ] {
        assert!(rendered(&template(count)).is_ok(), "{expected}");
        let error = rendered(&template(count + 1)).unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn what_costs_too_much_ends() {
    refuse(&[
        (
            "#set($s = \"x\")#foreach($i in [1..100])#set($s = \"$s$s\")#end",
            "line 1, column 52: the template prints, or has in one text, more than 10485760 bytes",
        ),
        (
            "#foreach($i in [1..900])#foreach($j in [1..900])#foreach($k in [1..900])#end#end#end",
            "line 1, column 49: the template takes more than 5000000 steps",
        ),
        (
            "#set($l = [1])#foreach($i in [1..100])#set($l = [$l, $l])#end$l",
            "line 1, column 62: the template takes more than 5000000 steps",
        ),
        (
            "#set($l = [1])#set($k = [1])#foreach($i in [1..60])#set($l = [$l, $l])#set($k = [$k, $k])#end\
             #if($l == $k)x#end",
            "line 1, column 104: the template takes more than 5000000 steps",
        ),
        (
            "#set($l = [1])#foreach($i in [1..60])$l.addAll($l)#end",
            "line 1, column 38: the template makes texts and lists of more than 134217728 bytes",
        ),
        (
            "#foreach($i in [1..9999999999])#end",
            "line 1, column 1: a `#foreach` may go round 1000 times",
        ),
        (
            "#set($l = [1..99999999])",
            "line 1, column 6: the template takes more than 5000000 steps",
        ),
        (
            "#set($l = [])$l.add([$l])$l",
            "line 1, column 26: blocks are rendered more than 128, or values held more than 200 levels",
        ),
        (
            "#set($m = $input.path('$'))#set($m.m = $m)$input.path('$..x')",
            "line 1, column 43: the template makes texts and lists of more than 134217728 bytes",
        ),
        (
            "#set($a = 99999999999999999999999999999999999999)#set($a = $a * $a)",
            "line 1, column 65: a number is larger than 38 digits",
        ),
        (
            "#set($s = \"x\")$s.matches(\"(x{1000}){1000}\")",
            "line 1, column 15: the regular expression `(x{1000}){1000}` cannot be used",
        ),
        (
            "#define($a)$b$b#end#define($b)$a$a#end#foreach($i in [1..1000])\
             #foreach($j in [1..1000])$a#end#end",
            "line 1, column 31: the template takes more than 5000000 steps",
        ),
    ]);
}
