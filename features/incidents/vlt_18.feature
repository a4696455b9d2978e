@incident:VLT-18 @needs:vault-aws-auth @virtual-time
Feature: VLT-18: A lease dies with the token that made it
  What a login's token issues lives no longer than that token, whatever time it was given: here a token for
  a job of a day, made by a token of five minutes.

  Background:
    Given Vault holds the secret "jobs/db":
      | username | batch |
    And Vault's policy "jobs" is:
      """
      path "secret/data/jobs/*" { capabilities = ["read"] }
      path "auth/token/create" { capabilities = ["update"] }
      path "auth/token/create/detached" { capabilities = ["update"] }
      """
    And Vault logs in tokens of the issuer "partner"
    And Vault's JWT role "jobs" gives the audience "vault" the policy "jobs" for 300 seconds, with the claims:
      | scope | secrets |
    And the client "vault" gets the token "own" of the issuer "partner" for the audience "vault" and the scope "secrets"

  Scenario: The job's token vanishes long before its time
    When the bearer of "own" logs in to Vault as "jobs"
    And Vault is asked POST /v1/auth/token/create by the bearer of "own" with:
      | policies | ["jobs"] |
      | ttl      | 24h      |
    Then the call is allowed
    And the answer's "auth.client_token" is kept as "job"
    When 6 minutes pass
    And Vault is asked GET /v1/secret/data/jobs/db by the credentials "job"
    Then Vault answers with the status 403
    And vault refused it because of "token-revoked"
    And the diagnosis is "vault-parent-ended"
    And the cause says "made at `auth/jwt/login`, which expired at `2026-01-15T12:05:00Z`"
    And the caller can mend it
    And the fix says "make tokens that are to outlive their maker as orphans"

  @mended
  Scenario: The job's token is an orphan
    Given Vault is asked POST /v1/auth/token/roles/detached by the root token with:
      | orphan           | true     |
      | allowed_policies | ["jobs"] |
    When the bearer of "own" logs in to Vault as "jobs"
    And Vault is asked POST /v1/auth/token/create/detached by the bearer of "own" with:
      | policies | ["jobs"] |
      | ttl      | 24h      |
    Then the call is allowed
    And the answer's "auth.client_token" is kept as "job"
    When 6 minutes pass
    And Vault is asked GET /v1/secret/data/jobs/db by the credentials "job"
    Then the call is allowed
    And there is no diagnosis
