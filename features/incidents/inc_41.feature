@incident:INC-41 @needs:vault-aws-auth
Feature: INC-41: The role of this name in another account
  A Vault that keeps its clients of AWS by too little of a name takes the role of another account for the
  one that is bound (fixed in 1.21.0). It must be refused, also right after the right one has logged in.

  Background:
    Given Vault logs in AWS identities of the account workload-a
    And Vault's policy "orders" is:
      """
      path "secret/data/orders/*" { capabilities = ["read"] }
      """
    And the role "orders" of the account workload-a is trusted by the account workload-a
    And Vault's AWS role "orders" gives the role "orders" the policy "orders" for 300 seconds
    And the account workload-a calls "sts:AssumeRole" with:
      | RoleArn         | arn:aws:iam::222222222222:role/orders |
      | RoleSessionName | right                                 |
    And the answer is kept as "right"
    And the role "orders" of the account workload-b is trusted by the account workload-b
    And the account workload-b calls "sts:AssumeRole" with:
      | RoleArn         | arn:aws:iam::333333333333:role/orders |
      | RoleSessionName | right                                 |
    And the answer is kept as "stranger"

  Scenario: The other account's role is refused after the right one
    When the credentials "right" logs in to Vault as "orders"
    And the credentials "stranger" logs in to Vault as "orders"
    Then Vault answers with the status 400 and the error:
      """
      IAM Principal "arn:aws:sts::333333333333:assumed-role/orders/right" does not belong to the role "orders"
      """
    And the diagnosis is "vault-role-account"
    And the cause says "they differ in the account"
    And the owner can mend it
    And the fix says "log in from the account that is bound"

  @mended
  Scenario: The account that is bound
    When the credentials "stranger" logs in to Vault as "orders"
    And the credentials "right" logs in to Vault as "orders"
    Then Vault answers with the status 200
    And there is no diagnosis
