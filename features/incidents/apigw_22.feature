@incident:APIGW-22 @needs:mints-claims
Feature: APIGW-22: mTLS: default endpoint
  The half without certificates: the default endpoint was shut when a custom domain came, and a client still calls
  it.

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
    And the account workload-a calls "apigatewayv2:GetApis"
    And the answer is kept as "apis"

  Scenario: The default endpoint is shut
    Given the account workload-a calls "apigatewayv2:UpdateApi" with:
      """
      { "ApiId": "$(apis.Items[0].ApiId)", "DisableExecuteApiEndpoint": true }
      """
    And the token "good" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When the bearer of "good" calls GET /daily of the API "reports"
    Then the call is refused with 404 "Not Found" because of "endpoint-disabled"
    And the diagnosis is "endpoint-disabled"
    And the caller can mend it
    And the cause says "`DisableExecuteApiEndpoint`"
    And the fix says "custom domain name"

  @mended
  Scenario: The default endpoint is open
    Given the token "good" of the issuer "corp" with the claims:
      | sub   | looker       |
      | aud   | reports      |
      | scope | reports/read |
    When the bearer of "good" calls GET /daily of the API "reports"
    Then the call is allowed
    And there is no diagnosis
