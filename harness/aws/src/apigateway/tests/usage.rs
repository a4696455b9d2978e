//! Usage plans by the methods that they limit, granted usage, key files, templates, associations.

use serde_json::{Value as Json, json};

use super::refusal::{api, ask, hold, well};
use crate::front::FrontDoor;
use crate::front::testing::door;

/// A plan with a quota and a key in it: their ids.
async fn plan(door: &FrontDoor, more: Json) -> (Json, Json) {
    let mut input = json!({"name": "p"});
    for (name, value) in more.as_object().unwrap() {
        input[name] = value.clone();
    }
    let plan = well(door, "CreateUsagePlan", input).await["id"].clone();
    let key = well(door, "CreateApiKey", json!({"name": "k"})).await["id"].clone();
    let put = json!({"usagePlanId": plan, "keyId": key, "keyType": "API_KEY"});
    well(door, "CreateUsagePlanKey", put).await;
    (plan, key)
}

#[tokio::test]
async fn a_plan_limits_a_method_by_its_path_as_it_is_and_as_one_segment() {
    let door = door();
    let (api, _) = api(&door).await;
    let deploy = json!({"restApiId": api, "stageName": "s"});
    well(&door, "CreateDeployment", deploy).await;
    let stages = json!({"apiStages": [{"apiId": api, "stage": "s"}]});
    let (plan, _) = plan(&door, stages).await;
    let patch = |op: &str, path: &str| {
        let path = format!("/apiStages/{}:s/throttle/{path}", api.as_str().unwrap());
        json!({"usagePlanId": plan, "patchOperations": [{"op": op, "path": path, "value": "2"}]})
    };
    let update = "UpdateUsagePlan";
    hold(
        &door,
        &[
            (update, patch("replace", "/pets/GET/rateLimit"), None),
            (update, patch("replace", "~1pets/GET/burstLimit"), None),
            (update, patch("replace", "/pets/{id}/GET/rateLimit"), None),
            (
                update,
                patch("replace", "~1pets~1{id}/GET/burstLimit"),
                None,
            ),
        ],
    )
    .await;
    let seen = well(&door, "GetUsagePlan", json!({"usagePlanId": plan})).await;
    let limit = json!({"rateLimit": 2.0, "burstLimit": 2});
    assert_eq!(
        seen["apiStages"][0]["throttle"],
        json!({"/pets/GET": limit, "/pets/{id}/GET": limit})
    );
    well(&door, update, patch("remove", "/pets/{id}/GET")).await;
    let seen = well(&door, "GetUsagePlan", json!({"usagePlanId": plan})).await;
    assert_eq!(
        seen["apiStages"][0]["throttle"],
        json!({"/pets/GET": limit})
    );
}

#[tokio::test]
async fn what_is_granted_of_a_quota_remains_to_the_end_of_its_period() {
    let door = door();
    let quota = json!({"quota": {"limit": 5, "period": "WEEK"}});
    let (limited, key) = plan(&door, quota).await;
    let (free, other) = plan(&door, json!({})).await;
    let grant = |plan: &Json, key: &Json, path: &str, value: &str| {
        let operation = json!({"op": "replace", "path": path, "value": value});
        json!({"usagePlanId": plan, "keyId": key, "patchOperations": [operation]})
    };
    let update = "UpdateUsage";
    hold(
        &door,
        &[
            (update, grant(&limited, &key, "/remaining", "9"), None),
            (
                update,
                grant(&limited, &key, "/remaining", "-1"),
                Some("400 BadRequestException: Invalid value for remaining: `-1` is negative"),
            ),
            (
                update,
                grant(&limited, &key, "/used", "1"),
                Some("400 BadRequestException: Invalid patch path /used"),
            ),
            (
                update,
                grant(&limited, &other, "/remaining", "1"),
                Some("404 NotFoundException: Invalid API Key identifier specified"),
            ),
            (
                update,
                grant(&free, &other, "/remaining", "1"),
                Some(
                    "400 BadRequestException: Invalid value for usagePlanId: the plan has no quota",
                ),
            ),
        ],
    )
    .await;
    // The clock stands at Thursday, 1 January 2026; the next week begins on Sunday.
    let asked = json!({"usagePlanId": limited, "startDate": "2025-12-31", "endDate": "2026-01-04"});
    let seen = well(&door, "GetUsage", asked).await;
    let days = json!([[0, 5], [0, 9], [0, 9], [0, 9], [0, 5]]);
    assert_eq!(seen["items"], json!({key.as_str().unwrap(): days}));
    let long = json!({"usagePlanId": limited, "startDate": "2025-01-01", "endDate": "2026-01-02"});
    let refused = ask(&door, "GetUsage", long).await;
    assert_eq!(
        refused,
        Err(
            "400 BadRequestException: Invalid value for endDate: it is 366 days or more after \
             `startDate`"
                .to_owned()
        )
    );
}

