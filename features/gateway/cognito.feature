Feature: Tokens of a Cognito user pool in front of an HTTP API
  A login gives two tokens. The ID token names the app client in `aud` and has no scope; the access token
  names it in `client_id` alone, and has the scope `aws.cognito.signin.user.admin`. A JWT authorizer takes
  both where its audience is the app client's id; a route that wants a scope takes the access token alone.

  Background:
    Given the upstream http://reports.internal.example answers 200 with:
      """
      {"report":"daily"}
      """
    And the HTTP API "staff" of the account workload-a is imported from "gateway/staff.openapi.json"
    And the API "staff" has the stage "$default" with the access log:
      """
      {"id":"$context.requestId","route":"$context.routeKey","status":"$context.status","error":"$context.authorizer.error","use":"$context.authorizer.claims.token_use"}
      """
    And the account workload-a calls "cognito-idp:CreateUserPool" with:
      | PoolName | staff |
    And the answer's "UserPool.Id" is kept as "pool"
    And the account workload-a calls "cognito-idp:CreateUserPoolClient" with:
      """
      {
        "UserPoolId": "$(pool)",
        "ClientName": "app",
        "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
      }
      """
    And the answer's "UserPoolClient.ClientId" is kept as "client"
    And the account workload-a calls "cognito-idp:AdminCreateUser" with:
      | UserPoolId | $(pool) |
      | Username   | ann     |
    And the account workload-a calls "cognito-idp:AdminSetUserPassword" with:
      """
      { "UserPoolId": "$(pool)", "Username": "ann", "Password": "Secret-123", "Permanent": true }
      """
    And the account workload-a calls "apigatewayv2:GetApis"
    And the answer's "Items[0].ApiId" is kept as "api"
    And the account workload-a calls "apigatewayv2:GetAuthorizers" with:
      | ApiId | $(api) |
    And the answer's "Items[0].AuthorizerId" is kept as "authorizer"
    And the account workload-a calls "apigatewayv2:UpdateAuthorizer" with:
      """
      {
        "ApiId": "$(api)",
        "AuthorizerId": "$(authorizer)",
        "JwtConfiguration": {
          "Audience": ["$(client)"],
          "Issuer": "https://cognito-idp.us-east-1.amazonaws.com/$(pool)"
        }
      }
      """
    And an anonymous caller calls "cognito-idp:InitiateAuth" with:
      """
      {
        "ClientId": "$(client)",
        "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": { "USERNAME": "ann", "PASSWORD": "Secret-123" }
      }
      """
    And the answer is kept as "login"

  Scenario: An access token has the scope of the route
    When an anonymous caller calls GET /daily of the API "staff" with:
      | authorization | Bearer $(login.AuthenticationResult.AccessToken) |
    Then the call is allowed
    And nothing was refused

  Scenario: An ID token has no scope
    When an anonymous caller calls GET /daily of the API "staff" with:
      | authorization | Bearer $(login.AuthenticationResult.IdToken) |
    Then the call is refused with 403 "Forbidden" because of "scope-missing"

  Scenario: An ID token is enough for a route without scopes
    When an anonymous caller calls GET /profile of the API "staff" with:
      | authorization | Bearer $(login.AuthenticationResult.IdToken) |
    Then the call is allowed
    And nothing was refused

  Scenario: A token of another pool
    Given the account workload-a calls "cognito-idp:CreateUserPool" with:
      | PoolName | partners |
    And the answer's "UserPool.Id" is kept as "other"
    And the account workload-a calls "apigatewayv2:UpdateAuthorizer" with:
      """
      {
        "ApiId": "$(api)",
        "AuthorizerId": "$(authorizer)",
        "JwtConfiguration": {
          "Audience": ["$(client)"],
          "Issuer": "https://cognito-idp.us-east-1.amazonaws.com/$(other)"
        }
      }
      """
    When an anonymous caller calls GET /profile of the API "staff" with:
      | authorization | Bearer $(login.AuthenticationResult.IdToken) |
    Then the call is refused with 401 "Unauthorized" because of "issuer-mismatch"
