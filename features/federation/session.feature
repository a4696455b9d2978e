Feature: A session of any role, without being trusted
  Who writes a scenario about what a role may do need not get through its trust policy first. All else
  about the session is as on AWS: its policies, its tags, its end.

  Background:
    Given the role "analyst" of the account workload-a is trusted by the account workload-b
    And the role "analyst" has the policy "metrics":
      """
      {
        "Version": "2012-10-17",
        "Statement": [{
          "Sid": "OfTheTeam",
          "Effect": "Allow",
          "Action": "cloudwatch:PutMetricData",
          "Resource": "*",
          "Condition": { "StringEquals": { "aws:PrincipalTag/team": "bi" } }
        }]
      }
      """

  Scenario: A session with the tag that the policy wants
    Given the lab gives a session of the role "analyst" with:
      | tags | {"team":"bi"} |
    When the session of "analyst" puts the value 1 of the metric "Orders" in the namespace "Shop"
    Then AWS allows it
    And nothing was refused

  Scenario: A session without it
    Given the lab gives a session of the role "analyst"
    When the session of "analyst" puts the value 1 of the metric "Orders" in the namespace "Shop"
    Then AWS refuses with "AccessDeniedException"
    And the explanation names the layer "identity"

  Scenario: A session policy narrows it
    Given the lab gives a session of the role "analyst" with:
      | tags   | {"team":"bi"}                                                                                       |
      | policy | {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"logs:PutLogEvents","Resource":"*"}]} |
    When the session of "analyst" puts the value 1 of the metric "Orders" in the namespace "Shop"
    Then AWS refuses with "AccessDeniedException"
    And the explanation names the layer "session"

  @virtual-time
  Scenario: It ends by the lab's clock
    Given the lab gives a session of the role "analyst" with:
      | tags             | {"team":"bi"} |
      | duration_seconds | 900           |
    When 901 seconds pass
    And the session of "analyst" puts the value 1 of the metric "Orders" in the namespace "Shop"
    Then AWS refuses with "ExpiredTokenException"
