@incident:APIGW-23 @needs:issuer-at-root
Feature: APIGW-23: Route switched to AWS_IAM; callers lack `execute-api:Invoke`
  The role may invoke another route of the API only.

  Background:
    Given the upstream http://bi.internal.example answers 200 with:
      """
      {"rows":42}
      """
    And the HTTP API "bi" of the account workload-a is imported from "federation/bi.openapi.json"
    And the API "bi" has the stage "$default" with the access log:
      """
      {"id":"$context.requestId","status":"$context.status"}
      """
    And the role "looker" of the account workload-a is trusted by the account workload-a
    And the role "looker" may invoke GET /report of the API "bi"

  Scenario: The session of a role without the permission
    When the role "looker" is assumed by the account workload-a
    And the session of "looker" calls DELETE /report of the API "bi"
    Then the call is refused with 403 "Forbidden" because of "permission-missing"
    And the diagnosis is "no-policy-allows"
    And the owner can mend it
    And the cause says "/DELETE/report"
    And the fix says "as a Resource of statement 0 of the inline policy `invoke-bi`"

  @mended
  Scenario: The role may invoke the route
    Given the role "looker" may invoke DELETE /report of the API "bi"
    When the role "looker" is assumed by the account workload-a
    And the session of "looker" calls DELETE /report of the API "bi"
    Then the call is allowed
    And there is no diagnosis
