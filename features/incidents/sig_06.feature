@incident:SIG-06
Feature: SIG-06: Session token missing or stale
  Temporary credentials are three values. Two of them were copied; or all three, an hour ago.

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

  Scenario: STS does not know the key of a session without its token
    Given the session of "looker" signs without its session token
    When the session of "looker" calls "sts:GetCallerIdentity"
    Then AWS refuses with "InvalidClientTokenId" and the message:
      """
      The security token included in the request is invalid.
      """
    And the call is refused with 403 "InvalidClientTokenId" because of "session-token-mismatch"
    And the diagnosis is "session-token-missing"
    And the caller can mend it
    And the cause says "assumed-role/looker/looker, and the request has no `X-Amz-Security-Token`"
    And the fix says "send the session token in the header `X-Amz-Security-Token`"

  Scenario: The API says Forbidden
    Given the session of "looker" signs without its session token
    When the session of "looker" calls GET /report of the API "bi"
    Then the call is refused with 403 "Forbidden" because of "session-token-mismatch"
    And the diagnosis is "session-token-missing"
    And the caller can mend it

  @virtual-time
  Scenario: The session has ended
    When 2 hours pass
    And the session of "looker" calls "sts:GetCallerIdentity"
    Then the call is refused with 403 "ExpiredToken" because of "credential-expired"
    And the diagnosis is "session-expired"
    And the caller can mend it
    And the cause says "1 h before the call"
    And the fix says "let the SDK refresh them"

  @mended
  Scenario: All three values are sent
    Given the session of "looker" signs without its session token
    And the session of "looker" signs as it should
    When the session of "looker" calls GET /report of the API "bi"
    Then the call is allowed
    And there is no diagnosis
