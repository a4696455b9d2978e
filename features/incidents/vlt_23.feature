@incident:VLT-23 @needs:vault-aws-auth
Feature: VLT-23: `token_bound_cidrs` behind a proxy or NAT
  The token is bound to the addresses of its users, and Vault sees that of a machine between.

  Background:
    Given Vault holds the secret "orders/db":
      | username | orders |
    And Vault's policy "orders" is:
      """
      path "secret/data/orders/*" { capabilities = ["read"] }
      """

  Scenario: The token is made, and every later call is refused
    Given Vault is asked POST /v1/auth/token/roles/office by the root token with:
      | token_bound_cidrs | ["10.0.0.0/8"] |
    And Vault is asked POST /v1/auth/token/create/office by the root token with:
      | policies | ["orders"] |
    And the answer's "auth.client_token" is kept as "office"
    When Vault is asked GET /v1/secret/data/orders/db by the credentials "office"
    Then the call is refused with 403 "permission denied" because of "address-not-bound"
    And the diagnosis is "vault-address-not-bound"
    And the cause says "Vault saw the address `127.0.0.1`, and the token is bound to `10.0.0.0/8`"
    And the owner can mend it
    And the fix says "call from one of these addresses"

  @mended
  Scenario: The address that Vault sees is bound
    Given Vault is asked POST /v1/auth/token/roles/office by the root token with:
      | token_bound_cidrs | ["10.0.0.0/8", "127.0.0.0/8"] |
    And Vault is asked POST /v1/auth/token/create/office by the root token with:
      | policies | ["orders"] |
    And the answer's "auth.client_token" is kept as "office"
    When Vault is asked GET /v1/secret/data/orders/db by the credentials "office"
    Then the call is allowed
    And there is no diagnosis
