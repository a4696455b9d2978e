@incident:OIDC-07 @needs:mints-claims
Feature: OIDC-07: Cognito access token has no `aud`
  An access token of Cognito names its app client in `client_id` and nothing else.

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

  Scenario: The authorizer knows only the resource
    Given the token "cognito" of the issuer "corp" with the claims:
      | sub       | 6f0b         |
      | aud       | null         |
      | client_id | 4ovclient    |
      | token_use | access       |
      | scope     | reports/read |
    When the bearer of "cognito" calls GET /daily of the API "reports"
    Then the call is refused with 401 "Unauthorized" because of "audience-mismatch"
    And the diagnosis is "audience-absent"
    And the owner can mend it
    And the cause says "`client_id` is `4ovclient`"
    And the fix says "`client_id` that counts"

  @mended
  Scenario: The authorizer knows the app client
    Given the account workload-a calls "apigatewayv2:UpdateAuthorizer" with:
      """
      {
        "ApiId": "$(apis.Items[0].ApiId)",
        "AuthorizerId": "$(authorizers.Items[0].AuthorizerId)",
        "JwtConfiguration": { "Audience": ["reports", "4ovclient"], "Issuer": "https://login.corp.example/" }
      }
      """
    And the token "cognito" of the issuer "corp" with the claims:
      | sub       | 6f0b         |
      | aud       | null         |
      | client_id | 4ovclient    |
      | token_use | access       |
      | scope     | reports/read |
    When the bearer of "cognito" calls GET /daily of the API "reports"
    Then the call is allowed
    And there is no diagnosis
