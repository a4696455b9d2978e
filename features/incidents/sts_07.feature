@incident:STS-07
Feature: STS-07: The provider's client id is nearly the token's audience
  A client id was written `sts.amazonws.com`. The tokens are for `sts.amazonaws.com`.

  Background:
    Given the role "worker" of the account workload-a is trusted by:
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          {
            "Effect": "Allow",
            "Principal": { "Federated": "arn:aws:iam::222222222222:oidc-provider/login.corp.example/" },
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": { "StringEquals": { "login.corp.example/:sub": "worker" } }
          }
        ]
      }
      """
    And the token "projected" of the issuer "corp" with the claims:
      | sub | worker            |
      | aud | sts.amazonaws.com |

  @needs:mints-claims
  Scenario: A slip of the pen in the client id
    Given the account workload-a trusts the issuer "corp" for the audience "sts.amazonws.com"
    When the role "worker" is assumed with the token "projected"
    Then AWS refuses with "InvalidIdentityToken" and the message:
      """
      Incorrect token audience
      """
    And aws refused it because of "audience"
    And the diagnosis is "provider-audience-misspelt"
    And the cause says "a client id of the provider is `sts.amazonws.com`"
    And the fix says "`sts.amazonaws.com` for `sts.amazonws.com`"
    And the owner can mend it

  @needs:mints-claims
  Scenario: A token for somebody else altogether
    Given the account workload-a trusts the issuer "corp" for the audience "sts.amazonaws.com"
    And the token "other" of the issuer "corp" with the claims:
      | sub | worker  |
      | aud | reports |
    When the role "worker" is assumed with the token "other"
    Then AWS refuses with "InvalidIdentityToken"
    And the diagnosis is "provider-audience-missing"
    And the fix says "ask the issuer for a token whose `aud` is a client id of the provider: `sts.amazonaws.com`"
    And the caller can mend it

  @needs:mints-claims @mended
  Scenario: The client id as the tokens carry it
    Given the account workload-a trusts the issuer "corp" for the audience "sts.amazonaws.com"
    When the role "worker" is assumed with the token "projected"
    Then AWS allows it
    And there is no diagnosis
