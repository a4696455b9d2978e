//! The methods of values, as Java has them.

use crate::support::{print, refuse};

const TEXTS: &str = "#set($s = \" aB,b,\")#set($t = \"héllo𝄞x\")";
const LISTS: &str = "#set($l = [1, \"b\", 1])";
const MAPS: &str = "#set($m = {\"a\": 1, \"b\": [2]})";

/// Checks what a call prints behind some assignments.
#[track_caller]
fn check(start: &str, call: &str, expected: &str) {
    let template = format!("{start}[{call}]");
    let expected = format!("[{expected}]");
    print(&[(template.as_str(), expected.as_str())]);
}

#[test]
fn methods_of_texts() {
    for (call, expected) in [
        ("$s.length() $t.length()", "6 8"),
        ("$s.isEmpty() $s.empty", "false false"),
        ("$s.charAt(1)$t.charAt(1)", "aé"),
        (
            "$s.substring(1) $t.substring(1, 3) $t.substring(5) $t.subSequence(0, 1)",
            "aB,b, él 𝄞x h",
        ),
        (
            "$s.indexOf(\"B\") $s.indexOf(\"b\", 1) $t.indexOf(\"x\") $s.indexOf(\"q\")",
            "2 4 7 -1",
        ),
        (
            "$s.indexOf(\",\", 4) $s.indexOf(\",\", 99) $s.indexOf(\" \", -5)",
            "5 -1 0",
        ),
        ("$s.lastIndexOf(\",\") $t.lastIndexOf(\"l\")", "5 3"),
        (
            "$s.contains(\"B,\") $s.startsWith(\" a\") $s.endsWith(\"q\")",
            "true true false",
        ),
        (
            "$s.equals(\" aB,b,\") $s.equalsIgnoreCase(\" Ab,B,\") $s.equals(1)",
            "true true false",
        ),
        (
            "$s.compareTo(\" aC\") $s.compareToIgnoreCase(\" AB,B,\") $s.compareTo(\"\")",
            "-1 0 6",
        ),
        ("$s.concat(\"c\")$s.trim()", " aB,b,caB,b,"),
        (
            "$s.toLowerCase()$s.toUpperCase()$s.toString()",
            " ab,b, AB,B, aB,b,",
        ),
    ] {
        check(TEXTS, call, expected);
    }
}

#[test]
fn methods_of_texts_that_replace_and_split() {
    for (call, expected) in [
        (
            "$s.replace(\",\", \"--\")$s.replace(\"\", \".\")",
            " aB--b--. .a.B.,.b.,.",
        ),
        (
            "$s.replaceAll(\"[aB]\", \"x\")$s.replaceAll(\"(a)(B)\", \"$2\\$$1\")",
            " xx,b, B$a,b,",
        ),
        (
            "$s.replaceFirst(\",\", \";\")$s.replaceAll(\"(?<n>b)\", '<${n}>')",
            " aB;b, aB,<b>,",
        ),
        ("$s.matches(\"[ a-zB,]+\") $s.matches(\"a\")", "true false"),
        (
            "$s.split(\",\").size() $s.split(\",\")[1] $s.split(\",\").get(0)",
            "2 b  aB",
        ),
        (
            "$s.split(\",\", 2).size() $s.split(\",\", -1).size() $s.split(\"\").size()",
            "2 3 6",
        ),
        (
            "$s.split(\",\").isEmpty() $s.split(\"q\")[0]",
            "false  aB,b,",
        ),
        ("$s.hashCode()", "1007725941"),
        (
            "$s.foo()$s.foo$s.concat(1)$s.length(1)$s[0]$s.charAt(\"x\")",
            "",
        ),
    ] {
        check(TEXTS, call, expected);
    }
}

#[test]
fn methods_of_lists() {
    for (call, expected) in [
        ("$l.size() $l.isEmpty() $l.empty", "3 false false"),
        ("$l.get(1)$l[1]$l[-1]", "bb1"),
        ("$l.set(0, 7) $l", "1 [7, b, 1]"),
        (
            "$l.add(\"c\") $l.add($zz) $l",
            "true true [1, b, 1, c, null]",
        ),
        ("$l.add(0, \"z\")$l.add(4, \"q\") $l", " [z, 1, b, 1, q]"),
        (
            "$l.addAll([5]) $l.addAll([]) $l.addAll($l) $l.size()",
            "true false true 8",
        ),
        (
            "$l.remove(0) $l.remove(\"b\") $l.remove(\"q\") $l",
            "1 true false [1]",
        ),
        (
            "$l.contains(1) $l.contains(\"1\") $l.containsAll([1, \"b\"]) $l.containsAll([2])",
            "true false true false",
        ),
        ("$l.indexOf(1) $l.lastIndexOf(1) $l.indexOf(9)", "0 2 -1"),
        ("$l.subList(1, 3) $l.subList(0, 0)", "[b, 1] []"),
        ("$l.clear()$l", "[]"),
        (
            "$l.toString() $l.equals([1, \"b\", 1]) $l.equals([1])",
            "[1, b, 1] true false",
        ),
        ("$l.foo()$l.foo$l.size", ""),
    ] {
        check(LISTS, call, expected);
    }
}

