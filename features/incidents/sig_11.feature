@incident:SIG-11
Feature: SIG-11: Same mistake, different error per service
  An access key was deleted, and a job goes on to use it. What it is answered depends on the service: alarms
  on one code miss the others.

  Background:
    Given the account workload-a has the user "job"
    And the user "job" has the policy "list":
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          { "Effect": "Allow", "Action": ["kms:ListKeys", "lambda:ListFunctions", "iam:ListUsers"], "Resource": "*" }
        ]
      }
      """
    And the account workload-a calls "iam:CreateAccessKey" with:
      | UserName | job |
    And the answer is kept as "old"

  Scenario: The key is deleted
    Given the account workload-a calls "iam:DeleteAccessKey" with:
      | UserName    | job                          |
      | AccessKeyId | $(old.AccessKey.AccessKeyId) |
    When the credentials "old" calls "sts:GetCallerIdentity"
    Then the call is refused with 403 "InvalidClientTokenId" because of "credential-unknown"
    And the diagnosis is "credential-deleted"
    And the caller can mend it
    And the cause says "user/job was deleted at"
    And the fix says "a deleted key does not come back"
    When the credentials "old" calls "kms:ListKeys"
    Then the call is refused with 400 "UnrecognizedClientException" because of "credential-unknown"
    And the diagnosis is "credential-deleted"
    When the credentials "old" calls "lambda:ListFunctions"
    Then the call is refused with 403 "UnrecognizedClientException" because of "credential-unknown"
    When the credentials "old" calls "iam:ListUsers"
    Then the call is refused with 403 "InvalidClientTokenId" because of "credential-unknown"

  Scenario: The key is inactive, which is answered alike
    Given the account workload-a calls "iam:UpdateAccessKey" with:
      | UserName    | job                          |
      | AccessKeyId | $(old.AccessKey.AccessKeyId) |
      | Status      | Inactive                     |
    When the credentials "old" calls "kms:ListKeys"
    Then the call is refused with 400 "UnrecognizedClientException" because of "credential-unknown"
    And the diagnosis is "credential-inactive"
    And the cause says "user/job has the status Inactive"

  Scenario: The id of one key with the secret of another
    Given the user "job" signs with the secret of the credentials "old"
    When the user "job" calls "kms:ListKeys"
    Then the call is refused with 400 "InvalidSignatureException" because of "signature-mismatch"
    And the diagnosis is "signature-secret"
    And the caller can mend it
    And the fix says "take key id and secret of one access key"

  @mended
  Scenario: The job uses the key that is there
    Given the account workload-a calls "iam:DeleteAccessKey" with:
      | UserName    | job                          |
      | AccessKeyId | $(old.AccessKey.AccessKeyId) |
    When the user "job" calls "kms:ListKeys"
    Then the call is allowed
    And there is no diagnosis
