@incident:OIDC-14 @needs:mints-claims
Feature: OIDC-14: Key rotation: gateway cache window
  An HTTP API keeps a key set for two hours: a key that signs at once is refused until then, and one that was
  withdrawn is accepted until then.

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
    And the token "first" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When the bearer of "first" calls GET /daily of the API "reports"
    Then the call is allowed

  Scenario: A key signs that was published at once
    Given the issuer "corp" signs with its newest key
    And the token "second" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When the bearer of "second" calls GET /daily of the API "reports"
    Then the call is refused with 401 "Unauthorized" because of "key-unknown"
    And the diagnosis is "key-cache-window"
    And the owner can mend it
    And the cause says "which the issuer publishes by now"
    And the fix says "2026-01-15T14:00:00Z"

  Scenario: A leaked key was withdrawn, and still counts
    Given the issuer "corp" signs with its newest key
    And the issuer "corp" retires its old keys
    When the bearer of "first" calls GET /daily of the API "reports"
    Then the call is allowed
    And the diagnosis is "withdrawn-key-accepted"
    And nobody can mend it
    And the cause says "publishes it no more"
    And the fix says "until 2026-01-15T14:00:00Z"

  @mended @virtual-time
  Scenario: A key that was published two hours before
    Given the issuer "corp" publishes a new key
    When 2 hours pass
    Given the issuer "corp" signs with its newest key
    And the token "second" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When the bearer of "second" calls GET /daily of the API "reports"
    Then the call is allowed
    And there is no diagnosis
