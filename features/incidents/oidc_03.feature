@incident:OIDC-03 @needs:mints-claims
Feature: OIDC-03: Entra ID v1 vs v2 issuer
  An app registration with accepted token version 1 gets tokens of `sts.windows.net`, although the discovery
  URL is that of version 2.

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
        "JwtConfiguration": { "Audience": ["reports"], "Issuer": "https://login.microsoftonline.com/0f1e2d3c-4b5a-4968-8776-655443322110/v2.0" }
      }
      """

  Scenario: A token of version 1 is another issuer's
    Given the token "v1" of the issuer "entra" with the claims:
      | iss   | https://sts.windows.net/0f1e2d3c-4b5a-4968-8776-655443322110/ |
      | ver   | "1.0"                                                         |
      | sub   | looker                                                        |
      | aud   | reports                                                       |
      | scope | reports/read                                                  |
    When the bearer of "v1" calls GET /daily of the API "reports"
    Then the call is refused with 401 "Unauthorized" because of "issuer-mismatch"
    And the diagnosis is "issuer-entra-version"
    And the owner can mend it
    And the cause says "`ver` `1.0`"
    And the fix says "requestedAccessTokenVersion"

  @mended
  Scenario: The manifest asks for tokens of version 2
    Given the token "v2" of the issuer "entra" with the claims:
      | ver   | "2.0"        |
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When the bearer of "v2" calls GET /daily of the API "reports"
    Then the call is allowed
    And there is no diagnosis
