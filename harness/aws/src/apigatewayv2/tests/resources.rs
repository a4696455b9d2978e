//! Making, changing and taking away the parts of an API.

use aws_sdk_apigatewayv2::types::{
    AuthorizerType, Cors, IntegrationType, JwtConfiguration, ProtocolType,
};

use super::{api, code, get, lab, message, status, upstream};
use crate::front::testing::{OUTSIDER, WORKLOAD};

#[tokio::test]
async fn an_api_is_its_accounts_and_has_the_doors_port() {
    let (lab, client) = lab().await;
    let made = client
        .create_api()
        .name("orders")
        .protocol_type(ProtocolType::Http)
        .tags("team", "a");
    let made = made.send().await.unwrap();
    let api_id = made.api_id().unwrap();
    let port = lab.door.address().unwrap().port();
    let endpoint = format!("http://{api_id}.execute-api.eu-central-1.localhost:{port}");
    assert_eq!(made.api_endpoint(), Some(endpoint.as_str()));
    assert_eq!(api_id.len(), 10);
    let again = client.get_api().api_id(api_id).send().await.unwrap();
    assert_eq!(
        (again.name(), again.api_endpoint()),
        (Some("orders"), Some(endpoint.as_str()))
    );
    let updated = client
        .update_api()
        .api_id(api_id)
        .description("new")
        .send()
        .await
        .unwrap();
    assert_eq!(
        (updated.name(), updated.description()),
        (Some("orders"), Some("new"))
    );
    assert_eq!(updated.created_date(), made.created_date());
    let other = aws_sdk_apigatewayv2::Client::new(&lab.root(OUTSIDER));
    let error = other.get_api().api_id(api_id).send().await.unwrap_err();
    assert_eq!((status(&error), code(&error)), (404, "NotFoundException"));
    assert_eq!(
        message(&error),
        format!("Invalid API identifier specified {OUTSIDER}:{api_id}")
    );
    assert!(
        other
            .get_apis()
            .send()
            .await
            .unwrap()
            .items
            .unwrap_or_default()
            .is_empty()
    );
    let arn = format!("arn:aws:apigateway:eu-central-1::/apis/{api_id}");
    client
        .tag_resource()
        .resource_arn(&arn)
        .tags("cost", "1")
        .send()
        .await
        .unwrap();
    client
        .untag_resource()
        .resource_arn(&arn)
        .tag_keys("team")
        .send()
        .await
        .unwrap();
    let tags = client
        .get_tags()
        .resource_arn(&arn)
        .send()
        .await
        .unwrap()
        .tags
        .unwrap();
    assert_eq!(
        tags.into_iter().collect::<Vec<_>>(),
        [("cost".to_owned(), "1".to_owned())]
    );
}

#[tokio::test]
async fn a_call_is_checked_by_its_verb_and_path() {
    let (lab, client) = lab().await;
    let upstream = upstream().await;
    let (api_id, _) = api(&client, &upstream).await;
    client.get_stages().api_id(&api_id).send().await.unwrap();
    let asked: Vec<String> = lab
        .door
        .journal()
        .events_since(0)
        .iter()
        .filter(|event| event.kind == "decision")
        .map(|event| {
            format!("{} {}", event.detail["action"], event.detail["resource"]).replace('"', "")
        })
        .collect();
    let region = "arn:aws:apigateway:eu-central-1::";
    let expected = [
        format!("apigateway:POST {region}/apis"),
        format!("apigateway:POST {region}/apis/{api_id}/integrations"),
        format!("apigateway:GET {region}/apis/{api_id}/stages"),
    ];
    assert_eq!(asked, expected);
}

