Feature: AWS Secrets Manager: who reads a secret, and which version of it
  The policies of the caller's role, the policy of the secret and, across accounts, its key decide.
  A policy that names a secret ends in six question marks for the characters that Secrets Manager
  adds to the name.

  Background:
    Given the account workload-a has the secret "production/db":
      | username | reports            |
      | password | production-example |

  Rule: A function reads what its role may read

    Background:
      Given the role "reader" of the account workload-a is trusted by the service "lambda.amazonaws.com"
      And the HTTP API "secrets" of the account workload-a
      And the function "reader" with the role "reader" reads the secret "production/db"
      And GET /secret of the API "secrets" invokes the function "reader"
      And the API "secrets" has the stage "$default" with the access log:
        """
        {"route":"$context.routeKey","id":"$context.requestId","status":"$context.status"}
        """

    Scenario: The secret is in the answer
      Given the role "reader" has the policy "read-db":
        """
        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Effect": "Allow",
              "Action": "secretsmanager:GetSecretValue",
              "Resource": "arn:aws:secretsmanager:us-east-1:222222222222:secret:production/db-??????"
            }
          ]
        }
        """
      When GET /secret of the API "secrets" is called
      Then the answer has the status 200 and the body:
        """
        {"username":"reports","password":"production-example"}
        """
      And nothing was refused
      And the explanation leads from the gateway to the allowed action "secretsmanager:GetSecretValue"

    Scenario: A role that may describe the secret but not read it
      Given the role "reader" has the policy "describe-db":
        """
        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Effect": "Allow",
              "Action": "secretsmanager:DescribeSecret",
              "Resource": "arn:aws:secretsmanager:us-east-1:222222222222:secret:production/db-??????"
            }
          ]
        }
        """
      When GET /secret of the API "secrets" is called
      Then the answer has the status 500 and the body:
        """
        {"message":"Internal Server Error"}
        """
      And aws refused it because of "identity-implicit-deny"
      And the diagnosis is "no-policy-allows"
      And the explanation leads from the gateway to aws

  Rule: Another account needs both sides, and a key that it may use

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
      And the account workload-a has the secret "shared/db" under the key "alias/shared":
        | username | auditor        |
        | password | shared-example |
      And the role "auditor" of the account workload-b is trusted by the account workload-b

    Scenario: Both sides allow
      Given the role "auditor" has the policy "read-shared":
        """
        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Effect": "Allow",
              "Action": "secretsmanager:GetSecretValue",
              "Resource": "arn:aws:secretsmanager:us-east-1:222222222222:secret:shared/db-??????"
            },
            {
              "Effect": "Allow",
              "Action": "kms:Decrypt",
              "Resource": "arn:aws:kms:us-east-1:222222222222:key/*"
            }
          ]
        }
        """
      And the secret "shared/db" has the policy:
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
      When the role "auditor" is assumed by the account workload-b
      And the session of "auditor" reads the secret "shared/db"
      Then AWS answers with the secret:
        | username | auditor        |
        | password | shared-example |
      And nothing was refused

    Scenario: Both sides allow, but the role may not use the key
      Given the role "auditor" has the policy "read-shared":
        """
        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Effect": "Allow",
              "Action": "secretsmanager:GetSecretValue",
              "Resource": "arn:aws:secretsmanager:us-east-1:222222222222:secret:shared/db-??????"
            }
          ]
        }
        """
      And the secret "shared/db" has the policy:
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
      When the role "auditor" is assumed by the account workload-b
      And the session of "auditor" reads the secret "shared/db"
      Then AWS refuses with "AccessDeniedException" and the message:
        """
        Access to KMS is not allowed
        """
      And aws refused it because of "identity-implicit-deny"
      And the explanation names the layer "identity"
      And the diagnosis is "no-policy-allows"

    Scenario: The role's policy alone
      Given the role "auditor" has the policy "read-shared":
        """
        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Effect": "Allow",
              "Action": "secretsmanager:GetSecretValue",
              "Resource": "arn:aws:secretsmanager:us-east-1:222222222222:secret:shared/db-??????"
            }
          ]
        }
        """
      When the role "auditor" is assumed by the account workload-b
      And the session of "auditor" reads the secret "shared/db"
      Then AWS refuses with "AccessDeniedException" and the message:
        """
        User: arn:aws:sts::333333333333:assumed-role/auditor/auditor is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:us-east-1:222222222222:secret:shared/db because no resource-based policy allows the secretsmanager:GetSecretValue action
        """
      And aws refused it because of "resource-implicit-deny"
      And the explanation names the layer "resource"
      And the diagnosis is "no-policy-allows"

    Scenario: The secret's policy alone
      Given the secret "shared/db" has the policy:
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
      When the role "auditor" is assumed by the account workload-b
      And the session of "auditor" reads the secret "shared/db"
      Then AWS refuses with "AccessDeniedException" and the message:
        """
        User: arn:aws:sts::333333333333:assumed-role/auditor/auditor is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:us-east-1:222222222222:secret:shared/db because no identity-based policy allows the secretsmanager:GetSecretValue action
        """
      And aws refused it because of "identity-implicit-deny"
      And the explanation names the layer "identity"
      And the diagnosis is "no-policy-allows"

    Scenario: Both sides allow, but the secret has the default key of its account
      Given the role "auditor" has the policy "read-production":
        """
        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Effect": "Allow",
              "Action": "secretsmanager:GetSecretValue",
              "Resource": "arn:aws:secretsmanager:us-east-1:222222222222:secret:production/db-??????"
            }
          ]
        }
        """
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
      When the role "auditor" is assumed by the account workload-b
      And the session of "auditor" reads the secret "production/db"
      Then AWS refuses with "InvalidRequestException" and the message:
        """
        You can't access a secret from a different AWS account if you encrypt the secret with the default KMS service key.
        """
      And aws refused it because of "secret-default-key"

  Rule: Within an account one side is enough, and a deny outweighs it

    Background:
      Given the role "operator" of the account workload-a is trusted by the account workload-a

    Scenario: The role's policy alone
      Given the role "operator" has the policy "read-db":
        """
        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Effect": "Allow",
              "Action": "secretsmanager:GetSecretValue",
              "Resource": "arn:aws:secretsmanager:us-east-1:222222222222:secret:production/db-??????"
            }
          ]
        }
        """
      When the role "operator" is assumed by the account workload-a
      And the session of "operator" reads the secret "production/db"
      Then AWS answers with the secret:
        | username | reports            |
        | password | production-example |
      And nothing was refused

    Scenario: The secret's policy alone
      Given the secret "production/db" has the policy:
        """
        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Sid": "Operator",
              "Effect": "Allow",
              "Principal": { "AWS": "arn:aws:iam::222222222222:role/operator" },
              "Action": "secretsmanager:GetSecretValue",
              "Resource": "*"
            }
          ]
        }
        """
      When the role "operator" is assumed by the account workload-a
      And the session of "operator" reads the secret "production/db"
      Then AWS answers with the secret:
        | username | reports            |
        | password | production-example |
      And nothing was refused

    Scenario: The secret's policy denies what the role's policy allows
      Given the role "operator" has the policy "read-db":
        """
        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Effect": "Allow",
              "Action": "secretsmanager:GetSecretValue",
              "Resource": "arn:aws:secretsmanager:us-east-1:222222222222:secret:production/db-??????"
            }
          ]
        }
        """
      And the secret "production/db" has the policy:
        """
        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Sid": "NotTheOperator",
              "Effect": "Deny",
              "Principal": { "AWS": "arn:aws:iam::222222222222:role/operator" },
              "Action": "secretsmanager:GetSecretValue",
              "Resource": "*"
            }
          ]
        }
        """
      When the role "operator" is assumed by the account workload-a
      And the session of "operator" reads the secret "production/db"
      Then AWS refuses with "AccessDeniedException" and the message:
        """
        User: arn:aws:sts::222222222222:assumed-role/operator/operator is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:us-east-1:222222222222:secret:production/db with an explicit deny in a resource-based policy
        """
      And aws refused it because of "resource-explicit-deny"
      And the explanation names the layer "resource" and the statement "NotTheOperator"
      And the diagnosis is "policy-denies"

  Rule: A deleted secret is kept, but not read

    Background:
      Given the role "operator" of the account workload-a is trusted by the account workload-a
      And the role "operator" has the policy "read-db":
        """
        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Effect": "Allow",
              "Action": "secretsmanager:GetSecretValue",
              "Resource": "arn:aws:secretsmanager:us-east-1:222222222222:secret:production/db-??????"
            }
          ]
        }
        """

    Scenario: A deleted secret
      When the account workload-a deletes the secret "production/db"
      Then AWS allows it
      When the role "operator" is assumed by the account workload-a
      And the session of "operator" reads the secret "production/db"
      Then AWS refuses with "InvalidRequestException" and the message:
        """
        You can't perform this operation on the secret because it was marked for deletion.
        """
      And aws refused it because of "invalid-request-exception"

    Scenario: A deleted secret that is restored
      When the account workload-a deletes the secret "production/db"
      And the account workload-a restores the secret "production/db"
      And the role "operator" is assumed by the account workload-a
      And the session of "operator" reads the secret "production/db"
      Then AWS answers with the secret:
        | username | reports            |
        | password | production-example |
      And nothing was refused

  Rule: Staging labels tell the versions apart

    Background:
      Given the secret "production/db" has the new version:
        | username | reports         |
        | password | rotated-example |
      And the role "operator" of the account workload-a is trusted by the account workload-a

    Scenario: The new version is the current one, the old one the previous
      Given the role "operator" has the policy "read-db":
        """
        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Effect": "Allow",
              "Action": "secretsmanager:GetSecretValue",
              "Resource": "arn:aws:secretsmanager:us-east-1:222222222222:secret:production/db-??????"
            }
          ]
        }
        """
      When the role "operator" is assumed by the account workload-a
      And the session of "operator" reads the secret "production/db"
      Then AWS answers with the secret:
        | username | reports         |
        | password | rotated-example |
      When the session of "operator" reads the version "AWSCURRENT" of the secret "production/db"
      Then AWS answers with the secret:
        | username | reports         |
        | password | rotated-example |
      When the session of "operator" reads the version "AWSPREVIOUS" of the secret "production/db"
      Then AWS answers with the secret:
        | username | reports            |
        | password | production-example |
      And nothing was refused

    Scenario: A role that may read the current version only
      Given the role "operator" has the policy "read-current-db":
        """
        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Effect": "Allow",
              "Action": "secretsmanager:GetSecretValue",
              "Resource": "arn:aws:secretsmanager:us-east-1:222222222222:secret:production/db-??????",
              "Condition": { "StringEquals": { "secretsmanager:VersionStage": "AWSCURRENT" } }
            }
          ]
        }
        """
      When the role "operator" is assumed by the account workload-a
      And the session of "operator" reads the version "AWSCURRENT" of the secret "production/db"
      Then AWS answers with the secret:
        | username | reports         |
        | password | rotated-example |
      And nothing was refused
      When the session of "operator" reads the version "AWSPREVIOUS" of the secret "production/db"
      Then AWS refuses with "AccessDeniedException" and the message:
        """
        User: arn:aws:sts::222222222222:assumed-role/operator/operator is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:us-east-1:222222222222:secret:production/db because no identity-based policy allows the secretsmanager:GetSecretValue action
        """
      And aws refused it because of "identity-implicit-deny"
      And the diagnosis is "condition-not-met"

  Rule: A role reads what is tagged for it

    Background:
      Given the secret "production/db" has the tags:
        | stage | production |
      And the account workload-a has the secret "staging/db":
        | username | reports         |
        | password | staging-example |
      And the secret "staging/db" has the tags:
        | stage | staging |
      And the role "operator" of the account workload-a is trusted by the account workload-a
      And the role "operator" has the policy "read-production":
        """
        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Effect": "Allow",
              "Action": "secretsmanager:GetSecretValue",
              "Resource": "*",
              "Condition": { "StringEquals": { "aws:ResourceTag/stage": "production" } }
            }
          ]
        }
        """

    Scenario: The secret has the tag
      When the role "operator" is assumed by the account workload-a
      And the session of "operator" reads the secret "production/db"
      Then AWS answers with the secret:
        | username | reports            |
        | password | production-example |
      And nothing was refused

    Scenario: The secret has another tag
      When the role "operator" is assumed by the account workload-a
      And the session of "operator" reads the secret "staging/db"
      Then AWS refuses with "AccessDeniedException" and the message:
        """
        User: arn:aws:sts::222222222222:assumed-role/operator/operator is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:us-east-1:222222222222:secret:staging/db because no identity-based policy allows the secretsmanager:GetSecretValue action
        """
      And aws refused it because of "identity-implicit-deny"
      And the diagnosis is "resource-tag-mismatch"
