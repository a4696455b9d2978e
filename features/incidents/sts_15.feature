@incident:STS-15
Feature: STS-15: The trusted role was deleted and made again
  A trust policy keeps the unique id of the role that it names. A role of the same name that is made later is
  another one: the policy shows the id of the old one, and lets nobody in.

  Background:
    Given the role "etl" of the account workload-a is trusted by the account workload-a
    And the role "warehouse" of the account workload-b is trusted by:
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          {
            "Sid": "Etl",
            "Effect": "Allow",
            "Principal": { "AWS": "arn:aws:iam::222222222222:role/etl" },
            "Action": "sts:AssumeRole"
          }
        ]
      }
      """
    When the role "etl" is deleted and made again
    Given the role "etl" has the policy "load":
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          { "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::333333333333:role/warehouse" }
        ]
      }
      """

  Scenario: The policy still names the role that is gone
    When the role "etl" is assumed by the account workload-a
    And the session of "etl" calls "sts:AssumeRole" with:
      | RoleArn         | arn:aws:iam::333333333333:role/warehouse |
      | RoleSessionName | load                                     |
    Then the call is refused with 403 "AccessDenied" because of "trust-implicit-deny"
    And the diagnosis is "trust-principal-recreated"
    And the cause says "statement `Etl` of the trust policy of role arn:aws:iam::333333333333:role/warehouse names `AROA"
    And the cause says "the role was deleted and made again"
    And the fix says "anew, with `arn:aws:iam::222222222222:role/etl` as the principal of that statement"
    And the owner can mend it

  @mended
  Scenario: The policy is written anew
    Given the account workload-b calls "iam:UpdateAssumeRolePolicy" with:
      """
      {
        "RoleName": "warehouse",
        "PolicyDocument": {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Sid": "Etl",
              "Effect": "Allow",
              "Principal": { "AWS": "arn:aws:iam::222222222222:role/etl" },
              "Action": "sts:AssumeRole"
            }
          ]
        }
      }
      """
    When the role "etl" is assumed by the account workload-a
    And the session of "etl" calls "sts:AssumeRole" with:
      | RoleArn         | arn:aws:iam::333333333333:role/warehouse |
      | RoleSessionName | load                                     |
    Then the call is allowed
    And there is no diagnosis
