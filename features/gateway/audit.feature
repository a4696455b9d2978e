Feature: A lab that audits permissions at the gateway
  Before a route's scope is made a condition for everybody, one looks who would be turned away: the lab
  lets through what lacks a permission, and its journal says what would have been refused, and why. Who
  cannot be authenticated is refused as ever.

  Background:
    Given the upstream http://reports.internal.example answers 200 with:
      """
      {"report":"daily"}
      """
    And the HTTP API "reports" of the account workload-a is imported from "gateway/reports.openapi.json"
    And the API "reports" has the stage "$default" with the access log:
      """
      {"route":"$context.routeKey","id":"$context.requestId","status":"$context.status","error":"$context.authorizer.error","subject":"$context.authorizer.claims.sub"}
      """
    And permissions are audited

  @needs:mints-claims
  Scenario: A token without the route's scope goes through, and the refusal is explained
    Given the token "narrow" of the issuer "corp" with the claims:
      | sub   | looker        |
      | aud   | reports       |
      | scope | reports/write |
    When GET /daily of the API "reports" is called with the token "narrow"
    Then the answer has the status 200 and the body:
      """
      {"report":"daily"}
      """
    And the upstream http://reports.internal.example was called 1 time
    And the gateway would have refused it because of "scope-missing"

  @needs:mints-claims
  Scenario: The same token is refused once permissions are enforced
    Given the token "narrow" of the issuer "corp" with the claims:
      | sub   | looker        |
      | aud   | reports       |
      | scope | reports/write |
    And permissions are enforced
    When GET /daily of the API "reports" is called with the token "narrow"
    Then the answer has the status 403
    And the gateway refused it because of "scope-missing"
    And the upstream http://reports.internal.example was called 0 times

  @needs:mints-claims
  Scenario: A token for another audience is nobody's, whatever the setting
    Given the token "misdirected" of the issuer "corp" with the claims:
      | sub   | looker        |
      | aud   | billing       |
      | scope | reports/write |
    When GET /daily of the API "reports" is called with the token "misdirected"
    Then the answer has the status 401
    And the gateway refused it because of "audience-mismatch"
    And the upstream http://reports.internal.example was called 0 times
