@incident:INC-19
Feature: INC-19: A perimeter denies the roles that services work with
  Calls have to come through the organization's VPC endpoint, or from a service. A service that works with a
  role of the account is neither: it signs as that role, from its own network.

  Background:
    Given the account workload-a calls "iam:CreateRole" with:
      """
      {
        "RoleName": "collector",
        "Path": "/service-role/",
        "AssumeRolePolicyDocument": {
          "Version": "2012-10-17",
          "Statement": [
            { "Effect": "Allow", "Principal": { "AWS": "222222222222" }, "Action": "sts:AssumeRole" }
          ]
        }
      }
      """
    And the account workload-a calls "iam:PutRolePolicy" with:
      """
      {
        "RoleName": "collector",
        "PolicyName": "put",
        "PolicyDocument": {
          "Version": "2012-10-17",
          "Statement": [{ "Effect": "Allow", "Action": "cloudwatch:PutMetricData", "Resource": "*" }]
        }
      }
      """
    And the account workload-a calls "sts:AssumeRole" with:
      | RoleArn         | arn:aws:iam::222222222222:role/service-role/collector |
      | RoleSessionName | collector                                             |
    And the answer is kept as "collector"

  Scenario: The perimeter does not know the role
    Given the unit "Workloads" has the service control policy "network":
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          {
            "Sid": "OwnNetwork",
            "Effect": "Deny",
            "Action": "cloudwatch:PutMetricData",
            "Resource": "*",
            "Condition": {
              "StringNotEqualsIfExists": { "aws:SourceVpce": "vpce-0a1b2c3d" },
              "BoolIfExists": { "aws:ViaAWSService": "false", "aws:PrincipalIsAWSService": "false" }
            }
          }
        ]
      }
      """
    When the credentials "collector" calls "cloudwatch:PutMetricData" with:
      | Namespace  | Shop                                      |
      | MetricData | [{ "MetricName": "Orders", "Value": 1.0 }] |
    Then the call is refused with 400 "AccessDeniedException" because of "scp-explicit-deny"
    And the diagnosis is "perimeter-service"
    And the cause says "statement `OwnNetwork`"
    And the cause says "aws:SourceVpce"
    And the fix says "by its `aws:PrincipalArn`"
    And the owner can mend it

  @mended
  Scenario: The perimeter tells the roles of services apart
    Given the unit "Workloads" has the service control policy "network":
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          {
            "Sid": "OwnNetwork",
            "Effect": "Deny",
            "Action": "cloudwatch:PutMetricData",
            "Resource": "*",
            "Condition": {
              "StringNotEqualsIfExists": { "aws:SourceVpce": "vpce-0a1b2c3d" },
              "BoolIfExists": { "aws:ViaAWSService": "false", "aws:PrincipalIsAWSService": "false" },
              "ArnNotLikeIfExists": { "aws:PrincipalArn": "arn:aws:iam::*:role/service-role/*" }
            }
          }
        ]
      }
      """
    When the credentials "collector" calls "cloudwatch:PutMetricData" with:
      | Namespace  | Shop                                      |
      | MetricData | [{ "MetricName": "Orders", "Value": 1.0 }] |
    Then the call is allowed
    And there is no diagnosis
