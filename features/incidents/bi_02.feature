@incident:BI-02 @needs:mints-claims
Feature: BI-02: `Authorization: token …` instead of `Bearer …`
  The convention of the BI API is the scheme `token`; the authorizer takes `Bearer` off, and nothing else.

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

  Scenario: The scheme of the BI API
    When an anonymous caller calls GET /daily of the API "reports" with:
      | authorization | token eyJhbGciOiJSUzI1NiIsImtpZCI6ImsifQ.eyJzdWIiOiJsb29rZXIifQ.c2lnbmF0dXJl |
    Then the call is refused with 401 "Unauthorized" because of "token-malformed"
    And the diagnosis is "token-scheme"
    And the caller can mend it
    And the cause says "the scheme `token`"
    And the fix says "send `Authorization: Bearer`"

  @mended
  Scenario: The scheme of the gateway
    Given the token "good" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When the bearer of "good" calls GET /daily of the API "reports"
    Then the call is allowed
    And there is no diagnosis
