@incident:OIDC-18 @needs:mints-claims
Feature: OIDC-18: ES256 token at an RSA-only authorizer
  The JWT authorizer of an HTTP API verifies RSA signatures only.

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
        "JwtConfiguration": { "Audience": ["reports"], "Issuer": "https://curve.corp.example/" }
      }
      """

  Scenario: The issuer signs with an elliptic curve
    Given the token "curved" of the issuer "curve" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When the bearer of "curved" calls GET /daily of the API "reports"
    Then the call is refused with 401 "Unauthorized" because of "algorithm-unsupported"
    And the answer's header "www-authenticate" is:
      """
      Bearer scope="reports/read" error="invalid_token" error_description="signing method ES256 is invalid"
      """
    And the diagnosis is "algorithm-unsupported"
    And the owner can mend it
    And the cause says "`ES256`"
    And the fix says "sign with RS256"

  @mended
  Scenario: The issuer signs with RSA
    Given the account workload-a calls "apigatewayv2:UpdateAuthorizer" with:
      """
      {
        "ApiId": "$(apis.Items[0].ApiId)",
        "AuthorizerId": "$(authorizers.Items[0].AuthorizerId)",
        "JwtConfiguration": { "Audience": ["reports"], "Issuer": "https://login.corp.example/" }
      }
      """
    And the token "straight" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When the bearer of "straight" calls GET /daily of the API "reports"
    Then the call is allowed
    And there is no diagnosis
