@incident:OIDC-23 @needs:mints-claims
Feature: OIDC-23: Test environment issuer ≠ template issuer
  The template names the issuer of production, the tokens come from an emulator on the machine.

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

  Scenario: A token of the emulator
    Given the token "emulated" of the issuer "corp" with the claims:
      | iss   | http://localhost:9229/emulator |
      | sub   | looker                         |
      | aud   | reports                        |
      | scope | reports/read                   |
    When the bearer of "emulated" calls GET /daily of the API "reports"
    Then the call is refused with 401 "Unauthorized" because of "issuer-mismatch"
    And the diagnosis is "issuer-of-test-environment"
    And who starts the lab can mend it
    And the cause says "http://localhost/emulator"
    And the fix says "`url` of the `[[issuer]]`"

  @mended
  Scenario: The lab gives its issuer the name of production
    Given the token "aliased" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When the bearer of "aliased" calls GET /daily of the API "reports"
    Then the call is allowed
    And there is no diagnosis
