@incident:INC-28 @needs:mints-claims
Feature: INC-28: `resource` accepted, token not audience-bound
  The issuer takes `resource` and ignores it; the API takes the client for an audience, so a token of one server is
  good at every other.

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
        "JwtConfiguration": { "Audience": ["mcp-client"], "Issuer": "https://login.corp.example/" }
      }
      """

  Scenario: A token of another server is let in
    Given the token "replayed" of the issuer "corp" with the claims:
      | sub       | looker       |
      | aud       | mcp-client   |
      | scope     | reports/read |
      | client_id | mcp-client   |
    When the bearer of "replayed" calls GET /daily of the API "reports"
    Then the call is allowed
    And the diagnosis is "audience-is-only-the-client"
    And the owner can mend it
    And the cause says "whoever gets it can use it elsewhere"
    And the fix says "an audience of its own"

  @mended
  Scenario: The API has an audience of its own
    Given the account workload-a calls "apigatewayv2:UpdateAuthorizer" with:
      """
      {
        "ApiId": "$(apis.Items[0].ApiId)",
        "AuthorizerId": "$(authorizers.Items[0].AuthorizerId)",
        "JwtConfiguration": { "Audience": ["reports"], "Issuer": "https://login.corp.example/" }
      }
      """
    And the token "bound" of the issuer "corp" with the claims:
      | sub       | looker       |
      | aud       | reports      |
      | scope     | reports/read |
      | client_id | mcp-client   |
    When the bearer of "bound" calls GET /daily of the API "reports"
    Then the call is allowed
    And there is no diagnosis
