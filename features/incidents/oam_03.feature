@incident:OAM-03
Feature: OAM-03: Sink policy does not allow the account or resource type
  One type too many refuses the whole link, and an account outside the organization may not link at all.

  Background:
    Given the account monitoring has the sink "central" with the policy:
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          {
            "Sid": "Sources",
            "Effect": "Allow",
            "Principal": "*",
            "Action": ["oam:CreateLink", "oam:UpdateLink"],
            "Resource": "*",
            "Condition": {
              "StringEquals": { "aws:PrincipalOrgID": "o-authlab001" },
              "ForAllValues:StringEquals": {
                "oam:ResourceTypes": ["AWS::CloudWatch::Metric", "AWS::Logs::LogGroup"]
              }
            }
          }
        ]
      }
      """

  Scenario: The link asks for traces too
    When the account workload-b links AWS::CloudWatch::Metric, AWS::XRay::Trace to the sink "central"
    Then the call is refused with 403 "AccessDeniedException" because of "resource-implicit-deny"
    And the diagnosis is "sink-policy-resource-type"
    And the cause says "AWS::XRay::Trace"
    And the fix says "adds `AWS::XRay::Trace` to `oam:ResourceTypes` in statement `Sources`"
    And the owner can mend it

  Scenario: A supplier's account is in no organization
    When the account supplier links AWS::CloudWatch::Metric to the sink "central"
    Then the call is refused with 403 "AccessDeniedException" because of "resource-implicit-deny"
    And the diagnosis is "sink-policy-organization"
    And the cause says "o-authlab001"
    And the owner can mend it

  @mended
  Scenario: The owner of the sink adds the type
    Given the account monitoring calls "oam:ListSinks"
    And the answer's "Items.0.Arn" is kept as "sink"
    And the account monitoring calls "oam:PutSinkPolicy" with:
      """
      {
        "SinkIdentifier": "$(sink)",
        "Policy": {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Sid": "Sources",
              "Effect": "Allow",
              "Principal": "*",
              "Action": ["oam:CreateLink", "oam:UpdateLink"],
              "Resource": "*",
              "Condition": {
                "StringEquals": { "aws:PrincipalOrgID": "o-authlab001" },
                "ForAllValues:StringEquals": {
                  "oam:ResourceTypes": [
                    "AWS::CloudWatch::Metric",
                    "AWS::Logs::LogGroup",
                    "AWS::XRay::Trace"
                  ]
                }
              }
            }
          ]
        }
      }
      """
    When the account workload-b calls "oam:CreateLink" with:
      """
      {
        "SinkIdentifier": "$(sink)",
        "LabelTemplate": "$AccountName",
        "ResourceTypes": ["AWS::CloudWatch::Metric", "AWS::XRay::Trace"],
        "LinkConfiguration": { "MetricConfiguration": { "Filter": "Namespace LIKE 'AWS/%'" } }
      }
      """
    Then the call is allowed
    And there is no diagnosis
