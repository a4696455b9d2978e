@incident:OIDC-19 @needs:mints-claims
Feature: OIDC-19: `alg=none` / HS256 with public key as secret
  The gateway's half: an authorizer that pins its algorithms refuses both forgeries.

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

  Scenario: A token that nobody signed
    Given the token "forged" of the issuer "corp" forged by "alg-none" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When the bearer of "forged" calls GET /daily of the API "reports"
    Then the call is refused with 401 "Unauthorized" because of "algorithm-unsupported"
    And the diagnosis is "token-unsigned"
    And nobody can mend it
    And the cause says "anybody can write"
    And the fix says "find out who made the token"

  Scenario: A token signed with the public key as a secret
    Given the token "forged" of the issuer "corp" forged by "hs256-public-key" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When the bearer of "forged" calls GET /daily of the API "reports"
    Then the call is refused with 401 "Unauthorized" because of "algorithm-unsupported"
    And the diagnosis is "algorithm-symmetric"
    And nobody can mend it
    And the cause says "`HS256`"
    And the fix says "known forgery"

  @mended
  Scenario: The issuer's own token
    Given the token "genuine" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When the bearer of "genuine" calls GET /daily of the API "reports"
    Then the call is allowed
    And there is no diagnosis
