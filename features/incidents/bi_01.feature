@incident:BI-01 @needs:issuer-at-root
Feature: BI-01: Hour-long API token not refreshed
  The BI client logs in once; its token lives an hour.

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

  @virtual-time
  Scenario: An hour after the start
    Given the client "looker" gets the token "login" of the issuer "corp" for the audience "reports" and the scope "reports/read"
    When the bearer of "login" calls GET /daily of the API "reports"
    Then the call is allowed
    When 1 hour passes
    And the bearer of "login" calls GET /daily of the API "reports"
    Then the call is refused with 401 "Unauthorized" because of "token-expired"
    And the diagnosis is "token-expired"
    And the caller can mend it
    And the cause says "3600 s after it was made"
    And the fix says "get a new token before the old one ends"

  @mended @virtual-time
  Scenario: The client logs in again
    When 1 hour passes
    Given the client "looker" gets the token "again" of the issuer "corp" for the audience "reports" and the scope "reports/read"
    When the bearer of "again" calls GET /daily of the API "reports"
    Then the call is allowed
    And there is no diagnosis
