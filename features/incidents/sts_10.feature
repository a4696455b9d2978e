@incident:STS-10
Feature: STS-10: The file that the token is read from has more than the token
  Something wrote a line of its log into the projected file, or left half of a token in it. STS says that it
  is no JWT; what is wrong with it shows by its shape.

  Background:
    Given the account workload-a trusts the issuer "corp" for the audience "sts.amazonaws.com"
    And the role "pod" of the account workload-a is trusted by:
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          {
            "Effect": "Allow",
            "Principal": { "Federated": "arn:aws:iam::222222222222:oidc-provider/login.corp.example/" },
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": { "StringEquals": { "login.corp.example/:sub": "pod" } }
          }
        ]
      }
      """

  @needs:mints-claims
  Scenario: Log text stands before the token
    When an anonymous caller calls "sts:AssumeRoleWithWebIdentity" with:
      | RoleArn          | arn:aws:iam::222222222222:role/pod              |
      | RoleSessionName  | pod                                             |
      | WebIdentityToken | level=info msg=renewed eyJhbGciOiJSUzI1NiJ9.e30 |
    Then the call is refused with 400 "InvalidIdentityToken" because of "not-a-jwt"
    And the diagnosis is "web-identity-not-a-jwt"
    And the cause says "there is white space in it"
    And the fix says "send the token alone"
    And the caller can mend it

  @needs:mints-claims
  Scenario: An opaque access token
    When an anonymous caller calls "sts:AssumeRoleWithWebIdentity" with:
      | RoleArn          | arn:aws:iam::222222222222:role/pod |
      | RoleSessionName  | pod                                |
      | WebIdentityToken | gho_16C7e42F292c6912E7710c838347Ae |
    Then the call is refused with 400 "InvalidIdentityToken" because of "not-a-jwt"
    And the cause says "between dots 1 of the three parts"
    And the fix says "send the whole id token, not an access token"

  @needs:mints-claims @mended
  Scenario: The token alone
    Given the token "whole" of the issuer "corp" with the claims:
      | sub | pod               |
      | aud | sts.amazonaws.com |
    When the role "pod" is assumed with the token "whole"
    Then AWS allows it
    And there is no diagnosis
