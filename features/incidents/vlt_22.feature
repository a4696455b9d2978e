@incident:VLT-22 @needs:vault-aws-auth
Feature: VLT-22: Batch token cannot be renewed
  The role issues batch tokens: cheap, without a lease and an accessor. An agent that renews, or makes
  children, is refused.

  Background:
    Given Vault logs in tokens of the issuer "partner"
    And Vault's policy "agent" is:
      """
      path "auth/token/create" { capabilities = ["update"] }
      """
    And the client "vault" gets the token "own" of the issuer "partner" for the audience "vault" and the scope "secrets"

  Scenario: The agent renews a batch token
    Given Vault is asked POST /v1/auth/jwt/role/agent by the root token with:
      """
      {
        "role_type": "jwt", "user_claim": "sub", "bound_audiences": ["vault"],
        "bound_claims": { "scope": "secrets" }, "token_ttl": "1h", "token_type": "batch"
      }
      """
    When the bearer of "own" logs in to Vault as "agent"
    And Vault is asked POST /v1/auth/token/renew-self by the bearer of "own"
    Then the call is refused with 400 "batch tokens cannot be renewed" because of "token-not-renewable"
    And the diagnosis is "vault-batch-token"
    And the cause says "the token, made at `auth/jwt/login`, is of the type `batch`"
    And the owner can mend it
    And the fix says "let the role issue service tokens (`token_type=service`)"

  @mended
  Scenario: The role issues service tokens
    Given Vault is asked POST /v1/auth/jwt/role/agent by the root token with:
      """
      {
        "role_type": "jwt", "user_claim": "sub", "bound_audiences": ["vault"],
        "bound_claims": { "scope": "secrets" }, "token_ttl": "1h", "token_type": "service"
      }
      """
    When the bearer of "own" logs in to Vault as "agent"
    And Vault is asked POST /v1/auth/token/renew-self by the bearer of "own"
    Then the call is allowed
    And there is no diagnosis
