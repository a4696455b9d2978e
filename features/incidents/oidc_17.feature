@incident:OIDC-17 @needs:mints-claims
Feature: OIDC-17: Slow or flaky IdP makes the gateway return 401
  The gateway waits 1.5 seconds for each document of the issuer; what comes later is an unauthorized caller's fault.

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

  @faults
  Scenario: The issuer takes three seconds
    Given calls to https://login.corp.example/ take 3000 ms
    And the token "good" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When the bearer of "good" calls GET /daily of the API "reports"
    Then the call is refused with 401 "Unauthorized" because of "discovery-unreachable"
    And the access log of the API "reports" shows:
      """
      OIDC discovery endpoint communication error
      """
    And the diagnosis is "issuer-slow"
    And the owner can mend it
    And the cause says "within the 1500 ms"
    And the fix says "with a cache or CDN in front"

  @faults
  Scenario: The key set answers an error
    Given calls to https://login.corp.example/jwks answer 503
    And the token "good" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When the bearer of "good" calls GET /daily of the API "reports"
    Then the call is refused with 401 "Unauthorized" because of "jwks-status"
    And the access log of the API "reports" shows:
      """
      JWKS communication error
      """
    And the diagnosis is "issuer-status"
    And the owner can mend it
    And the cause says "is answered 503"
    And the fix says "a cache in front"

  @mended @faults
  Scenario: The issuer answers in time
    Given calls to https://login.corp.example/ take 700 ms
    And the token "good" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When the bearer of "good" calls GET /daily of the API "reports"
    Then the call is allowed
    And there is no diagnosis
