@incident:VLT-25 @needs:virtual-time
Feature: VLT-25: Audit device failure blocks the server
  What Vault cannot write down it does not answer. The disk of its one audit device is full, no token can be
  renewed, and the health check goes on saying that all is well.

  Background:
    Given Vault is asked POST /v1/auth/token/create by the root token with:
      | policies | ["default"] |
      | ttl      | 1h          |
    And the answer's "auth.client_token" is kept as "orders"

  Scenario: The only device cannot write
    When Vault is asked POST /v1/sys/audit/disk by the root token with:
      """
      { "type": "file", "options": { "file_path": "/dev/full", "skip_test": "true" } }
      """
    Then the call is refused with 500 "internal error" because of "audit-failed"
    When Vault is asked GET /v1/sys/health by an anonymous caller
    Then the call is allowed
    When Vault is asked POST /v1/auth/token/renew-self by the credentials "orders"
    Then Vault answers with the status 500 and the error:
      """
      internal error
      """
    And the call is refused with 500 "internal error" because of "audit-failed"
    And the diagnosis is "vault-audit-failed"
    And the owner can mend it
    And the cause says "none of the enabled audit devices has written: `disk/ (/dev/full)`"
    And the cause says "no audit backend succeeded in logging the request"
    And the fix says "enable a second device on other storage: one that writes is enough"

  @mended
  Scenario: A second device on other storage writes
    Given Vault audits to a file
    And Vault is asked POST /v1/sys/audit/disk by the root token with:
      """
      { "type": "file", "options": { "file_path": "/dev/full", "skip_test": "true" } }
      """
    When Vault is asked POST /v1/auth/token/renew-self by the credentials "orders"
    Then the call is allowed
    And there is no diagnosis
