@incident:BI-04 @needs:mints-claims
Feature: BI-04: API credentials vs user OAuth session
  Some endpoints ask for what only a user's login grants; a token of API credentials has no scope at all.

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

  Scenario: A token of API credentials
    Given the client "looker" gets the token "api" of the issuer "corp" for the audience "reports"
    When the bearer of "api" calls GET /daily of the API "reports"
    Then the call is refused with 403 "Forbidden" because of "scope-missing"
    And the diagnosis is "scope-absent"
    And the caller can mend it
    And the cause says "neither `scope` nor `scp`"
    And the fix says "ask for the scope `reports/read`"

  Scenario: The endpoint without a scope takes it
    Given the client "looker" gets the token "api" of the issuer "corp" for the audience "reports"
    When the bearer of "api" calls GET /health of the API "reports"
    Then the call is allowed

  @mended
  Scenario: A token of a user's login
    Given the token "user" of the issuer "corp" with the claims:
      | sub   | ann@corp.example |
      | aud   | reports          |
      | scope | reports/read     |
    When the bearer of "user" calls GET /daily of the API "reports"
    Then the call is allowed
    And there is no diagnosis
