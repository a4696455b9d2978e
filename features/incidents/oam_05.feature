@incident:OAM-05
Feature: OAM-05: "One sink per account" myth vs one per Region
  An account has one sink in each Region, and a source account is linked to five monitoring accounts.

  Background:
    Given the account monitoring calls "oam:CreateSink" with:
      | Name | first |
    And the answer's "Arn" is kept as "sink"

  Scenario: A second sink in the Region
    When the account monitoring calls "oam:CreateSink" with:
      | Name | second |
    Then the call is refused with 429 "ServiceQuotaExceededException" because of "service-quota-exceeded-exception"
    And the diagnosis is "oam-sink-exists"
    And the cause says "in the Region us-east-1"
    And the fix says "another Region takes a sink of its own"
    And the caller can mend it

  @mended
  Scenario: The sink that is there serves the Region
    Given the account monitoring calls "oam:PutSinkPolicy" with:
      """
      {
        "SinkIdentifier": "$(sink)",
        "Policy": {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Effect": "Allow",
              "Principal": { "AWS": ["222222222222", "333333333333"] },
              "Action": ["oam:CreateLink", "oam:UpdateLink"],
              "Resource": "*"
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
        "ResourceTypes": ["AWS::XRay::Trace"]
      }
      """
    Then the call is allowed
    And there is no diagnosis
