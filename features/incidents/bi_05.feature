@incident:BI-05 @needs:mints-claims
Feature: BI-05: Client OAuth loop: metadata fetched, first call still refused
  The resource in the metadata ends in a slash, the audience of the authorizer does not.

  Background:
    Given the upstream http://reports.internal.example answers 200 with:
      """
      {"report":"daily"}
      """
    And the HTTP API "reports" of the account workload-a is imported from "gateway/reports.openapi.json"
    And the API "reports" has the stage "$default" with the access log:
      """
      {"id":"$context.requestId","status":"$context.status","error":"$context.authorizer.error"}
      """
    And the account workload-a calls "apigatewayv2:GetApis"
    And the answer is kept as "apis"
    And the account workload-a calls "apigatewayv2:GetAuthorizers" with:
      | ApiId | $(apis.Items[0].ApiId) |
    And the answer is kept as "authorizers"
    And the account workload-a calls "apigatewayv2:UpdateAuthorizer" with:
      """
      {
        "ApiId": "$(apis.Items[0].ApiId)",
        "AuthorizerId": "$(authorizers.Items[0].AuthorizerId)",
        "JwtConfiguration": { "Audience": ["https://bi.corp.example/mcp"], "Issuer": "https://login.corp.example/" }
      }
      """

  Scenario: A token for the resource as the metadata spell it
    Given the token "loop" of the issuer "corp" with the claims:
      | sub   | looker                       |
      | aud   | https://bi.corp.example/mcp/ |
      | scope | reports/read                 |
    When the bearer of "loop" calls GET /daily of the API "reports"
    Then the call is refused with 401 "Unauthorized" because of "audience-mismatch"
    And the diagnosis is "audience-spelling"
    And the owner can mend it
    And the cause says "`/` against nothing"
    And the fix says "as the tokens carry it"

  @mended
  Scenario: Both spell it alike
    Given the account workload-a calls "apigatewayv2:UpdateAuthorizer" with:
      """
      {
        "ApiId": "$(apis.Items[0].ApiId)",
        "AuthorizerId": "$(authorizers.Items[0].AuthorizerId)",
        "JwtConfiguration": { "Audience": ["https://bi.corp.example/mcp/"], "Issuer": "https://login.corp.example/" }
      }
      """
    And the token "loop" of the issuer "corp" with the claims:
      | sub   | looker                       |
      | aud   | https://bi.corp.example/mcp/ |
      | scope | reports/read                 |
    When the bearer of "loop" calls GET /daily of the API "reports"
    Then the call is allowed
    And there is no diagnosis
