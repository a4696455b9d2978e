@incident:VLT-09 @needs:vault-aws-auth
Feature: VLT-09: Audience mismatch
  The token was got for another audience than the role is bound to.

  Background:
    Given Vault's policy "orders" is:
      """
      path "secret/data/orders/*" { capabilities = ["read"] }
      """
    And Vault logs in tokens of the issuer "partner"
    And Vault's JWT role "orders" gives the audience "vault" the policy "orders" for 300 seconds, with the claims:
      | scope | secrets |

  Scenario: A token for the reports
    Given the client "reports" gets the token "other" of the issuer "partner" for the audience "reports" and the scope "secrets"
    When the bearer of "other" logs in to Vault as "orders"
    Then Vault answers with the status 400 and the error:
      """
      error validating token: invalid audience (aud) claim: audience claim does not match any expected audience
      """
    And the diagnosis is "vault-jwt-audience"
    And the cause says "the token's `aud` is `reports`, the role `orders` is bound to `vault`"
    And the caller can mend it
    And the fix says "ask the issuer for the token with the audience `vault`"

  @mended
  Scenario: A token for Vault
    Given the client "vault" gets the token "own" of the issuer "partner" for the audience "vault" and the scope "secrets"
    When the bearer of "own" logs in to Vault as "orders"
    Then Vault answers with the status 200
    And there is no diagnosis
