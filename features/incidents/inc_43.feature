@incident:INC-43
Feature: INC-43: GetSecretValue allowed, DescribeSecret missing in the resource policy
  The driver that mounts secrets describes each before it reads it.

  Background:
    Given the account workload-a has the key "shared" with the policy:
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          {
            "Effect": "Allow",
            "Principal": { "AWS": "arn:aws:iam::222222222222:root" },
            "Action": "kms:*",
            "Resource": "*"
          },
          {
            "Sid": "WorkloadB",
            "Effect": "Allow",
            "Principal": { "AWS": "arn:aws:iam::333333333333:root" },
            "Action": "kms:Decrypt",
            "Resource": "*",
            "Condition": {
              "StringEquals": { "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com" }
            }
          }
        ]
      }
      """
    And the account workload-a has the secret "production/db" under the key "alias/shared":
      | username | reports            |
      | password | production-example |
    And the role "auditor" of the account workload-b is trusted by the account workload-b
    And the role "auditor" has the policy "read":
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          {
            "Effect": "Allow",
            "Action": ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
            "Resource": "arn:aws:secretsmanager:us-east-1:222222222222:secret:production/db-??????"
          },
          { "Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:kms:us-east-1:222222222222:key/*" }
        ]
      }
      """
    And the lab gives a session of the role "auditor"
    And the account workload-a calls "secretsmanager:DescribeSecret" with:
      | SecretId | production/db |
    And the answer is kept as "secret"

  Scenario: The driver reads, and may not describe
    Given the secret "production/db" has the policy:
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          {
            "Sid": "Auditor",
            "Effect": "Allow",
            "Principal": { "AWS": "arn:aws:iam::333333333333:role/auditor" },
            "Action": "secretsmanager:GetSecretValue",
            "Resource": "*"
          }
        ]
      }
      """
    And the session of "auditor" calls "secretsmanager:GetSecretValue" with:
      | SecretId | $(secret.ARN) |
    When the session of "auditor" calls "secretsmanager:DescribeSecret" with:
      | SecretId | $(secret.ARN) |
    Then the call is refused with 400 "AccessDeniedException" because of "resource-implicit-deny"
    And the diagnosis is "no-policy-allows"
    And the owner can mend it
    And the fix says "secretsmanager:DescribeSecret"

  @mended
  Scenario: The secret's policy allows both
    Given the secret "production/db" has the policy:
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          {
            "Sid": "Auditor",
            "Effect": "Allow",
            "Principal": { "AWS": "arn:aws:iam::333333333333:role/auditor" },
            "Action": ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
            "Resource": "*"
          }
        ]
      }
      """
    When the session of "auditor" calls "secretsmanager:DescribeSecret" with:
      | SecretId | $(secret.ARN) |
    Then the call is allowed
    And there is no diagnosis
