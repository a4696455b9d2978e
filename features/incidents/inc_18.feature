@incident:INC-18
Feature: INC-18: A perimeter denies every federated sign-in
  A resource control policy keeps out whoever is of another organization. The bearer of a token is of none,
  and the operator holds where the key is absent: nobody signs in any more.

  Background:
    Given the account workload-a trusts the issuer "corp" for the audience "sts.amazonaws.com"
    And the role "portal" of the account workload-a is trusted by:
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          {
            "Effect": "Allow",
            "Principal": { "Federated": "arn:aws:iam::222222222222:oidc-provider/login.corp.example/" },
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": { "StringEquals": { "login.corp.example/:sub": "portal" } }
          }
        ]
      }
      """
    And the token "portal" of the issuer "corp" with the claims:
      | sub | portal            |
      | aud | sts.amazonaws.com |

  @needs:mints-claims
  Scenario: The perimeter speaks of federated sign-ins too
    Given the unit "Workloads" has the resource control policy "own-organization":
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          {
            "Sid": "OrgOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sts:*",
            "Resource": "*",
            "Condition": { "StringNotEqualsIfExists": { "aws:PrincipalOrgID": "o-authlab001" } }
          }
        ]
      }
      """
    When the role "portal" is assumed with the token "portal"
    Then AWS refuses with "AccessDenied" and the message:
      """
      Not authorized to perform sts:AssumeRoleWithWebIdentity
      """
    And aws refused it because of "rcp-explicit-deny"
    And the diagnosis is "perimeter-organization"
    And the cause says "the request has no `aws:PrincipalOrgID`, and this operator holds without it"
    And the fix says "statement `OrgOnly` of the RCP"
    And the fix says "does not speak of `sts:AssumeRoleWithWebIdentity`"
    And the owner can mend it

  @needs:mints-claims @mended
  Scenario: The perimeter speaks of callers that have an account
    Given the unit "Workloads" has the resource control policy "own-organization":
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          {
            "Sid": "OrgOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["sts:AssumeRole", "sts:SetSourceIdentity"],
            "Resource": "*",
            "Condition": { "StringNotEqualsIfExists": { "aws:PrincipalOrgID": "o-authlab001" } }
          }
        ]
      }
      """
    When the role "portal" is assumed with the token "portal"
    Then AWS allows it
    And there is no diagnosis
