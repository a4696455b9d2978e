@incident:OIDC-12 @needs:mints-claims
Feature: OIDC-12: `scope` (string) vs `scp` (string/array)
  The gateway reads `scope` and `scp`, as a text or a list; other claims, which a backend reads, count for nothing.

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

  Scenario: The permission stands in a claim of its own
    Given the token "auth0" of the issuer "corp" with the claims:
      | sub         | looker           |
      | aud         | reports          |
      | permissions | ["reports/read"] |
    When the bearer of "auth0" calls GET /daily of the API "reports"
    Then the call is refused with 403 "Forbidden" because of "scope-missing"
    And the diagnosis is "scope-in-other-claim"
    And the owner can mend it
    And the cause says "stands in `permissions`"
    And the fix says "into `scope` (or `scp`)"

  @mended
  Scenario: A list in `scp`, as Okta writes it
    Given the token "okta" of the issuer "corp" with the claims:
      | sub | looker                     |
      | aud | reports                    |
      | scp | ["openid", "reports/read"] |
    When the bearer of "okta" calls GET /daily of the API "reports"
    Then the call is allowed
    And there is no diagnosis

  @mended
  Scenario: A text in `scp`, as Entra ID writes it
    Given the token "entra" of the issuer "corp" with the claims:
      | sub | looker              |
      | aud | reports             |
      | scp | openid reports/read |
    When the bearer of "entra" calls GET /daily of the API "reports"
    Then the call is allowed
    And there is no diagnosis
