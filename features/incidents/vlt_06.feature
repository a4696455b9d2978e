@incident:VLT-06 @needs:vault-aws-auth
Feature: VLT-06: Cross-account ARN cannot be resolved
  Vault looks a principal up when a role binds it. Its own credentials are of one account; how it gets into
  another has to be said for each.

  Background:
    Given Vault logs in AWS identities of the account workload-a
    And the role "orders" of the account workload-b is trusted by the account workload-b

  Scenario: No role is configured for the other account
    When Vault is asked POST /v1/auth/aws/role/orders by the root token with:
      """
      { "auth_type": "iam", "bound_iam_principal_arn": "arn:aws:iam::333333333333:role/orders" }
      """
    Then Vault answers with the status 400 and the error:
      """
      unable to resolve ARN "arn:aws:iam::333333333333:role/orders" to internal ID: unable to fetch client for account ID "333333333333" -- default client is for account "222222222222"
      """
    And the diagnosis is "vault-aws-account"
    And the cause says "its own credentials are of the account `222222222222`"
    And the owner can mend it
    And the fix says "write `config/sts/333333333333` of the mount with an `sts_role`"

  @mended
  Scenario: A role of the other account that Vault may assume
    Given the account workload-b calls "iam:CreateRole" with:
      """
      {
        "RoleName": "vault-lookup",
        "AssumeRolePolicyDocument": {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Effect": "Allow",
              "Principal": { "AWS": "arn:aws:iam::222222222222:user/vault" },
              "Action": "sts:AssumeRole"
            }
          ]
        }
      }
      """
    And the account workload-b calls "iam:PutRolePolicy" with:
      """
      {
        "RoleName": "vault-lookup",
        "PolicyName": "lookup",
        "PolicyDocument": {
          "Version": "2012-10-17",
          "Statement": [{ "Effect": "Allow", "Action": "iam:GetRole", "Resource": "*" }]
        }
      }
      """
    And the account workload-a calls "iam:PutUserPolicy" with:
      """
      {
        "UserName": "vault",
        "PolicyName": "elsewhere",
        "PolicyDocument": {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Effect": "Allow",
              "Action": "sts:AssumeRole",
              "Resource": "arn:aws:iam::333333333333:role/vault-lookup"
            }
          ]
        }
      }
      """
    And Vault is asked POST /v1/auth/aws/config/sts/333333333333 by the root token with:
      | sts_role | arn:aws:iam::333333333333:role/vault-lookup |
    And Vault is asked POST /v1/auth/aws/role/orders by the root token with:
      """
      { "auth_type": "iam", "bound_iam_principal_arn": "arn:aws:iam::333333333333:role/orders" }
      """
    And the lab gives a session of the role "orders"
    When the session of "orders" logs in to Vault as "orders"
    Then Vault answers with the status 200
    And there is no diagnosis
