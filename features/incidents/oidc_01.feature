@incident:OIDC-01 @needs:mints-claims
Feature: OIDC-01: Issuer differs only by a trailing slash
  The identity provider writes its issuer with a slash at the end, the authorizer was configured without.

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

  Scenario: Every call is unauthorized
    Given the account workload-a calls "apigatewayv2:UpdateAuthorizer" with:
      """
      {
        "ApiId": "$(apis.Items[0].ApiId)",
        "AuthorizerId": "$(authorizers.Items[0].AuthorizerId)",
        "JwtConfiguration": { "Audience": ["reports"], "Issuer": "https://login.corp.example" }
      }
      """
    And the token "fresh" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When the bearer of "fresh" calls GET /daily of the API "reports"
    Then the call is refused with 401 "Unauthorized" because of "issuer-mismatch"
    And the answer's header "www-authenticate" is:
      """
      Bearer scope="reports/read" error="invalid_token" error_description="issuer does not match"
      """
    And the diagnosis is "issuer-trailing-slash"
    And the owner can mend it
    And the cause says "`/` against nothing"
    And the fix says "https://login.corp.example/"

  @mended
  Scenario: The authorizer has the issuer as the tokens carry it
    Given the account workload-a calls "apigatewayv2:UpdateAuthorizer" with:
      """
      {
        "ApiId": "$(apis.Items[0].ApiId)",
        "AuthorizerId": "$(authorizers.Items[0].AuthorizerId)",
        "JwtConfiguration": { "Audience": ["reports"], "Issuer": "https://login.corp.example/" }
      }
      """
    And the token "fresh" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When the bearer of "fresh" calls GET /daily of the API "reports"
    Then the call is allowed
    And there is no diagnosis
