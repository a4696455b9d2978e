@incident:APIGW-13
Feature: APIGW-13: Stage-variable alias without invoke permission
  The integration takes the alias from a variable of the stage. Each alias has a policy of its own, and the one
  that the stage was switched to lets nobody in.

  Background:
    Given the account workload-a has the secret "production/db":
      | username | reports |
    And the role "reader" of the account workload-a is trusted by the service "lambda.amazonaws.com"
    And the role "reader" has the policy "read":
      """
      {
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*" }]
      }
      """
    And the function "reader" with the role "reader" reads the secret "production/db"
    And the account workload-a calls "lambda:PublishVersion" with:
      | FunctionName | reader |
    And the account workload-a calls "lambda:CreateAlias" with:
      """
      { "FunctionName": "reader", "Name": "blue", "FunctionVersion": "1" }
      """
    And the account workload-a calls "lambda:CreateAlias" with:
      """
      { "FunctionName": "reader", "Name": "green", "FunctionVersion": "1" }
      """
    And the HTTP API "secrets" of the account workload-a
    And the account workload-a calls "apigatewayv2:GetApis"
    And the answer's "Items[0].ApiId" is kept as "api"
    And the account workload-a calls "apigatewayv2:CreateIntegration" with:
      | ApiId                | $(api)                                                                              |
      | IntegrationType      | AWS_PROXY                                                                           |
      | IntegrationUri       | arn:aws:lambda:us-east-1:222222222222:function:reader:${stageVariables.environment} |
      | PayloadFormatVersion | "2.0"                                                                               |
    And the answer's "IntegrationId" is kept as "integration"
    And the account workload-a calls "apigatewayv2:CreateRoute" with:
      | ApiId    | $(api)                      |
      | RouteKey | GET /secret                 |
      | Target   | integrations/$(integration) |
    And the API "secrets" has the stage "$default" with the access log:
      """
      {"id":"$context.requestId","status":"$context.status","integration":"$context.integrationErrorMessage"}
      """
    And the account workload-a calls "lambda:AddPermission" with:
      | FunctionName | reader                                                          |
      | Qualifier    | blue                                                            |
      | StatementId  | gateway                                                         |
      | Action       | lambda:InvokeFunction                                           |
      | Principal    | apigateway.amazonaws.com                                        |
      | SourceArn    | arn:aws:execute-api:us-east-1:222222222222:$(api)/*/GET/secret |

  Scenario: The stage is switched to the other alias
    Given the account workload-a calls "apigatewayv2:UpdateStage" with:
      """
      { "ApiId": "$(api)", "StageName": "$default", "StageVariables": { "environment": "blue" } }
      """
    When an anonymous caller calls GET /secret of the API "secrets"
    Then the call is allowed
    Given the account workload-a calls "apigatewayv2:UpdateStage" with:
      """
      { "ApiId": "$(api)", "StageName": "$default", "StageVariables": { "environment": "green" } }
      """
    When an anonymous caller calls GET /secret of the API "secrets"
    Then the call is refused with 500 "Internal Server Error" because of "resource-implicit-deny"
    And the diagnosis is "function-permission-missing"
    And the owner can mend it
    And the cause says "no statement of the policy of `arn:aws:lambda:us-east-1:222222222222:function:reader:green`"
    And the fix says "with `Qualifier` `green`: a version or an alias has a policy of its own"

  Scenario: A permission of the function as a whole is none of its aliases
    Given the account workload-a calls "lambda:AddPermission" with:
      | FunctionName | reader                                                          |
      | StatementId  | gateway                                                         |
      | Action       | lambda:InvokeFunction                                           |
      | Principal    | apigateway.amazonaws.com                                        |
      | SourceArn    | arn:aws:execute-api:us-east-1:222222222222:$(api)/*/GET/secret |
    And the account workload-a calls "apigatewayv2:UpdateStage" with:
      """
      { "ApiId": "$(api)", "StageName": "$default", "StageVariables": { "environment": "green" } }
      """
    When an anonymous caller calls GET /secret of the API "secrets"
    Then the call is refused with 500 "Internal Server Error" because of "resource-implicit-deny"
    And the diagnosis is "function-permission-missing"
    And the cause says "function:reader:green"

  @mended
  Scenario: The alias lets the API invoke it
    Given the account workload-a calls "lambda:AddPermission" with:
      | FunctionName | reader                                                          |
      | Qualifier    | green                                                           |
      | StatementId  | gateway                                                         |
      | Action       | lambda:InvokeFunction                                           |
      | Principal    | apigateway.amazonaws.com                                        |
      | SourceArn    | arn:aws:execute-api:us-east-1:222222222222:$(api)/*/GET/secret |
    And the account workload-a calls "apigatewayv2:UpdateStage" with:
      """
      { "ApiId": "$(api)", "StageName": "$default", "StageVariables": { "environment": "green" } }
      """
    When an anonymous caller calls GET /secret of the API "secrets"
    Then the call is allowed
    And there is no diagnosis
