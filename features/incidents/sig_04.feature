@incident:SIG-04
Feature: SIG-04: Region parsed out of the hostname
  The signer takes the second label of the host for the Region: of an API's name that is `execute-api`.

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

  Scenario: The API does not let the caller in and says nothing about it
    Given the session of "looker" signs for the Region "execute-api"
    When the session of "looker" calls GET /report of the API "bi"
    Then the call is refused with 403 "Forbidden" because of "credential-scope"
    And the diagnosis is "credential-scope-region"
    And the caller can mend it
    And the cause says "`execute-api` is a label of the host's name, and no Region"
    And the fix says "tell the signer its Region, `us-east-1`"

  @mended
  Scenario: The Region is stated
    Given the session of "looker" signs for the Region "us-east-1"
    When the session of "looker" calls GET /report of the API "bi"
    Then the call is allowed
    And there is no diagnosis