#[tokio::test]
async fn a_file_of_keys_is_taken_line_by_line_or_not_at_all() {
    let door = door();
    let (plan, _) = plan(&door, json!({})).await;
    let plan = plan.as_str().unwrap();
    let value = "12345678901234567890";
    let file = format!(
        "name,key,description,Enabled,usageplanIds\nA,{value}a,\"x, y\",TRUE,\"{plan}, none\"\nB,short,,,\n"
    );
    let import =
        |body: &str, fails: bool| json!({"format": "csv", "failOnWarnings": fails, "body": body});
    let warnings = [
        "row 2: Invalid Usage Plan ID specified",
        "row 3: API Key value should be at least 20 characters",
    ];
    let refused = ask(&door, "ImportApiKeys", import(&file, true)).await;
    assert_eq!(
        refused,
        Err(format!(
            "400 BadRequestException: Warnings found during import: {}",
            warnings.join("; ")
        ))
    );
    let keys = |answer: &Json| answer["items"].as_array().map_or(0, Vec::len);
    let all = well(&door, "GetApiKeys", json!({})).await;
    assert_eq!(keys(&all), 1);
    let taken = well(&door, "ImportApiKeys", import(&file, false)).await;
    assert_eq!(taken["warnings"], json!(warnings));
    let asked = json!({"apiKey": taken["ids"][0], "includeValue": true});
    let key = well(&door, "GetApiKey", asked).await;
    let seen = (
        &key["name"],
        &key["description"],
        &key["enabled"],
        &key["value"],
    );
    let value = json!(format!("{value}a"));
    assert_eq!(seen, (&json!("A"), &json!("x, y"), &json!(true), &value));
    let of_plan = well(&door, "GetUsagePlanKeys", json!({"usagePlanId": plan})).await;
    assert_eq!(keys(&of_plan), 2);
    let refused = ask(&door, "ImportApiKeys", import("name\nA", false)).await;
    assert!(
        refused
            .unwrap_err()
            .starts_with("400 BadRequestException: Invalid value for body")
    );
}

#[tokio::test]
async fn a_template_has_what_its_model_has() {
    let door = door();
    let (api, _) = api(&door).await;
    let model = |name: &str, schema: Json| {
        json!({"restApiId": api, "name": name, "contentType": "application/json",
            "schema": schema.to_string()})
    };
    let reference = |name: &str| {
        let api = api.as_str().unwrap();
        json!({"$ref": format!("https://apigateway.amazonaws.com/restapis/{api}/models/{name}")})
    };
    let pet = json!({"type": "object", "properties": {
        "id": {"type": "integer"}, "tags": {"type": "array", "items": {"type": "string"}},
        "wild": {"type": "boolean"},
    }});
    well(&door, "CreateModel", model("Pet", pet)).await;
    let owner = json!({"type": "object", "properties": {"pet": reference("Pet")}});
    well(&door, "CreateModel", model("Owner", owner)).await;
    well(&door, "CreateModel", model("Loop", reference("Loop"))).await;
    let root = "#set($inputRoot = $input.path('$'))\n";
    let list = "[\n##TODO: Update this foreach loop to reference array from input json\n\
                #foreach($elem in $inputRoot)\n\"foo\"\n#if($foreach.hasNext),#end\n#end\n]";
    for (name, expected) in [
        ("Empty", "{ }".to_owned()),
        ("Error", "{\n  \"message\" : \"foo\"\n}".to_owned()),
        (
            "Owner",
            format!(
                "{{\n  \"pet\" : {{\n      \"id\" : 42,\n      \"tags\" : {list},\n      \"wild\" : true\n    }}\n}}"
            ),
        ),
        ("Loop", "{ }".to_owned()),
    ] {
        let asked = json!({"restApiId": api, "modelName": name});
        let seen = well(&door, "GetModelTemplate", asked).await;
        assert_eq!(seen["value"], json!(format!("{root}{expected}")), "{name}");
    }
    let asked = json!({"restApiId": api, "modelName": "None"});
    let refused = ask(&door, "GetModelTemplate", asked).await;
    let text = "404 NotFoundException: Invalid model name specified: None";
    assert_eq!(refused, Err(text.to_owned()));
}

