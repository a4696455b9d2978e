@incident:OAM-02
Feature: OAM-02: Query omits linked accounts
  A dashboard shows the monitoring account only: nothing is refused, and what links share is left out.

  Background:
    Given the account monitoring has the sink "central" with the policy:
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          {
            "Effect": "Allow",
            "Principal": "*",
            "Action": ["oam:CreateLink", "oam:UpdateLink"],
            "Resource": "*",
            "Condition": { "StringEquals": { "aws:PrincipalOrgID": "o-authlab001" } }
          }
        ]
      }
      """
    And the account workload-a puts the value 7 of the metric "Orders" in the namespace "Shop"
    And the account monitoring calls "oam:ListSinks"
    And the answer's "Items.0.Arn" is kept as "sink"
    And the account workload-a calls "oam:CreateLink" with:
      """
      {
        "SinkIdentifier": "$(sink)",
        "LabelTemplate": "$AccountName",
        "ResourceTypes": ["AWS::CloudWatch::Metric"],
        "LinkConfiguration": { "MetricConfiguration": { "Filter": "Namespace = 'Shop'" } }
      }
      """

  Scenario: The list of metrics leaves the linked accounts out
    When the account monitoring calls "cloudwatch:ListMetrics" with:
      | Namespace | Shop |
    Then the call is allowed
    And the diagnosis is "oam-linked-accounts-left-out"
    And the cause says "the call has no `IncludeLinkedAccounts`"
    And the cause says "`222222222222`"
    And the fix says "send `IncludeLinkedAccounts` = true"
    And the caller can mend it

  Scenario: A query names no account
    When the account monitoring calls "cloudwatch:GetMetricData" with:
      """
      {
        "StartTime": "2026-01-15T11:30:00Z",
        "EndTime": "2026-01-15T12:30:00Z",
        "MetricDataQueries": [
          {
            "Id": "orders",
            "MetricStat": {
              "Metric": { "Namespace": "Shop", "MetricName": "Orders" },
              "Period": 60,
              "Stat": "Sum"
            }
          }
        ]
      }
      """
    Then the call is allowed
    And the diagnosis is "oam-linked-accounts-left-out"
    And the fix says "send `AccountId` with the query: one of `222222222222`"
    And the caller can mend it

  @mended
  Scenario: The list asks for the linked accounts
    When the account monitoring calls "cloudwatch:ListMetrics" with:
      """
      { "Namespace": "Shop", "IncludeLinkedAccounts": true }
      """
    Then the call is allowed
    And the answer's "OwningAccounts.0" is "222222222222"
    And there is no diagnosis
