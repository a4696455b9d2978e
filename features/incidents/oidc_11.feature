@incident:OIDC-11 @needs:mints-claims
Feature: OIDC-11: Scope missing → denied although token valid
  The client logged in by password, which grants the scope of the user pool and no custom one.

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

  Scenario: A token with the scope of the login only
    Given the token "login" of the issuer "corp" with the claims:
      | sub   | looker                        |
      | aud   | reports                       |
      | scope | aws.cognito.signin.user.admin |
    When the bearer of "login" calls GET /daily of the API "reports"
    Then the call is refused with 403 "Forbidden" because of "scope-missing"
    And the diagnosis is "scope-missing"
    And the caller can mend it
    And the cause says "`aws.cognito.signin.user.admin`"
    And the fix says "ask for the scope `reports/read`"

  @mended
  Scenario: A token that was asked for with the custom scope
    Given the client "looker" gets the token "granted" of the issuer "corp" for the audience "reports" and the scope "reports/read"
    When the bearer of "granted" calls GET /daily of the API "reports"
    Then the call is allowed
    And there is no diagnosis
