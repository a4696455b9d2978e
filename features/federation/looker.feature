Feature: A BI client comes in by OpenID Connect federation
  A service account gets a token from the corporate issuer, assumes a role of minimal scope by web
  identity, and calls a route of an HTTP API that wants AWS IAM, signed with that session.

  Background:
    Given the upstream http://bi.internal.example answers 200 with:
      """
      {"rows":42}
      """
    And the HTTP API "bi" of the account workload-a is imported from "federation/bi.openapi.json"
    And the API "bi" has the stage "$default" with the access log:
      """
      {"route":"$context.routeKey","id":"$context.requestId","status":"$context.status","caller":"$context.identity.userArn","message":"$context.error.message"}
      """
    And the account workload-a trusts the issuer "corp" for the audience "looker"
    And the role "looker" of the account workload-a is trusted by:
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          {
            "Effect": "Allow",
            "Principal": { "Federated": "arn:aws:iam::222222222222:oidc-provider/login.corp.example/" },
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
              "StringEquals": {
                "login.corp.example/:aud": "looker",
                "login.corp.example/:sub": "looker"
              }
            }
          }
        ]
      }
      """

  Rule: What the service account may do, it can

    @needs:issuer-at-root
    Scenario: Token, role, signed call
      Given the role "looker" may invoke GET /report of the API "bi"
      And the client "looker" gets the token "service" of the issuer "corp" for the audience "looker"
      When the role "looker" is assumed with the token "service"
      And GET /report of the API "bi" is called, signed by the session of "looker"
      Then the answer has the status 200 and the body:
        """
        {"rows":42}
        """
      And nothing was refused

  Rule: Whoever is not meant stays outside

    @needs:issuer-at-root
    Scenario: Another subject than the trust policy names
      Given the role "looker" may invoke GET /report of the API "bi"
      And the client "intruder" gets the token "other" of the issuer "corp" for the audience "looker"
      When the role "looker" is assumed with the token "other"
      Then AWS refuses with "AccessDenied" and the message:
        """
        Not authorized to perform sts:AssumeRoleWithWebIdentity
        """
      And aws refused it because of "trust-implicit-deny"
      And the diagnosis is "trust-subject-mismatch"

    @needs:issuer-at-root
    Scenario: A token for another audience
      Given the client "looker" gets the token "misdirected" of the issuer "corp" for the audience "reports"
      When the role "looker" is assumed with the token "misdirected"
      Then AWS refuses with "InvalidIdentityToken" and the message:
        """
        Incorrect token audience
        """
      And aws refused it because of "audience"
      And the diagnosis is "provider-audience-missing"

    @needs:mints-claims
    Scenario: A token signed by a foreign key
      Given the token "forged" of the issuer "corp" forged by "foreign-key" with the claims:
        | sub | looker |
        | aud | looker |
      When the role "looker" is assumed with the token "forged"
      Then AWS refuses with "InvalidIdentityToken"
      And aws refused it because of "signature"

    @virtual-time @needs:mints-claims
    Scenario: A token that has expired
      Given the token "old" of the issuer "corp" for 60 seconds with the claims:
        | sub | looker |
        | aud | looker |
      When 61 seconds pass
      And the role "looker" is assumed with the token "old"
      Then AWS refuses with "ExpiredTokenException"
      And aws refused it because of "expired"

    @needs:mints-claims
    Scenario: An issuer that the account does not know
      Given the token "drifted" of the issuer "corp" with the claims:
        | iss | https://login.corp.example |
        | sub | looker                     |
        | aud | looker                     |
      When the role "looker" is assumed with the token "drifted"
      Then AWS refuses with "InvalidIdentityToken" and the message:
        """
        No OpenIDConnect provider found in your account for https://login.corp.example
        """
      And aws refused it because of "provider-unknown"
      And the diagnosis is "issuer-trailing-slash"

    @needs:issuer-at-root
    Scenario: A role without execute-api:Invoke
      Given the client "looker" gets the token "service" of the issuer "corp" for the audience "looker"
      When the role "looker" is assumed with the token "service"
      And GET /report of the API "bi" is called, signed by the session of "looker"
      Then the answer has the status 403 and the body:
        """
        {"message":"Forbidden"}
        """
      And the upstream http://bi.internal.example was called 0 times
      And the gateway refused it because of "permission-missing"
      And the diagnosis is "no-policy-allows"

    @needs:issuer-at-root
    Scenario: A method that the role may not call
      Given the role "looker" may invoke GET /report of the API "bi"
      And the client "looker" gets the token "service" of the issuer "corp" for the audience "looker"
      When the role "looker" is assumed with the token "service"
      And DELETE /report of the API "bi" is called, signed by the session of "looker"
      Then the answer has the status 403
      And the gateway refused it because of "permission-missing"

    @virtual-time @needs:mints-claims
    Scenario: A session that has expired
      Given the role "looker" may invoke GET /report of the API "bi"
      And the token "service" of the issuer "corp" for 86400 seconds with the claims:
        | sub | looker |
        | aud | looker |
      When the role "looker" is assumed with the token "service" for 900 seconds
      And GET /report of the API "bi" is called, signed by the session of "looker"
      Then the answer has the status 200
      When 901 seconds pass
      And GET /report of the API "bi" is called, signed by the session of "looker"
      Then the answer has the status 403
      And the gateway refused it because of "credential-expired"
      And the diagnosis is "session-expired"

    Scenario: An unsigned call
      When GET /report of the API "bi" is called
      Then the answer has the status 403
      And the gateway refused it because of "signature-missing"
