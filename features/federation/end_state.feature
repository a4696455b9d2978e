Feature: What a scenario leaves behind is shown, whatever state that is
  The document is read when the scenario is over: with clocks that agree and links that are whole, and
  what policies keep from its reader, or what is gone, says so.

  Background:
    Given the role "analyst" of the account workload-a is trusted by the account workload-a
    And the role "analyst" has the policy "metrics":
      """
      {
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": "cloudwatch:PutMetricData", "Resource": "*" }]
      }
      """

  Scenario: The clock of AWS is off
    Given the clock of aws is 20 minutes ahead
    When the account workload-a calls "iam:GetRole" with:
      | RoleName | analyst |
    Then the call is refused with 403 "SignatureDoesNotMatch" because of "clock-skew"

  Scenario: A service control policy denies reading
    Given the unit "Workloads" has the service control policy "no-iam":
      """
      {
        "Version": "2012-10-17",
        "Statement": [{ "Sid": "NoIam", "Effect": "Deny", "Action": "iam:*", "Resource": "*" }]
      }
      """
    When the account workload-a calls "iam:GetRole" with:
      | RoleName | analyst |
    Then the call is refused with 403 "AccessDenied" because of "scp-explicit-deny"
    And the explanation names the layer "scp" and the statement "NoIam"

  Scenario: A role that is gone
    When the account workload-a calls "iam:DeleteRolePolicy" with:
      | RoleName   | analyst |
      | PolicyName | metrics |
    And the account workload-a calls "iam:DeleteRole" with:
      | RoleName | analyst |
    Then the call is allowed

  Scenario: A role with policies that is deleted and made again
    When the role "analyst" is deleted and made again
    And the role "analyst" is assumed by the account workload-a
    And the session of "analyst" puts the value 1 of the metric "Orders" in the namespace "Shop"
    Then AWS allows it

  Scenario: What a call of any operation made
    Given the account workload-a calls "iam:CreateUser" with:
      | UserName | ci |
    And the account workload-a calls "iam:CreateAccessKey" with:
      | UserName | ci |
    And the account workload-a calls "iam:CreatePolicy" with:
      """
      {
        "PolicyName": "whoami",
        "PolicyDocument": {
          "Version": "2012-10-17",
          "Statement": [{ "Effect": "Allow", "Action": "iam:GetUser", "Resource": "*" }]
        }
      }
      """
    And the account workload-a calls "iam:AttachUserPolicy" with:
      | UserName  | ci                   |
      | PolicyArn | $(policy/whoami.Arn) |
    When the user "ci" calls "iam:GetUser" with:
      | UserName | ci |
    Then the call is allowed
    And the answer's "User.UserName" is "ci"
