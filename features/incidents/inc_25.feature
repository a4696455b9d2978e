@incident:INC-25 @needs:mints-claims
Feature: INC-25: MCP client sends no `resource`
  Without `resource` the issuer puts the client itself into `aud`.

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

  Scenario: A token that is for its own client
    Given the token "bare" of the issuer "corp" with the claims:
      | sub       | looker       |
      | aud       | mcp-client   |
      | scope     | reports/read |
      | client_id | mcp-client   |
    When the bearer of "bare" calls GET /daily of the API "reports"
    Then the call is refused with 401 "Unauthorized" because of "audience-mismatch"
    And the diagnosis is "audience-is-client"
    And the caller can mend it
    And the cause says "its own client, `mcp-client`"
    And the fix says "`resource` (RFC 8707)"

  @mended
  Scenario: The client names the resource
    Given the token "bound" of the issuer "corp" with the claims:
      | sub       | looker       |
      | aud       | reports      |
      | scope     | reports/read |
      | client_id | mcp-client   |
    When the bearer of "bound" calls GET /daily of the API "reports"
    Then the call is allowed
    And there is no diagnosis
