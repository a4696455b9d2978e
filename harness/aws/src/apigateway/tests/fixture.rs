//! What recorded sequences take from outside: what their originals make before, and texts.
//!
//! A sequence that stands here is replayed although it is not complete by itself.

/// An API with a method that answers by itself.
const API: &str = r#"[
    {"op": "CreateRestApi", "params": {"name": "a"}, "saves": {"api_id": "id", "root_id": "rootResourceId"}},
    {"op": "CreateResource", "params": {"restApiId": "{api_id}", "parentId": "{root_id}", "pathPart": "p"},
     "saves": {"resource_id": "id"}},
    {"op": "PutMethod", "params": {"restApiId": "{api_id}", "resourceId": "{resource_id}",
     "httpMethod": "GET", "authorizationType": "NONE"}},
    {"op": "PutMethodResponse", "params": {"restApiId": "{api_id}", "resourceId": "{resource_id}",
     "httpMethod": "GET", "statusCode": "200"}},
    {"op": "PutIntegration", "params": {"restApiId": "{api_id}", "resourceId": "{resource_id}",
     "httpMethod": "GET", "type": "MOCK"}},
    {"op": "PutIntegrationResponse", "params": {"restApiId": "{api_id}", "resourceId": "{resource_id}",
     "httpMethod": "GET", "statusCode": "200", "responseTemplates": {"application/json": "{}"}}}
]"#;

/// A stage of it with a version of the documentation.
const STAGE: &str = r#"[
    {"op": "CreateDocumentationVersion", "params": {"restApiId": "{api_id}", "documentationVersion": "v123"}},
    {"op": "CreateDeployment", "params": {"restApiId": "{api_id}"}, "saves": {"deployment_id": "id"}},
    {"op": "CreateStage", "params": {"restApiId": "{api_id}", "stageName": "s1",
     "deploymentId": "{deployment_id}", "description": "text 1", "documentationVersion": "v123"}}
]"#;

/// The sequences with what is made before each.
pub(super) const FIXTURES: [(&str, &[&str]); 21] = [
    ("CPR-010", &[]),
    ("CPR-025", &[]),
    ("CPR-049", &[]),
    ("CPR-050", &[]),
    ("CPR-052", &[]),
    ("CPR-058", &[]),
    ("CPR-060", &[]),
    ("CPR-063", &[]),
    ("CPR-072", &[]),
    ("CPR-085", &[]),
    ("CPR-088", &[API, STAGE]),
    ("CPR-092", &[API]),
    ("CPR-093", &[API]),
    ("CPR-095", &[API]),
    ("CPR-096", &[API]),
    ("CPR-098", &[API]),
    ("CPR-108", &[]),
    ("CPR-109", &[]),
    ("CPR-110", &[]),
    ("CPR-113", &[]),
    ("CPR-115", &[]),
];

/// Texts that the originals have from elsewhere: backends, roles, functions.
pub(super) const TEXTS: [(&str, &str); 9] = [
    ("echo_http_server_post", "http://127.0.0.1:9/post"),
    ("echo_server_url", "http://127.0.0.1:9/"),
    ("partition", "aws"),
    ("role_arn", "arn:aws:iam::111111111111:role/r"),
    (
        "lambda_arn",
        "arn:aws:lambda:us-east-1:111111111111:function:f",
    ),
    (
        "target_uri",
        "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:111111111111:function:f/invocations",
    ),
    ("stage", "dev"),
    // The first name that is made up.
    ("vpc_link_name", "n-1"),
    (
        "nlb_arn",
        "arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/net/n/1",
    ),
];
