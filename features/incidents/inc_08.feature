@incident:INC-8 @needs:issuer-at-root
Feature: INC-8: Policy document length breaking CloudWatch Logs constraints
  Each log group of an API's access log makes the account's delivery policy longer, until it is full.

  Background:
    Given the HTTP API "orders" of the account workload-a is imported from "gateway/reports.openapi.json"
    And the account workload-a calls "apigatewayv2:GetApis"
    And the answer's "Items.0.ApiId" is kept as "api"
    And the account workload-a calls "logs:CreateLogGroup" with:
      | logGroupName | /aws/apigateway/orders |

  Scenario: One group too many
    Given the account workload-a calls "logs:PutResourcePolicy" with:
      """
      {
        "policyName": "AWSLogDeliveryWrite20150319",
        "policyDocument": {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Sid": "Services",
              "Effect": "Allow",
              "Principal": { "Service": "delivery.logs.amazonaws.com" },
              "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
              "Resource": [
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-000:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-001:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-002:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-003:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-004:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-005:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-006:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-007:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-008:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-009:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-010:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-011:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-012:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-013:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-014:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-015:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-016:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-017:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-018:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-019:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-020:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-021:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-022:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-023:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-024:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-025:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-026:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-027:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-028:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-029:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-030:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-031:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-032:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-033:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-034:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-035:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-036:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-037:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-038:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-039:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-040:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-041:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-042:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-043:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-044:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-045:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-046:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-047:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-048:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-049:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-050:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-051:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-052:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-053:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-054:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-055:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-056:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-057:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-058:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-059:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-060:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-061:*",
                "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/service-062:*"
              ]
            }
          ]
        }
      }
      """
    When the account workload-a calls "apigatewayv2:CreateStage" with:
      """
      {
        "ApiId": "$(api)",
        "StageName": "prod",
        "AccessLogSettings": {
          "DestinationArn": "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/orders",
          "Format": "$context.requestId $context.status"
        }
      }
      """
    Then the call is refused with 400 "BadRequestException" because of "bad-request-exception"
    And the diagnosis is "log-delivery-policy-full"
    And the cause says "5120"
    And the cause says "names 64 log groups"
    And the fix says "log-group:/aws/apigateway/*"
    And the owner can mend it

  @mended
  Scenario: One statement covers the groups
    Given the account workload-a calls "logs:PutResourcePolicy" with:
      """
      {
        "policyName": "AWSLogDeliveryWrite20150319",
        "policyDocument": {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Sid": "Services",
              "Effect": "Allow",
              "Principal": { "Service": "delivery.logs.amazonaws.com" },
              "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
              "Resource": "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/*"
            }
          ]
        }
      }
      """
    When the account workload-a calls "apigatewayv2:CreateStage" with:
      """
      {
        "ApiId": "$(api)",
        "StageName": "prod",
        "AccessLogSettings": {
          "DestinationArn": "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/orders",
          "Format": "$context.requestId $context.status"
        }
      }
      """
    Then the call is allowed
    And there is no diagnosis
