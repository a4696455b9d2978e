@incident:OIDC-06 @needs:mints-claims
Feature: OIDC-06: Audience mismatch
  The token is for another API of the same issuer.

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

  Scenario: A token for the invoices
    Given the token "invoices" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | invoices     |
      | scope | reports/read |
    When the bearer of "invoices" calls GET /daily of the API "reports"
    Then the call is refused with 401 "Unauthorized" because of "audience-mismatch"
    And the answer's header "www-authenticate" is:
      """
      Bearer scope="reports/read" error="invalid_token" error_description="the token does not have a valid audience"
      """
    And the diagnosis is "audience-not-configured"
    And the caller can mend it
    And the cause says "`invoices`"
    And the fix says "audience `reports`"

  @mended
  Scenario: A token for the reports
    Given the token "reports" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When the bearer of "reports" calls GET /daily of the API "reports"
    Then the call is allowed
    And there is no diagnosis