#[tokio::test]
async fn a_private_domain_name_is_reached_from_endpoints() {
    let door = door();
    let certificate = "arn:aws:acm:eu-central-1:222222222222:certificate/1";
    let domain = |name: &str, kind: &str| {
        json!({"domainName": name, "certificateArn": certificate,
            "endpointConfiguration": {"types": [kind]}})
    };
    let private = well(
        &door,
        "CreateDomainName",
        domain("p.example.com", "PRIVATE"),
    )
    .await;
    let edge = well(&door, "CreateDomainName", domain("e.example.com", "EDGE")).await;
    let arn = private["domainNameArn"].as_str().unwrap();
    let id = private["domainNameId"].as_str().unwrap();
    assert_eq!(
        arn,
        format!("arn:aws:apigateway:eu-central-1:222222222222:/domainnames/p.example.com+{id}")
    );
    let associate = |domain: &Json, source: &str| {
        json!({"domainNameArn": domain, "accessAssociationSourceType": "VPCE",
            "accessAssociationSource": source})
    };
    let own = "arn:aws:apigateway:eu-central-1:222222222222:/domainnameaccessassociations/domainname/\
               p.example.com/vpcesource/vpce-1";
    let foreign = "arn:aws:apigateway:eu-central-1:333333333333:/domainnames/p.example.com+a";
    let create = "CreateDomainNameAccessAssociation";
    let named = json!({"domainNameAccessAssociationArn": own});
    hold(
        &door,
        &[
            (create, associate(&json!(arn), "vpce-1"), None),
            (
                create,
                associate(&json!(arn), "vpce-1"),
                Some("409 ConflictException: The domain name access association already exists"),
            ),
            (
                create,
                associate(&json!(arn), "eni-1"),
                Some(
                    "400 BadRequestException: Invalid value for accessAssociationSource: `eni-1` is no \
                     id of a VPC endpoint",
                ),
            ),
            (
                create,
                associate(&edge["domainNameArn"], "vpce-1"),
                Some(
                    "400 BadRequestException: Invalid value for domainNameArn: `e.example.com` is not \
                     private",
                ),
            ),
            (
                create,
                associate(&json!(foreign), "vpce-1"),
                Some(
                    "501 NotImplemented: a domain name that another account shares is not implemented \
                     by this lab",
                ),
            ),
            ("TagResource", json!({"resourceArn": own, "tags": {"a": "b"}}), None),
            (
                "RejectDomainNameAccessAssociation",
                json!({"domainNameAccessAssociationArn": own, "domainNameArn": arn}),
                Some(
                    "400 BadRequestException: Invalid value for domainNameAccessAssociationArn: it is \
                     of the account's own: delete it",
                ),
            ),
        ],
    )
    .await;
    for (owner, count) in [("SELF", 1), ("OTHER_ACCOUNTS", 0)] {
        let asked = json!({"resourceOwner": owner});
        let seen = well(&door, "GetDomainNameAccessAssociations", asked).await;
        assert_eq!(
            seen["items"].as_array().map(Vec::len),
            Some(count),
            "{owner}"
        );
    }
    let missing =
        "404 NotFoundException: Invalid domain name access association identifier specified";
    let delete = "DeleteDomainNameAccessAssociation";
    hold(
        &door,
        &[
            (delete, named.clone(), None),
            (delete, named, Some(missing)),
        ],
    )
    .await;
}
