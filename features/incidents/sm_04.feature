@incident:SM-04 @needs:virtual-time
Feature: SM-04: Window between set and finish
  A rotation takes the old credential away when it sets the new one, and moves AWSCURRENT afterwards. Who reads the
  secret in between gets what does not count any more.

  Background:
    Given the account workload-a calls "iam:CreateUser" with:
      | UserName | reports |
    And the account workload-a calls "iam:CreateAccessKey" with:
      | UserName | reports |
    And the answer's "AccessKey" is kept as "old"
    And the account workload-a has the secret "production/reports":
      | AccessKeyId     | $(old.AccessKeyId)     |
      | SecretAccessKey | $(old.SecretAccessKey) |
    And the role "worker" of the account workload-a is trusted by the account workload-a
    And the role "worker" has the policy "read":
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          {
            "Effect": "Allow",
            "Action": "secretsmanager:GetSecretValue",
            "Resource": "arn:aws:secretsmanager:us-east-1:222222222222:secret:production/reports-??????"
          }
        ]
      }
      """
    And the lab gives a session of the role "worker"
    When the session of "worker" calls "secretsmanager:GetSecretValue" with:
      | SecretId | production/reports |
    Then the answer's "VersionId" is kept as "first"
    Given the account workload-a calls "iam:CreateAccessKey" with:
      | UserName | reports |
    And the answer's "AccessKey" is kept as "new"
    And the account workload-a calls "secretsmanager:PutSecretValue" with:
      """
      {
        "SecretId": "production/reports",
        "SecretString": "{\"AccessKeyId\":\"$(new.AccessKeyId)\",\"SecretAccessKey\":\"$(new.SecretAccessKey)\"}",
        "VersionStages": ["AWSPENDING"]
      }
      """
    And the answer's "VersionId" is kept as "second"

  Scenario: The old key is taken away before the label moves
    Given the account workload-a calls "iam:UpdateAccessKey" with:
      | UserName    | reports            |
      | AccessKeyId | $(old.AccessKeyId) |
      | Status      | Inactive           |
    When the session of "worker" reads the secret "production/reports"
    Then the answer is kept as "read"
    When the credentials "read" calls "sts:GetCallerIdentity"
    Then the call is refused with 403 "InvalidClientTokenId" because of "credential-unknown"
    And the diagnosis is "credential-in-rotation"
    And the owner can mend it
    And the cause says "which is AWSCURRENT still, while AWSPENDING is on"
    And the fix says "keep the old credential until `finishSecret` has moved the label: alternating users"

  @mended
  Scenario: The old key is taken away once the label has moved
    When the session of "worker" reads the secret "production/reports"
    Then the answer is kept as "before"
    When the credentials "before" calls "sts:GetCallerIdentity"
    Then the call is allowed
    Given the account workload-a calls "secretsmanager:UpdateSecretVersionStage" with:
      | SecretId            | production/reports |
      | VersionStage        | AWSCURRENT         |
      | MoveToVersionId     | $(second)          |
      | RemoveFromVersionId | $(first)           |
    And the account workload-a calls "secretsmanager:UpdateSecretVersionStage" with:
      | SecretId            | production/reports |
      | VersionStage        | AWSPENDING         |
      | RemoveFromVersionId | $(second)          |
    And the account workload-a calls "iam:UpdateAccessKey" with:
      | UserName    | reports            |
      | AccessKeyId | $(old.AccessKeyId) |
      | Status      | Inactive           |
    When the session of "worker" reads the secret "production/reports"
    Then the answer is kept as "after"
    When the credentials "after" calls "sts:GetCallerIdentity"
    Then the call is allowed
    And there is no diagnosis
