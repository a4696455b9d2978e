@incident:VLT-05 @needs:vault-aws-auth
Feature: VLT-05: IAM role re-created, unique id mismatch
  Vault keeps the unique id of the role that was there when the Vault role was written. After a new
  provisioning the ARN is the old one and the id is not.

  Background:
    Given Vault logs in AWS identities of the account workload-a
    And the role "orders" of the account workload-a is trusted by the account workload-a
    And Vault's policy "orders" is:
      """
      path "secret/data/orders/*" { capabilities = ["read"] }
      """
    And Vault's AWS role "orders" gives the role "orders" the policy "orders" for 300 seconds
    And the account workload-a calls "iam:DeleteRole" with:
      | RoleName | orders |
    And the role "orders" of the account workload-a is trusted by the account workload-a
    And the lab gives a session of the role "orders"

  Scenario: The role that was made again is refused under its old name
    When the session of "orders" logs in to Vault as "orders"
    Then Vault answers with the status 400 and the error:
      """
      IAM Principal "arn:aws:sts::222222222222:assumed-role/orders/orders" does not belong to the role "orders"
      """
    And the diagnosis is "vault-principal-recreated"
    And the cause says "`arn:aws:iam::222222222222:role/orders` is bound by the unique id"
    And the owner can mend it
    And the fix says "write the Vault role again"

  @mended
  Scenario: The Vault role is written again
    Given Vault's AWS role "orders" gives the role "orders" the policy "orders" for 300 seconds
    When the session of "orders" logs in to Vault as "orders"
    Then Vault answers with the status 200
    And there is no diagnosis
