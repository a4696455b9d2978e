@incident:APIGW-16 @needs:mints-claims
Feature: APIGW-16: 429: throttle
  The stage limits the route; the bucket is filled by the lab's clock.

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
    And the account workload-a calls "apigatewayv2:UpdateStage" with:
      """
      {
        "ApiId": "$(apis.Items[0].ApiId)",
        "StageName": "$default",
        "RouteSettings": { "GET /daily": { "ThrottlingRateLimit": 0.5, "ThrottlingBurstLimit": 2 } }
      }
      """

  Scenario: More calls than the bucket holds
    Given the token "good" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When the bearer of "good" calls GET /daily of the API "reports" 3 times
    Then 1 call is refused with 429 "Too Many Requests" because of "throttled"
    And the diagnosis is "throttled"
    And the caller can mend it
    And the cause says "of the route `GET /daily` in the stage `$default`"
    And the fix says "ask at most 0.5 times a second"

  @mended @virtual-time
  Scenario: The caller waits
    Given the token "good" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When the bearer of "good" calls GET /daily of the API "reports" 2 times
    And 2 seconds pass
    And the bearer of "good" calls GET /daily of the API "reports"
    Then the call is allowed
    And there is no diagnosis
