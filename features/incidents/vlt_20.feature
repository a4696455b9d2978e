@incident:VLT-20 @needs:vault-aws-auth @virtual-time
Feature: VLT-20: Renewals silently capped by max TTL
  A client renews its token in time, each time, and one day the token is gone: a maximum cuts every renewal
  shorter, and the answer says so in a warning that nobody reads.

  Background:
    Given Vault logs in tokens of the issuer "partner"
    And the client "vault" gets the token "own" of the issuer "partner" for the audience "vault" and the scope "secrets"

  Scenario: The last renewal gives less than was asked for, then the token ends
    Given Vault is asked POST /v1/auth/jwt/role/agent by the root token with:
      """
      {
        "role_type": "jwt", "user_claim": "sub", "bound_audiences": ["vault"],
        "bound_claims": { "scope": "secrets" }, "token_ttl": "1h", "token_max_ttl": "90m"
      }
      """
    When the bearer of "own" logs in to Vault as "agent"
    And 50 minutes pass
    And Vault is asked POST /v1/auth/token/renew-self by the bearer of "own"
    Then the call is allowed
    And the answer's "auth.lease_duration" is "2400"
    And the diagnosis is "vault-renewal-shortened"
    And the cause says "2400 s are left, cut short by the role's maximum (`token_max_ttl`) of 90 min"
    When 41 minutes pass
    And Vault is asked GET /v1/auth/token/lookup-self by the bearer of "own"
    Then Vault answers with the status 403
    And vault refused it because of "token-expired"
    And the diagnosis is "vault-renewal-capped"
    And the cause says "the renewal at `2026-01-15T12:50:00Z` was cut short at the role's maximum"
    And the caller can mend it
    And the fix says "log in again when a renewal gives less than was asked for"

  @mended
  Scenario: A periodic token is renewed for ever
    Given Vault is asked POST /v1/auth/jwt/role/agent by the root token with:
      """
      {
        "role_type": "jwt", "user_claim": "sub", "bound_audiences": ["vault"],
        "bound_claims": { "scope": "secrets" }, "token_period": "1h"
      }
      """
    When the bearer of "own" logs in to Vault as "agent"
    And 50 minutes pass
    And Vault is asked POST /v1/auth/token/renew-self by the bearer of "own"
    Then the call is allowed
    And the answer's "auth.lease_duration" is "3600"
    And there is no diagnosis
    When 41 minutes pass
    And Vault is asked GET /v1/auth/token/lookup-self by the bearer of "own"
    Then the call is allowed
    And there is no diagnosis
