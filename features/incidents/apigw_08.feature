@incident:APIGW-08 @needs:mints-claims
Feature: APIGW-08: `Missing Authentication Token` on a wrong path
  An HTTP API says 404 where a REST API says `Missing Authentication Token`: no route takes the path.

  Background:
    Given the upstream http://reports.internal.example answers 200 with:
      """
      {"report":"daily"}
      """
    And the HTTP API "reports" of the account workload-a is imported from "gateway/reports.openapi.json"
    And the API "reports" has the stage "$default" with the access log:
      """
      {"id":"$context.requestId","status":"$context.status","error":"$context.authorizer.error"}
      """

  Scenario: A path with a letter too many
    Given the token "good" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When the bearer of "good" calls GET /dailys of the API "reports"
    Then the call is refused with 404 "Not Found" because of "no-route"
    And the diagnosis is "route-near"
    And the caller can mend it
    And the cause says "the nearest is `GET /daily`"
    And the fix says "call `GET /daily`"

  Scenario: The right path with another method
    Given the token "good" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When the bearer of "good" calls POST /daily of the API "reports"
    Then the call is refused with 404 "Not Found" because of "no-route"
    And the diagnosis is "route-of-other-method"
    And the caller can mend it
    And the cause says "the request is POST /daily"
    And the fix says "call GET /daily"

  Scenario: The name of a stage that is served at the root
    Given the token "good" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When the bearer of "good" calls GET /prod/daily of the API "reports"
    Then the call is refused with 404 "Not Found" because of "no-route"
    And the diagnosis is "stage-in-path"
    And the caller can mend it
    And the cause says "begins with `prod`"
    And the fix says "call `/daily`"

  @mended
  Scenario: The path as the route has it
    Given the token "good" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When the bearer of "good" calls GET /daily of the API "reports"
    Then the call is allowed
    And there is no diagnosis
