@incident:SM-08
Feature: SM-08: Default KMS key blocks cross-account reads
  The secret's policy allows the other account, and so does the reader's. The secret has no key of its own.

  Background:
    Given the account workload-a has the secret "production/db":
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
    And the secret "production/db" has the policy:
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
    And the account workload-a has the key "shared" with the policy:
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

  Scenario: The default key opens nothing abroad
    When the session of "auditor" reads the secret "production/db"
    Then AWS refuses with "InvalidRequestException" and the message:
      """
      You can't access a secret from a different AWS account if you encrypt the secret with the default KMS service key.
      """
    And aws refused it because of "secret-default-key"
    And the diagnosis is "secret-default-key"
    And the owner can mend it
    And the cause says "assumed-role/auditor/auditor is of the account 333333333333"
    And the fix says "`UpdateSecret` with `KmsKeyId`"

  @mended
  Scenario: The secret gets a key of its own
    Given the account workload-a calls "secretsmanager:UpdateSecret" with:
      """
      {
        "SecretId": "production/db",
        "KmsKeyId": "alias/shared",
        "SecretString": "{\"username\":\"reports\",\"password\":\"production-example\"}"
      }
      """
    When the session of "auditor" reads the secret "production/db"
    Then the call is allowed
    And there is no diagnosis
