Feature: A partner's issuer is trusted by an HTTP API and by a role
  The clients of a partner's issuer get their tokens by the client credentials grant. One token opens
  a route behind a JWT authorizer, another is exchanged for a session that signs its calls. Whoever
  serves the issuer: the audience of a token is the client's id, and nothing depends on its subject.

  Background:
    Given the upstream http://partner.internal.example answers 200 with:
      """
      {"rows":42}
      """
    And the HTTP API "partner" of the account workload-a is imported from "federation/partner.openapi.json"
    And the API "partner" has the stage "$default" with the access log:
      """
      {"route":"$context.routeKey","id":"$context.requestId","status":"$context.status","error":"$context.authorizer.error","caller":"$context.identity.userArn"}
      """

  Rule: A route takes the tokens of its audience and scope

    Scenario: A good token reaches the upstream
      Given the client "reports" gets the token "good" of the issuer "partner" for the audience "reports" and the scope "reports/read"
      When GET /daily of the API "partner" is called with the token "good"
      Then the answer has the status 200 and the body:
        """
        {"rows":42}
        """
      And the upstream http://partner.internal.example was called 1 time
      And nothing was refused

    Scenario: The token of another client
      Given the client "looker" gets the token "misdirected" of the issuer "partner" for the audience "looker" and the scope "reports/read"
      When GET /daily of the API "partner" is called with the token "misdirected"
      Then the answer has the status 401 and the body:
        """
        {"message":"Unauthorized"}
        """
      And the upstream http://partner.internal.example was called 0 times
      And the gateway refused it because of "audience-mismatch"
      And the cause says "looker"

    Scenario: A token without the scope of the route
      Given the client "reports" gets the token "narrow" of the issuer "partner" for the audience "reports" and the scope "reports/write"
      When GET /daily of the API "partner" is called with the token "narrow"
      Then the answer has the status 403 and the body:
        """
        {"message":"Forbidden"}
        """
      And the upstream http://partner.internal.example was called 0 times
      And the gateway refused it because of "scope-missing"
      And the diagnosis is "scope-missing"

  Rule: A role takes the tokens of its audience

    Background:
      Given the account workload-a trusts the issuer "partner" for the audience "looker"
      And the role "looker" of the account workload-a is trusted by:
        """
        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Effect": "Allow",
              "Principal": { "Federated": "arn:aws:iam::222222222222:oidc-provider/sso.corp.example/partner" },
              "Action": "sts:AssumeRoleWithWebIdentity",
              "Condition": { "StringEquals": { "sso.corp.example/partner:aud": "looker" } }
            }
          ]
        }
        """
      And the role "looker" may invoke GET /report of the API "partner"

    Scenario: Token, role, signed call
      Given the client "looker" gets the token "service" of the issuer "partner" for the audience "looker"
      When the role "looker" is assumed with the token "service"
      And GET /report of the API "partner" is called, signed by the session of "looker"
      Then the answer has the status 200 and the body:
        """
        {"rows":42}
        """
      And nothing was refused

    Scenario: The token of another client
      Given the client "reports" gets the token "misdirected" of the issuer "partner" for the audience "reports"
      When the role "looker" is assumed with the token "misdirected"
      Then AWS refuses with "InvalidIdentityToken" and the message:
        """
        Incorrect token audience
        """
      And aws refused it because of "audience"
      And the diagnosis is "provider-audience-missing"
