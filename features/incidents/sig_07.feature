@incident:SIG-07
Feature: SIG-07: Path double-encoding
  The signer encodes a path that is encoded already. Paths without anything to encode are signed well, so
  that it shows at the first name with a blank in it.

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
    And the role "looker" of the account workload-a is trusted by the account workload-a
    And the role "looker" may invoke GET /reports/* of the API "bi"
    And the lab gives a session of the role "looker"

  Scenario: A blank in the path
    Given the session of "looker" signs the path encoded once more
    When the session of "looker" calls GET /reports/first%20quarter of the API "bi"
    Then the call is refused with 403 "Forbidden" because of "signature-mismatch"
    And the diagnosis is "signature-path-encoding"
    And the caller can mend it
    And the cause says "encoded once more than `/reports/first%2520quarter`"
    And the fix says "sign the path `/reports/first%20quarter` once, not twice"

  Scenario: Nothing to encode, nothing wrong
    Given the session of "looker" signs the path encoded once more
    When the session of "looker" calls GET /reports/first of the API "bi"
    Then the call is allowed

  @mended
  Scenario: The path is signed as it is sent
    Given the session of "looker" signs as it should
    When the session of "looker" calls GET /reports/first%20quarter of the API "bi"
    Then the call is allowed
    And there is no diagnosis
