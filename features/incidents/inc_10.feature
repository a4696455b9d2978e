@incident:INC-10 @needs:issuer-at-root
Feature: INC-10: HTTP API with IAM and another account: flat 403
  A role of another account may invoke the API by its own policy; an HTTP API has no policy that could agree.

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

  Scenario: The session of another account
    Given the role "visitor" of the account workload-b is trusted by the account workload-b
    And the role "visitor" has the policy "invoke":
      """
      { "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*" }] }
      """
    When the role "visitor" is assumed by the account workload-b
    And the session of "visitor" calls GET /report of the API "bi"
    Then the call is refused with 403 "Forbidden" because of "permission-missing"
    And the diagnosis is "api-of-another-account"
    And nobody can mend it
    And the cause says "an HTTP API has no resource policy"
    And the fix says "assume a role of the account 222222222222"

  @mended
  Scenario: A role of the API's own account
    When the role "looker" is assumed by the account workload-a
    And the session of "looker" calls GET /report of the API "bi"
    Then the call is allowed
    And there is no diagnosis
