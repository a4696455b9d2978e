@incident:SIG-08
Feature: SIG-08: Query canonicalisation
  The URL library writes a blank as `+`, and the signer reads the parameter's value and writes `%20`.

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
    And the role "looker" may invoke GET /report of the API "bi"
    And the lab gives a session of the role "looker"

  Scenario: Some queries only
    Given the session of "looker" signs a plus in the query as a blank
    When the session of "looker" calls GET /report?year=2026&name=first+quarter of the API "bi"
    Then the call is refused with 403 "Forbidden" because of "signature-mismatch"
    And the diagnosis is "signature-query-encoding"
    And the caller can mend it
    And the cause says "the parameter `name` was signed with a blank where `+` arrived"
    And the fix says "send a blank as `%20`, and a plus as `%2B`"

  Scenario: A query without a blank
    Given the session of "looker" signs a plus in the query as a blank
    When the session of "looker" calls GET /report?$filter=year%20eq%202026 of the API "bi"
    Then the call is allowed

  @mended
  Scenario: The blank is sent as it is signed
    Given the session of "looker" signs a plus in the query as a blank
    When the session of "looker" calls GET /report?year=2026&name=first%20quarter of the API "bi"
    Then the call is allowed
    And there is no diagnosis
