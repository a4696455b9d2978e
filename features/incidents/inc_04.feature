@incident:INC-4
Feature: INC-4: A metric stream lacks the linked accounts' metrics
  The stream of the monitoring account runs, and what its source accounts share does not arrive: a stream takes
  the metrics of linked accounts only when it is told to.

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

  Scenario: The stream is made without linked accounts
    When the account monitoring calls "cloudwatch:PutMetricStream" with:
      """
      {
        "Name": "central",
        "FirehoseArn": "arn:aws:firehose:us-east-1:444444444444:deliverystream/metrics",
        "RoleArn": "arn:aws:iam::444444444444:role/metric-stream",
        "OutputFormat": "opentelemetry1.0"
      }
      """
    Then the call is allowed
    And the diagnosis is "oam-linked-accounts-left-out"
    And the cause says "the call has no `IncludeLinkedAccountsMetrics`"
    And the cause says "`222222222222`"
    And the fix says "put the stream again with `IncludeLinkedAccountsMetrics` = true"
    And the caller can mend it
    When the account monitoring calls "cloudwatch:GetMetricStream" with:
      | Name | central |
    Then the answer's "IncludeLinkedAccountsMetrics" is "false"

  @mended
  Scenario: The stream takes linked accounts
    When the account monitoring calls "cloudwatch:PutMetricStream" with:
      """
      {
        "Name": "central",
        "FirehoseArn": "arn:aws:firehose:us-east-1:444444444444:deliverystream/metrics",
        "RoleArn": "arn:aws:iam::444444444444:role/metric-stream",
        "OutputFormat": "opentelemetry1.0",
        "IncludeLinkedAccountsMetrics": true
      }
      """
    Then the call is allowed
    And there is no diagnosis
    When the account monitoring calls "cloudwatch:GetMetricStream" with:
      | Name | central |
    Then the answer's "IncludeLinkedAccountsMetrics" is "true"
