@incident:OIDC-05 @needs:mints-claims
Feature: OIDC-05: Authorizer silently not created, routes missing or open
  The issuer's discovery document cannot be had while the API is imported: the import succeeds without the
  authorizer and without its routes.

  Background:
    Given the upstream http://reports.internal.example answers 200 with:
      """
      {"report":"daily"}
      """

  @faults
  Scenario: The import leaves the route out
    Given https://login.corp.example/ refuses every connection
    And the HTTP API "reports" of the account workload-a is imported from "gateway/reports.openapi.json"
    And the API "reports" has the stage "$default" with the access log:
      """
      {"id":"$context.requestId","status":"$context.status"}
      """
    And the token "good" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When the bearer of "good" calls GET /daily of the API "reports"
    Then the call is refused with 404 "Not Found" because of "no-route"
    And the diagnosis is "route-left-out-by-import"
    And the owner can mend it
    And the cause says "Unable to create Authorizer"
    And the fix says "`FailOnWarnings` = true"

  @mended
  Scenario: The document is there when the API is imported
    Given the HTTP API "reports" of the account workload-a is imported from "gateway/reports.openapi.json"
    And the API "reports" has the stage "$default" with the access log:
      """
      {"id":"$context.requestId","status":"$context.status"}
      """
    And the token "good" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When the bearer of "good" calls GET /daily of the API "reports"
    Then the call is allowed
    And there is no diagnosis
