Feature: Keys of an issuer rotate
  An HTTP API keeps the key set of an issuer for two hours. Whoever publishes a key that long before it
  signs is never refused; whoever does not is refused until then.

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
    And the token "first" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When GET /daily of the API "reports" is called with the token "first"
    Then the answer has the status 200

  @needs:mints-claims @virtual-time
  Scenario: A key that was published in time signs
    Given the issuer "corp" publishes a new key
    When 7200 seconds pass
    Given the issuer "corp" signs with its newest key
    And the token "second" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When GET /daily of the API "reports" is called with the token "second"
    Then the answer has the status 200
    And nothing was refused

  @needs:mints-claims
  Scenario: A key signs that nobody has heard of
    Given the issuer "corp" signs with its newest key
    And the token "second" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When GET /daily of the API "reports" is called with the token "second"
    Then the answer has the status 401
    And the gateway refused it because of "key-unknown"

  @needs:mints-claims @virtual-time
  Scenario: A token outlives the key that signed it
    Given the token "long" of the issuer "corp" for 90000 seconds with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    And the issuer "corp" signs with its newest key
    And the issuer "corp" retires its old keys
    When 7200 seconds pass
    And GET /daily of the API "reports" is called with the token "long"
    Then the answer has the status 401
    And the gateway refused it because of "key-unknown"

  @needs:mints-claims
  Scenario: Another key stands under the same name
    Given the issuer "corp" replaces its key under the same name
    And the token "second" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When GET /daily of the API "reports" is called with the token "second"
    Then the answer has the status 401
    And the gateway refused it because of "signature-invalid"
