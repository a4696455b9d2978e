Feature: A JWT authorizer in front of an HTTP API
  The API is imported from an OpenAPI document as AWS exports it. Its route GET /daily wants the
  scope `reports/read` of a token from the corporate issuer, for the audience `reports`.

  Background:
    Given the upstream http://reports.internal.example answers 200 with:
      """
      {"report":"daily"}
      """
    And the HTTP API "reports" of the account workload-a is imported from "gateway/reports.openapi.json"
    And the API "reports" has the stage "$default" with the access log:
      """
      {"route":"$context.routeKey","id":"$context.requestId","status":"$context.status","error":"$context.authorizer.error","subject":"$context.authorizer.claims.sub"}
      """

  @needs:mints-claims
  Scenario: A good token reaches the upstream
    Given the token "good" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When GET /daily of the API "reports" is called with the token "good"
    Then the answer has the status 200 and the body:
      """
      {"report":"daily"}
      """
    And the upstream http://reports.internal.example was called 1 time
    And nothing was refused

  @needs:issuer-at-root
  Scenario: A token of the token endpoint is as good
    Given the client "looker" gets the token "granted" of the issuer "corp" for the audience "reports" and the scope "reports/read"
    When GET /daily of the API "reports" is called with the token "granted"
    Then the answer has the status 200
    And nothing was refused

  @needs:issuer-at-root
  Scenario: A route without an authorizer asks for nothing
    When GET /health of the API "reports" is called
    Then the answer has the status 200

  @needs:issuer-at-root
  Scenario: No token
    When GET /daily of the API "reports" is called
    Then the answer has the status 401 and the body:
      """
      {"message":"Unauthorized"}
      """
    And the answer's header "www-authenticate" is:
      """
      Bearer
      """
    And the upstream http://reports.internal.example was called 0 times
    And the gateway refused it because of "token-missing"

  @needs:mints-claims
  Scenario: The issuer without its trailing slash
    Given the token "drifted" of the issuer "corp" with the claims:
      | iss   | https://login.corp.example |
      | sub   | looker                     |
      | aud   | reports                    |
      | scope | reports/read               |
    When GET /daily of the API "reports" is called with the token "drifted"
    Then the answer has the status 401 and the body:
      """
      {"message":"Unauthorized"}
      """
    And the upstream http://reports.internal.example was called 0 times
    And the gateway refused it because of "issuer-mismatch"
    And the diagnosis is "issuer-trailing-slash"

  @needs:mints-claims
  Scenario: The wrong audience
    Given the token "misdirected" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | invoices     |
      | scope | reports/read |
    When GET /daily of the API "reports" is called with the token "misdirected"
    Then the answer has the status 401
    And the answer's header "www-authenticate" is:
      """
      Bearer scope="reports/read" error="invalid_token" error_description="the token does not have a valid audience"
      """
    And the gateway refused it because of "audience-mismatch"
    And the diagnosis is "audience-not-configured"

  @virtual-time @needs:mints-claims
  Scenario: A token that the lab's clock has passed
    Given the token "old" of the issuer "corp" for 300 seconds with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When GET /daily of the API "reports" is called with the token "old"
    Then the answer has the status 200
    When 301 seconds pass
    And GET /daily of the API "reports" is called with the token "old"
    Then the answer has the status 401
    And the gateway refused it because of "token-expired"
    And the diagnosis is "token-expired"

  @virtual-time @needs:mints-claims
  Scenario: The gateway's clock runs behind the issuer's
    Given the clock of the gateway is 90 seconds behind
    And the token "early" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When GET /daily of the API "reports" is called with the token "early"
    Then the answer has the status 401
    And the gateway refused it because of "token-not-yet-valid"
    And the diagnosis is "clock-skew"

  @needs:mints-claims
  Scenario: A token without the scope of the route
    Given the token "narrow" of the issuer "corp" with the claims:
      | sub   | looker        |
      | aud   | reports       |
      | scope | reports/write |
    When GET /daily of the API "reports" is called with the token "narrow"
    Then the answer has the status 403 and the body:
      """
      {"message":"Forbidden"}
      """
    And the gateway refused it because of "scope-missing"
    And the diagnosis is "scope-missing"

  @needs:mints-claims
  Scenario Outline: A forged token: <forgery>
    Given the token "forged" of the issuer "corp" forged by "<forgery>" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When GET /daily of the API "reports" is called with the token "forged"
    Then the answer has the status 401
    And the upstream http://reports.internal.example was called 0 times
    And the gateway refused it because of "<reason>"

    Examples:
      | forgery           | reason                |
      | unknown-kid       | key-unknown           |
      | foreign-key       | signature-invalid     |
      | altered-payload   | signature-invalid     |
      | alg-none          | algorithm-unsupported |
      | hs256-public-key  | algorithm-unsupported |

  @faults @needs:mints-claims
  Scenario: An issuer that cannot be reached fails closed
    Given https://login.corp.example/ refuses every connection
    And the token "good" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When GET /daily of the API "reports" is called with the token "good"
    Then the answer has the status 401
    And the gateway refused it because of "discovery-unreachable"
    And the diagnosis is "issuer-unreachable"

  @needs:mints-claims
  Scenario: What the upstream refuses is no refusal of the gateway
    Given http://reports.internal.example/daily answers 403 with:
      """
      {"message":"this report is not yours"}
      """
    And the token "good" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When GET /daily of the API "reports" is called with the token "good"
    Then the answer has the status 403 and the body:
      """
      {"message":"this report is not yours"}
      """
    And nothing was refused
    When GET /health of the API "reports" is called
    Then the answer has the status 200
