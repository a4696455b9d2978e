@incident:INC-29 @needs:vault-aws-auth @needs:mints-claims
Feature: INC-29: Groups only in the ID token
  The issuer puts `groups` into the ID token and leaves them out of the access token; Vault reads the token that it
  is sent, and nothing else.

  Background:
    Given Vault logs in tokens of the issuer "partner"
    And Vault is asked POST /v1/auth/jwt/role/staff by the root token with:
      """
      {
        "role_type": "jwt", "user_claim": "sub", "bound_audiences": ["vault"],
        "bound_claims": { "tenant": "shop" }, "groups_claim": "groups"
      }
      """

  Scenario: The access token is sent
    Given the token "access" of the issuer "partner" with the claims:
      | sub    | u-17          |
      | aud    | vault         |
      | tenant | shop          |
      | scope  | openid groups |
    When the bearer of "access" logs in to Vault as "staff"
    Then Vault answers with the status 400 and the error:
      """
      failed to fetch groups: "groups" claim not found in token
      """
    And the diagnosis is "vault-jwt-groups-not-in-access-token"
    And the cause says "the role `staff` reads groups from `groups`"
    And the cause says "its `scope` shows that it is an access token"
    And the fix says "log in with the ID token"
    And the caller can mend it

  Scenario: The role reads another claim than the issuer writes
    Given the token "roles" of the issuer "partner" with the claims:
      | sub    | u-17               |
      | aud    | vault              |
      | tenant | shop               |
      | roles  | ["shop-operators"] |
    When the bearer of "roles" logs in to Vault as "staff"
    Then Vault answers with the status 400 and the error:
      """
      failed to fetch groups: "groups" claim not found in token
      """
    And the diagnosis is "vault-jwt-groups-claim"
    And the cause says "`roles`"
    And the fix says "set `groups_claim` of the role `staff` to the claim that has them"
    And the owner can mend it

  @mended
  Scenario: The ID token is sent
    Given the token "id" of the issuer "partner" with the claims:
      | sub    | u-17               |
      | aud    | vault              |
      | tenant | shop               |
      | nonce  | n-0S6_WzA2Mj       |
      | groups | ["shop-operators"] |
    When the bearer of "id" logs in to Vault as "staff"
    Then Vault answers with the status 200
    And there is no diagnosis
