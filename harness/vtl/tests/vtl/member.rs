//! What `$input`, `$util`, `$context` and `$stageVariables` have.

use serde_json::json;

use crate::support::{print, refuse, rendered, rendered_with};

/// The variables of `api-gateway-mapping-template-reference` that a template can read, with what stands
/// for a value.
const CONTEXT: [&str; 48] = [
    "accountId",
    "apiId",
    "authorizer.property",
    "authorizer.claims.property",
    "authorizer.principalId",
    "awsEndpointRequestId",
    "deploymentId",
    "domainName",
    "domainPrefix",
    "error.message",
    "error.messageString",
    "error.responseType",
    "error.validationErrorString",
    "extendedRequestId",
    "httpMethod",
    "identity.accountId",
    "identity.apiKey",
    "identity.apiKeyId",
    "identity.caller",
    "identity.cognitoAuthenticationProvider",
    "identity.cognitoAuthenticationType",
    "identity.cognitoIdentityId",
    "identity.cognitoIdentityPoolId",
    "identity.principalOrgId",
    "identity.sourceIp",
    "identity.clientCert.clientCertPem",
    "identity.clientCert.subjectDN",
    "identity.clientCert.issuerDN",
    "identity.clientCert.serialNumber",
    "identity.clientCert.validity.notBefore",
    "identity.clientCert.validity.notAfter",
    "identity.user",
    "identity.userAgent",
    "identity.userArn",
    "identity.vpcId",
    "identity.vpceId",
    "isCanaryRequest",
    "path",
    "protocol",
    "requestId",
    "requestTime",
    "requestTimeEpoch",
    "resourceId",
    "resourcePath",
    "stage",
    "wafResponseCode",
    "webaclArn",
    "xrayTraceId",
];

#[test]
fn every_member_of_input() {
    print(&[
        (
            "$input.json('$.nested')$input.json(\"$.tags[1]\")$input.json('$.id')",
            "{\"deep\":{\"v\":\"w\"}}\"b\"7",
        ),
        ("$input.json('$.zz')", "\"\""),
        (
            "$input.path('$.name') $input.path(\"$.price\") [$input.path('$.zz')$input.path('$.none')]",
            "Bob 9.5 []",
        ),
        (
            "$input.path('$').nested.deep.v $input.path('$.items')[1].sku",
            "w y2",
        ),
        (
            "$input.path('$.nested') $input.path('$.items[0]') $input.path('$.tags')",
            "{deep={v=w}} {sku=x1, n=2} [\"a\",\"b\",\"c\"]",
        ),
        (
            "$input.params('id') $input.params('q') $input.params('X-One') [$input.params('x-one')]",
            "p7 find me h1 []",
        ),
        (
            "$input.params().path.id $input.params().querystring.get('id') $input.params().header['id']",
            "p7 q7 h7",
        ),
        (
            "$input.params()",
            "{path={id=p7}, querystring={q=find me, id=q7}, header={X-One=h1, id=h7}}",
        ),
        (
            "#set($p = '$.name')$input.path($p) $input.json($p)",
            "Bob \"Bob\"",
        ),
        (
            "$input.body.substring(0, 8) [$input.body.name] [$input]",
            "{\"id\": 7 [] []",
        ),
    ]);
}

#[test]
fn a_body_that_is_empty_a_text_or_broken() {
    let none = serde_json::Map::new();
    for (body, template, expected) in [
        (
            "",
            "$input.body $input.json('$') [$input.path('$.a')]",
            Some("{} {} []"),
        ),
        (
            "a=b&c=d",
            "$input.body $input.path('$') [$input.path('$.a')] $input.json('$.a')",
            Some("a=b&c=d a=b&c=d [] \"\""),
        ),
        (
            "[1, {\"a\": 2.50}]",
            "$input.path('$')[1].a $input.json('$')",
            Some("2.5 [1,{\"a\":2.5}]"),
        ),
        ("{\"a\":", "$input.body", Some("{\"a\":")),
        ("{\"a\":", "x\n $input.path('$.a')", None),
    ] {
        let rendered = rendered_with(template, body, &none);
        match expected {
            Some(expected) => assert_eq!(rendered.unwrap().output, expected, "{template}"),
            None => {
                let error = rendered.unwrap_err();
                assert!(
                    error.starts_with("line 2, column 2: the body is no JSON, "),
                    "{error}"
                );
            }
        }
    }
}

