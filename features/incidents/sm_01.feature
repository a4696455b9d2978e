@incident:SM-01 @needs:virtual-time
Feature: SM-01: Application keeps the old password until restart
  The worker reads its access key from a secret once, at its start. The key is rotated, and the worker goes on with
  the one that it has in memory.

  Background:
    Given the account workload-a has the user "reports"
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
    Then the call is allowed
    And the answer's "VersionId" is kept as "pinned"
    When the session of "worker" reads the secret "production/reports"
    Then the answer is kept as "started"
    Given the account workload-a calls "iam:DeleteAccessKey" with:
      | UserName    | reports            |
      | AccessKeyId | $(old.AccessKeyId) |
    And the account workload-a calls "iam:CreateAccessKey" with:
      | UserName | reports |
    And the answer's "AccessKey" is kept as "new"
    And the secret "production/reports" has the new version:
      | AccessKeyId     | $(new.AccessKeyId)     |
      | SecretAccessKey | $(new.SecretAccessKey) |

  Scenario: The worker uses what it read at its start
    When the credentials "started" calls "sts:GetCallerIdentity"
    Then AWS refuses with "InvalidClientTokenId" and the message:
      """
      The security token included in the request is invalid.
      """
    And the call is refused with 403 "InvalidClientTokenId" because of "credential-unknown"
    And the diagnosis is "credential-of-earlier-version"
    And the caller can mend it
    And the cause says "of the secret `production/reports`, which has `AWSPREVIOUS`; AWSCURRENT is on"
    And the fix says "read the secret `production/reports` again when a call is refused like this"

  Scenario: The worker's configuration names the version
    When the session of "worker" calls "secretsmanager:GetSecretValue" with:
      | SecretId  | production/reports |
      | VersionId | $(pinned)          |
    Then the call is allowed
    And the diagnosis is "secret-version-not-current"
    And the caller can mend it
    And the cause says "it is the one before, which the next rotation makes invalid"

  @mended
  Scenario: The worker reads the secret again when it is refused
    When the credentials "started" calls "sts:GetCallerIdentity"
    And the session of "worker" reads the secret "production/reports"
    Then the answer is kept as "read again"
    When the credentials "read again" calls "sts:GetCallerIdentity"
    Then the call is allowed
    And there is no diagnosis
