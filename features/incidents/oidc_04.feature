@incident:OIDC-04 @needs:mints-claims
Feature: OIDC-04: Multi-tenant `common` discovery document
  The authorizer names the endpoint that all tenants share; tokens name the tenant.

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

  Scenario: No token of any tenant gets in
    Given the account workload-a calls "apigatewayv2:UpdateAuthorizer" with:
      """
      {
        "ApiId": "$(apis.Items[0].ApiId)",
        "AuthorizerId": "$(authorizers.Items[0].AuthorizerId)",
        "JwtConfiguration": { "Audience": ["reports"], "Issuer": "https://login.microsoftonline.com/common/v2.0" }
      }
      """
    And the token "tenant" of the issuer "entra" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When the bearer of "tenant" calls GET /daily of the API "reports"
    Then the call is refused with 401 "Unauthorized" because of "issuer-mismatch"
    And the diagnosis is "issuer-multi-tenant"
    And the owner can mend it
    And the cause says "/common/v2.0"
    And the fix says "https://login.microsoftonline.com/0f1e2d3c-4b5a-4968-8776-655443322110/v2.0"

  @mended
  Scenario: The authorizer names the tenant
    Given the account workload-a calls "apigatewayv2:UpdateAuthorizer" with:
      """
      {
        "ApiId": "$(apis.Items[0].ApiId)",
        "AuthorizerId": "$(authorizers.Items[0].AuthorizerId)",
        "JwtConfiguration": { "Audience": ["reports"], "Issuer": "https://login.microsoftonline.com/0f1e2d3c-4b5a-4968-8776-655443322110/v2.0" }
      }
      """
    And the token "tenant" of the issuer "entra" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When the bearer of "tenant" calls GET /daily of the API "reports"
    Then the call is allowed
    And there is no diagnosis