#[tokio::test]
async fn routes_and_integrations_are_made_changed_listed_and_taken_away() {
    let (_lab, client) = lab().await;
    let upstream = upstream().await;
    let (api_id, target) = api(&client, &upstream).await;
    let create = |key: &str| {
        client
            .create_route()
            .api_id(&api_id)
            .route_key(key)
            .target(&target)
    };
    let route = create("GET /a").send().await.unwrap();
    assert_eq!(
        route.authorization_type().map(|it| it.as_str()),
        Some("NONE")
    );
    let error = create("GET /a").send().await.unwrap_err();
    assert_eq!((status(&error), code(&error)), (409, "ConflictException"));
    assert_eq!(
        message(&error),
        "Route with key GET /a already exists for this API"
    );
    create("$default").send().await.unwrap();
    let first = client
        .get_routes()
        .api_id(&api_id)
        .max_results("1")
        .send()
        .await
        .unwrap();
    let token = first.next_token.unwrap();
    let second = client
        .get_routes()
        .api_id(&api_id)
        .next_token(token)
        .send()
        .await
        .unwrap();
    assert_eq!(
        (
            first.items.unwrap().len(),
            second.items.unwrap().len(),
            second.next_token
        ),
        (1, 1, None)
    );
    let id = target.strip_prefix("integrations/").unwrap();
    let error = client
        .delete_integration()
        .api_id(&api_id)
        .integration_id(id)
        .send()
        .await
        .unwrap_err();
    assert_eq!((status(&error), code(&error)), (409, "ConflictException"));
    let update = client
        .update_integration()
        .api_id(&api_id)
        .integration_id(id)
        .timeout_in_millis(100);
    let updated = update.send().await.unwrap();
    assert_eq!(updated.timeout_in_millis(), Some(100));
    assert!(
        updated
            .integration_uri()
            .unwrap()
            .starts_with(&upstream.uri())
    );
    for route in client
        .get_routes()
        .api_id(&api_id)
        .send()
        .await
        .unwrap()
        .items
        .unwrap()
    {
        client
            .delete_route()
            .api_id(&api_id)
            .route_id(route.route_id.unwrap())
            .send()
            .await
            .unwrap();
    }
    client
        .delete_integration()
        .api_id(&api_id)
        .integration_id(id)
        .send()
        .await
        .unwrap();
    let error = client
        .get_integration()
        .api_id(&api_id)
        .integration_id(id)
        .send()
        .await
        .unwrap_err();
    assert_eq!(status(&error), 404);
}

#[tokio::test]
async fn what_cannot_be_names_the_member() {
    let (_lab, client) = lab().await;
    let upstream = upstream().await;
    let (api_id, target) = api(&client, &upstream).await;
    let route = |key: &str| client.create_route().api_id(&api_id).route_key(key);
    let cases = [
        (route("FETCH /a"), "routeKey"),
        (route("GET a"), "routeKey"),
        (route("GET /a").target("integrations/none"), "target"),
        (
            route("GET /a")
                .target(&target)
                .authorization_type("JWT".into()),
            "Invalid authorizer ID specified. Setting the authorization type to JWT requires a \
             valid JWT authorizer.",
        ),
        (
            route("GET /a").authorization_scopes("a"),
            "Invalid Route authorization type specified. Authorization Scopes are only valid for \
             COGNITO_USER_POOLS and JWT authorization types",
        ),
    ];
    for (request, member) in cases {
        let error = request.send().await.unwrap_err();
        assert_eq!(
            (status(&error), code(&error)),
            (400, "BadRequestException"),
            "{member}"
        );
        assert!(message(&error).contains(member), "{}", message(&error));
    }
    let integration = client
        .create_integration()
        .api_id(&api_id)
        .integration_type(IntegrationType::AwsProxy)
        .integration_uri("https://example.com/")
        .payload_format_version("2.0");
    let error = integration.send().await.unwrap_err();
    assert!(
        message(&error).contains("integrationUri"),
        "{}",
        message(&error)
    );
    let stage = client.create_stage().api_id(&api_id).stage_name("no/slash");
    assert!(message(&stage.send().await.unwrap_err()).contains("stageName"));
}

#[tokio::test]
async fn what_is_not_simulated_is_named() {
    let (_lab, client) = lab().await;
    let upstream = upstream().await;
    let (api_id, _) = api(&client, &upstream).await;
    let socket = client
        .create_api()
        .name("chat")
        .protocol_type(ProtocolType::Websocket);
    let error = socket.send().await.unwrap_err();
    assert_eq!(status(&error), 501);
    assert!(message(&error).contains("WEBSOCKET"));
    let authorizer = client
        .create_authorizer()
        .api_id(&api_id)
        .name("lambda")
        .authorizer_type(AuthorizerType::Request)
        .identity_source("$request.header.Authorization");
    let error = authorizer.send().await.unwrap_err();
    assert_eq!(status(&error), 501);
    assert!(message(&error).contains("REQUEST"), "{}", message(&error));
    let mapped = client
        .create_integration()
        .api_id(&api_id)
        .integration_type(IntegrationType::HttpProxy)
        .integration_method("GET")
        .integration_uri("https://example.com/")
        .request_parameters("overwrite:path", "/x");
    let error = mapped.send().await.unwrap_err();
    assert_eq!(status(&error), 501);
    assert!(
        message(&error).contains("requestParameters"),
        "{}",
        message(&error)
    );
}

