@incident:APIGW-05 @needs:mints-claims
Feature: APIGW-05: Missing identity source, and the authorizer never runs
  The gateway answers 401 by itself where a configured identity source is absent: the issuer is not asked,
  and the authorizer has nothing to log.

  Background:
    Given the upstream http://reports.internal.example answers 200 with:
      """
      { "report": "daily" }
      """
    And the HTTP API "reports" of the account workload-a
    And the account workload-a calls "apigatewayv2:GetApis"
    And the answer's "Items.0.ApiId" is kept as "api"
    And the account workload-a calls "apigatewayv2:CreateAuthorizer" with:
      """
      {
        "ApiId": "$(api)",
        "Name": "corp",
        "AuthorizerType": "JWT",
        "IdentitySource": ["$request.header.Authorization"],
        "JwtConfiguration": {
          "Audience": ["reports"],
          "Issuer": "https://login.corp.example/"
        }
      }
      """
    And the answer's "AuthorizerId" is kept as "authorizer"
    And the account workload-a calls "apigatewayv2:CreateIntegration" with:
      """
      {
        "ApiId": "$(api)",
        "IntegrationType": "HTTP_PROXY",
        "IntegrationMethod": "GET",
        "IntegrationUri": "http://reports.internal.example/daily",
        "PayloadFormatVersion": "1.0"
      }
      """
    And the answer's "IntegrationId" is kept as "integration"
    And the account workload-a calls "apigatewayv2:CreateRoute" with:
      """
      {
        "ApiId": "$(api)",
        "RouteKey": "GET /daily",
        "AuthorizationType": "JWT",
        "AuthorizerId": "$(authorizer)",
        "Target": "integrations/$(integration)"
      }
      """
    And the API "reports" has the stage "$default" with the access log:
      """
      {"id":"$context.requestId","status":"$context.status"}
      """

  Scenario: The header of the identity source is absent
    When an anonymous caller calls GET /daily of the API "reports"
    Then the call is refused with 401 "Unauthorized" because of "token-missing"
    And the upstream http://reports.internal.example was called 0 times
    And the diagnosis is "token-missing"
    And the cause says "`$request.header.Authorization`"
    And the fix says "send"
    And the caller can mend it

  @mended
  Scenario: The header is there
    Given the token "good" of the issuer "corp" with the claims:
      | sub | looker  |
      | aud | reports |
    When the bearer of "good" calls GET /daily of the API "reports"
    Then the call is allowed
    And the upstream http://reports.internal.example was called 1 time
    And there is no diagnosis
