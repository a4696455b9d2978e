@incident:OAM-01
Feature: OAM-01: Sink and link in different Regions
  Sharing is per Region: a link is made in the Region of its sink.

  Background:
    Given the account monitoring calls "oam:CreateSink" with:
      | Name | central |
    And the answer's "Arn" is kept as "sink"
    And the account monitoring calls "oam:PutSinkPolicy" with:
      """
      {
        "SinkIdentifier": "$(sink)",
        "Policy": {
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
      }
      """

  Scenario: The pipeline of the source account names the sink of another Region
    When the account workload-a calls "oam:CreateLink" with:
      """
      {
        "SinkIdentifier": "arn:aws:oam:eu-west-1:444444444444:sink/0f1c9d7a-6f0e-4a0e-9a51-3f4d2f0b7a11",
        "LabelTemplate": "$AccountName",
        "ResourceTypes": ["AWS::XRay::Trace"]
      }
      """
    Then the call is refused with 400 "InvalidParameterException" because of "invalid-parameter-exception"
    And the diagnosis is "oam-region"
    And the cause says "is in `eu-west-1`"
    And the cause says "was called in `us-east-1`"
    And the fix says "create the link in `eu-west-1`"
    And the caller can mend it

  @mended
  Scenario: The link leads to the sink of its Region
    When the account workload-a calls "oam:CreateLink" with:
      """
      {
        "SinkIdentifier": "$(sink)",
        "LabelTemplate": "$AccountName",
        "ResourceTypes": ["AWS::XRay::Trace"]
      }
      """
    Then the call is allowed
    And there is no diagnosis
