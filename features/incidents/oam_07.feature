@incident:OAM-07
Feature: OAM-07: Reader role re-created, trust stale
  The monitoring account's reader was deployed anew. Whoever let it in had its unique id saved, not its name: the
  role of the source account that the console assumes, and the policy of the sink.

  Scenario: The sharing role of the source account knows the reader that is gone
    Given the role "reader" of the account monitoring is trusted by the account monitoring
    And the role "CloudWatch-CrossAccountSharingRole" of the account workload-a is trusted by:
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          {
            "Sid": "Reader",
            "Effect": "Allow",
            "Principal": { "AWS": "arn:aws:iam::444444444444:role/reader" },
            "Action": "sts:AssumeRole"
          }
        ]
      }
      """
    And the role "reader" has the policy "share":
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Resource": "arn:aws:iam::*:role/CloudWatch-CrossAccountSharingRole"
          }
        ]
      }
      """
    When the role "reader" is deleted and made again
    Given the lab gives a session of the role "reader"
    When the role "CloudWatch-CrossAccountSharingRole" is assumed by the session of "reader"
    Then the call is refused with 403 "AccessDenied" because of "trust-implicit-deny"
    And the diagnosis is "trust-principal-recreated"
    And the owner can mend it
    And the cause says "statement `Reader` of the trust policy of role arn:aws:iam::222222222222:role/CloudWatch-CrossAccountSharingRole names `AROA"
    And the fix says "anew, with `arn:aws:iam::444444444444:role/reader` as the principal of that statement"

  Scenario: The sink knows the pipeline of the source account that is gone
    Given the role "pipeline" of the account workload-a is trusted by the account workload-a
    And the role "pipeline" has the policy "link":
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          { "Effect": "Allow", "Action": ["oam:CreateLink", "cloudwatch:Link"], "Resource": "*" }
        ]
      }
      """
    And the account monitoring has the sink "central" with the policy:
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          {
            "Sid": "Pipeline",
            "Effect": "Allow",
            "Principal": { "AWS": "arn:aws:iam::222222222222:role/pipeline" },
            "Action": ["oam:CreateLink", "oam:UpdateLink"],
            "Resource": "*"
          }
        ]
      }
      """
    And the account monitoring calls "oam:ListSinks"
    And the answer's "Items[0].Arn" is kept as "sink"
    When the role "pipeline" is deleted and made again
    Given the lab gives a session of the role "pipeline"
    When the session of "pipeline" calls "oam:CreateLink" with:
      """
      {
        "SinkIdentifier": "$(sink)",
        "LabelTemplate": "$AccountName",
        "ResourceTypes": ["AWS::CloudWatch::Metric"]
      }
      """
    Then the call is refused with 403 "AccessDeniedException" because of "resource-implicit-deny"
    And the diagnosis is "trust-principal-recreated"
    And the owner can mend it
    And the cause says "names `AROA"

  @mended
  Scenario: The trust is written anew
    Given the account workload-a puts the value 7 of the metric "Orders" in the namespace "Shop"
    And the role "reader" of the account monitoring is trusted by the account monitoring
    And the role "CloudWatch-CrossAccountSharingRole" of the account workload-a is trusted by:
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          {
            "Sid": "Reader",
            "Effect": "Allow",
            "Principal": { "AWS": "arn:aws:iam::444444444444:role/reader" },
            "Action": "sts:AssumeRole"
          }
        ]
      }
      """
    And the role "CloudWatch-CrossAccountSharingRole" has the policy "read":
      """
      {
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": "cloudwatch:ListMetrics", "Resource": "*" }]
      }
      """
    And the role "reader" has the policy "share":
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Resource": "arn:aws:iam::*:role/CloudWatch-CrossAccountSharingRole"
          }
        ]
      }
      """
    When the role "reader" is deleted and made again
    Given the account workload-a calls "iam:UpdateAssumeRolePolicy" with:
      """
      {
        "RoleName": "CloudWatch-CrossAccountSharingRole",
        "PolicyDocument": {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Sid": "Reader",
              "Effect": "Allow",
              "Principal": { "AWS": "arn:aws:iam::444444444444:role/reader" },
              "Action": "sts:AssumeRole"
            }
          ]
        }
      }
      """
    And the lab gives a session of the role "reader"
    When the role "CloudWatch-CrossAccountSharingRole" is assumed by the session of "reader"
    And the session of "CloudWatch-CrossAccountSharingRole" calls "cloudwatch:ListMetrics" with:
      | Namespace | Shop |
    Then the call is allowed
    And the answer's "Metrics[0].MetricName" is "Orders"
    And there is no diagnosis