#[tokio::test]
async fn a_quick_created_api_answers_at_once() {
    let (lab, client) = lab().await;
    let upstream = upstream().await;
    let made = client
        .create_api()
        .name("quick")
        .protocol_type(ProtocolType::Http)
        .target(format!("{}/quick", upstream.uri()))
        .cors_configuration(Cors::builder().allow_origins("*").build())
        .send()
        .await
        .unwrap();
    let api_id = made.api_id().unwrap();
    assert_eq!(made.cors_configuration().unwrap().allow_origins(), ["*"]);
    assert_eq!(
        get(&lab, api_id, "/whatever").await,
        (200, "/quick".to_owned())
    );
    // Nothing half-created stays.
    let bad = client
        .create_api()
        .name("bad")
        .protocol_type(ProtocolType::Http)
        .target("ftp://x");
    assert_eq!(status(&bad.send().await.unwrap_err()), 400);
    assert_eq!(
        client.get_apis().send().await.unwrap().items.unwrap().len(),
        1
    );
}

/// Settings of an access log, for a group of the API's account unless another ARN is given.
fn access_log(destination: &str, format: &str) -> aws_sdk_apigatewayv2::types::AccessLogSettings {
    let destination = if destination.starts_with("arn:") {
        destination.to_owned()
    } else {
        format!("arn:aws:logs:eu-central-1:{WORKLOAD}:log-group:{destination}")
    };
    aws_sdk_apigatewayv2::types::AccessLogSettings::builder()
        .destination_arn(destination)
        .format(format)
        .build()
}

#[tokio::test]
async fn an_access_log_has_a_group_that_is_there_and_a_format_with_the_request_id() {
    let (lab, client) = lab().await;
    let upstream = upstream().await;
    let (api_id, _) = api(&client, &upstream).await;
    let logs = aws_sdk_cloudwatchlogs::Client::new(&lab.root(WORKLOAD));
    let group = logs.create_log_group().log_group_name("orders");
    group.send().await.unwrap();
    let good = "$context.requestId $context.status";
    let must = "Access Log format must include either $context.requestId or \
                $context.extendedRequestId";
    let elsewhere = format!("arn:aws:logs:us-east-1:{WORKLOAD}:log-group:orders");
    let cases = [
        ("orders", "$context.status", must),
        ("orders", "", must),
        (
            "orders",
            "$context.requestId $context.nonsense",
            "$context.nonsense",
        ),
        (
            "orders",
            "$context.requestId $context.authorize.error",
            "authorize.error",
        ),
        ("orders:*", good, "destinationArn"),
        ("absent", good, "destinationArn"),
        ("", good, "destinationArn"),
        (elsewhere.as_str(), good, "destinationArn"),
    ];
    let stage = || client.create_stage().api_id(&api_id).stage_name("prod");
    for (destination, format, expected) in cases {
        let settings = access_log(destination, format);
        let error = stage()
            .access_log_settings(settings)
            .send()
            .await
            .unwrap_err();
        assert_eq!(
            (status(&error), code(&error)),
            (400, "BadRequestException"),
            "{destination} {format}"
        );
        assert!(message(&error).contains(expected), "{}", message(&error));
    }
    let made = stage().access_log_settings(access_log("orders", good));
    let made = made.send().await.unwrap();
    let settings = made.default_route_settings().unwrap();
    assert_eq!(settings.detailed_metrics_enabled(), Some(false));
    let update = client.update_stage().api_id(&api_id).stage_name("prod");
    let update = update.access_log_settings(access_log("orders", "$context.status"));
    assert_eq!(message(&update.send().await.unwrap_err()), must);
}

