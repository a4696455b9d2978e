@incident:STS-19
Feature: STS-19: Which policy refused
  Five kinds of policy may have refused one call, and its message names one. The explanation names the
  document, and says whose it is.

  Background:
    Given the role "metrics" of the account workload-a is trusted by the account workload-a
    And the role "metrics" has the policy "put":
      """
      {
        "Version": "2012-10-17",
        "Statement": [{ "Sid": "Put", "Effect": "Allow", "Action": "cloudwatch:PutMetricData", "Resource": "*" }]
      }
      """

  Scenario: An SCP denies it
    Given the unit "Workloads" has the service control policy "frozen":
      """
      {
        "Version": "2012-10-17",
        "Statement": [{ "Sid": "Frozen", "Effect": "Deny", "Action": "cloudwatch:PutMetricData", "Resource": "*" }]
      }
      """
    When the role "metrics" is assumed by the account workload-a
    And the session of "metrics" calls "cloudwatch:PutMetricData" with:
      | Namespace  | Shop                                      |
      | MetricData | [{ "MetricName": "Orders", "Value": 1.0 }] |
    Then the call is refused with 400 "AccessDeniedException" because of "scp-explicit-deny"
    And the diagnosis is "scp-denies"
    And the cause says "statement `Frozen` of the SCP `arn:aws:organizations::111111111111:policy/o-authlab001/service_control_policy/"
    And the fix says "the administrator of the caller's organization narrows statement `Frozen`"
    And the owner can mend it

  Scenario: The permissions boundary allows nothing of the kind
    Given the role "metrics" has the permissions boundary "readers":
      """
      {
        "Version": "2012-10-17",
        "Statement": [{ "Sid": "Read", "Effect": "Allow", "Action": "cloudwatch:Get*", "Resource": "*" }]
      }
      """
    When the role "metrics" is assumed by the account workload-a
    And the session of "metrics" calls "cloudwatch:PutMetricData" with:
      | Namespace  | Shop                                      |
      | MetricData | [{ "MetricName": "Orders", "Value": 1.0 }] |
    Then the call is refused with 400 "AccessDeniedException" because of "boundary-implicit-deny"
    And the diagnosis is "boundary-silent"
    And the cause says "no statement of the permissions boundary `arn:aws:iam::222222222222:policy/readers`"
    And the fix says "whoever set that boundary adds a statement to it"
    And the owner can mend it

  Scenario: The session's own policy allows nothing of the kind
    When the role "metrics" is assumed by the account workload-a with the session policy:
      """
      {
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*" }]
      }
      """
    And the session of "metrics" calls "cloudwatch:PutMetricData" with:
      | Namespace  | Shop                                      |
      | MetricData | [{ "MetricName": "Orders", "Value": 1.0 }] |
    Then the call is refused with 400 "AccessDeniedException" because of "session-implicit-deny"
    And the diagnosis is "session-policy-silent"
    And the fix says "make the session with a policy that allows `cloudwatch:PutMetricData`"
    And the caller can mend it

  @mended
  Scenario: Every policy allows it
    When the role "metrics" is assumed by the account workload-a
    And the session of "metrics" calls "cloudwatch:PutMetricData" with:
      | Namespace  | Shop                                      |
      | MetricData | [{ "MetricName": "Orders", "Value": 1.0 }] |
    Then the call is allowed
    And there is no diagnosis