#[test]
fn every_member_of_util() {
    print(&[
        (
            "$util.escapeJavaScript(\"it's </a> \"\"q\"\" \\ é\")",
            "it\\'s <\\/a> \\\"q\\\" \\\\ \\u00E9",
        ),
        ("$util.escapeJavaScript($input.path('$.id'))", "7"),
        (
            "#set($o = $util.parseJson('{\"k\": [1, {\"a\": null}]}'))$o $o.k[0] $o.k.size()",
            "{k=[1,{\"a\":null}]} 1 2",
        ),
        ("$util.parseJson('plain') $util.parseJson('7')", "plain 7"),
        (
            "$util.urlEncode('a b&c=d/e?f+g*~é')",
            "a+b%26c%3Dd%2Fe%3Ff%2Bg*%7E%C3%A9",
        ),
        ("$util.urlDecode('a%20b+c%2Fd')", "a b c/d"),
        (
            "$util.base64Encode('aé') $util.base64Decode('YcOp')",
            "YcOp aé",
        ),
        (
            "[$util.escapeJavaScript($zz)$util.parseJson($zz)$util.urlEncode($zz)$util.urlDecode($zz)$util.base64Encode($zz)$util.base64Decode($zz)$util]",
            "[]",
        ),
    ]);
    refuse(&[
        (
            "a\n$util.urlDecode('%zz')",
            "line 2, column 1: `urlDecode` fails: ",
        ),
        (
            "$util.base64Decode('*')",
            "line 1, column 1: `base64Decode` fails: ",
        ),
        (
            "$util.parseJson('{')",
            "line 1, column 1: the argument of `$util.parseJson` is no JSON, ",
        ),
    ]);
}

#[test]
fn every_variable_of_context() {
    for name in CONTEXT {
        let mut members: Vec<&str> = name.split('.').collect();
        let first = members.remove(0);
        let inner = members
            .iter()
            .rev()
            .fold(json!(name), |inner, member| json!({ *member: inner }));
        let context = [(first.to_owned(), inner)].into_iter().collect();
        let template = format!("$context.{name} [$context.{name}.zz$context.zz]");
        let rendered = rendered_with(&template, "", &context).unwrap();
        assert_eq!(rendered.output, format!("{name} []"));
    }
    print(&[
        (
            "$context.stage $context[\"stage\"] $context.get('authorizer').claims.sub",
            "prod prod s1",
        ),
        (
            "$stageVariables.env ${stageVariables.host} $stageVariables['env'] [$stageVariables.zz]",
            "blue api.example.com blue []",
        ),
        ("$stageVariables", "{env=blue, host=api.example.com}"),
    ]);
}

#[test]
fn what_is_not_there_is_told_with_its_place() {
    refuse(&[
        (
            "é\n  $input.jsn('$')",
            "line 2, column 3: `$input` has no `jsn(…)`: it has `body`, `json(path)`",
        ),
        ("$input.name", "line 1, column 1: `$input` has no `name`"),
        (
            "$input.body()",
            "line 1, column 1: `$input` has no `body()`",
        ),
        ("$input.path", "line 1, column 1: `$input` has no `path`"),
        (
            "$input.params('a', 'b')",
            "line 1, column 1: `$input` has no `params(…, …)`",
        ),
        (
            "$input[\"body\"]",
            "line 1, column 1: `$input` has no `[…]`",
        ),
        (
            "#if($util.toJson($x))#end",
            "line 1, column 5: `$util` has no `toJson(…)`: it has `base64Decode(text)`",
        ),
        (
            "#set($a = \"x $util.nope\")",
            "line 1, column 14: `$util` has no `nope`",
        ),
        (
            "$input.path('$.a[')",
            "line 1, column 1: the JSONPath `$.a[` is none: ",
        ),
    ]);
    // A variable of the template may be called as it likes, and what is escaped is not asked.
    print(&[
        ("#set($input = {\"x\": 1})$input.x", "1"),
        ("#foreach($util in [\"a\"])$util.length()#end", "1"),
        ("\\$input.x \\$context.x", "\\$input.x \\$context.x"),
    ]);
    assert!(rendered("#set($a = $input)$a.nope").is_ok());
}
