@incident:STS-03
Feature: STS-03: ForAllValues lets in who lacks the claim
  Somebody wanted sessions with a second factor only, and wrote ForAllValues because the claim is a list.
  It holds where there is no list at all: whoever has no such claim comes in.

  Background:
    Given the account workload-a trusts the issuer "corp" for the audience "sts.amazonaws.com"
    And the role "auditor" of the account workload-a is trusted by:
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          {
            "Sid": "SecondFactor",
            "Effect": "Allow",
            "Principal": { "Federated": "arn:aws:iam::222222222222:oidc-provider/login.corp.example/" },
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
              "ForAllValues:StringEquals": { "login.corp.example/:amr": ["mfa", "pwd"] }
            }
          }
        ]
      }
      """

  @needs:mints-claims
  Scenario: A token without the claim is let in
    Given the token "bare" of the issuer "corp" with the claims:
      | sub | ana               |
      | aud | sts.amazonaws.com |
    When the role "auditor" is assumed with the token "bare"
    Then AWS allows it
    And the diagnosis is "condition-held-by-absence"
    And the cause says "the request has no `login.corp.example/:amr`, and ForAllValues holds without one"
    And the fix says "add the condition Null of `login.corp.example/:amr` with `false`"
    And the owner can mend it

  @needs:mints-claims @mended
  Scenario: With a Null test the claim has to be there, and is
    Given the account workload-a calls "iam:UpdateAssumeRolePolicy" with:
      """
      {
        "RoleName": "auditor",
        "PolicyDocument": {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Sid": "SecondFactor",
              "Effect": "Allow",
              "Principal": { "Federated": "arn:aws:iam::222222222222:oidc-provider/login.corp.example/" },
              "Action": "sts:AssumeRoleWithWebIdentity",
              "Condition": {
                "ForAllValues:StringEquals": { "login.corp.example/:amr": ["mfa", "pwd"] },
                "Null": { "login.corp.example/:amr": "false" }
              }
            }
          ]
        }
      }
      """
    And the token "strong" of the issuer "corp" with the claims:
      | sub | ana               |
      | aud | sts.amazonaws.com |
      | amr | ["mfa", "pwd"]    |
    When the role "auditor" is assumed with the token "strong"
    Then AWS allows it
    And there is no diagnosis

  @needs:mints-claims
  Scenario: With a Null test a token without the claim stays outside
    Given the account workload-a calls "iam:UpdateAssumeRolePolicy" with:
      """
      {
        "RoleName": "auditor",
        "PolicyDocument": {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Sid": "SecondFactor",
              "Effect": "Allow",
              "Principal": { "Federated": "arn:aws:iam::222222222222:oidc-provider/login.corp.example/" },
              "Action": "sts:AssumeRoleWithWebIdentity",
              "Condition": {
                "ForAllValues:StringEquals": { "login.corp.example/:amr": ["mfa", "pwd"] },
                "Null": { "login.corp.example/:amr": "false" }
              }
            }
          ]
        }
      }
      """
    And the token "bare" of the issuer "corp" with the claims:
      | sub | ana               |
      | aud | sts.amazonaws.com |
    When the role "auditor" is assumed with the token "bare"
    Then AWS refuses with "AccessDenied"
    And the diagnosis is "trust-claim-mismatch"
    And the cause says "the request has no `login.corp.example/:amr`"
    And the caller can mend it
