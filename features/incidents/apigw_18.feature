@incident:APIGW-18
Feature: APIGW-18: Cross-account IAM needs both policies to allow
  An HTTP API has no policy of its own, so that a partner calls it as a role of the API's account. Two accounts
  have to agree: the partner's, that its own role may assume the other, and the API's, that it trusts that one.

  Background:
    Given the upstream http://bi.internal.example answers 200 with:
      """
      {"rows":42}
      """
    And the HTTP API "bi" of the account workload-a is imported from "incidents/signed.openapi.json"
    And the API "bi" has the stage "$default" with the access log:
      """
      {"route":"$context.routeKey","id":"$context.requestId","status":"$context.status","message":"$context.error.message"}
      """
    And the role "partner" of the account workload-b is trusted by the account workload-b
    And the lab gives a session of the role "partner"

  Scenario: The API's account agrees, and the partner's does not
    Given the role "caller" of the account workload-a is trusted by the account workload-b
    When the role "caller" is assumed by the session of "partner"
    Then AWS refuses with "AccessDenied" and the message:
      """
      User: arn:aws:sts::333333333333:assumed-role/partner/partner is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::222222222222:role/caller because no identity-based policy allows the sts:AssumeRole action
      """
    And the call is refused with 403 "AccessDenied" because of "identity-implicit-deny"
    And the diagnosis is "no-policy-allows"
    And the owner can mend it
    And the cause says "role/caller"

  Scenario: The partner's account agrees, and the API's does not
    Given the role "caller" of the account workload-a is trusted by the account workload-a
    And the role "partner" has the policy "cross":
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          { "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::222222222222:role/caller" }
        ]
      }
      """
    When the role "caller" is assumed by the session of "partner"
    Then the call is refused with 403 "AccessDenied" because of "trust-implicit-deny"
    And the diagnosis is "trust-principal-missing"
    And the owner can mend it
    And the cause says "arn:aws:iam::222222222222:root"
    And the fix says "333333333333"

  @mended
  Scenario: Both accounts agree
    Given the role "caller" of the account workload-a is trusted by the account workload-b
    And the role "caller" may invoke GET /report of the API "bi"
    And the role "partner" has the policy "cross":
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          { "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::222222222222:role/caller" }
        ]
      }
      """
    When the role "caller" is assumed by the session of "partner"
    And the session of "caller" calls GET /report of the API "bi"
    Then the call is allowed
    And there is no diagnosis
