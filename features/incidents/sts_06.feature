@incident:STS-06
Feature: STS-06: The role's account has no provider for the token's issuer
  The issuer was announced to the account next door, and not to the one that the role is of.

  Background:
    Given the account workload-b trusts the issuer "corp" for the audience "sts.amazonaws.com"
    And the role "importer" of the account workload-a is trusted by:
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          {
            "Effect": "Allow",
            "Principal": { "Federated": "arn:aws:iam::222222222222:oidc-provider/login.corp.example/" },
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": { "StringEquals": { "login.corp.example/:aud": "sts.amazonaws.com" } }
          }
        ]
      }
      """
    And the token "pod" of the issuer "corp" with the claims:
      | sub | system:serviceaccount:shop:importer |
      | aud | sts.amazonaws.com                   |

  @needs:mints-claims
  Scenario: The provider is in the other account
    When the role "importer" is assumed with the token "pod"
    Then AWS refuses with "InvalidIdentityToken" and the message:
      """
      No OpenIDConnect provider found in your account for https://login.corp.example/
      """
    And aws refused it because of "provider-unknown"
    And the diagnosis is "provider-missing"
    And the cause says "`https://login.corp.example/`"
    And the fix says "create an IAM OpenID Connect provider for that URL in the role's account"
    And the owner can mend it

  @needs:mints-claims @mended
  Scenario: The provider is in the role's account
    Given the account workload-a trusts the issuer "corp" for the audience "sts.amazonaws.com"
    When the role "importer" is assumed with the token "pod"
    Then AWS allows it
    And there is no diagnosis
