@incident:OIDC-10 @needs:mints-claims
Feature: OIDC-10: ID token accepted where an access token was intended
  Nothing in an ID token stops it at a route that asks for no scope.

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
    And the account workload-a calls "apigatewayv2:GetRoutes" with:
      | ApiId | $(apis.Items[0].ApiId) |
    And the answer is kept as "routes"

  Scenario: The route asks for no scope
    Given the account workload-a calls "apigatewayv2:CreateRoute" with:
      """
      {
        "ApiId": "$(apis.Items[0].ApiId)",
        "RouteKey": "GET /weekly",
        "Target": "$(routes.Items[0].Target)",
        "AuthorizationType": "JWT",
        "AuthorizerId": "$(authorizers.Items[0].AuthorizerId)"
      }
      """
    And the token "id" of the issuer "corp" with the claims:
      | sub       | looker       |
      | aud       | reports      |
      | token_use | id           |
      | nonce     | n-0S6_WzA2Mj |
    When the bearer of "id" calls GET /weekly of the API "reports"
    Then the call is allowed
    And the diagnosis is "id-token-accepted"
    And the owner can mend it
    And the cause says "`token_use` = `id`"
    And the fix says "ask for a scope on the route"

  Scenario: A route with a scope refuses it
    Given the token "id" of the issuer "corp" with the claims:
      | sub       | looker       |
      | aud       | reports      |
      | token_use | id           |
      | nonce     | n-0S6_WzA2Mj |
    When the bearer of "id" calls GET /daily of the API "reports"
    Then the call is refused with 403 "Forbidden" because of "scope-missing"
    And the diagnosis is "scope-absent"
    And the caller can mend it
    And the cause says "it is an ID token"
    And the fix says "send the access token"

  @mended
  Scenario: The route with a scope takes the access token
    Given the token "access" of the issuer "corp" with the claims:
      | sub       | looker       |
      | aud       | reports      |
      | token_use | access       |
      | scope     | reports/read |
    When the bearer of "access" calls GET /daily of the API "reports"
    Then the call is allowed
    And there is no diagnosis