#[test]
fn methods_of_maps() {
    for (call, expected) in [
        ("$m.size() $m.isEmpty() $m", "2 false {a=1, b=[2]}"),
        ("$m.get(\"a\") $m.a $m[\"a\"] $m.get(\"z\")$m.z", "1 1 1 "),
        ("$m.put(\"a\", 5) $m.put(\"c\", 6)$m", "1 {a=5, b=[2], c=6}"),
        (
            "$m.putAll({\"c\": 1})$m.putIfAbsent(\"a\", 9) $m",
            "1 {a=1, b=[2], c=1}",
        ),
        (
            "$m.remove(\"a\", 2) $m.remove(\"a\") $m.remove(\"z\")$m.put(\"a\", 3)$m",
            "false 1 {b=[2], a=3}",
        ),
        (
            "$m.containsKey(\"a\") $m.containsKey(\"z\") $m.containsValue([2]) $m.containsValue(3)",
            "true false true false",
        ),
        ("$m.getOrDefault(\"a\", 0) $m.getOrDefault(\"z\", 0)", "1 0"),
        (
            "$m.keySet() $m.values() $m.entrySet()",
            "[a, b] [1, [2]] [a=1, b=[2]]",
        ),
        (
            "#foreach($e in $m.entrySet())$e.key$e.value$e.getKey()$e.getValue() $e;#end",
            "a1a1 a=1;b[2]b[2] b=[2];",
        ),
        (
            "#foreach($e in $m.entrySet())$e.setValue(0)#end$m",
            "1[2]{a=0, b=0}",
        ),
        (
            "$m.toString() $m.equals({\"b\": [2], \"a\": 1}) $m.equals({\"a\": 1})",
            "{a=1, b=[2]} true false",
        ),
        ("$m.clear()$m", "{}"),
        ("$m.foo()$m.foo(1)$m.class", ""),
        ("#set($m.m = $m)$m", "{a=1, b=[2], m=(this Map)}"),
    ] {
        check(MAPS, call, expected);
    }
}

#[test]
fn methods_of_numbers_booleans_and_loops() {
    print(&[
        (
            "#set($n = 5)$n.toString() $n.intValue() $n.doubleValue() $n.equals(5) $n.equals(5.0) $n.compareTo(4)",
            "5 5 5.0 true false 1",
        ),
        (
            "#set($n = 2.7)$n.intValue() $n.longValue() $n.floatValue() $n.parseDouble(\"1e3\")",
            "2 2 2.7 1000.0",
        ),
        (
            "#set($n = 0)#set($x = $n.parseInt(\"5\") + 1)$x $n.parseLong(\"-3\") $n.valueOf(\"7\")",
            "6 -3 7",
        ),
        (
            "#set($b = true)$b.toString() $b.booleanValue() $b.equals(true) $b.compareTo(false) $b.parseBoolean(\"TRUE\")",
            "true true true 1 true",
        ),
        (
            "#set($n = 5)#set($b = true)[$n.foo()$n.foo$b.foo()$b.foo]",
            "[]",
        ),
        (
            "#foreach($i in [1..2])$foreach.getIndex()$foreach.getCount()$foreach.hasNext()$foreach.isFirst()$foreach.isLast()$foreach.foo()$foreach.foo #end",
            "01truetruefalse 12falsefalsetrue ",
        ),
    ]);
}

#[test]
fn methods_that_throw_end_the_template() {
    refuse(&[
        (
            "#set($l = [1])\n$l[1]",
            "line 2, column 1: `get` fails: the list has 1 elements and not one at 1",
        ),
        ("#set($l = [1])$l[-2]", "line 1, column 15: `get` fails: "),
        (
            "#set($l = [1])$l.get(-1)",
            "line 1, column 15: `get` fails: there is no element at -1",
        ),
        (
            "#set($l = [1])$l.remove(1)",
            "line 1, column 15: `remove` fails: ",
        ),
        (
            "#set($l = [1])$l.add(2, 1)",
            "line 1, column 15: `add` fails: ",
        ),
        (
            "#set($l = [1])$l.subList(1, 0)",
            "line 1, column 15: `subList` fails: ",
        ),
        (
            "#set($l = [1])#set($l[1] = 2)",
            "line 1, column 20: `set` fails: ",
        ),
        (
            "#set($m = {})$m.keySet().add(1)",
            "line 1, column 14: `add` fails: an array and the keys",
        ),
        (
            "#set($s = \"é\")$s.substring(2)",
            "line 1, column 15: `substring` fails: the text has 1 characters",
        ),
        (
            "#set($s = \"x\")$s.substring(1, 0)",
            "line 1, column 15: `substring` fails: ",
        ),
        (
            "#set($s = \"x\")$s.charAt(1)",
            "line 1, column 15: `charAt` fails: ",
        ),
        (
            "#set($n = 1)$n.parseInt(\"x\")",
            "line 1, column 13: `parseInt` fails: `x` is no whole number",
        ),
        (
            "#set($s = \"x\")$s.replaceAll(\"x\", \"$1\")",
            "line 1, column 15: `replaceAll` fails: ",
        ),
        (
            "#set($s = \"x\")$s.matches(\"(?=x)\")",
            "line 1, column 15: the regular expression `(?=x)` cannot be used",
        ),
        (
            "#foreach($i in [1, 2])$i#end#set($l = [1, 2, 3])#foreach($i in $l)$l.remove(0)#end",
            "line 1, column 49: the list of a `#foreach` is longer or shorter",
        ),
    ]);
}
