@incident:STS-09
Feature: STS-09: A token that is not believed, and one that is not let in
  Both end without a session. The first is answered 400, and no trust policy was asked; the second 403, and
  the token was good.

  Background:
    Given the account workload-a trusts the issuer "corp" for the audience "sts.amazonaws.com"
    And the role "sync" of the account workload-a is trusted by:
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          {
            "Sid": "Sync",
            "Effect": "Allow",
            "Principal": { "Federated": "arn:aws:iam::222222222222:oidc-provider/login.corp.example/" },
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": { "StringEquals": { "login.corp.example/:sub": "system:serviceaccount:shop:sync" } }
          }
        ]
      }
      """

  @needs:mints-claims
  Scenario: A token that nobody of the issuer signed
    Given the token "forged" of the issuer "corp" forged by "foreign-key" with the claims:
      | sub | system:serviceaccount:shop:sync |
      | aud | sts.amazonaws.com               |
    When the role "sync" is assumed with the token "forged"
    Then AWS refuses with "InvalidIdentityToken"
    And aws refused it because of "signature"
    And the diagnosis is "signature-forged"
    And nobody can mend it

  @needs:mints-claims
  Scenario: A good token of another service account
    Given the token "other" of the issuer "corp" with the claims:
      | sub | system:serviceaccount:shop:orders |
      | aud | sts.amazonaws.com                 |
    When the role "sync" is assumed with the token "other"
    Then AWS refuses with "AccessDenied" and the message:
      """
      Not authorized to perform sts:AssumeRoleWithWebIdentity
      """
    And aws refused it because of "trust-implicit-deny"
    And the diagnosis is "trust-subject-mismatch"
    And the cause says "they part at `sync` and `orders`"
    And the fix says "otherwise get the token as `system:serviceaccount:shop:sync`"
    And the owner can mend it

  @needs:mints-claims @mended
  Scenario: The token of the service account that is named
    Given the token "own" of the issuer "corp" with the claims:
      | sub | system:serviceaccount:shop:sync |
      | aud | sts.amazonaws.com               |
    When the role "sync" is assumed with the token "own"
    Then AWS allows it
    And there is no diagnosis
