@incident:VLT-14 @needs:vault-aws-auth
Feature: VLT-14: Deny on KV v2 path has no effect
  The denial is written for a path that no request ever has, and the wildcard beside it lets the secret out.

  Background:
    Given Vault holds the secret "production/db":
      | username | reports |
    And Vault holds the secret "staging/db":
      | username | testing |
    And Vault is asked POST /v1/auth/token/create by the root token with:
      | policies | ["developers"] |
    And the answer's "auth.client_token" is kept as "developer"

  Scenario: The secret is readable despite the denial
    Given Vault's policy "developers" is:
      """
      path "secret/*" { capabilities = ["read"] }
      path "secret/production/*" { capabilities = ["deny"] }
      """
    When Vault is asked GET /v1/secret/data/production/db by the credentials "developer"
    Then the call is allowed
    And the answer's "data.data.username" is "reports"
    And the diagnosis is "vault-deny-without-data"
    And the cause says "the rule `secret/production/*` of `developers` denies, and does not match `secret/data/production/db`"
    And the owner can mend it
    And the fix says "write the denial of `developers` for `secret/data/production/*`"

  @mended
  Scenario: The denial is written for the path of the API
    Given Vault's policy "developers" is:
      """
      path "secret/*" { capabilities = ["read"] }
      path "secret/data/production/*" { capabilities = ["deny"] }
      """
    When Vault is asked GET /v1/secret/data/production/db by the credentials "developer"
    Then the call is refused with 403 "permission denied" because of "policy-denied"
    And the diagnosis is "vault-rule-denies"
    And nobody can mend it
    When Vault is asked GET /v1/secret/data/staging/db by the credentials "developer"
    Then the call is allowed
    And there is no diagnosis