#[tokio::test]
async fn an_access_log_needs_the_rights_of_a_delivery() {
    let (lab, client) = lab().await;
    let upstream = upstream().await;
    let (api_id, _) = api(&client, &upstream).await;
    let logs = aws_sdk_cloudwatchlogs::Client::new(&lab.root(WORKLOAD));
    let group = logs.create_log_group().log_group_name("orders");
    group.send().await.unwrap();
    let iam = aws_sdk_iam::Client::new(&lab.root(WORKLOAD));
    iam.create_user().user_name("ann").send().await.unwrap();
    let key = iam
        .create_access_key()
        .user_name("ann")
        .send()
        .await
        .unwrap();
    let key = key.access_key.unwrap();
    let ann = lab.sdk(&key.access_key_id, &key.secret_access_key, None);
    let ann = aws_sdk_apigatewayv2::Client::new(&ann);
    let delivery = [
        "logs:CreateLogDelivery",
        "logs:PutResourcePolicy",
        "logs:DescribeResourcePolicies",
        "logs:DescribeLogGroups",
    ];
    let may = async |logs: Vec<&str>| {
        let policy = serde_json::json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "apigateway:*", "Resource": "*"},
            {"Effect": "Allow", "Action": logs, "Resource": "*"},
        ]});
        let put = iam.put_user_policy().user_name("ann").policy_name("deploy");
        let put = put.policy_document(policy.to_string());
        put.send().await.unwrap();
    };
    let stage = |name: &str| ann.create_stage().api_id(&api_id).stage_name(name);
    let settings = || access_log("orders", "$context.requestId");
    for missing in delivery {
        may(delivery.into_iter().filter(|it| *it != missing).collect()).await;
        let error = stage("prod").access_log_settings(settings()).send().await;
        let error = error.unwrap_err();
        assert_eq!(
            (status(&error), code(&error), message(&error)),
            (
                400,
                "BadRequestException",
                "Insufficient permissions to enable logging"
            ),
            "{missing}"
        );
    }
    // Without an access log none of them is asked for.
    stage("plain").send().await.unwrap();
    may(delivery.to_vec()).await;
    let made = stage("prod").access_log_settings(settings());
    made.send().await.unwrap();
}

#[tokio::test]
async fn an_issuer_is_asked_when_its_authorizer_is_made() {
    let (lab, client) = lab().await;
    let upstream = upstream().await;
    let (api_id, _) = api(&client, &upstream).await;
    let issuer = super::issuer().await;
    let refused = async |url: &str| {
        let error = super::authorizer(&client, &api_id, url).send().await;
        let error = error.unwrap_err();
        let base = url.trim_end_matches('/');
        let expected = format!(
            "Caught exception when connecting to {base}/.well-known/openid-configuration for issuer \
             {url}. Please try again later. Error: Invalid issuer: {url}. Issuer must have a valid \
             discovery endpoint ended with '/.well-known/openid-configuration'"
        );
        assert_eq!(
            (status(&error), code(&error), message(&error)),
            (400, "BadRequestException", expected.as_str())
        );
    };
    refused("https://nowhere.example/").await;
    refused("http://127.0.0.1:9").await;
    refused(&upstream.uri()).await;
    // One that really answers later than the gateway waits is one that does not answer.
    let late = wiremock::MockServer::start().await;
    let document = serde_json::json!({"issuer": late.uri(), "jwks_uri": late.uri()});
    let answer = wiremock::ResponseTemplate::new(200)
        .set_body_json(document)
        .set_delay(std::time::Duration::from_secs(20));
    wiremock::Mock::given(wiremock::matchers::any())
        .respond_with(answer)
        .mount(&late)
        .await;
    refused(&late.uri()).await;
    let reasons = lab.events();
    let found = reasons.iter().filter(|event| event.kind == "authorizer");
    let found: Vec<&str> = found.filter_map(|event| event.reason.as_deref()).collect();
    assert_eq!(
        found,
        [
            "discovery-unreachable",
            "discovery-unreachable",
            "discovery-document",
            "discovery-unreachable"
        ]
    );
    let made = super::authorizer(&client, &api_id, &issuer.uri());
    let id = made.send().await.unwrap().authorizer_id.unwrap();
    // Nothing of the refused ones stays, and an update asks as well.
    let all = client
        .get_authorizers()
        .api_id(&api_id)
        .send()
        .await
        .unwrap();
    assert_eq!(all.items().len(), 1);
    let update = |url: &str| {
        let configuration = JwtConfiguration::builder()
            .issuer(url)
            .audience("a")
            .build();
        let update = client
            .update_authorizer()
            .api_id(&api_id)
            .authorizer_id(&id);
        update.jwt_configuration(configuration)
    };
    let error = update("https://nowhere.example/").send().await.unwrap_err();
    assert_eq!((status(&error), code(&error)), (400, "BadRequestException"));
    update(&issuer.uri()).send().await.unwrap();
}
