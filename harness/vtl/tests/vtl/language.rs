//! The language: what Velocity 1.7 prints of each template, and AWS where it differs.

use std::thread;

use authlab_vtl::{Parameters, Scope, Template};
use serde_json::Map;

use crate::support::print;

#[test]
fn references() {
    print(&[
        ("#set($a = \"x\")$a ${a}y $ay $!a $!{a} $!zz", "x xy  x x "),
        ("[$zz][${zz}][$zz.a.b][$zz.a()][$zz[0]]", "[][][][][]"),
        (
            "costs $5 and $ 6. ${} ${1} $[",
            "costs $5 and $ 6. ${} ${1} $[",
        ),
        ("[$! x][$!{ x}]", "[$ x][$!{ x}]"),
        ("#set($a = 1)$$a $$$a $a$a ${a}_$a-b", "$1 $$1 11 1_"),
        (
            "#set($a = 1)\\$a \\\\$a \\\\\\$a \\${a} \\$!a",
            "$a \\1 \\$a ${a} $!a",
        ),
        ("\\$zz \\\\$zz", "\\$zz \\"),
        (
            "#set($a = \"x\")$a.  $a.1 $a._b $a(c) $a [0] $a.$a",
            "x.  x.1 x._b x(c) x [0] x.x",
        ),
        (
            "#set($m = {\"k\": {\"l\": [1, [2]]}})$m.k.l[1][0] ${m.k.l.size()} $m[\"k\"][\"l\"].get(0)",
            "2 2 1",
        ),
        ("#set($l = [\"a\", \"b\"])$l[-1] $l[0]$l[ 1 ]", "b ab"),
        ("#set($m = {\"b\": 1})$m.b(word)|${m.b}(c)", "|1(c)"),
        ("a@b.c $a@ \"$.name\" $..x", "a@b.c @ \"$.name\" $..x"),
    ]);
}

#[test]
fn directives_that_are_none_are_text() {
    print(&[
        (
            "#notadirective and # and #5 #fff #ending #endif # ",
            "#notadirective and # and #5 #fff #ending #endif # ",
        ),
        (
            "\\# \\\\ \\a \\#foo \\\\#foo",
            "\\# \\\\ \\a \\#foo \\\\#foo",
        ),
        (
            "\\#if \\#set(1) \\\\#if(true)x#end \\\\\\#end",
            "#if #set(1) \\x \\#end",
        ),
        (
            "#foo(bar baz \"q\" 1 $x, [1])y",
            "#foo(bar baz \"q\" 1 $x, [1])y",
        ),
        (
            "#foo (x)\ny #include <a> #{foo}",
            "#foo (x)\ny #include <a> #{foo}",
        ),
        ("#@foo(1) b #end!", "#@foo(1) b #end!"),
        (
            "#literal()$input.x #if(true)#end#end",
            "$input.x #if(true)#end",
        ),
        ("#[[ $x #if ]]# $x", " $x #if  "),
    ]);
}

#[test]
fn comments_and_white_space() {
    print(&[
        ("a## rest\nb", "ab"),
        ("a #* x\ny *#\nb#* open", "a \nb"),
        ("##", ""),
        (
            "#set($m = {\"b\": 1})$m.b## text\n${m.b}## none\n",
            "1## text\n1",
        ),
        ("before #set($a = 1) after", "before  after"),
        ("#set($a = 3)  #set($b = 4)\n  $b #set($c = 5)$c", "  45"),
        ("t\n  #set($b = 1)\nb", "t\n  b"),
        ("#if(true)\n x\n#end  \ny", " x\ny"),
        ("#if(false) \n x\n#else\t\n y\n#end\r\nz", " y\nz"),
        ("#foreach($i in [1..2])\n  $i\n#end\nz", "  1\n  2\nz"),
        ("#if(true) x #else y #end  z", " x   z"),
        ("$#if(true)x#end $#fff", "x $#fff"),
    ]);
}

