@incident:VLT-04 @needs:vault-aws-auth
Feature: VLT-04: Bound ARN contains a role path
  GetCallerIdentity says an assumed role without its path. A Vault role that binds the whole ARN as a text,
  since it does not resolve unique ids, never matches.

  Background:
    Given Vault logs in AWS identities of the account workload-a
    And the account workload-a calls "iam:CreateRole" with:
      """
      {
        "RoleName": "orders",
        "Path": "/team/",
        "AssumeRolePolicyDocument": {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Effect": "Allow",
              "Principal": { "AWS": "arn:aws:iam::222222222222:root" },
              "Action": "sts:AssumeRole"
            }
          ]
        }
      }
      """
    And the answer's "Role.Arn" is kept as "orders"
    And the account workload-a calls "sts:AssumeRole" with:
      | RoleArn         | $(orders) |
      | RoleSessionName | backend   |
    And the answer is kept as "session"
    And Vault is asked POST /v1/auth/aws/role/orders by the root token with:
      """
      {
        "auth_type": "iam",
        "bound_iam_principal_arn": "$(orders)",
        "resolve_aws_unique_ids": false,
        "token_ttl": 3600
      }
      """

  Scenario: The role of the caller is the one that is bound, and is refused
    When the credentials "session" logs in to Vault as "orders"
    Then Vault answers with the status 400 and the error:
      """
      IAM Principal "arn:aws:sts::222222222222:assumed-role/orders/backend" does not belong to the role "orders"
      """
    And the diagnosis is "vault-arn-with-path"
    And the cause says "binds `arn:aws:iam::222222222222:role/team/orders` as a text"
    And the owner can mend it
    And the fix says "bind `arn:aws:iam::222222222222:role/orders` without the path"

  @mended
  Scenario: The ARN is bound without its path
    Given Vault is asked POST /v1/auth/aws/role/orders by the root token with:
      | bound_iam_principal_arn | arn:aws:iam::222222222222:role/orders |
    When the credentials "session" logs in to Vault as "orders"
    Then Vault answers with the status 200
    And there is no diagnosis
