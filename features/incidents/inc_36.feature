@incident:INC-36 @needs:vault-aws-auth @needs:mints-claims
Feature: INC-36: `user_claim` changed from `sub` to `email`
  The role names its users by a claim that only tokens with the scope for it have.

  Background:
    Given Vault logs in tokens of the issuer "partner"
    And Vault is asked POST /v1/auth/jwt/role/people by the root token with:
      """
      {
        "role_type": "jwt", "user_claim": "email", "bound_audiences": ["vault"],
        "bound_claims": { "tenant": "shop" }
      }
      """

  Scenario: A token without the scope that gives the claim
    Given the token "narrow" of the issuer "partner" with the claims:
      | sub    | u-17  |
      | aud    | vault |
      | tenant | shop  |
    When the bearer of "narrow" logs in to Vault as "people"
    Then Vault answers with the status 400 and the error:
      """
      claim "email" not found in token
      """
    And the diagnosis is "vault-jwt-user-claim"
    And the cause says "the role `people` takes `email`, and the token has none"
    And the owner can mend it
    And the fix says "for `email` the scope `email`"

  @mended
  Scenario: A token with the claim
    Given the token "wide" of the issuer "partner" with the claims:
      | sub    | u-17             |
      | aud    | vault            |
      | tenant | shop             |
      | email  | ann@shop.example |
    When the bearer of "wide" logs in to Vault as "people"
    Then Vault answers with the status 200
    And there is no diagnosis
