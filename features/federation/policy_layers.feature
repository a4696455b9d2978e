Feature: Every layer of policy that refuses says so
  One call is refused by one layer at a time; the explanation names the layer, the policy and the
  statement, or the layer whose Allow is lacking.

  Background:
    Given the role "analyst" of the account workload-a is trusted by the account workload-a
    And the role "analyst" has the policy "metrics":
      """
      {
        "Version": "2012-10-17",
        "Statement": [{ "Sid": "Put", "Effect": "Allow", "Action": "cloudwatch:PutMetricData", "Resource": "*" }]
      }
      """

  Scenario: Every layer allows
    When the role "analyst" is assumed by the account workload-a
    And the session of "analyst" puts the value 1 of the metric "Orders" in the namespace "Shop"
    Then AWS allows it
    And nothing was refused

  Scenario: Identity: no policy of the role allows it
    Given the role "visitor" of the account workload-a is trusted by the account workload-a
    When the role "visitor" is assumed by the account workload-a
    And the session of "visitor" puts the value 1 of the metric "Orders" in the namespace "Shop"
    Then AWS refuses with "AccessDeniedException"
    And the explanation names the layer "identity"

  Scenario: Boundary: the role's permissions boundary does not allow it
    Given the role "analyst" has the permissions boundary "reading":
      """
      {
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": "cloudwatch:Get*", "Resource": "*" }]
      }
      """
    When the role "analyst" is assumed by the account workload-a
    And the session of "analyst" puts the value 1 of the metric "Orders" in the namespace "Shop"
    Then AWS refuses with "AccessDeniedException"
    And the explanation names the layer "boundary"

  Scenario: Session: the session policy does not allow it
    When the role "analyst" is assumed by the account workload-a with the session policy:
      """
      {
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": "cloudwatch:Get*", "Resource": "*" }]
      }
      """
    And the session of "analyst" puts the value 1 of the metric "Orders" in the namespace "Shop"
    Then AWS refuses with "AccessDeniedException"
    And the explanation names the layer "session"

  Scenario: SCP: a service control policy of the account's unit denies it
    Given the unit "Workloads" has the service control policy "no-metrics":
      """
      {
        "Version": "2012-10-17",
        "Statement": [{ "Sid": "NoMetrics", "Effect": "Deny", "Action": "cloudwatch:PutMetricData", "Resource": "*" }]
      }
      """
    When the role "analyst" is assumed by the account workload-a
    And the session of "analyst" puts the value 1 of the metric "Orders" in the namespace "Shop"
    Then AWS refuses with "AccessDeniedException"
    And the explanation names the layer "scp" and the statement "NoMetrics"

  Scenario: RCP: a resource control policy of the role's account keeps suppliers out
    Given the role "shared" of the account workload-a is trusted by the account supplier
    And the unit "Workloads" has the resource control policy "own-organization":
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          {
            "Sid": "OwnOrganization",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sts:AssumeRole",
            "Resource": "*",
            "Condition": { "StringNotEqualsIfExists": { "aws:PrincipalOrgID": "o-authlab001" } }
          }
        ]
      }
      """
    When the role "shared" is assumed by the account supplier
    Then AWS refuses with "AccessDenied"
    And the explanation names the layer "rcp" and the statement "OwnOrganization"
    When the role "analyst" is assumed by the account workload-a
    Then AWS allows it

  Scenario: Resource: the sink's policy does not allow the account
    Given the account monitoring has the sink "observability" with the policy:
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          {
            "Effect": "Allow",
            "Principal": { "AWS": "333333333333" },
            "Action": ["oam:CreateLink", "oam:UpdateLink"],
            "Resource": "*"
          }
        ]
      }
      """
    When the account workload-a links AWS::CloudWatch::Metric to the sink "observability"
    Then AWS refuses with "AccessDeniedException"
    And the explanation names the layer "resource"
    When the account workload-b links AWS::CloudWatch::Metric to the sink "observability"
    Then AWS allows it

  Scenario: Trust: the role's trust policy does not name the account
    When the role "analyst" is assumed by the account workload-b
    Then AWS refuses with "AccessDenied"
    And the explanation names the layer "trust"
