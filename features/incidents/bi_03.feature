@incident:BI-03 @needs:issuer-at-root
Feature: BI-03: The login of another version of the API
  The client calls the login of a version that the gateway does not serve.

  Background:
    Given the upstream http://reports.internal.example answers 200 with:
      """
      {"token_type":"Bearer","expires_in":3600}
      """
    And the HTTP API "looker" of the account workload-a
    And the API "looker" has the stage "$default" with the access log:
      """
      {"id":"$context.requestId","status":"$context.status"}
      """
    And the account workload-a calls "apigatewayv2:GetApis"
    And the answer is kept as "apis"
    And the account workload-a calls "apigatewayv2:CreateIntegration" with:
      """
      {
        "ApiId": "$(apis.Items[0].ApiId)",
        "IntegrationType": "HTTP_PROXY",
        "IntegrationMethod": "ANY",
        "IntegrationUri": "http://reports.internal.example/login",
        "PayloadFormatVersion": "1.0"
      }
      """
    And the answer is kept as "integration"
    And the account workload-a calls "apigatewayv2:CreateRoute" with:
      """
      {
        "ApiId": "$(apis.Items[0].ApiId)",
        "RouteKey": "POST /api/4.0/login",
        "Target": "integrations/$(integration.IntegrationId)"
      }
      """
    And the account workload-a calls "apigatewayv2:CreateRoute" with:
      """
      {
        "ApiId": "$(apis.Items[0].ApiId)",
        "RouteKey": "GET /api/4.0/user",
        "Target": "integrations/$(integration.IntegrationId)"
      }
      """

  Scenario: The login of version 3.1
    When an anonymous caller calls POST /api/3.1/login of the API "looker"
    Then the call is refused with 404 "Not Found" because of "no-route"
    And the diagnosis is "route-near"
    And the caller can mend it
    And the cause says "the nearest is `POST /api/4.0/login`"
    And the fix says "call `POST /api/4.0/login`"

  @mended
  Scenario: The login of version 4.0
    When an anonymous caller calls POST /api/4.0/login of the API "looker"
    Then the call is allowed
    And there is no diagnosis
