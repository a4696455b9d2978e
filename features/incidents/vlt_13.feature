@incident:VLT-13 @needs:vault-aws-auth
Feature: VLT-13: KV v2 policy without `data/`
  The command line names a secret `secret/production/db`, the API has it below `secret/data/`, and policies
  are of the API.

  Background:
    Given Vault holds the secret "production/db":
      | username | reports |
    And Vault logs in tokens of the issuer "partner"
    And Vault's JWT role "orders" gives the audience "vault" the policy "orders" for 300 seconds, with the claims:
      | scope | secrets |
    And the client "vault" gets the token "own" of the issuer "partner" for the audience "vault" and the scope "secrets"

  Scenario: The policy names the path of the command line
    Given Vault's policy "orders" is:
      """
      path "secret/production/*" { capabilities = ["read", "list"] }
      """
    When the bearer of "own" logs in to Vault as "orders"
    And the bearer of "own" reads Vault's secret "production/db"
    Then Vault answers with the status 403 and the error:
      """
      permission denied
      """
    And the diagnosis is "vault-kv-rule-without-data"
    And the cause says "the rule `secret/production/*` of `orders` does not match it"
    And the owner can mend it
    And the fix says "write the rule of `orders` for `secret/data/production/*`"

  Scenario: A list goes elsewhere than a read
    Given Vault's policy "orders" is:
      """
      path "secret/data/production/*" { capabilities = ["read", "list"] }
      """
    When the bearer of "own" logs in to Vault as "orders"
    And Vault is asked LIST /v1/secret/metadata/production/ by the bearer of "own"
    Then the call is refused with 403 "permission denied" because of "policy-denied"
    And the diagnosis is "vault-kv-list-without-metadata"
    And the owner can mend it
    And the fix says "write a rule of `orders` for `secret/metadata/production/*` with `list`"

  @mended
  Scenario: The policy names the path of the API
    Given Vault's policy "orders" is:
      """
      path "secret/data/production/*" { capabilities = ["read"] }
      path "secret/metadata/production/*" { capabilities = ["list"] }
      """
    When the bearer of "own" logs in to Vault as "orders"
    And the bearer of "own" reads Vault's secret "production/db"
    Then Vault answers with the secret:
      | username | reports |
    And there is no diagnosis
