@incident:SIG-09
Feature: SIG-09: Host mismatch by a custom domain or a proxy
  The client signs the name that it calls; a proxy calls the API under the API's own name.

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

  Scenario: The proxy says which host it was called by
    Given the session of "looker" signs for the host "reports.corp.example"
    When the session of "looker" calls GET /report of the API "bi" with:
      | X-Forwarded-Host | reports.corp.example |
    Then the call is refused with 403 "Forbidden" because of "signature-mismatch"
    And the diagnosis is "signature-host"
    And the caller can mend it
    And the cause says "the host `reports.corp.example` was signed"
    And the fix says "sign the host that reaches the service"

  Scenario: The proxy says nothing
    Given the session of "looker" signs for the host "reports.corp.example"
    When the session of "looker" calls GET /report of the API "bi"
    Then the call is refused with 403 "Forbidden" because of "signature-mismatch"
    And the diagnosis is "signature-mismatch"
    And the cause says "none of"

  Scenario: The proxy changes a header that is signed
    Given the session of "looker" signs, and "accept-encoding" is changed afterwards
    When the session of "looker" calls GET /report of the API "bi"
    Then the call is refused with 403 "Forbidden" because of "signature-mismatch"
    And the diagnosis is "signature-header-changed"
    And the caller can mend it
    And the fix says "leave `accept-encoding` out of the signed headers"

  @mended
  Scenario: The host that reaches the API is signed
    Given the session of "looker" signs as it should
    When the session of "looker" calls GET /report of the API "bi" with:
      | X-Forwarded-Host | reports.corp.example |
    Then the call is allowed
    And there is no diagnosis
