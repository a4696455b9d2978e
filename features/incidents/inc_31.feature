@incident:INC-31 @needs:mints-claims
Feature: INC-31: Issuer refusal names only one side
  The refusal says that the issuer does not match, and neither what it is nor what it should be.

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

  Scenario: A realm with a letter in lower case
    Given the token "realm" of the issuer "corp" with the claims:
      | iss   | https://LOGIN.corp.example/ |
      | sub   | looker                      |
      | aud   | reports                     |
      | scope | reports/read                |
    When the bearer of "realm" calls GET /daily of the API "reports"
    Then the call is refused with 401 "Unauthorized" because of "issuer-mismatch"
    And the diagnosis is "issuer-capitals"
    And the owner can mend it
    And the cause says "first at character 9"
    And the fix says "https://LOGIN.corp.example/"

  Scenario: Another port
    Given the token "port" of the issuer "corp" with the claims:
      | iss   | https://login.corp.example:8443/ |
      | sub   | looker                           |
      | aud   | reports                          |
      | scope | reports/read                     |
    When the bearer of "port" calls GET /daily of the API "reports"
    Then the call is refused with 401 "Unauthorized" because of "issuer-mismatch"
    And the diagnosis is "issuer-port"
    And the owner can mend it
    And the cause says "they part at character 27: `:8443/` against `/`"
    And the fix says "https://login.corp.example:8443/"

  @mended
  Scenario: The issuer as it is configured
    Given the token "same" of the issuer "corp" with the claims:
      | iss   | https://login.corp.example/ |
      | sub   | looker                      |
      | aud   | reports                     |
      | scope | reports/read                |
    When the bearer of "same" calls GET /daily of the API "reports"
    Then the call is allowed
    And there is no diagnosis
