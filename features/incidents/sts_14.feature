@incident:STS-14
Feature: STS-14: Session tags without sts:TagSession
  A client begins to pass session tags. The trust policy allows AssumeRole, which is not enough for that.

  Background:
    Given the role "build" of the account workload-b is trusted by:
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          { "Sid": "Ci", "Effect": "Allow", "Principal": { "AWS": "222222222222" }, "Action": "sts:AssumeRole" }
        ]
      }
      """
    And the account workload-a has the user "ci"
    And the user "ci" has the policy "assume":
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          { "Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"], "Resource": "*" }
        ]
      }
      """

  Scenario: The trust policy allows AssumeRole only
    When the user "ci" calls "sts:AssumeRole" with:
      """
      {
        "RoleArn": "arn:aws:iam::333333333333:role/build",
        "RoleSessionName": "ci",
        "Tags": [{ "Key": "repository", "Value": "orders" }]
      }
      """
    Then the call is refused with 403 "AccessDenied" because of "trust-implicit-deny"
    And AWS refuses with "AccessDenied" and the message:
      """
      User: arn:aws:iam::222222222222:user/ci is not authorized to perform: sts:TagSession on resource: arn:aws:iam::333333333333:role/build because no role trust policy allows the sts:TagSession action
      """
    And the diagnosis is "tag-session-not-allowed"
    And the cause says "allows `sts:AssumeRole`"
    And the fix says "adds `sts:TagSession` to statement `Ci` of the trust policy of role arn:aws:iam::333333333333:role/build"
    And the owner can mend it

  @mended
  Scenario: The trust policy allows TagSession too
    Given the account workload-b calls "iam:UpdateAssumeRolePolicy" with:
      """
      {
        "RoleName": "build",
        "PolicyDocument": {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Sid": "Ci",
              "Effect": "Allow",
              "Principal": { "AWS": "222222222222" },
              "Action": ["sts:AssumeRole", "sts:TagSession"]
            }
          ]
        }
      }
      """
    When the user "ci" calls "sts:AssumeRole" with:
      """
      {
        "RoleArn": "arn:aws:iam::333333333333:role/build",
        "RoleSessionName": "ci",
        "Tags": [{ "Key": "repository", "Value": "orders" }]
      }
      """
    Then the call is allowed
    And there is no diagnosis
