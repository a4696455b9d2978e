@incident:OAM-04
Feature: OAM-04: Over-broad sharing
  A link without a filter shows every namespace and every log group of the source account centrally.

  Background:
    Given the account monitoring has the sink "central" with the policy:
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          {
            "Effect": "Allow",
            "Principal": { "AWS": "222222222222" },
            "Action": ["oam:CreateLink", "oam:UpdateLink"],
            "Resource": "*"
          }
        ]
      }
      """
    And the account workload-a puts the value 4 of the metric "Salaries" in the namespace "Payroll"

  Scenario: The link has no filter
    When the account workload-a links AWS::CloudWatch::Metric, AWS::Logs::LogGroup to the sink "central"
    Then the call is allowed
    And the diagnosis is "oam-shares-everything"
    And the cause says "`AWS::CloudWatch::Metric`, `AWS::Logs::LogGroup`"
    And the fix says "MetricConfiguration.Filter"
    And the owner can mend it
    When the account monitoring reads the metric "Salaries" of the account workload-a in the namespace "Payroll"
    Then the metric's values are 4

  @mended
  Scenario: The link shares the namespaces and groups that are meant
    Given the account monitoring calls "oam:ListSinks"
    And the answer's "Items.0.Arn" is kept as "sink"
    When the account workload-a calls "oam:CreateLink" with:
      """
      {
        "SinkIdentifier": "$(sink)",
        "LabelTemplate": "$AccountName",
        "ResourceTypes": ["AWS::CloudWatch::Metric", "AWS::Logs::LogGroup"],
        "LinkConfiguration": {
          "MetricConfiguration": { "Filter": "Namespace = 'Shop'" },
          "LogGroupConfiguration": { "Filter": "LogGroupName LIKE '/aws/apigateway/%'" }
        }
      }
      """
    Then the call is allowed
    And there is no diagnosis
    When the account monitoring reads the metric "Salaries" of the account workload-a in the namespace "Payroll"
    Then the metric has no values
    And the diagnosis is "oam-not-shared"
    And the cause says "Namespace = 'Shop'"
