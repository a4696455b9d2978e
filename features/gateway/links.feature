Feature: The link from an HTTP API to its issuer breaks
  The authorizer fetches the issuer's discovery document and key set when it needs them. A link may be
  slow, answer an error, or cut an answer, always or for a while.

  Background:
    Given the upstream http://reports.internal.example answers 200 with:
      """
      {"report":"daily"}
      """
    And the HTTP API "reports" of the account workload-a is imported from "gateway/reports.openapi.json"
    And the API "reports" has the stage "$default" with the access log:
      """
      {"route":"$context.routeKey","id":"$context.requestId","status":"$context.status","error":"$context.authorizer.error"}
      """
    And the token "good" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |

  @needs:mints-claims @faults
  Scenario: An issuer that is slow, and not too slow
    Given calls to https://login.corp.example/ take 700 ms
    When GET /daily of the API "reports" is called with the token "good"
    Then the answer has the status 200
    And nothing was refused

  @needs:mints-claims @faults
  Scenario: An issuer that is too slow
    Given calls to https://login.corp.example/ take 5001 ms
    When GET /daily of the API "reports" is called with the token "good"
    Then the answer has the status 401
    And the gateway refused it because of "discovery-unreachable"

  @needs:mints-claims @faults
  Scenario: An issuer that fails once
    Given the first 1 call to https://login.corp.example/ answer 503
    When GET /daily of the API "reports" is called with the token "good"
    Then the answer has the status 401
    And the gateway refused it because of "discovery-status"
    When GET /daily of the API "reports" is called with the token "good"
    Then the answer has the status 200

  @needs:mints-claims @faults
  Scenario: Only the key set is out of reach
    Given calls to https://login.corp.example/jwks answer 503
    When GET /daily of the API "reports" is called with the token "good"
    Then the answer has the status 401
    And the gateway refused it because of "jwks-status"

  @needs:mints-claims @faults
  Scenario: A key set that ends too early
    Given answers of https://login.corp.example/jwks end after 20 bytes
    When GET /daily of the API "reports" is called with the token "good"
    Then the answer has the status 401
    And the gateway refused it because of "jwks-document"

  @needs:mints-claims @faults
  Scenario: A discovery document that breaks off, until the link is mended
    Given answers of https://login.corp.example/ break off after 20 bytes
    When GET /daily of the API "reports" is called with the token "good"
    Then the answer has the status 401
    And the gateway refused it because of "discovery-unreachable"
    Given every link is mended
    When GET /daily of the API "reports" is called with the token "good"
    Then the answer has the status 200
