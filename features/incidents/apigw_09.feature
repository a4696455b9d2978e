@incident:APIGW-09 @needs:mints-claims
Feature: APIGW-09: Bearer token sent where SigV4 is expected
  The route asks for a signature, so `Authorization` is read as one.

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

  Scenario: The bearer of a token at a route for signatures
    Given the token "good" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When the bearer of "good" calls GET /report of the API "bi"
    Then the call is refused with 403 "Forbidden" because of "signature-unreadable"
    And the diagnosis is "bearer-on-iam-route"
    And the caller can mend it
    And the cause says "missing equal-sign"
    And the fix says "sign the request with AWS credentials"

  @mended
  Scenario: The same caller signs
    When the role "looker" is assumed by the account workload-a
    And the session of "looker" calls GET /report of the API "bi"
    Then the call is allowed
    And there is no diagnosis