#[test]
fn assignments() {
    print(&[
        ("#set($a = 'x-$b')#set($b = 'it''s')$a $b", "x-$b it's"),
        (
            "#set($b = 1)#set($a = \"x-$b\")#set($c = \"say \"\"$a\"\"\")$a $c",
            "x-1 say \"x-1\"",
        ),
        (
            "#set($a = \"#if(true)y#end#foreach($i in [1..2])$i#end $zz!\")$a",
            "y12 !",
        ),
        (
            "#set($a = \"a\\u0041\\n$\")$a#set($a = 'a\\u0041')$a",
            "aA\\n$a\\u0041",
        ),
        (
            "#set( $a = [1, 2.5, \"x\", true, $zz, [], {}] )$a",
            "[1, 2.5, x, true, null, [], {}]",
        ),
        (
            "#set($a = {\"k\": \"v\", \"n\": [1], 1: {\"a\": 2}})$a $a.get(1)",
            "{k=v, n=[1], 1={a=2}} {a=2}",
        ),
        (
            "#set($a = [3..1])$a #set($b = 2)#set($a = [$b..4])$a",
            "[3, 2, 1][2, 3, 4]",
        ),
        ("#set($a = [1..$zz])[$a]", "[]"),
        ("#set($a = 1)#set($a = $zz)$a", "1"),
        (
            "#set($m = {})#set($m.a = 1)#set($m[\"b\"] = {})#set($m.b.c = 2)#set($m.x.y = 3)$m",
            "{a=1, b={c=2}}",
        ),
        (
            "#set($l = [1, 2])#set($l[0] = 9)#set($k = $l)$k.add(3)$l",
            "true[9, 2, 3]",
        ),
        ("#set(${a} = 1)#set($!b = 1)[$a$b] #{set}($c = 1)$c", "[] 1"),
        ("#set($zz.a = 1)#set($yy[0] = 1)[$zz$yy]", "[]"),
    ]);
}

#[test]
fn arithmetic() {
    print(&[
        (
            "#set($a = 10 % 3 * 2 + 4 / 2 - 1)$a #set($a = (1 + 2) * 3)$a",
            "39",
        ),
        (
            "#set($a = 7 / 2)$a,#set($a = 7.0 / 2)$a,#set($a = -7 / 2)$a,#set($a = -7 % 3)$a,#set($a = 7.5 % 2)$a",
            "3,3.5,-3,-1,1.5",
        ),
        (
            "#set($a = 1 / 0)#set($b = 1 % 0)#set($c = 1.0 / 0)[$a$b$c]",
            "[]",
        ),
        (
            "#set($a = 2147483647 + 1)$a #set($a = 9223372036854775807 + 1)$a",
            "21474836489223372036854775808",
        ),
        (
            "#set($a = 1e3)$a,#set($a = 1.)$a,#set($a = .5)$a,#set($a = 1.0E10)$a,#set($a = 08)$a",
            "1000.0,1.0,0.5,1.0E10,8",
        ),
        (
            "#set($a = 5--1)$a,#set($a = 1.1 + 2.2)$a",
            "6,3.3000000000000003",
        ),
        (
            "#set($a = \"x\" + 1 + 2)$a,#set($a = 1 + 2 + \"x\")$a,#set($a = $zz + \"x\")$a",
            "x12,3x,$zzx",
        ),
        (
            "#set($a = [1] + [2])#set($b = \"x\" * 2)#set($c = 1 + $zz)[$a$b$c]",
            "[]",
        ),
        ("#set($n = $input.path('$.id') + 1)$n", "8"),
    ]);
}

