@incident:INC-46
Feature: INC-46: A policy demands a claim that no token carries
  The trust policy of every account demands the department, which stands in each token. STS makes no condition
  key of it, so that nobody signs in.

  Background:
    Given the account workload-a trusts the issuer "corp" for the audience "sts.amazonaws.com"

  @needs:mints-claims
  Scenario: A custom claim as a condition key
    Given the role "ledger" of the account workload-a is trusted by:
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          {
            "Sid": "Department",
            "Effect": "Allow",
            "Principal": { "Federated": "arn:aws:iam::222222222222:oidc-provider/login.corp.example/" },
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
              "StringEquals": {
                "login.corp.example/:aud": "sts.amazonaws.com",
                "login.corp.example/:department": "finance"
              }
            }
          }
        ]
      }
      """
    And the token "clerk" of the issuer "corp" with the claims:
      | sub        | ana               |
      | aud        | sts.amazonaws.com |
      | department | finance           |
    When the role "ledger" is assumed with the token "clerk"
    Then AWS refuses with "AccessDenied" and the message:
      """
      Not authorized to perform sts:AssumeRoleWithWebIdentity
      """
    And aws refused it because of "trust-implicit-deny"
    And the diagnosis is "trust-claim-not-a-key"
    And the cause says "the request has no `login.corp.example/:department`"
    And the cause says "STS makes keys of `aud`, `sub` and `amr` only"
    And the fix says "`aws:RequestTag/department`"
    And the owner can mend it

  @needs:mints-claims @mended
  Scenario: The issuer passes it as a session tag
    Given the role "ledger" of the account workload-a is trusted by:
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          {
            "Sid": "Department",
            "Effect": "Allow",
            "Principal": { "Federated": "arn:aws:iam::222222222222:oidc-provider/login.corp.example/" },
            "Action": ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"],
            "Condition": {
              "StringEquals": {
                "login.corp.example/:aud": "sts.amazonaws.com",
                "aws:RequestTag/department": "finance"
              }
            }
          }
        ]
      }
      """
    And the token "clerk" of the issuer "corp" with the claims:
      | sub                         | ana                                           |
      | aud                         | sts.amazonaws.com                             |
      | https://aws.amazon.com/tags | {"principal_tags":{"department":["finance"]}} |
    When the role "ledger" is assumed with the token "clerk"
    Then AWS allows it
    And there is no diagnosis
