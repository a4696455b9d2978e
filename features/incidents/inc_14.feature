@incident:INC-14 @needs:issuer-at-root
Feature: INC-14: Maximum number of authorizers
  A framework makes an authorizer for each service behind the API, and the eleventh service cannot be deployed.

  Background:
    Given the HTTP API "reports" of the account workload-a is imported from "gateway/reports.openapi.json"
    And the account workload-a calls "apigatewayv2:GetApis"
    And the answer's "Items.0.ApiId" is kept as "api"
    And the account workload-a calls "apigatewayv2:GetAuthorizers" with:
      | ApiId | $(api) |
    And the answer's "Items.0.AuthorizerId" is kept as "authorizer"
    And the account workload-a calls "apigatewayv2:CreateAuthorizer" with:
      """
      {
        "ApiId": "$(api)", "Name": "service-2", "AuthorizerType": "JWT",
        "IdentitySource": ["$request.header.Authorization"],
        "JwtConfiguration": { "Issuer": "https://login.corp.example/", "Audience": ["service-2"] }
      }
      """
    And the account workload-a calls "apigatewayv2:CreateAuthorizer" with:
      """
      {
        "ApiId": "$(api)", "Name": "service-3", "AuthorizerType": "JWT",
        "IdentitySource": ["$request.header.Authorization"],
        "JwtConfiguration": { "Issuer": "https://login.corp.example/", "Audience": ["service-3"] }
      }
      """
    And the account workload-a calls "apigatewayv2:CreateAuthorizer" with:
      """
      {
        "ApiId": "$(api)", "Name": "service-4", "AuthorizerType": "JWT",
        "IdentitySource": ["$request.header.Authorization"],
        "JwtConfiguration": { "Issuer": "https://login.corp.example/", "Audience": ["service-4"] }
      }
      """
    And the account workload-a calls "apigatewayv2:CreateAuthorizer" with:
      """
      {
        "ApiId": "$(api)", "Name": "service-5", "AuthorizerType": "JWT",
        "IdentitySource": ["$request.header.Authorization"],
        "JwtConfiguration": { "Issuer": "https://login.corp.example/", "Audience": ["service-5"] }
      }
      """
    And the account workload-a calls "apigatewayv2:CreateAuthorizer" with:
      """
      {
        "ApiId": "$(api)", "Name": "service-6", "AuthorizerType": "JWT",
        "IdentitySource": ["$request.header.Authorization"],
        "JwtConfiguration": { "Issuer": "https://login.corp.example/", "Audience": ["service-6"] }
      }
      """
    And the account workload-a calls "apigatewayv2:CreateAuthorizer" with:
      """
      {
        "ApiId": "$(api)", "Name": "service-7", "AuthorizerType": "JWT",
        "IdentitySource": ["$request.header.Authorization"],
        "JwtConfiguration": { "Issuer": "https://login.corp.example/", "Audience": ["service-7"] }
      }
      """
    And the account workload-a calls "apigatewayv2:CreateAuthorizer" with:
      """
      {
        "ApiId": "$(api)", "Name": "service-8", "AuthorizerType": "JWT",
        "IdentitySource": ["$request.header.Authorization"],
        "JwtConfiguration": { "Issuer": "https://login.corp.example/", "Audience": ["service-8"] }
      }
      """
    And the account workload-a calls "apigatewayv2:CreateAuthorizer" with:
      """
      {
        "ApiId": "$(api)", "Name": "service-9", "AuthorizerType": "JWT",
        "IdentitySource": ["$request.header.Authorization"],
        "JwtConfiguration": { "Issuer": "https://login.corp.example/", "Audience": ["service-9"] }
      }
      """
    And the account workload-a calls "apigatewayv2:CreateAuthorizer" with:
      """
      {
        "ApiId": "$(api)", "Name": "service-10", "AuthorizerType": "JWT",
        "IdentitySource": ["$request.header.Authorization"],
        "JwtConfiguration": { "Issuer": "https://login.corp.example/", "Audience": ["service-10"] }
      }
      """

  Scenario: An authorizer for the eleventh service
    When the account workload-a calls "apigatewayv2:CreateAuthorizer" with:
      """
      {
        "ApiId": "$(api)", "Name": "service-11", "AuthorizerType": "JWT",
        "IdentitySource": ["$request.header.Authorization"],
        "JwtConfiguration": { "Issuer": "https://login.corp.example/", "Audience": ["service-11"] }
      }
      """
    Then the call is refused with 400 "BadRequestException" because of "bad-request-exception"
    And the diagnosis is "quota-reached"
    And the cause says "authorizers of an API: 10 at most, and this would make 11"
    And the fix says "let routes share one authorizer"
    And the owner can mend it

  @mended
  Scenario: One authorizer takes the audiences of several services
    When the account workload-a calls "apigatewayv2:UpdateAuthorizer" with:
      """
      {
        "ApiId": "$(api)", "AuthorizerId": "$(authorizer)",
        "JwtConfiguration": {
          "Issuer": "https://login.corp.example/",
          "Audience": ["reports", "service-11"]
        }
      }
      """
    Then the call is allowed
    And there is no diagnosis
