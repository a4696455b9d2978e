@incident:APIGW-12 @needs:mints-claims @virtual-time
Feature: APIGW-12: Auth failure shown as a CORS error
  A page's script calls the API with a token that has ended; the answer names no origin, so the browser reports a
  CORS error and hides the status.

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

  Scenario: The answer says unauthorized, and the page cannot read it
    Given the token "old" of the issuer "corp" for 60 seconds with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When 2 minutes pass
    And the bearer of "old" calls GET /daily of the API "reports" with:
      | origin | https://app.corp.example |
    Then the call is refused with 401 "Unauthorized" because of "token-expired"
    And the answer has no header "access-control-allow-origin"
    And the diagnosis is "token-expired"
    And the caller can mend it
    And the fix says "the page sees a CORS error instead"

  @mended
  Scenario: The API names the origin, and the page gets a new token
    Given the account workload-a calls "apigatewayv2:UpdateApi" with:
      """
      {
        "ApiId": "$(apis.Items[0].ApiId)",
        "CorsConfiguration": { "AllowOrigins": ["https://app.corp.example"], "AllowMethods": ["GET"] }
      }
      """
    And the token "old" of the issuer "corp" for 60 seconds with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When the bearer of "old" calls GET /daily of the API "reports" with:
      | origin | https://app.corp.example |
    Then the answer's header "access-control-allow-origin" is:
      """
      https://app.corp.example
      """
    And the call is allowed
    And there is no diagnosis
