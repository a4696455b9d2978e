@incident:INC-38 @needs:vault-aws-auth
Feature: INC-38: A JWT sent as a Vault token
  A client sends the token of its issuer in `X-Vault-Token`. The dots make Vault look for a namespace.

  Background:
    Given Vault holds the secret "orders/db":
      | username | orders |
    And Vault's policy "orders" is:
      """
      path "secret/data/orders/*" { capabilities = ["read"] }
      """
    And Vault logs in tokens of the issuer "partner"
    And Vault's JWT role "orders" gives the audience "vault" the policy "orders" for 300 seconds, with the claims:
      | scope | secrets |
    And the client "vault" gets the token "own" of the issuer "partner" for the audience "vault" and the scope "secrets"

  Scenario: The issuer's token in place of Vault's
    Given the bearer of "own" takes the issuer's token for one of Vault's
    When the bearer of "own" reads Vault's secret "orders/db"
    Then Vault answers with the status 500 and the error:
      """
      error performing token check: failed to look up namespace from the token: no namespace
      """
    And the diagnosis is "vault-jwt-as-token"
    And the cause says "is a JSON Web Token, which only a login takes"
    And the caller can mend it
    And the fix says "log in at auth/jwt/login with it as `jwt`"

  @mended
  Scenario: The issuer's token is exchanged first
    Given the bearer of "own" takes the issuer's token for one of Vault's
    When the bearer of "own" logs in to Vault as "orders"
    And the bearer of "own" reads Vault's secret "orders/db"
    Then Vault answers with the secret:
      | username | orders |
    And there is no diagnosis
