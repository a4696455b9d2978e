@incident:VLT-17 @needs:vault-aws-auth
Feature: VLT-17: Deny loses to a more specific rule
  Of the rules that match a path one decides, the most specific. A denial for a wider path does not come
  into it.

  Background:
    Given Vault holds the secret "payments/key":
      | value | example |
    And Vault holds the secret "orders/db":
      | value | example |
    And Vault's policy "auditors" is:
      """
      path "secret/data/*" { capabilities = ["read"] }
      """
    And Vault is asked POST /v1/auth/token/create by the root token with:
      | policies | ["auditors", "fence"] |
    And the answer's "auth.client_token" is kept as "auditor"

  Scenario: The wildcard that denies is passed over
    Given Vault's policy "fence" is:
      """
      path "secret/+/payments/*" { capabilities = ["deny"] }
      """
    When Vault is asked GET /v1/secret/data/payments/key by the credentials "auditor"
    Then the call is allowed
    And the diagnosis is "vault-deny-passed-over"
    And the cause says "the rule `secret/+/payments/*` of `fence` denies `secret/data/payments/key` as well, and does not count: the rule `secret/data/*` of `auditors`"
    And the owner can mend it
    And the fix says "or for a longer one"

  @mended
  Scenario: The denial is as specific as what it denies
    Given Vault's policy "fence" is:
      """
      path "secret/data/payments/*" { capabilities = ["deny"] }
      """
    When Vault is asked GET /v1/secret/data/payments/key by the credentials "auditor"
    Then the call is refused with 403 "permission denied" because of "policy-denied"
    And the diagnosis is "vault-rule-denies"
    When Vault is asked GET /v1/secret/data/orders/db by the credentials "auditor"
    Then the call is allowed
    And there is no diagnosis
