@incident:VLT-11 @needs:vault-aws-auth @faults
Feature: VLT-11: JWKS endpoint moved or returns HTML
  The issuer has moved its keys. Where they were is nothing any more, or a page for people.

  Background:
    Given Vault's policy "orders" is:
      """
      path "secret/data/orders/*" { capabilities = ["read"] }
      """
    And Vault logs in tokens of the issuer "partner"
    And Vault's JWT role "orders" gives the audience "vault" the policy "orders" for 300 seconds, with the claims:
      | scope | secrets |
    And the client "vault" gets the token "own" of the issuer "partner" for the audience "vault" and the scope "secrets"

  Scenario: The keys are not there any more
    Given calls to https://sso.corp.example/ answer 404
    When the bearer of "own" logs in to Vault as "orders"
    Then Vault answers with the status 400
    And vault refused it because of "jwt-signature"
    And the diagnosis is "vault-keys-unusable"
    And the cause says "get keys failed: 404 Not Found"
    And the owner can mend it
    And the fix says "set `jwks_url` to the `jwks_uri` of the issuer's discovery document as it is now"

  Scenario: A page for people stands where the keys are looked for
    Given the upstream http://portal.corp.example answers 200 with:
      """
      <!DOCTYPE html><html><body>Sign in</body></html>
      """
    When Vault is asked POST /v1/auth/jwt/config by the root token with:
      | jwks_url | http://portal.corp.example/keys |
    Then Vault answers with the status 400 and the error:
      """
      error checking jwks URL
      """
    And the diagnosis is "vault-keys-not-json"
    And the cause says "`http://portal.corp.example/keys` answers `200` with HTML"
    And the owner can mend it
    And the fix says "set `jwks_url` to the `jwks_uri`"

  @mended
  Scenario: The keys are where the mount looks for them
    Given calls to https://sso.corp.example/ answer 404
    And every link is mended
    When the bearer of "own" logs in to Vault as "orders"
    Then Vault answers with the status 200
    And there is no diagnosis
