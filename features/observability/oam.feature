Feature: A monitoring account reads the metrics of a source account
  A sink in the monitoring account, its policy, and a link in the source account (CloudWatch
  Observability Access Manager).

  Background:
    Given the account monitoring has the sink "observability" with the policy:
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          {
            "Effect": "Allow",
            "Principal": "*",
            "Action": ["oam:CreateLink", "oam:UpdateLink"],
            "Resource": "*",
            "Condition": {
              "StringEquals": { "aws:PrincipalOrgID": "o-authlab001" },
              "ForAllValues:StringEquals": { "oam:ResourceTypes": ["AWS::CloudWatch::Metric"] }
            }
          }
        ]
      }
      """
    And the account workload-a puts the value 7 of the metric "Orders" in the namespace "Shop"

  Scenario: A link for metrics lets the monitoring account read them
    When the account workload-a links AWS::CloudWatch::Metric to the sink "observability"
    Then AWS allows it
    When the account monitoring reads the metric "Orders" of the account workload-a in the namespace "Shop"
    Then the metric's values are 7
    And nothing was refused

  Scenario: Without a link the monitoring account reads nothing
    When the account monitoring reads the metric "Orders" of the account workload-a in the namespace "Shop"
    Then the metric has no values

  Scenario: A link that asks for logs too
    When the account workload-a links AWS::CloudWatch::Metric, AWS::Logs::LogGroup to the sink "observability"
    Then AWS refuses with "AccessDeniedException"
    And aws refused it because of "resource-implicit-deny"
    And the diagnosis is "sink-policy-resource-type"
    When the account monitoring reads the metric "Orders" of the account workload-a in the namespace "Shop"
    Then the metric has no values

  Scenario: An account outside the organization
    Given the account supplier puts the value 3 of the metric "Orders" in the namespace "Shop"
    When the account supplier links AWS::CloudWatch::Metric to the sink "observability"
    Then AWS refuses with "AccessDeniedException"
    And aws refused it because of "resource-implicit-deny"
    And the diagnosis is "sink-policy-organization"

  Scenario: A link that is deleted ends the view
    When the account workload-a links AWS::CloudWatch::Metric to the sink "observability"
    And the account workload-a deletes its link to the sink "observability"
    And the account monitoring reads the metric "Orders" of the account workload-a in the namespace "Shop"
    Then the metric has no values