#[test]
fn conditions() {
    print(&[
        (
            "#set($a = 0)#set($b = \"\")#set($c = [])#if($a && $b && $c)t#end",
            "t",
        ),
        (
            "#if($zz)t#{else}f#end#if(!$zz)t#end#if(not $zz)t#end",
            "ftt",
        ),
        (
            "#if(1)t#{else}f#end#if(\"x\")t#{else}f#end#if(1 + 1)t#{else}f#end#if([])t#{else}f#end",
            "ffff",
        ),
        (
            "#if(true)t#end#if(false)f#elseif(true)t#else f#end#if((true))t#end#{if}(true)t#{end}",
            "tttt",
        ),
        (
            "#set($a = 5)#if($a > 4 && $a >= 5 and $a < 6)t#end#if($a le 5 || false)t#end#if($a gt 5 or $a lt 5)f#end",
            "tt",
        ),
        (
            "#if(1 == 1.0 && \"1\" == 1 && true eq \"true\" && [1, 2] == [1, 2])t#end#if(1 ne 2 && \"a\" != \"b\")t#end",
            "tt",
        ),
        (
            "#if(\"a\" < \"b\")t#{else}f#end#if([\"1\"] == [1])t#{else}f#end#if({\"a\": 1} == {\"a\": 1})t#end",
            "fft",
        ),
        (
            "#if($zz == $null && $zz == \"\" && \"\" == $zz)t#end#if([] == $zz || 0 == $zz || $zz == false)f#end",
            "t",
        ),
        (
            "#set($x = !true)$x #set($x = 1 == 1)$x #set($x = true && \"x\")$x #set($x = !!true)$x",
            "falsetruefalsetrue",
        ),
        ("#set($a = 1)#if(($a == 1 || $zz) && !($a == 2))t#end", "t"),
    ]);
}

#[test]
fn loops() {
    print(&[
        (
            "#foreach($t in $input.path('$.tags'))$foreach.index$foreach.count$velocityCount$t#if($foreach.hasNext),#end#end",
            "011a,122b,233c",
        ),
        (
            "#foreach($i in [1..3])#if($foreach.first)F#end#if($foreach.last)L#end#if($velocityHasNext)-#end#end",
            "F--L",
        ),
        (
            "#foreach($i in [1..2])#foreach($j in [1..2])$foreach.parent.index$foreach.topmost.index$foreach.index #end#end",
            "000 001 110 111 ",
        ),
        ("#foreach($v in {\"a\": 1, \"b\": 2})$v#end", "12"),
        ("#foreach($i in [1..5])#if($i == 3)#break#end$i#end|", "12|"),
        ("#foreach($i in [1..5])$i#if($i == 2)#stop#end#end|", "12"),
        ("a#break#b", "a"),
        (
            "#foreach($i in [1..3])#foreach($j in [1..3])$j#if($j == 2)#break($foreach.parent)#end#end|#end.",
            "12.",
        ),
        ("#foreach($i in [1..3])$i#break($foreach)#end.", "1."),
        ("#foreach($i in [1..3])$i#set($x = \"#break\")#end.", "1."),
        ("#set($x = \"a#stop b\")$x c", ""),
        ("#define($d)a#stop b#end$d c", "a"),
        ("#define($d)x#break y#end$d z", "x z"),
        ("a#{stop}b", "a"),
        (
            "#set($i = 9)#foreach($i in [1..2])$i#end $i $foreach.index|",
            "12 9 |",
        ),
        (
            "#foreach($c in \"abc\")x#end#foreach($c in 5)x#end#foreach($c in $zz)x#end#foreach($c in [])x#end",
            "",
        ),
        (
            "#foreach( $i IN [1, $zz] )[$i]#end#foreach($i in [1])$foreach#end",
            "[1][]{}",
        ),
        (
            "#set($l = [1, 2])#foreach($i in $l)#if($i == 1)$l.remove(0)#end#end$l",
            "1[2]",
        ),
        (
            "#define($b)[$x]#end#set($x = 1)$b#set($x = 2)$b#if($b)t#end$b.size()",
            "[1][2]t",
        ),
        (
            "#define($a)A$b#end#define($b)B#end$a#define($c)x$c#end$c",
            "ABxx",
        ),
    ]);
}

#[test]
fn a_template_is_parsed_once_and_rendered_by_many() {
    let template = Template::parse("$input.path('$.a') $input.body.matches(\".+\")").unwrap();
    let render = |body: &str| {
        template.render(&Scope {
            body,
            parameters: Parameters::default(),
            context: &Map::new(),
            stage_variables: &[],
        })
    };
    thread::scope(|scope| {
        for count in 0..4 {
            scope.spawn(move || {
                let body = format!("{{\"a\": {count}}}");
                let rendered = render(&body).unwrap();
                assert_eq!(rendered.output, format!("{count} true"));
            });
        }
    });
}
