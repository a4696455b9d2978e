@incident:INC-3
Feature: INC-3: A sink is open to all by UpdateLink
  CreateLink is limited to the organization, and another statement lets everybody change a link.

  Background:
    Given the account monitoring calls "oam:CreateSink" with:
      | Name | central |
    And the answer's "Arn" is kept as "sink"

  Scenario: A wildcard opens what CreateLink closes
    When the account monitoring calls "oam:PutSinkPolicy" with:
      """
      {
        "SinkIdentifier": "$(sink)",
        "Policy": {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Sid": "Members",
              "Effect": "Allow",
              "Principal": "*",
              "Action": "oam:CreateLink",
              "Resource": "*",
              "Condition": { "StringEquals": { "aws:PrincipalOrgID": "o-authlab001" } }
            },
            {
              "Sid": "Changes",
              "Effect": "Allow",
              "Principal": "*",
              "Action": "oam:Update*",
              "Resource": "*"
            }
          ]
        }
      }
      """
    Then the call is allowed
    And the diagnosis is "oam-sink-open"
    And the cause says "allows `oam:UpdateLink` to any account of AWS"
    And the cause says "while it narrows `oam:CreateLink`"
    And the fix says "narrow both"
    And the owner can mend it

  @mended
  Scenario: Both actions are limited
    When the account monitoring calls "oam:PutSinkPolicy" with:
      """
      {
        "SinkIdentifier": "$(sink)",
        "Policy": {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Sid": "Members",
              "Effect": "Allow",
              "Principal": "*",
              "Action": ["oam:CreateLink", "oam:UpdateLink"],
              "Resource": "*",
              "Condition": { "StringEquals": { "aws:PrincipalOrgID": "o-authlab001" } }
            }
          ]
        }
      }
      """
    Then the call is allowed
    And there is no diagnosis
