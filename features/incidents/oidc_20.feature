@incident:OIDC-20 @needs:mints-claims @virtual-time
Feature: OIDC-20: `nbf`/`iat` in the future
  The gateway grants no leeway: a clock that is off by seconds refuses every fresh token.

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

  Scenario: The gateway's clock is behind
    Given the clock of the gateway is 3 seconds behind
    And the token "early" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When the bearer of "early" calls GET /daily of the API "reports"
    Then the call is refused with 401 "Unauthorized" because of "token-not-yet-valid"
    And the diagnosis is "clock-skew"
    And the owner can mend it
    And the cause says "its clock is 3 s behind"
    And the fix says "set the gateway's clock right"

  Scenario: The issuer's clock is ahead
    Given the clock of oidc is 3 seconds ahead
    And the token "early" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When the bearer of "early" calls GET /daily of the API "reports"
    Then the call is refused with 401 "Unauthorized" because of "token-not-yet-valid"
    And the diagnosis is "clock-skew"
    And the owner can mend it
    And the cause says "begins 3 s after"
    And the fix says "set the issuer's clock right"

  @mended
  Scenario: Both clocks are right
    Given the token "timely" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When the bearer of "timely" calls GET /daily of the API "reports"
    Then the call is allowed
    And there is no diagnosis
