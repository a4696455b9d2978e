@incident:STS-01
Feature: STS-01: The subject of a GitHub token depends on what started the job
  A role trusts the pushes to the main branch. The job is given an environment, and its subject says so
  instead of the branch: STS no longer lets it in.

  Background:
    Given the account workload-a trusts the issuer "corp" for the audience "sts.amazonaws.com"
    And the role "deploy" of the account workload-a is trusted by:
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          {
            "Sid": "Main",
            "Effect": "Allow",
            "Principal": { "Federated": "arn:aws:iam::222222222222:oidc-provider/login.corp.example/" },
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
              "StringEquals": {
                "login.corp.example/:aud": "sts.amazonaws.com",
                "login.corp.example/:sub": "repo:corp/orders:ref:refs/heads/main"
              }
            }
          }
        ]
      }
      """
    And the token "job" of the issuer "corp" with the claims:
      | sub | repo:corp/orders:environment:prod |
      | aud | sts.amazonaws.com                 |

  @needs:mints-claims
  Scenario: The job runs in an environment, the trust policy names the branch
    When the role "deploy" is assumed with the token "job"
    Then AWS refuses with "AccessDenied" and the message:
      """
      Not authorized to perform sts:AssumeRoleWithWebIdentity
      """
    And aws refused it because of "trust-implicit-deny"
    And the diagnosis is "trust-subject-mismatch"
    And the cause says "`repo:corp/orders:ref:refs/heads/main`"
    And the cause says "the request has `repo:corp/orders:environment:prod`"
    And the fix says "writes exactly that subject in statement `Main` of the trust policy of role arn:aws:iam::222222222222:role/deploy"
    And the owner can mend it

  @needs:mints-claims @mended
  Scenario: The trust policy names the environment
    Given the account workload-a calls "iam:UpdateAssumeRolePolicy" with:
      """
      {
        "RoleName": "deploy",
        "PolicyDocument": {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Sid": "Prod",
              "Effect": "Allow",
              "Principal": { "Federated": "arn:aws:iam::222222222222:oidc-provider/login.corp.example/" },
              "Action": "sts:AssumeRoleWithWebIdentity",
              "Condition": {
                "StringEquals": {
                  "login.corp.example/:aud": "sts.amazonaws.com",
                  "login.corp.example/:sub": "repo:corp/orders:environment:prod"
                }
              }
            }
          ]
        }
      }
      """
    When the role "deploy" is assumed with the token "job"
    Then AWS allows it
    And there is no diagnosis
