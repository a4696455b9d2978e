@incident:APIGW-20 @needs:mints-claims
Feature: APIGW-20: Policy or authorizer changed but stage not redeployed
  A stage without automatic deployment runs what the API was.

  Background:
    Given the upstream http://reports.internal.example answers 200 with:
      """
      {"report":"daily"}
      """
    And the HTTP API "reports" of the account workload-a is imported from "gateway/reports.openapi.json"
    And the account workload-a calls "apigatewayv2:GetApis"
    And the answer is kept as "apis"
    And the account workload-a calls "apigatewayv2:GetAuthorizers" with:
      | ApiId | $(apis.Items[0].ApiId) |
    And the answer is kept as "authorizers"
    And the account workload-a calls "apigatewayv2:CreateStage" with:
      | ApiId     | $(apis.Items[0].ApiId) |
      | StageName | $default               |
    And the account workload-a calls "apigatewayv2:CreateDeployment" with:
      | ApiId     | $(apis.Items[0].ApiId) |
      | StageName | $default               |

  Scenario: The audience was added, and the stage does not know it
    Given the account workload-a calls "apigatewayv2:UpdateAuthorizer" with:
      """
      {
        "ApiId": "$(apis.Items[0].ApiId)",
        "AuthorizerId": "$(authorizers.Items[0].AuthorizerId)",
        "JwtConfiguration": { "Audience": ["reports", "dashboards"], "Issuer": "https://login.corp.example/" }
      }
      """
    And the token "dashboards" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | dashboards   |
      | scope | reports/read |
    When the bearer of "dashboards" calls GET /daily of the API "reports"
    Then the call is refused with 401 "Unauthorized" because of "audience-mismatch"
    And the diagnosis is "change-not-deployed"
    And the owner can mend it
    And the cause says "is `reports, dashboards` by now, and the stage runs `reports`"
    And the fix says "deploy the API to the stage `$default`"

  Scenario: The audience was taken away, and the stage still takes it
    Given the account workload-a calls "apigatewayv2:UpdateAuthorizer" with:
      """
      {
        "ApiId": "$(apis.Items[0].ApiId)",
        "AuthorizerId": "$(authorizers.Items[0].AuthorizerId)",
        "JwtConfiguration": { "Audience": ["dashboards"], "Issuer": "https://login.corp.example/" }
      }
      """
    And the token "old" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When the bearer of "old" calls GET /daily of the API "reports"
    Then the call is allowed
    And the diagnosis is "old-deployment-answers"
    And the owner can mend it
    And the cause says "the stage runs `reports`"
    And the fix says "deploy the API"

  @mended
  Scenario: The change is deployed
    Given the account workload-a calls "apigatewayv2:UpdateAuthorizer" with:
      """
      {
        "ApiId": "$(apis.Items[0].ApiId)",
        "AuthorizerId": "$(authorizers.Items[0].AuthorizerId)",
        "JwtConfiguration": { "Audience": ["reports", "dashboards"], "Issuer": "https://login.corp.example/" }
      }
      """
    And the account workload-a calls "apigatewayv2:CreateDeployment" with:
      | ApiId     | $(apis.Items[0].ApiId) |
      | StageName | $default               |
    And the token "dashboards" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | dashboards   |
      | scope | reports/read |
    When the bearer of "dashboards" calls GET /daily of the API "reports"
    Then the call is allowed
    And there is no diagnosis
