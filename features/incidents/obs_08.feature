@incident:OBS-08 @needs:mints-claims @virtual-time
Feature: OBS-08: Access log lacks the authorizer error
  A spike of 401 stands in the log, and nothing says why.

  Background:
    Given the upstream http://reports.internal.example answers 200 with:
      """
      {"report":"daily"}
      """
    And the HTTP API "reports" of the account workload-a is imported from "gateway/reports.openapi.json"

  Scenario: The line has the status alone
    Given the API "reports" has the stage "$default" with the access log:
      """
      {"id":"$context.requestId","status":"$context.status"}
      """
    And the token "old" of the issuer "corp" for 60 seconds with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When 2 minutes pass
    And the bearer of "old" calls GET /daily of the API "reports"
    Then the call is refused with 401 "Unauthorized" because of "token-expired"
    And the access log of the API "reports" shows:
      """
      "status":"401"}
      """
    And the diagnosis is "token-expired"
    And the caller can mend it
    And the fix says "add `$context.authorizer.error` to the format"

  @mended
  Scenario: The format has the field
    Given the API "reports" has the stage "$default" with the access log:
      """
      {"id":"$context.requestId","status":"$context.status","error":"$context.authorizer.error"}
      """
    And the token "old" of the issuer "corp" for 60 seconds with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When 2 minutes pass
    And the bearer of "old" calls GET /daily of the API "reports"
    Then the call is refused with 401 "Unauthorized" because of "token-expired"
    And the access log of the API "reports" shows:
      """
      invalid_token: the token has expired
      """
    Given the token "new" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When the bearer of "new" calls GET /daily of the API "reports"
    Then the call is allowed
    And there is no diagnosis
