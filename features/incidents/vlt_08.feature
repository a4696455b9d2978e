@incident:VLT-08 @needs:vault-aws-auth @needs:mints-claims
Feature: VLT-08: JWT auth now requires bound_audiences
  Since 1.16.3 a token with an audience does not log in under a role that is bound to none.

  Background:
    Given Vault logs in tokens of the issuer "partner"
    And the token "job" of the issuer "partner" with the claims:
      | sub | repo:shop/orders     |
      | aud | https://shop.example |

  Scenario: The role has no bound audiences
    Given Vault is asked POST /v1/auth/jwt/role/orders by the root token with:
      """
      { "role_type": "jwt", "user_claim": "sub", "bound_subject": "repo:shop/orders" }
      """
    When the bearer of "job" logs in to Vault as "orders"
    Then Vault answers with the status 400 and the error:
      """
      audience claim found in JWT but no audiences bound to the role
      """
    And the diagnosis is "vault-jwt-audience-unbound"
    And the cause says "the role `orders` has no `bound_audiences`"
    And the owner can mend it
    And the fix says "set `bound_audiences` of the role `orders` to `https://shop.example`"

  @mended
  Scenario: The role is bound to the audience
    Given Vault is asked POST /v1/auth/jwt/role/orders by the root token with:
      """
      {
        "role_type": "jwt",
        "user_claim": "sub",
        "bound_subject": "repo:shop/orders",
        "bound_audiences": ["https://shop.example"]
      }
      """
    When the bearer of "job" logs in to Vault as "orders"
    Then Vault answers with the status 200
    And there is no diagnosis
