@incident:STS-04
Feature: STS-04: Subjects carry numeric ids, trust policies do not
  The issuer begins to write the ids of owner and repository into its subjects. A trust policy with the
  plain names, which has worked for years, matches no token any more.

  Background:
    Given the account workload-a trusts the issuer "corp" for the audience "sts.amazonaws.com"
    And the role "release" of the account workload-a is trusted by:
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          {
            "Sid": "GitHub",
            "Effect": "Allow",
            "Principal": { "Federated": "arn:aws:iam::222222222222:oidc-provider/login.corp.example/" },
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
              "StringEquals": { "login.corp.example/:aud": "sts.amazonaws.com" },
              "StringLike": { "login.corp.example/:sub": "repo:corp/orders:ref:refs/heads/release-*" }
            }
          }
        ]
      }
      """

  @needs:mints-claims
  Scenario: A token of the new shape
    Given the token "new" of the issuer "corp" with the claims:
      | sub | repo:corp@1234567/orders@7654321:ref:refs/heads/release-7 |
      | aud | sts.amazonaws.com                                         |
    When the role "release" is assumed with the token "new"
    Then AWS refuses with "AccessDenied" and the message:
      """
      Not authorized to perform sts:AssumeRoleWithWebIdentity
      """
    And aws refused it because of "trust-implicit-deny"
    And the diagnosis is "trust-subject-mismatch"
    And the cause says "they part at `corp` and `corp@1234567`"
    And the fix says "writes exactly that subject in statement `GitHub`"
    And the owner can mend it

  @needs:mints-claims
  Scenario: A token of the old shape still comes in
    Given the token "old" of the issuer "corp" with the claims:
      | sub | repo:corp/orders:ref:refs/heads/release-7 |
      | aud | sts.amazonaws.com                         |
    When the role "release" is assumed with the token "old"
    Then AWS allows it

  @needs:mints-claims @mended
  Scenario: The trust policy has the ids
    Given the account workload-a calls "iam:UpdateAssumeRolePolicy" with:
      """
      {
        "RoleName": "release",
        "PolicyDocument": {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Sid": "GitHub",
              "Effect": "Allow",
              "Principal": { "Federated": "arn:aws:iam::222222222222:oidc-provider/login.corp.example/" },
              "Action": "sts:AssumeRoleWithWebIdentity",
              "Condition": {
                "StringEquals": { "login.corp.example/:aud": "sts.amazonaws.com" },
                "StringLike": { "login.corp.example/:sub": "repo:corp@1234567/orders@7654321:ref:refs/heads/release-*" }
              }
            }
          ]
        }
      }
      """
    And the token "new" of the issuer "corp" with the claims:
      | sub | repo:corp@1234567/orders@7654321:ref:refs/heads/release-7 |
      | aud | sts.amazonaws.com                                         |
    When the role "release" is assumed with the token "new"
    Then AWS allows it
    And there is no diagnosis
