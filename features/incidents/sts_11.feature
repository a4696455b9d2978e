@incident:STS-11
Feature: STS-11: A session that assumes a role gets an hour at most
  The role allows twelve hours. Who comes to it by way of another role gets one.

  Background:
    Given the role "first" of the account workload-a is trusted by the account workload-a
    And the role "first" has the policy "onward":
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          { "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::222222222222:role/second" }
        ]
      }
      """
    And the role "second" of the account workload-a is trusted by the account workload-a
    And the account workload-a calls "iam:UpdateRole" with:
      | RoleName           | second |
      | MaxSessionDuration | 43200  |
    When the role "first" is assumed by the account workload-a

  Scenario: Two hours by way of another role
    When the session of "first" calls "sts:AssumeRole" with:
      | RoleArn         | arn:aws:iam::222222222222:role/second |
      | RoleSessionName | chained                               |
      | DurationSeconds | 7200                                  |
    Then the call is refused with 400 "ValidationError" because of "duration-beyond-chaining-limit"
    And AWS refuses with "ValidationError" and the message:
      """
      The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.
      """
    And the diagnosis is "role-chaining-hour"
    And the cause says "7200 seconds were asked for"
    And the fix says "pass `DurationSeconds` of 3600 or less"
    And the caller can mend it

  @mended
  Scenario: An hour by way of another role
    When the session of "first" calls "sts:AssumeRole" with:
      | RoleArn         | arn:aws:iam::222222222222:role/second |
      | RoleSessionName | chained                               |
      | DurationSeconds | 3600                                  |
    Then the call is allowed
    And there is no diagnosis
